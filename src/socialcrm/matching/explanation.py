"""What was found about a pair, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.core.made import made
from socialcrm.matching.evidence import KINDS, Kind
from socialcrm.matching.evidence.base import Values
from socialcrm.model import Contact, Evidence, Match, Profile, Trust
from socialcrm.text import shorten

_SHOWN = 160
"""Characters of a value that an evidence shows."""


def explained(
    profile: Profile,
    contact: Contact,
    levels: Sequence[int],
    weights: Sequence[float],
    probability: float,
    runner_up: float,
) -> Match:
    """A match with its evidence, the weightiest first; of equal weight, in the order of the kinds.

    ``levels`` and ``weights`` are those of every kind, by the core's numbers.
    """
    values: dict[Values, tuple[str, str]] = {}
    found = []
    for _, _, number in sorted((-abs(weights[number]), _PLACE[number], number) for number in _heard(levels)):
        about, name, trust, sentence = _SENTENCES[number][levels[number]]
        shown = values.get(about)
        if shown is None:
            left, right = about(profile, contact)
            shown = values[about] = shorten(left, _SHOWN), shorten(right, _SHOWN)
        left, right = shown
        fields = {
            "name": name, "weight": weights[number], "left": left, "right": right,
            "sentence": sentence(left=left, right=right), "trust": trust,
        }  # fmt: skip
        found.append(made(Evidence, fields))
    fields = {
        "platform": profile.platform, "profile_id": profile.id, "contact_id": contact.id,
        "probability": probability, "evidence": tuple(found), "runner_up": runner_up,
    }  # fmt: skip
    return made(Match, fields)


def _heard(levels: Sequence[int]) -> list[int]:
    return [number for number, level in enumerate(levels) if level]


def _sentences(kind: Kind) -> list[tuple[Values, str, Trust, Callable[..., str]]]:
    return [(kind.values, f"{kind.name}.{level.name}", level.trust, level.sentence.format) for level in kind.levels]


_SENTENCES = {NUMBERS[kind.name]: _sentences(kind) for kind in KINDS}
_PLACE = {NUMBERS[kind.name]: place for place, kind in enumerate(KINDS)}
