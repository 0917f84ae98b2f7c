"""Letters that the handle has in common with the contact's own address or web site, short of being equal."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.facts import Clue
from socialcrm.matching.pairs import Flags, Levels, Pairs
from socialcrm.matching.reading import letters, longest_common
from socialcrm.model import Contact, Profile

_SHORTEST = 3
_RUNS = ("three", "four", "five", "six", "seven", "eight")
_COVER = ("inside", "handle", "address", "equal")


def _near(pairs: Pairs, column: str, told: Flags) -> Levels:
    """Numbers the pairs by the length of the common run, what it covers, and whether the address is merely the name.

    Those of whom it is ``told`` already that they are equal say nothing more by it.
    """
    out = np.zeros(len(pairs), dtype=np.int8)
    text = pairs.contact(column)
    rows = np.flatnonzero((text != b"") & (pairs.profile("whole") != b"") & ~told)
    if not len(rows):
        return out
    left, right = letters(pairs.profile("whole")[rows]), letters(text[rows])
    run, _ = longest_common(left, right)
    size = pairs.contact("label_size").astype(np.int64)[rows] if column == "label" else (right != 0).sum(axis=1)
    cover = (run >= (left != 0).sum(axis=1)) * 1 + (run >= size) * 2
    named: Flags = pairs.contact(f"{column}_named").astype(np.bool_)[rows]
    level = 1 + (np.minimum(run - _SHORTEST, len(_RUNS) - 1) * 4 + cover) * 2 + named
    out[rows] = np.where(run >= _SHORTEST, level, 0)
    return out


def compare_site(pairs: Pairs) -> Levels:
    """Compares the handle with the name of the contact's site letter by letter.

    A site named after something else than the contact is their own invention, and letters in
    common with it say much; one that is merely their name says little besides the name.
    """
    return _near(pairs, "label", pairs.clue(Clue.SITE_NAME))


def compare_address(pairs: Pairs) -> Levels:
    """Compares the handle with the local part of the contact's e-mail address letter by letter."""
    return _near(pairs, "local", np.zeros(len(pairs), dtype=np.bool_))


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


NEAR_SITE = Kind("near_site", compare_site, site_values, _levels("web site"), dear=True)
NEAR_ADDRESS = Kind("near_address", compare_address, address_values, _levels("e-mail address"), dear=True)
