"""What may be linked on which platform, and on which ground: platform rules, presets and loosenings."""

from __future__ import annotations

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


PLATFORM_RULES = MappingProxyType(
    {
        # "Off-X matching": joining a username to a customer record by inference is a restricted use.
        ("x", Basis.INFERRED): Action.REVIEW,
        # Member data may not be kept in a CRM; what members or customers gave themselves is another matter.
        ("linkedin", Basis.INFERRED): Action.REFUSE,
        ("linkedin", Basis.PUBLIC_CLAIM): Action.REVIEW,
    }
)
"""Where a platform's terms are stricter than `Action.LINK`, by (platform, basis)."""

_THRESHOLDS = MappingProxyType({Preset.STRICT: 0.98, Preset.BALANCED: 0.985, Preset.OPEN: 0.99})
_ALIASES = MappingProxyType({"twitter": "x"})


class LinkPolicy(BaseModel):
    """The operator's choices about linking.

    ``probability`` is the least a link needs (without one, the preset's), ``margin`` the least
    distance to the next contact, ``review`` the least probability worth a person's minute.
    ``platforms`` changes the rule of a platform by name, ground by ground:
    ``{"x": {"inferred": "link"}}``; each change is written into every decision made under it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    preset: Preset = Preset.STRICT
    probability: float | None = Field(default=None, gt=0.5, le=1)
    margin: float = Field(default=0.5, ge=0, le=1)
    review: float = Field(default=0.1, gt=0, le=1)
    rare_bits: float = Field(default=16.0, ge=0)
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
        name = _platform(platform)
        rule = PLATFORM_RULES.get((name, basis), Action.LINK)
        return self.platforms.get(name, {}).get(basis, rule)

    def describe(self) -> str:
        """The preset, threshold and every change in force, as it goes into decisions."""
        changes = [
            f"{name}: {basis} may {action} (rule: {PLATFORM_RULES.get((name, basis), Action.LINK)})"
            for name, rules in sorted(self.platforms.items())
            for basis, action in sorted(rules.items())
            if action is not PLATFORM_RULES.get((name, basis), Action.LINK)
        ]
        return "; ".join([f"{self.preset} from {self.threshold:g}, margin {self.margin:g}", *changes])


def _platform(name: str) -> str:
    key = name.strip().casefold()
    return _ALIASES.get(key, key)
