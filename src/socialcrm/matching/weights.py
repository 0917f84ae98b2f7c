"""The model: a readable table of weights, from evidence to a calibrated probability."""

from __future__ import annotations

from functools import cache, cached_property
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from socialcrm.errors import ConfigError
from socialcrm.matching.core.kinds import NUMBERS
from socialcrm.matching.core.scoring import Weights, more, parts, rank
from socialcrm.matching.core.scoring import posterior as _posterior
from socialcrm.matching.evidence import KINDS, Kind
from socialcrm.matching.evidence.rarity import RARITY
from socialcrm.matching.facts import Clue
from socialcrm.matching.hashing import Rows
from socialcrm.matching.pairs import Pairs

Numbers = NDArray[np.float64]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Prior(_Part):
    """What holds before anything is compared: the share of profiles whose person is a contact.

    It is spread evenly over the contacts; fewer than ``min_contacts`` count as that many, so that
    a small CRM does not make every match look certain.
    """

    share_in_crm: float = Field(gt=0, lt=1)
    min_contacts: int = Field(ge=1)


class Calibration(_Part):
    """Turns the sum of weights into log-odds: ``scale`` x sum + ``offset``, in bits."""

    scale: float = Field(gt=0)
    offset: float


class Rarity(_Part):
    """The weight of each bit of surprise in the agreeing words of a name, and the most they may weigh."""

    per_bit: float = Field(ge=0)
    most: float = Field(ge=0)


class WeightModel(_Part):
    """An additive model: one weight, in bits, for each level of each kind of evidence.

    Levels not in the table weigh nothing. ``training`` records the data and the method.
    """

    version: str = Field(min_length=1)
    training: dict[str, str | int | float]
    prior: Prior
    calibration: Calibration
    rarity: Rarity
    weights: dict[str, dict[str, float]]

    @classmethod
    def load(cls, path: Path | None = None) -> WeightModel:
        """Read a model file; without a path, the one that ships.

        Raises `ConfigError` naming the file and the entry that is wrong.
        """
        if path is None:
            return _shipped()
        try:
            return cls.parse(path.read_text("utf-8"), str(path))
        except OSError as error:
            raise ConfigError(f"cannot read the model file {path}: {error.strerror}") from error

    @classmethod
    def parse(cls, text: str, source: str) -> WeightModel:
        """Read a model from JSON text; ``source`` is named in errors."""
        try:
            model = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise ConfigError(f"the model {source} is not usable: {where}: {first['msg']}") from error
        known = {kind.name: {level.name for level in kind.levels[1:]} for kind in KINDS}
        for kind, levels in model.weights.items():
            for level in levels:
                if level not in known.get(kind, ()):
                    raise ConfigError(f"the model {source} weighs {kind}.{level}, which is no evidence of this version")
        return model

    def parts(self, pairs: Pairs) -> dict[str, Numbers]:
        """The weight of each kind of evidence for each pair, calibrated: with `base` they add up to the score."""
        found = self.added(pairs)
        return {kind.name: found[:, NUMBERS[kind.name]] for kind in KINDS}

    def added(self, pairs: Pairs) -> Numbers:
        """The same as a matrix of pairs and kinds, in the core's order of kinds."""
        return parts(pairs.pairing(), self.weighed(), pairs.levels)

    def more(self, kind: Kind, pairs: Pairs) -> Numbers:
        """What rare values add to the weights of a kind's levels, calibrated."""
        return more(pairs.pairing(), self.weighed(), kind.name)

    def rank(self, pairs: Pairs) -> tuple[Pairs, Numbers]:
        """The pairs that are in the running, and the score of each, as `scores` of all `parts` gives it.

        What is cheap to compare comes first. Pairs that fall so far behind in it that letters could not make
        up for it, or that letters could not lift to any likelihood, are dropped, unless more than a name proposed them.
        """
        places, scores, levels = rank(
            pairs.pairing(), self.weighed(), self.base(len(pairs.index)),
            behind=_BEHIND, hopeless=_HOPELESS, by_name=_BY_NAME,
        )  # fmt: skip
        return pairs.some(places, levels), scores

    def weighed(self) -> Weights:
        """The weights as the compiled core adds them up."""
        of, weighed = self._held[0]
        now = (self.weights, self.calibration, self.rarity)
        if weighed is None or any(one is not other for one, other in zip(of, now, strict=True)):
            weighed = Weights([self._row(kind) for kind in KINDS], self.calibration.scale)
            self._held[0] = now, weighed
        return weighed

    @cached_property
    def _held(self) -> list[tuple[tuple[object, ...], Weights | None]]:
        """The weights as they were last handed to the core: a copy with other weights takes them along."""
        return [((None,) * 3, None)]

    def _row(self, kind: Kind) -> tuple[str, bool, bool, list[float], float, float]:
        """One kind, as the core's table has it; rarity weighs by the bit alone."""
        if kind is RARITY:
            weights, per_bit, most = [0.0] * len(kind.levels), self.rarity.per_bit, self.rarity.most
        else:
            weights, per_bit, most = self.row(kind), 1.0, float("inf")
        return kind.name, kind.by_name, kind.dear, weights, per_bit, most

    def row(self, kind: Kind) -> list[float]:
        """The weight of each level of a kind, before calibration."""
        table = self.weights.get(kind.name, {})
        return [table.get(level.name, 0.0) for level in kind.levels]

    def base(self, contacts: int) -> float:
        """The score, in bits, of a contact of whom nothing is known; evidence adds its weights to this."""
        return self.prior_bits(contacts) * self.calibration.scale + self.calibration.offset

    def prior_bits(self, contacts: int) -> float:
        """The log-odds, in bits, of any one contact before anything is compared."""
        share = self.prior.share_in_crm
        return float(np.log2(share / (1 - share)) - np.log2(max(contacts, self.prior.min_contacts)))

    def scores(self, parts: dict[str, Numbers], contacts: int) -> Numbers:
        """Log-odds, in bits, of each pair against "none of the contacts"."""
        total = np.sum(list(parts.values()), axis=0)
        return np.asarray(total + self.base(contacts), dtype=np.float64)


_BY_NAME = 1 << Clue.NAMED | 1 << Clue.NEAR
_BEHIND, _HOPELESS = 12.0, -22.0
"""Bits: readings of letters differ by less in all but one pair of a hundred thousand, and seldom add more."""


@cache
def _shipped() -> WeightModel:
    text = resources.files("socialcrm.matching").joinpath("model.json").read_text("utf-8")
    return WeightModel.parse(text, "model.json")


def posterior(scores: Numbers, profiles: Rows, count: int) -> Numbers:
    """Probability of each pair among all candidates of its profile and "none of them".

    ``scores`` are log-odds in bits against none; ``profiles`` numbers the profile of each pair,
    below ``count``. The probabilities of one profile's pairs sum to at most 1.
    """
    return _posterior(scores, profiles, count)
