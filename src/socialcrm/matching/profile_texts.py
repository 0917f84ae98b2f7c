"""The normal forms of profiles: see `socialcrm.matching.core.profile_texts`."""

from __future__ import annotations

from socialcrm.matching.columns import ProfileRow
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.model import Profile

__all__ = ["AnyProfile", "ProfileTexts"]

AnyProfile = Profile | ProfileRow
