"""The handle against the contact's name."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


HANDLE = Kind(
    "handle",
    """Compares the handle with the ways people write their name into one.

    Titles, roles and cities around the name (``rep``, ``real``, ``dev``, ``nyc``), digits and signs
    are taken off first; what is left over counts against a reading that does not explain it.
    """,
    values,
    (
        Level("silent", ""),
        Level("full", "The handle “{left}” is “{right}” written together.", agrees=True),
        Level("nickname", "The handle “{left}” is a usual form of “{right}” written together."),
        Level("more", "The handle “{left}” holds given name and surname of “{right}” and more."),
        Level("variant", "The handle “{left}” holds a usual form of “{right}”."),
        Level("initial", "The handle “{left}” is the initial and surname of “{right}”."),
        Level("given_initial", "The handle “{left}” is the given name and an initial of “{right}”."),
        Level("sound", "The handle “{left}” sounds like “{right}”."),
        Level("sole", "The handle “{left}” is the only name on the record, “{right}”."),
        Level("surname", "The handle “{left}” holds the surname of “{right}”."),
        Level("given", "The handle “{left}” is the given name of “{right}”."),
        Level("given_more", "The handle “{left}” holds the given name of “{right}” and something else."),
        Level("nothing", "The handle “{left}” has nothing of the name “{right}”."),
    ),
    by_name=True,
)
