"""The display name against the contact's name."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile, Trust


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The two names."""
    return profile.display_name, contact.name


NAME = Kind(
    "name",
    """Compares the display name with the contact's given name and surname.

    Knows titles, word order, initials, nicknames, forms of a name in other languages and the ways
    to write it in Latin letters. An empty name, one of signs only or a placeholder says nothing.
    The weight is for how the names agree; how rare they are is weighed by itself.
    """,
    values,
    (
        Level("silent", ""),
        Level("turned", "The display name “{left}” holds the words of “{right}” in the other order."),
        Level("full", "The display name “{left}” is the contact's name “{right}”.", agrees=True),
        Level("more", "The display name “{left}” holds the contact's name “{right}” and more."),
        Level("longer", "The display name “{left}” holds the words of “{right}” but ends in another surname."),
        Level("variant", "The display name “{left}” is a usual form of “{right}”.", agrees=True),
        Level("middle", "The display name “{left}” holds the surname and a middle name of “{right}”.", agrees=True),
        Level("sound", "The display name “{left}” sounds like “{right}”."),
        Level("initial", "The display name “{left}” is the surname with the initial of “{right}”."),
        Level("surname_initial", "The display name “{left}” is the given name with an initial of “{right}”."),
        Level("surname", "The display name “{left}” is the surname of “{right}” alone."),
        Level("other_given", "“{left}” has the surname of “{right}” but another given name.", Trust.AGAINST),
        Level("given", "The display name “{left}” is the given name of “{right}” alone."),
        Level("other_surname", "“{left}” has the given name of “{right}” but another surname.", Trust.AGAINST),
        Level("different", "The display name “{left}” is another name than “{right}”.", Trust.AGAINST),
        Level("alias", "The display name “{left}” has nothing of “{right}”."),
    ),
    by_name=True,
)  # fmt: skip
