"""What a match's evidence shows besides its weight: who could have made it, and what it hides."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from socialcrm.matching.keys import normal
from socialcrm.matching.words import TITLES, words
from socialcrm.model import Evidence, Match, Profile, Trust

IMITATION = frozenset({"caution.mixed", "caution.drawn", "caution.name", "caution.bio", "known.lookalike"})
NEVER = IMITATION | {"caution.handle", "known.other"}
"""Evidence under which no preset links; proof outweighs a word in the very handle that is on the record."""

_COPYABLE = frozenset({
    "email.in_bio", "email.local_own", "email.local_numbered", "website.handle_own", "website.handle_numbered",
    "phone.in_bio",
})  # fmt: skip
"""Anchored clues that whoever has seen the customer's address, number or another account can repeat."""

_ASIDE = re.compile(r"[(\[{（【「|/•·–—].*|\s-\s.*", re.DOTALL)
_HARMLESS = TITLES | words("she her hers he him his they them theirs")
"""Words that may stand beside a name."""

_GENERATIONS = words("jr jnr junior sr snr senior ii iii iv hijo filho neto sobrinho fils pere younger elder")
"""What tells people of one family and one name apart; the words are taken off before names are compared."""

_STRENGTH = {Trust.VERIFIED: 3, Trust.ANCHORED: 2}
PROOF = _STRENGTH[Trust.VERIFIED]


def evidence_names(match: Match) -> frozenset[str]:
    """The names of what was found."""
    return frozenset(evidence.name for evidence in match.evidence)


def rank(evidence: Evidence) -> int:
    """How hard a clue is to make: 3 proof, 2 anchored in something only the customer controls, 1 copyable, 0 a word."""
    return 1 if evidence.name in _COPYABLE else _STRENGTH.get(evidence.trust, 0)


def strength(match: Match) -> int:
    """The rank of the strongest clue."""
    return max(map(rank, match.evidence), default=0)


def copyable(match: Match) -> bool:
    """Whether every anchored clue can be repeated by whoever has seen it."""
    return all(e.name in _COPYABLE for e in match.evidence if e.trust is Trust.ANCHORED)


def younger(profile: Profile, days: int, now: datetime) -> bool:
    """Whether the account is known to be younger than that."""
    return profile.created_at is not None and now - profile.created_at < timedelta(days=days)


def generation_differs(match: Match) -> bool:
    """Whether only one of the names says Jr, Sr, III or the like, or they say different ones."""
    theirs, ours = (_GENERATIONS.intersection(normal(text).split()[1:]) for text in _shown_names(match))
    return theirs != ours


def says_more(match: Match) -> bool:
    """Whether words stand beside the name, as in “Ann Lee (refunds)”.

    They are put aside to compare the name, and may claim anything.
    """
    shown, name = _shown_names(match)
    aside = _ASIDE.search(shown)
    said = set(normal(aside[0]).split()) if aside else set()
    return bool(said - _HARMLESS - set(normal(name).split()))


def _shown_names(match: Match) -> tuple[str, str]:
    """The display name and the contact's, as the evidence about the name holds them."""
    return next(((e.left, e.right) for e in match.evidence if e.name.startswith("name.")), ("", ""))
