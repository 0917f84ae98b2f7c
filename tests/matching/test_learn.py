"""Weights learned from labels, and the measures that say what they are worth."""

from __future__ import annotations

import numpy as np
import pytest
from matching_cast import MATCHER, contact, profile

from socialcrm.matching.evaluate import LINK, Prediction, evaluate, wilson
from socialcrm.matching.learn import FIXED, Sample, learn, monotone, refine


def test_learning_finds_the_weight_that_the_data_hold() -> None:
    rng = np.random.default_rng(7)
    level = rng.integers(0, 3, 20_000).astype(np.int8)
    chance = np.asarray([0.5, 0.8, 0.2])[level]
    right = rng.random(20_000) < chance
    sample = Sample(np.arange(20_000), {"clue": level}, np.zeros(20_000), right)
    learned = learn(sample, {"clue": 3}, rounds=40)
    assert learned.weights["clue"].tolist() == pytest.approx([0, 2, -2], abs=0.15)


def test_monotone_pools_what_falls() -> None:
    assert monotone(np.asarray([1.0, 3.0, 2.0, 5.0]), np.ones(4)).tolist() == [1, 2.5, 2.5, 5]


def test_what_people_reject_weighs_less_afterwards() -> None:
    contacts = [contact(f"c{n}", first_name=f"Given{n}", last_name=f"Surname{n}") for n in range(60)]
    profiles = [profile(f"p{n}", handle=f"surname{n}") for n in range(60)]
    index = MATCHER.index(contacts)
    before = MATCHER.model
    labels = [(f"p{n}", f"c{n}", False) for n in range(60)]
    after = refine(before, index, profiles, labels, version="ours")
    assert after.version == "ours"
    assert int(after.training["labels_used"]) > 50
    score = [m.scores(m.parts(pairs), 60).max() for pairs in [_pairs(profiles, index)] for m in (before, after)]
    assert score[1] < score[0]
    assert all(after.weights[kind] == before.weights[kind] for kind in FIXED if kind in before.weights)


def _pairs(profiles, index):  # type: ignore[no-untyped-def]
    from socialcrm.matching.pairs import Pairs
    from socialcrm.matching.profile_keys import encode_profiles

    return Pairs(encode_profiles(profiles, index.words, index.platforms), index)


def test_measures_count_what_they_say() -> None:
    truth = {f"p{n}": f"c{n}" if n < 60 else "" for n in range(100)}
    rows = [Prediction(f"p{n}", f"c{n}", 0.999 if n < 50 else 0.6, LINK if n < 50 else "review") for n in range(100)]
    found = evaluate(rows, truth)
    assert found["first"] == 1
    assert found["decided"]["precision"] == 1  # type: ignore[index]
    assert found["decided"]["recall"] == round(50 / 60, 4)  # type: ignore[index]
    assert found["recall_at_precision"]["0.995"]["recall"] == round(50 / 60, 4)  # type: ignore[index]
    assert wilson(0, 0) is None
