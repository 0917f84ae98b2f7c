"""Where an account says that it is, by its handle: a country's office, a state, the contact's own region."""

from __future__ import annotations

import numpy as np

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.matching.reading import letters, longest_common
from socialcrm.model import Contact, Profile

_RUNS = (3, 4, 5, 6)
_COVER = (("little", "among much else"), ("half", "with little else"), ("all", "and nothing else"))


def _lands(pairs: Pairs, column: str) -> Levels:
    ours, theirs = pairs.contact("land").astype(np.uint32), pairs.profile(column).astype(np.uint32)
    both = (ours != 0) & (theirs != 0)
    return first_true(pairs, both & (ours & theirs != 0), both, theirs != 0)


def compare_office_land(pairs: Pairs) -> Levels:
    """Compares the countries that have the office in the handle with the contact's (``rep``: United States)."""
    return _lands(pairs, "office_lands")


def compare_place_land(pairs: Pairs) -> Levels:
    """Compares the country or state at the end of the handle with the contact's country."""
    return _lands(pairs, "place_lands")


def compare_ground(pairs: Pairs) -> Levels:
    """Looks for letters of the contact's region in the handle, beside those of the name.

    What follows "for" or "4", or capitals at the end, are taken for the place; without them, all
    letters that the reading of the name leaves over.
    """
    out = np.zeros(len(pairs), dtype=np.int8)
    place, text, home = pairs.profile("place"), pairs.profile("letters"), pairs.contact("home")
    rows = np.flatnonzero((home != b"") & (text != b""))
    if not len(rows):
        return out
    said = place[rows] != b""
    where = letters(np.where(said, place[rows], text[rows]))
    run, _ = longest_common(where, letters(home[rows]))
    used = sum(used[rows] for used in pairs.reading.used)
    room = (where != 0).sum(axis=1) - np.where(said, 0, used)
    cover = 1 * (2 * run >= room) + (run >= room)
    level = 1 + np.searchsorted(_RUNS[1:], run, side="right") * len(_COVER) + cover
    other = 1 + len(_RUNS) * len(_COVER)
    out[rows] = np.where((run >= _RUNS[0]) & (run <= room), level, np.where(said, other, 0))
    return out


def land_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the country."""
    return profile.handle, contact.country


def ground_values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the region."""
    return profile.handle, contact.region


def _land_levels(what: str) -> tuple[Level, ...]:
    return (
        Level("silent", ""),
        Level("same", f"The handle “{{left}}” {what} of the contact's country ({{right}})."),
        Level("other", f"The handle “{{left}}” {what} of another country than the contact's ({{right}})."),
        Level("unknown", f"The handle “{{left}}” {what} of a country; the contact's record has none."),
    )


OFFICE_LAND = Kind("office_land", compare_office_land, land_values, _land_levels("names an office"))
PLACE_LAND = Kind("place_land", compare_place_land, land_values, _land_levels("names a place"))
GROUND = Kind(
    "ground",
    compare_ground,
    ground_values,
    (
        Level("silent", ""),
        *(
            Level(f"{run}_{cover}", f"The handle “{{left}}” has {run} letters or more of “{{right}}”, {how}.")
            for run in _RUNS
            for cover, how in _COVER
        ),
        Level("other", "The handle “{left}” names a place that is not the contact's region ({right})."),
    ),
    dear=True,
)
