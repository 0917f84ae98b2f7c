"""Fits the weights that ship: from weights set by hand, on the sources whose licence allows it.

    python benchmarks/match_train.py --data DIR --out src/socialcrm/matching/model.json

DIR holds contacts.csv, profiles.csv, truth.csv and meta.csv, whose column ``source`` says where a row is from.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from match_identity import CALIBRATION, HAND_SET, _row

from socialcrm.cli.match import contacts_of, profiles_of
from socialcrm.matching import ContactIndex, WeightModel
from socialcrm.matching.learn import calibrated, fit, sample_of
from socialcrm.matching.pairs import Pairs
from socialcrm.matching.profile_file import read_truth
from socialcrm.matching.profile_keys import encode_profiles

SOURCES = frozenset({"us-congress", "us-tweets", "us-wikidata", "ruby", "rust", "kr-tw-commons"})
DATA = (
    "accounts of public people: unitedstates/congress-legislators (CC0), congresstweets-automator (MIT), "
    "US-Politicians-Twitter-Dataset (MIT; Wikidata CC0), rubyevents (MIT), rust-lang/team (MIT or Apache-2.0), "
    "proto-commons South Korea and Taiwan (Wikidata CC0)"
)
METHOD = (
    "cyclic additive boosting on the posterior over the best 25 candidates and none (matching/learn.py), 60 rounds, "
    "step 0.5, ridge 5, from hand-set weights (benchmarks/hand_set_weights.json); pairs of clues chosen by what they "
    "explain in cross-validation, by person and by source"
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fits the weights that ship.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="additive-4")
    args = parser.parse_args()
    with (args.data / "meta.csv").open(newline="", encoding="utf-8") as file:
        source = {row["profile_id"]: row["source"].split("+")[0] for row in csv.DictReader(file)}
    index = ContactIndex(contacts_of(args.data / "contacts.csv"))
    profiles = [one for one in profiles_of(args.data / "profiles.csv") if source[one.id] in SOURCES]
    truth = read_truth(args.data / "truth.csv")
    pairs = Pairs(encode_profiles(profiles, index.words, index.platforms), index)
    owner = np.asarray([_row(index.row(truth[p.id])) if truth.get(p.id) else -1 for p in profiles])
    right = owner[pairs.p] == pairs.c
    start = WeightModel.load(HAND_SET)
    record = {
        "method": METHOD,
        "data": DATA,
        "profiles": len(profiles),
        "pairs": len(pairs),
        "pairs_right": int(right.sum()),
        "calibration": "stretched and moved by two numbers, cross-validated (benchmarks/match_identity.py)",
    }
    model = fit(start, sample_of(start, pairs, right), version=args.name, record=record)
    model = calibrated(model, **CALIBRATION)
    args.out.write_text(model.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
