"""Letters that the handle has in common with the contact's own address or web site, short of being equal."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile

_RUNS = ("three", "four", "five", "six", "seven", "eight")
_COVER = ("inside", "handle", "address", "equal")


def site_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the first web site."""
    return profile.handle, contact.websites[0] if contact.websites else ""


def address_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the first e-mail address."""
    return profile.handle, contact.emails[0] if contact.emails else ""


def _levels(what: str) -> tuple[Level, ...]:
    named = (
        ("own", f"the contact's {what} ({{right}})"),
        ("name", f"the contact's {what} ({{right}}), which is the name"),
    )
    return (
        Level("silent", ""),
        *(
            Level(f"{run}_{cover}_{own}", f"The handle “{{left}}” has {run} letters or more in a row of {spoken}.")
            for run in _RUNS
            for cover in _COVER
            for own, spoken in named
        ),
    )


NEAR_SITE = Kind(
    "near_site",
    """Compares the handle with the name of the contact's site letter by letter.

    A site named after something else than the contact is their own invention, and letters in
    common with it say much; one that is merely their name says little besides the name.
    """,
    site_values,
    _levels("web site"),
    dear=True,
)
NEAR_ADDRESS = Kind(
    "near_address",
    "Compares the handle with the local part of the contact's e-mail address letter by letter.",
    address_values,
    _levels("e-mail address"),
    dear=True,
)
