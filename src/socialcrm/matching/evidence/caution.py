"""Signs that an account imitates, celebrates or sells somebody, or is no person."""

from __future__ import annotations

from socialcrm.matching.core.compare_context import set_read
from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.name import NAME
from socialcrm.matching.keys import visible
from socialcrm.model import Contact, Profile, Trust

_READ = {"turned", "full", "more", "longer", "variant", "middle", "given", "surname"}
"""Levels of the display name at which its letters, not only its shape, are the contact's."""


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The names on the profile, and the contact's name."""
    return visible(f"{profile.display_name} @{profile.handle}".strip()), contact.name


CAUTION = Kind(
    "caution",
    """Looks for what impostors, fans and jokers wear.

    Letters of another script that look Latin, a name that is only drawn like the contact's, the
    words “official”, “giveaway”, “fan”, “parody” and their like in display name or handle, a bio
    that says so, and words that name an organisation.
    """,
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

set_read([number for number, level in enumerate(NAME.levels) if level.name in _READ])
