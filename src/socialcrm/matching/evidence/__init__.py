"""The kinds of evidence, each compared by one function of the core; the table is the order in which ties are told."""

from __future__ import annotations

from socialcrm.matching.evidence.alike import ALIKE_SITE
from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.evidence.caution import CAUTION
from socialcrm.matching.evidence.contact_points import EMAIL, PHONE
from socialcrm.matching.evidence.context import EMPLOYER, LANGUAGE, PLACE, PLATFORM, ROLE, TITLE
from socialcrm.matching.evidence.ground import GROUND, OFFICE_LAND, PLACE_LAND
from socialcrm.matching.evidence.handle import HANDLE
from socialcrm.matching.evidence.known import KNOWN
from socialcrm.matching.evidence.name import NAME
from socialcrm.matching.evidence.near import NEAR_ADDRESS, NEAR_SITE
from socialcrm.matching.evidence.pieces import READINGS
from socialcrm.matching.evidence.rarity import RARITY
from socialcrm.matching.evidence.together import TOGETHER
from socialcrm.matching.evidence.website import WEBSITE

KINDS: tuple[Kind, ...] = (
    KNOWN, EMAIL, WEBSITE, PHONE, NAME, HANDLE, RARITY, *READINGS, NEAR_SITE, NEAR_ADDRESS, ALIKE_SITE,
    EMPLOYER, ROLE, PLATFORM, TITLE, PLACE, LANGUAGE, OFFICE_LAND, PLACE_LAND, GROUND, CAUTION,
    *(one.kind for one in TOGETHER),
)  # fmt: skip

AGREEING_NAMES = frozenset(f"{kind.name}.{level.name}" for kind in KINDS for level in kind.levels if level.agrees)
"""Evidence names at which the contact's full name stands on the profile."""

__all__ = ["AGREEING_NAMES", "KINDS", "Kind", "Level"]
