"""Measures the matcher on accounts whose owners are known.

    python benchmarks/match_identity.py --data DIR --json
    python benchmarks/match_identity.py --data DIR --cv 5 --json

DIR holds contacts.csv, profiles.csv and truth.csv. With --cv, weights are learned anew with the recipe of the
shipped model, from weights set by hand, and measured on people left out of the learning, each in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from pathlib import Path

import numpy as np

from socialcrm.cli.match import answers, contacts_of, predictions, profiles_of
from socialcrm.matching import Matcher, WeightModel
from socialcrm.matching.evaluate import Prediction, evaluate
from socialcrm.matching.learn import calibrated, fit, sample_of
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_file import read_truth
from socialcrm.matching.profile_keys import encode_profiles
from socialcrm.matching.weights import posterior
from socialcrm.policy import Preset

HAND_SET = Path(__file__).with_name("hand_set_weights.json")
CALIBRATION = {"scale": 0.9, "offset": 0.6}
"""What learned scores are stretched by and moved by, in bits; two numbers for all sources."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the matcher on accounts whose owners are known.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--preset", type=Preset, default=Preset.OPEN)
    parser.add_argument("--cv", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = WeightModel.load(args.model)
    matcher = Matcher(model=model, floor=0.0)
    started = time.process_time()
    index = matcher.index(contacts_of(args.data / "contacts.csv"))
    profiles = profiles_of(args.data / "profiles.csv")
    truth = read_truth(args.data / "truth.csv")
    rows = [row for found, link in answers(matcher, index, profiles, args.preset) for row in predictions(found, link)]
    result = {"model": model.version, "preset": args.preset, **evaluate(rows, truth)}
    result["cpu_s"] = round(time.process_time() - started, 2)
    pairs = Pairs(encode_profiles(profiles, index.words, index.platforms), index)
    owner = np.asarray([_row(index.row(truth[p.id])) if truth.get(p.id) else -1 for p in profiles])
    right = owner[pairs.p] == pairs.c
    result["candidate_recall"] = round(int(right.sum()) / int((owner != -1).sum()), 4)
    result["candidates_per_profile"] = round(len(pairs) / max(1, len(profiles)), 1)
    if args.cv:
        start = WeightModel.load(HAND_SET)
        result["cross_validated"] = cross_validate(start, pairs, right, profiles, truth, args.cv)
    print(json.dumps(result, indent=None if args.json else 2))
    return 0


def _row(row: int | None) -> int:
    return -2 if row is None else row


def cross_validate(model, pairs, right, profiles, truth, folds):
    """Measures of weights learned without the people they are measured on."""
    sample = sample_of(model, pairs, right)
    people = [truth.get(profile.id) or profile.id for profile in profiles]
    fold = np.asarray([zlib.crc32(person.encode()) % folds for person in people])
    probability = np.zeros(len(pairs))
    for number in range(folds):
        fitted = fit(model, sample.part(fold[pairs.p] != number), version="cv", record={})
        fitted = calibrated(fitted, **CALIBRATION)
        scores = fitted.scores(fitted.parts(pairs), len(pairs.index))
        held = fold[pairs.p] == number
        probability[held] = posterior(scores, pairs.p, len(profiles))[held]
    order = np.lexsort((-probability, pairs.p))
    ids = list(pairs.index)
    name = {pairs.index.row(contact): contact for contact in ids}
    rows, seen = [], {}
    for at in order:
        row = int(pairs.p[at])
        seen[row] = seen.get(row, 0) + 1
        if seen[row] <= 5:
            rows.append(Prediction(profiles[row].id, name[int(pairs.c[at])], float(probability[at])))
    return evaluate(rows, truth)


if __name__ == "__main__":
    sys.exit(main())
