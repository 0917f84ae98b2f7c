"""The hostile set in small: no attack links in strict, and honest customers do."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module("match_hostile").measure(each=12, seed=11, customers=170, most=60)
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_it_is_large_and_varied(report: dict[str, Any]) -> None:
    assert report["classes"] >= 20
    assert report["attacks"] >= 350
    assert report["controls"] >= 100


def test_strict_links_no_attack_at_all(report: dict[str, Any]) -> None:
    linked = {kind: count for kind, (count, _) in report["strict"]["by_class"].items() if count}
    assert linked == {}


def test_strict_links_honest_customers_and_only_to_themselves(report: dict[str, Any]) -> None:
    assert report["strict"]["controls_linked"] >= 0.85
    assert report["strict"]["controls_wrong"] == 0


def test_balanced_is_fooled_by_whole_copies_alone(report: dict[str, Any]) -> None:
    assert report["balanced"]["attack_rate_outside_copies"] <= 0.005
    assert report["balanced"]["controls_linked"] >= 0.85


def test_the_set_can_fool_something(report: dict[str, Any]) -> None:
    """Probability alone is fooled by most of it; else the set would prove nothing."""
    assert report["open"]["attacks_linked"] > report["attacks"] / 4
    assert report["strict"]["residual_linked"] > 0.5
