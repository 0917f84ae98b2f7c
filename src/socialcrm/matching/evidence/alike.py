"""How many letters of the handle stand in the contact's own site, in order, with others between."""

from __future__ import annotations

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.near import site_values

_PERCENT = (20, 30, 40, 50, 60, 70, 80, 90, 99)

ALIKE_SITE = Kind(
    "alike_site",
    """Measures how alike the handle and the name of the contact's site are, wherever their letters differ.

    ``harryhan24`` is not ``herryhan``, yet whoever has the one may well have chosen the other; a site that
    has nothing of the handle speaks a little against it. One that holds the name says no more than the name.
    """,
    site_values,
    (
        Level("silent", ""),
        *(
            Level(
                f"from_{n}", f"The handle “{{left}}” has {n} % or more in common with the contact's site ({{right}})."
            )
            for n in (0, *_PERCENT)
        ),
    ),
    dear=True,
)
