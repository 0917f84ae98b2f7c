"""The model: a readable table of weights, from evidence to a calibrated probability."""

from __future__ import annotations

from functools import cache, cached_property
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from socialcrm.errors import ConfigError
from socialcrm.matching.evidence import KINDS, Kind
from socialcrm.matching.evidence.rarity import RARITY, rarity_bits
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
        return {kind.name: self._part(kind, pairs) for kind in KINDS}

    def _part(self, kind: Kind, pairs: Pairs) -> Numbers:
        return self._rarity(pairs) if kind is RARITY else self._table(kind)[kind.of(pairs)] + self.more(kind, pairs)

    def more(self, kind: Kind, pairs: Pairs) -> Numbers | float:
        """What rare values add to the weights of a kind's levels, calibrated."""
        return 0.0 if kind.rarity is None else kind.rarity(pairs) * self.calibration.scale

    def rank(self, pairs: Pairs) -> tuple[Pairs, Numbers]:
        """The pairs that are in the running, and the score of each, as `scores` of all `parts` gives it.

        What is cheap to compare comes first. Pairs that fall so far behind in it that letters could not make
        up for it, or that letters could not lift to any likelihood, are dropped, unless more than a name proposed them.
        """
        base = self.base(len(pairs.index))
        cheap = self._sum(pairs, dear=False) + base
        best = np.full(len(pairs.profiles.table), -np.inf)
        np.maximum.at(best, pairs.p, cheap)
        keep = (cheap >= best[pairs.p] - _BEHIND) & (cheap >= _HOPELESS) | (pairs.bits & ~_BY_NAME != 0)
        left = pairs.only(keep)
        return left, cheap[keep] + self._sum(left, dear=True)

    def _sum(self, pairs: Pairs, *, dear: bool) -> Numbers:
        names, rest = np.zeros(len(pairs.named)), np.zeros(len(pairs))
        for kind in KINDS:
            if kind.dear is not dear:
                continue
            if kind.by_name:
                names += self._part(kind, pairs.named)
            else:
                rest += self._part(kind, pairs)
        return np.asarray(rest + names[pairs.which], dtype=np.float64)

    def _table(self, kind: Kind) -> Numbers:
        """The calibrated weight of each level of a kind."""
        of, tables = self._held[0]
        if of != (id(self.weights), id(self.calibration)):
            tables = self._tables()
            self._held[0] = (id(self.weights), id(self.calibration)), tables
        return tables[kind.name]

    @cached_property
    def _held(self) -> list[tuple[tuple[int, int], dict[str, Numbers]]]:
        """The tables as arrays, with what they were made of: a copy with other weights takes them along."""
        return [((0, 0), {})]

    def _tables(self) -> dict[str, Numbers]:
        scale = self.calibration.scale
        return {
            kind.name: np.asarray([self.weights.get(kind.name, {}).get(level.name, 0.0) for level in kind.levels])
            * scale
            for kind in KINDS
        }

    def _rarity(self, pairs: Pairs) -> Numbers:
        bits = rarity_bits(pairs) * self.rarity.per_bit
        return np.asarray(np.minimum(bits, self.rarity.most) * self.calibration.scale, dtype=np.float64)

    def weight(self, kind: Kind, pairs: Pairs, place: int) -> float:
        """What one kind of evidence adds to the score of one pair."""
        if kind is RARITY:
            return float(self._rarity(pairs.named)[pairs.which[place]])
        found, at = (pairs.named, pairs.which[place]) if kind.by_name else (pairs, place)
        more = 0.0 if kind.rarity is None else float(np.asarray(self.more(kind, pairs))[place])
        return float(self._table(kind)[kind.of(found)[at]]) + more

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
    peak = np.zeros(count)
    np.maximum.at(peak, profiles, scores)
    odds = np.exp2(scores - peak[profiles])
    total = np.exp2(-peak) + np.bincount(profiles, weights=odds, minlength=count)
    return np.asarray(odds / total[profiles], dtype=np.float64)
