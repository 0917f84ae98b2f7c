"""Where an account says that it is, by its handle: a country's office, a state, the contact's own region."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.model import Contact, Profile

_RUNS = (3, 4, 5, 6)
_COVER = (("little", "among much else"), ("half", "with little else"), ("all", "and nothing else"))


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


OFFICE_LAND = Kind(
    "office_land",
    "Compares the countries that have the office in the handle with the contact's (``rep``: United States).",
    land_values,
    _land_levels("names an office"),
)
PLACE_LAND = Kind(
    "place_land",
    "Compares the country or state at the end of the handle with the contact's country.",
    land_values,
    _land_levels("names a place"),
)
GROUND = Kind(
    "ground",
    """Looks for letters of the contact's region in the handle, beside those of the name.

    What follows "for" or "4", or capitals at the end, are taken for the place; without them, all
    letters that the reading of the name leaves over.
    """,
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
