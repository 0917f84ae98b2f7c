"""Learning weights from labelled pairs: one additive model, fitted to the posterior it will be used in.

Cyclic Newton boosting, as in explainable boosting machines (Lou, Caruana, Gehrke and Hooker, 2013):
kind after kind, the weight of each level takes a shrunken step towards what would explain the
residual. The likelihood is that of the whole choice, every candidate of a profile against the others
and against "none of them", so weights are learned for the competition they decide. Silence weighs 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence import KINDS
from socialcrm.matching.evidence.rarity import RARITY
from socialcrm.matching.evidence.together import TOGETHER
from socialcrm.matching.hashing import Rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.pairs import Flags, Levels, Pairs
from socialcrm.matching.profile_keys import encode_profiles
from socialcrm.matching.weights import Calibration, WeightModel
from socialcrm.model import Profile, Trust

Numbers = NDArray[np.float64]
_NAT = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Sample:
    """Candidate pairs with labels: the profile of each (sorted), levels by kind, an offset in bits, the truth."""

    profiles: Rows
    levels: Mapping[str, Levels]
    offset: Numbers
    right: Flags

    def part(self, keep: Flags) -> Sample:
        """Some of the pairs."""
        return Sample(
            self.profiles[keep], {kind: level[keep] for kind, level in self.levels.items()},
            self.offset[keep], self.right[keep],
        )  # fmt: skip


@dataclass(slots=True)
class Learned:
    """Weights in bits by kind, level by level, and what is added to every score."""

    weights: dict[str, Numbers] = field(default_factory=dict)
    intercept: float = 0.0

    def scores(self, sample: Sample) -> Numbers:
        """The score of every pair, in bits."""
        total = sample.offset + self.intercept
        for kind, weights in self.weights.items():
            total = total + weights[sample.levels[kind]]
        return np.asarray(total, dtype=np.float64)


FIXED = frozenset(
    {"known", "phone", "caution", "employer", "title", "place", "language"}
)  # fmt: skip
"""Kinds whose weights are set by hand: proof, the marks of imitators, and what differs from list to list of labels."""
SHY = frozenset({"platform", "middle", *(one.kind.name for one in TOGETHER)})
"""Kinds with few examples a level: their weights are held to where they start three times as strongly."""
SERIOUS = 25
"""Candidates of each profile that are learned from: those ranked further down teach nothing but what is far off."""


def sample_of(model: WeightModel, pairs: Pairs, right: Flags) -> Sample:
    """Pairs with labels, ready to learn from: all that the model adds without learning is their offset."""
    prior = model.prior_bits(len(pairs.index)) * model.calibration.scale
    offset = prior + model.parts(pairs)[RARITY.name]
    offset = offset + sum(model.more(kind, pairs) for kind in KINDS if kind is not RARITY)
    levels = {kind.name: np.ascontiguousarray(pairs.level(kind.name)) for kind in KINDS if kind is not RARITY}
    return Sample(pairs.p, levels, offset, right)


def fit(model: WeightModel, sample: Sample, *, version: str, record: Mapping[str, str | int | float]) -> WeightModel:
    """A model like ``model`` with weights learned from a sample, and with its record of how that was done."""
    scale = model.calibration.scale
    table = {kind.name: np.asarray(model.row(kind)) * scale for kind in KINDS if kind is not RARITY}
    sizes = {name: len(row) for name, row in table.items() if name not in FIXED}
    learned = start = Learned(table, model.calibration.offset)
    for _ in range(2):  # who is ranked high is better known once something has been learned
        serious = sample.part(_serious(sample, learned.scores(sample)))
        learned = learn(serious, sizes, start=start, shy=SHY)
    for kind in KINDS:  # what speaks against somebody never weighs less than was set by hand
        against = np.asarray([level.trust is Trust.AGAINST for level in kind.levels])
        if kind.name in table:
            row = learned.weights[kind.name]
            row[against] = np.minimum(row, table[kind.name])[against]
    weights = {
        kind.name: {
            level.name: round(float(weight) / scale, 2)
            for level, weight in zip(kind.levels[1:], learned.weights[kind.name][1:], strict=True)
        }
        for kind in KINDS
        if kind is not RARITY
    }
    calibration = Calibration(scale=scale, offset=round(learned.intercept, 3))
    return model.model_copy(
        update={"version": version, "training": dict(record), "weights": weights, "calibration": calibration}
    )


def _serious(sample: Sample, scores: Numbers) -> Flags:
    """The best candidates of each profile; a right one below them counts as none, as it will when it is used."""
    order = np.lexsort((-scores, sample.profiles))
    profiles = sample.profiles[order]
    place = np.arange(len(order)) - np.searchsorted(profiles, profiles)
    out = np.zeros(len(order), dtype=np.bool_)
    out[order[place < SERIOUS]] = True
    return out


def calibrated(model: WeightModel, *, scale: float, offset: float) -> WeightModel:
    """The model with its scores stretched and moved, by what cross-validation says learning did too much."""
    old = model.calibration
    new = Calibration(scale=round(old.scale * scale, 4), offset=round(old.offset * scale + offset, 3))
    return model.model_copy(update={"calibration": new})


def refine(
    model: WeightModel,
    index: ContactIndex,
    profiles: Sequence[Profile],
    labels: Sequence[tuple[str, str, bool]],
    *,
    version: str,
) -> WeightModel:
    """A model refined by what people said: (profile id, contact id, whether the profile is the contact's).

    A confirmed contact speaks against all other candidates of its profile; a rejected one only against itself.
    """
    rows = {profile.id: row for row, profile in enumerate(profiles)}
    said = {(rows[p], index.row(c)): right for p, c, right in labels if p in rows}
    settled = {row for (row, _), right in said.items() if right}
    asked = [profiles[row] for row in sorted({row for row, _ in said})]
    number = {rows[profile.id]: at for at, profile in enumerate(asked)}
    verdicts = {(number[row], contact): right for (row, contact), right in said.items()}
    whole = {number[row] for row in settled}
    pairs = Pairs(encode_profiles(asked, index.words, index.platforms), index)
    places = list(zip(pairs.p.tolist(), pairs.c.tolist(), strict=True))
    right = np.asarray([verdicts.get(place, False) for place in places], dtype=np.bool_)
    keep = np.asarray([place in verdicts or place[0] in whole for place in places], dtype=np.bool_)
    sample = sample_of(model, pairs, right).part(keep)
    used = sum(place in verdicts for place in places)
    record = {**model.training, "refined_from": model.version, "labels": len(labels), "labels_used": used}
    return fit(model, sample, version=version, record=record)


def softmax(scores: Numbers, profiles: Rows, count: int) -> Numbers:
    """Probability of each pair among those of its profile and "none of them"; scores in bits."""
    peak = np.zeros(count)
    np.maximum.at(peak, profiles, scores)
    odds = np.exp2(scores - peak[profiles])
    total = np.exp2(-peak) + np.bincount(profiles, weights=odds, minlength=count)
    return np.asarray(odds / total[profiles], dtype=np.float64)


def learn(
    sample: Sample,
    sizes: Mapping[str, int],
    *,
    rising: Sequence[str] = (),
    shy: Collection[str] = (),
    start: Learned | None = None,
    rounds: int = 60,
    step: float = 0.5,
    ridge: float = 5.0,
    most: float = 16.0,
) -> Learned:
    """Fit weights; ``sizes`` gives the levels of each kind, ``rising`` those whose weights never fall.

    ``ridge`` is how strongly weights are held where they start (0 without ``start``), thrice so for those of
    ``shy`` kinds; no weight exceeds ``most`` bits.
    """
    profiles, count = _numbered(sample.profiles)
    learned, anchor = _begin(sizes, start)
    scores = learned.scores(sample)
    heard = {kind: np.flatnonzero(sample.levels[kind]) for kind in sizes}
    for _ in range(rounds):
        for kind, rows in heard.items():
            chance = softmax(scores, profiles, count)[rows]
            level = sample.levels[kind][rows]
            slope, bend = _sums(level, sample.right[rows] - chance, chance * (1 - chance), size=sizes[kind])
            old, hold = learned.weights[kind], ridge * (0.3 if kind in shy else 0.1)
            new = old + step * (slope - hold * (old - anchor.get(kind, 0.0)) * _NAT) / (bend + ridge) / _NAT
            new = np.clip(np.clip(new, old - 3, old + 3), np.minimum(old, -most), np.maximum(old, most))
            if kind in rising:
                new[1:] = monotone(new[1:], np.asarray(bend[1:] + ridge, dtype=np.float64))
            new[0] = 0.0
            learned.weights[kind] = new
            scores[rows] += (new - old)[level]
        chance = softmax(scores, profiles, count)
        slope, bend = (sample.right - chance).sum(), (chance * (1 - chance)).sum()
        move = float(np.clip(step * slope / (bend + ridge) / _NAT, -1, 1))
        learned.intercept += move
        scores += move
    return learned


def _numbered(profiles: Rows) -> tuple[Rows, int]:
    """Profiles numbered from 0 without gaps, and how many there are."""
    _, numbers = np.unique(profiles, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64), int(numbers.max(initial=-1)) + 1


def _sums(level: Levels, *values: Numbers, size: int) -> list[Numbers]:
    """Sums of each of several values by level."""
    return [np.asarray(np.bincount(level, weights=value, minlength=size), dtype=np.float64) for value in values]


def _begin(sizes: Mapping[str, int], start: Learned | None) -> tuple[Learned, dict[str, Numbers]]:
    """Weights to begin with, and those that they are held to."""
    learned = Learned({kind: np.zeros(size) for kind, size in sizes.items()})
    if start is None:
        return learned, {}
    learned.intercept = start.intercept
    learned.weights.update({kind: weights.copy() for kind, weights in start.weights.items()})
    return learned, {kind: weights.copy() for kind, weights in start.weights.items()}


def monotone(values: Numbers, weights: Numbers) -> Numbers:
    """The nearest rising sequence, by pooling adjacent violators."""
    blocks: list[list[float]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            upper, lower = blocks.pop(), blocks.pop()
            total = upper[1] + lower[1]
            blocks.append([(upper[0] * upper[1] + lower[0] * lower[1]) / total, total, upper[2] + lower[2]])
    return np.concatenate([np.full(int(size), value) for value, _, size in blocks]) if blocks else np.zeros(0)
