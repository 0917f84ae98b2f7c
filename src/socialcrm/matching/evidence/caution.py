"""Signs that an account imitates, celebrates or sells somebody, or is no person."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.evidence.name import NAME
from socialcrm.matching.facts import Clue
from socialcrm.matching.keys import visible
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.model import Contact, Profile, Trust

_READ = {"turned", "full", "more", "longer", "variant", "middle", "given", "surname"}
"""Levels of the display name at which its letters, not only its shape, are the contact's."""


def compare(pairs: Pairs) -> Levels:
    """Looks for what impostors, fans and jokers wear.

    Letters of another script that look Latin, a name that is only drawn like the contact's, the
    words “official”, “giveaway”, “fan”, “parody” and their like in display name or handle, a bio
    that says so, and words that name an organisation.
    """
    read = np.asarray([level.name in _READ for level in NAME.levels])[NAME.of(pairs)]
    drawn = pairs.clue(Clue.NAME_SHAPE) & ~read
    return first_true(
        pairs,
        pairs.flag("mixed"),
        drawn,
        pairs.flag("caution_name"),
        pairs.flag("caution_bio"),
        pairs.flag("caution_handle"),
        pairs.flag("organisation"),
    )


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The names on the profile, and the contact's name."""
    return visible(f"{profile.display_name} @{profile.handle}".strip()), contact.name


CAUTION = Kind(
    "caution",
    compare,
    values,
    (
        Level("silent", ""),
        Level("mixed", "“{left}” mixes letters of several scripts that look alike.", Trust.AGAINST),
        Level("drawn", "“{left}” only looks like “{right}”; its letters are others.", Trust.AGAINST),
        Level("name", "“{left}” wears a word of imitators, fans or giveaways.", Trust.AGAINST),
        Level("bio", "The bio says that the account is a parody, a fan's or not the person's.", Trust.AGAINST),
        Level("handle", "The handle in “{left}” wears a word of imitators, fans or giveaways.", Trust.AGAINST),
        Level("organisation", "“{left}” names an organisation, not a person.", Trust.AGAINST),
    ),
)
