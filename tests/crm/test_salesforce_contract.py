"""The Salesforce backend keeps what every backend promises, on a strict stand-in and on every target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from salesforce_world import SalesforceWorld

from socialcrm.testing.crms import CRMContract

PLACES: dict[str, dict[str, Any]] = {
    "task": {},
    "task, stub": {"retract": "stub"},
    "event": {"target": "event"},
    "custom": {"target": "custom"},
    "social_post": {"target": "social_post"},
}


class TestSalesforce(CRMContract):
    """Texts are cut at 32,000 characters and lose control characters."""

    exact_text: ClassVar[bool] = False

    @pytest.fixture(params=PLACES)
    def world(self, request: pytest.FixtureRequest) -> Iterator[SalesforceWorld]:
        with SalesforceWorld(**PLACES[request.param]) as world:
            yield world
