"""What may be linked on which platform and on which ground, and what platforms ask of whoever keeps their data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field, field_validator

from socialcrm.model import Basis


class Preset(StrEnum):
    """How much evidence a link needs.

    ``strict``: proof, or a clue that starts from what the CRM knows together with the full name.
    ``balanced``: also two independent claims of the profile besides a rare name.
    ``open``: the probability alone; for measuring, and for data with consent.
    """

    STRICT = "strict"
    BALANCED = "balanced"
    OPEN = "open"


class Action(StrEnum):
    """What a platform's rules allow on a ground: a link, a person's decision, or nothing at all."""

    LINK = "link"
    REVIEW = "review"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a platform's terms ask of whoever keeps its data; ``None`` where they set no time we know of.

    ``bases`` are the grounds on which less than `Action.LINK` is allowed. A copy must be looked at again, or go,
    within ``refresh_within``; what was deleted there must be gone here within ``delete_within``. ``messages``:
    whether private messages may be stored. ``source`` says where that was read, and ``read`` when; without a
    date it is general knowledge, to be checked against the terms in force.
    """

    bases: Mapping[Basis, Action] = field(default_factory=dict)
    refresh_within: timedelta | None = None
    delete_within: timedelta | None = None
    messages: bool = True
    source: str = ""
    read: str = ""


_DAY = timedelta(days=1)

TERMS = MappingProxyType(
    {
        "bluesky": Terms(
            delete_within=_DAY,
            source="docs.bsky.app, Developer Guidelines: honour deletion requests; no term is named",
            read="2026-08",
        ),
        "facebook": Terms(source="Meta Platform Terms, 3.d: delete what is no longer needed, and on request"),
        "foursquare": Terms(
            refresh_within=_DAY * 30,
            messages=False,
            source="developer.foursquare.com/overview/community: nothing is kept 30 days without being refreshed",
            read="2026-11",
        ),
        "google_business": Terms(
            messages=False,
            source="developers.google.com/my-business/content/policies: for the owner of the listing",
            read="2026-11",
        ),
        "instagram": Terms(source="Meta Platform Terms, 3.d: delete what is no longer needed, and on request"),
        "linkedin": Terms(
            # Members' data may not enrich a CRM; what members or customers gave themselves is another matter.
            bases={Basis.INFERRED: Action.REFUSE, Basis.PUBLIC_CLAIM: Action.REVIEW},
            refresh_within=_DAY * 2,
            messages=False,
            source="learn.microsoft.com/linkedin/marketing: Restricted Uses; Data Storage Requirements (48 h)",
            read="2026-11",
        ),
        "mastodon": Terms(delete_within=_DAY, source="the rules of each server; deletions travel as Delete activities"),
        "reddit": Terms(
            delete_within=_DAY * 2,
            source="support.reddithelp.com, Reddit Data API Wiki: remove deleted content and ids of deleted accounts",
            read="2026-11",
        ),
        "telegram": Terms(source="telegram.org/tos/bot-developers: keep what the bot needs, delete on request"),
        "threads": Terms(source="Meta Platform Terms, 3.d: delete what is no longer needed, and on request"),
        "tiktok": Terms(messages=False, source="TikTok Developer Terms: delete on request, and what was removed there"),
        "vk": Terms(source="dev.vk.com, Platform Terms: delete on request"),
        "x": Terms(
            # "Off-X matching": joining a username to a customer record by inference is a restricted use.
            bases={Basis.INFERRED: Action.REVIEW},
            delete_within=_DAY,
            source="X Developer Policy: restricted uses, off-X matching; compliance: honour deletions and protections",
            read="2026-11",
        ),
        "youtube": Terms(
            refresh_within=_DAY * 30,
            messages=False,
            source="YouTube API Services Developer Policies, III.E.4: refresh or delete within 30 days",
            read="2026-11",
        ),
    }
)
"""What each platform asks. No legal advice: the terms you agreed to are what counts."""

_NO_TERMS = Terms()


def terms(platform: str) -> Terms:
    """Return what a platform asks; one that is not in `TERMS` asks nothing."""
    return TERMS.get(_platform(platform), _NO_TERMS)


_THRESHOLDS = MappingProxyType({Preset.STRICT: 0.98, Preset.BALANCED: 0.985, Preset.OPEN: 0.987})
_MIN_ACCOUNT_DAYS = 90
_ALIASES = MappingProxyType({"twitter": "x"})


class LinkPolicy(BaseModel):
    """The operator's choices about linking.

    ``probability`` is the least a link needs (without one, the preset's), ``margin`` the least
    distance to the next contact, ``review`` the least probability worth a person's minute,
    ``rare_bits`` how rare a name must be for `balanced` to link it on claims. An account younger
    than ``min_account_days`` does not link on what can be copied: impostors open new accounts.
    ``platforms`` changes the rule of a platform by name, ground by ground:
    ``{"x": {"inferred": "link"}}``; each change is written into every decision made under it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    preset: Preset = Preset.STRICT
    probability: float | None = Field(default=None, gt=0.5, le=1)
    margin: float = Field(default=0.5, ge=0, le=1)
    review: float = Field(default=0.1, gt=0, le=1)
    rare_bits: float = Field(default=16.0, ge=0)
    min_account_days: int = Field(default=_MIN_ACCOUNT_DAYS, ge=0)
    platforms: dict[str, dict[Basis, Action]] = {}

    @field_validator("platforms")
    @classmethod
    def _usual_names(cls, platforms: dict[str, dict[Basis, Action]]) -> dict[str, dict[Basis, Action]]:
        return {_platform(name): rules for name, rules in platforms.items()}

    @property
    def threshold(self) -> float:
        """The least probability of a link that is not proved."""
        return _THRESHOLDS[self.preset] if self.probability is None else self.probability

    def basis_action(self, platform: str, basis: Basis) -> Action:
        """What this platform's rules, as the operator set them, allow on this ground."""
        return self.platforms.get(_platform(platform), {}).get(basis, _rule(platform, basis))

    def describe(self) -> str:
        """The preset, threshold and every change in force, as it goes into decisions."""
        changes = [
            f"{name}: {basis} may {action} (rule: {_rule(name, basis)})"
            for name, rules in sorted(self.platforms.items())
            for basis, action in sorted(rules.items())
            if action is not _rule(name, basis)
        ]
        if self.min_account_days < _MIN_ACCOUNT_DAYS:
            changes.insert(0, f"accounts from {self.min_account_days} days (usual: {_MIN_ACCOUNT_DAYS})")
        return "; ".join([f"{self.preset} from {self.threshold:g}, margin {self.margin:g}", *changes])


def _rule(platform: str, basis: Basis) -> Action:
    return terms(platform).bases.get(basis, Action.LINK)


def _platform(name: str) -> str:
    key = name.strip().casefold()
    return _ALIASES.get(key, key)
