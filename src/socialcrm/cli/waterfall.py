"""How a score came about, weight by weight, as lines and as a drawing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from socialcrm.model import Match
from socialcrm.text import printable

_WIDTH, _ROW, _BARS = 900, 22, 560
_UNIT = 2.0


def steps(match: Match, base: float) -> list[tuple[str, float]]:
    """What the score is the sum of: where every contact starts, then each piece of evidence, the weightiest first."""
    return [("Before anything is compared", base), *((one.sentence, one.weight) for one in match.evidence)]


def waterfall_lines(match: Match, base: float) -> Iterator[str]:
    """The waterfall for a terminal: weight in bits, running sum, a bar, and the sentence."""
    total = 0.0
    for sentence, weight in steps(match, base):
        total += weight
        bar = ("+" if weight > 0 else "-") * min(20, round(abs(weight) / _UNIT))
        yield f"{weight:+7.2f} {total:+8.2f}  {bar:<20}  {sentence}"
    yield f"{total:+16.2f}  is the score in bits; {match.probability:.2%} among all candidates and nobody"


def waterfall_svg(match: Match, base: float) -> str:
    """The waterfall as an SVG drawing, without scripts, fonts or anything else from elsewhere."""
    rows = steps(match, base)
    sums = [0.0]
    for _, weight in rows:
        sums.append(sums[-1] + weight)
    low, high = min(sums), max(sums)
    scale = (_WIDTH - _BARS - 20) / ((high - low) or 1.0)
    parts = []
    for row, (sentence, weight) in enumerate(rows):
        left = _BARS + (min(sums[row], sums[row + 1]) - low) * scale
        y = row * _ROW + 6
        colour = "#2a7" if weight >= 0 else "#c44"
        text = escape(printable(f"{weight:+.2f}  {sentence}")[:92])
        parts.append(f'<text x="4" y="{y + 12}">{text}</text>')
        parts.append(
            f'<rect x="{left:.1f}" y="{y}" width="{max(1.0, abs(weight) * scale):.1f}" height="15" fill="{colour}"/>'
        )
    height = len(rows) * _ROW + 34
    parts.append(f'<text x="4" y="{height - 10}">{sums[-1]:+.2f} bits, {match.probability:.2%}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="11">\n{body}\n</svg>\n'
    )
