"""Draws what matching costs and how much it finds as the tables grow: one SVG, without a library."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

Row = Mapping[str, float | None]
Points = list[tuple[float, float]]
WIDTH, HEIGHT, LEFT, TOP, GAP = 420, 300, 70, 40, 90
COST = (
    ("total_cpu_s", "normal forms and matching", "#0b6e4f"),
    ("cpu_s", "matching", "#3fa34d"),
    ("splink_cpu_s", "Splink", "#b23a48"),
)
FOUND = (
    ("recall_at_990", "recall at precision .99", "#0b6e4f"),
    ("f1", "greatest F1", "#3fa34d"),
    ("splink_recall_at_990", "recall at .99, Splink", "#b23a48"),
    ("splink_f1", "greatest F1, Splink", "#e07a85"),
)


def plot(table: Sequence[Row]) -> str:
    """The lines of `match_scale` as an SVG: CPU seconds over rows, both logarithmic, and quality over rows."""
    cost = [(name, colour, points(table, key)) for key, name, colour in COST]
    whole = cost[0][2]
    growth = [(size, whole[0][1] * size * math.log(size) / (whole[0][0] * math.log(whole[0][0]))) for size, _ in whole]
    cost.append(("N log N from the first size", "#888888", growth))
    found = [(name, colour, points(table, key)) for key, name, colour in FOUND]
    panels = [
        panel(0, "CPU seconds", [one for one in cost if one[2]], math.log10, (0.1, 1, 10, 100, 1000, 10_000)),
        panel(1, "found of what can be found", [one for one in found if one[2]], float, (0, 0.2, 0.4, 0.6, 0.8, 1)),
    ]
    width, height = 2 * (WIDTH + LEFT + GAP), HEIGHT + TOP + 150
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="white"/>', *panels, "</svg>\n"])


def points(table: Sequence[Row], key: str) -> Points:
    """The sizes at which something was measured, with what was measured."""
    return [(float(row["size"] or 0), float(row[key] or 0)) for row in table if row.get(key) is not None]


def panel(
    number: int,
    title: str,
    lines: Sequence[tuple[str, str, Points]],
    scale: Callable[[float], float],
    ticks: Sequence[float],
) -> str:
    """One diagram: lines over size, with ticks and a legend below."""
    sizes = sorted({size for _, _, line in lines for size, _ in line})
    values = [value for _, _, line in lines for _, value in line if scale is float or value > 0]
    shown = [tick for tick in ticks if scale is float or min(values) / 10 < tick < max(values) * 10]
    low, high = scale(min(shown)), scale(max(shown))
    left = LEFT + number * (WIDTH + LEFT + GAP)
    wide = max(math.log10(sizes[-1] / sizes[0]), 1e-9)

    def x(size: float) -> float:
        return left + WIDTH * math.log10(size / sizes[0]) / wide

    def y(value: float) -> float:
        return TOP + HEIGHT * (1 - (scale(max(value, 1e-9)) - low) / (high - low or 1))

    out = [f'<text x="{left}" y="{TOP - 15}" font-size="15">{escape(title)}</text>']
    for tick in shown:
        out.append(f'<path d="M{left} {y(tick):.1f}h{WIDTH}" stroke="#dddddd"/>')
        out.append(f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" font-size="11" text-anchor="end">{tick:g}</text>')
    for size in sizes:
        below = TOP + HEIGHT + 16
        out.append(f'<text x="{x(size):.1f}" y="{below}" font-size="11" text-anchor="middle">{size:,.0f}</text>')
    for place, (name, colour, line) in enumerate(lines):
        path = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in line)
        dashes = ' stroke-dasharray="5 4"' if "log" in name else ""
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        out += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for size, value in line]
        down = TOP + HEIGHT + 42 + 20 * place
        out.append(f'<path d="M{left} {down - 4}h24" stroke="{colour}" stroke-width="2"{dashes}/>')
        out.append(f'<text x="{left + 32}" y="{down}" font-size="12">{escape(name)}</text>')
    return "\n".join(out)
