"""What was found about a pair, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.evidence import KINDS, Kind
from socialcrm.matching.evidence.base import Values
from socialcrm.model import Contact, Evidence, Match, Profile, Trust
from socialcrm.text import shorten

_SHOWN = 160
"""Characters of a value that an evidence shows."""

Told = Sequence[tuple[int, int, float]]
"""What is not silent: number of the kind, level and weight."""


def explained(profile: Profile, contact: Contact, told: Told, probability: float, runner_up: float) -> Match:
    """A match with its evidence, the weightiest first; of equal weight, in the order of the kinds."""
    values: dict[Values, tuple[str, str]] = {}
    found = []
    for number, level, weight in sorted(told, key=_weightiest):
        about, name, trust, sentence = _SENTENCES[number][level]
        shown = values.get(about)
        if shown is None:
            left, right = about(profile, contact)
            shown = values[about] = shorten(left, _SHOWN), shorten(right, _SHOWN)
        left, right = shown
        found.append(
            Evidence.of(
                name=name, weight=weight, left=left, right=right, sentence=sentence(left=left, right=right), trust=trust
            )
        )
    return Match.of(
        platform=profile.platform,
        profile_id=profile.id,
        contact_id=contact.id,
        probability=probability,
        evidence=tuple(found),
        runner_up=runner_up,
    )


def _weightiest(told: tuple[int, int, float]) -> tuple[float, int]:
    number, _, weight = told
    return -abs(weight), _PLACE[number]


def _sentences(kind: Kind) -> list[tuple[Values, str, Trust, Callable[..., str]]]:
    return [(kind.values, f"{kind.name}.{level.name}", level.trust, level.sentence.format) for level in kind.levels]


_SENTENCES = {NUMBERS[kind.name]: _sentences(kind) for kind in KINDS}
_PLACE = {NUMBERS[kind.name]: place for place, kind in enumerate(KINDS)}
