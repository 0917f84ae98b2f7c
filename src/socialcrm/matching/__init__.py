"""Whose account is it: text keys, candidates, evidence, a weight table, and decisions under a policy.

`Matcher` ranks contacts for profiles and fills in the sentences; `decide` turns its proposals into
links and reviews; `contradictions` reports what no longer fits together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialcrm.matching.contradictions import Contradiction, contradictions
    from socialcrm.matching.decisions import Proposal, decide
    from socialcrm.matching.index import ContactIndex
    from socialcrm.matching.matcher import Matcher
    from socialcrm.matching.weights import WeightModel

__all__ = ["ContactIndex", "Contradiction", "Matcher", "Proposal", "WeightModel", "contradictions", "decide"]

_HOMES = {
    "ContactIndex": "index",
    "Contradiction": "contradictions",
    "Matcher": "matcher",
    "Proposal": "decisions",
    "WeightModel": "weights",
    "contradictions": "contradictions",
    "decide": "decisions",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
