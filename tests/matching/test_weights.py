"""The model file: readable, checked, additive."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matching_cast import BYSTANDERS, MATCHER, contact, profile

from socialcrm.errors import ConfigError
from socialcrm.matching.matcher import Matcher
from socialcrm.matching.weights import WeightModel, posterior
from socialcrm.policy import LinkPolicy, Preset


def shipped() -> dict[str, object]:
    return json.loads(MATCHER.model.model_dump_json())


def test_a_model_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(shipped()), "utf-8")
    assert WeightModel.load(path) == MATCHER.model
    assert Matcher(model=WeightModel.load(path)).version == MATCHER.version


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": {"name": {"fulll": 1}}}, "weighs name.fulll"),
        ({"weights": {"aura": {"blue": 1}}}, "weighs aura.blue"),
        ({"prior": {"share_in_crm": 2, "min_contacts": 1}}, "prior.share_in_crm"),
        ({"calibration": {"scale": 0, "offset": 0}}, "calibration.scale"),
        ({"surprise": 1}, "surprise"),
        ({"weights": {"name": {"full": float("nan")}}}, "weights.name.full"),
    ],
)
def test_a_wrong_model_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(shipped() | change), "utf-8")
    with pytest.raises(ConfigError, match=message):
        WeightModel.load(path)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the model file"):
        WeightModel.load(tmp_path / "none.json")


def test_the_sum_of_the_printed_weights_is_the_score() -> None:
    index = MATCHER.index([contact(title="Head baker", city="Leeds", emails=("sky84@post.example",)), *BYSTANDERS])
    asked = profile(display_name="Marit Oxenholme", handle="sky84", bio="Head baker", location="Leeds")
    match = MATCHER.rank([asked], index)[0][0]
    assert match.runner_up == 0
    model = MATCHER.model
    total = model.base(len(index)) + sum(evidence.weight for evidence in match.evidence)
    odds = 2**total
    assert match.probability == pytest.approx(odds / (1 + odds), abs=1e-12)


def test_a_small_crm_does_not_make_a_name_rare() -> None:
    smith = contact(first_name="John", last_name="Smith")
    asked = [profile(display_name="John Smith", handle="johnsmith")]
    assert MATCHER.rank(asked, MATCHER.index([smith]))[0][0].probability < LinkPolicy(preset=Preset.OPEN).threshold


def test_posterior_shares_one_certainty_among_all() -> None:
    shares = posterior(np.asarray([3.0, 3.0, 900.0, -900.0, 900.0]), np.asarray([0, 0, 1, 2, 1]), 3)
    assert shares[:2].tolist() == pytest.approx([8 / 17, 8 / 17])
    assert shares[[2, 4]].tolist() == [0.5, 0.5]
    assert shares[3] == pytest.approx(0)


def test_policy_says_what_is_in_force() -> None:
    assert LinkPolicy().describe() == "strict from 0.98, margin 0.5"
    same = LinkPolicy.model_validate({"platforms": {"x": {"inferred": "review"}}})
    assert same.describe() == LinkPolicy().describe()
    changed = LinkPolicy.model_validate(
        {"preset": "open", "probability": 0.9, "platforms": {"linkedin": {"inferred": "review"}}}
    )
    assert changed.describe() == "open from 0.9, margin 0.5; linkedin: inferred may review (rule: refuse)"
