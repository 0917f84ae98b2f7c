"""The declarative backend keeps what every backend promises, on each CRM it ships a definition for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from rest_worlds import WORLDS, RestWorld

from socialcrm.testing.crms import CRMContract


class TestRest(CRMContract):
    """Faults 50, 51, 53, 54, 55, 60 and 61 among the inherited cases."""

    exact_text: ClassVar[bool] = False

    @pytest.fixture(params=["harbour", "pipedrive"])
    def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RestWorld]:
        with WORLDS[request.param](tmp_path) as world:
            yield world


class TestZendesk(CRMContract):
    """A ticket's text cannot be changed: an edit replaces the ticket."""

    exact_text: ClassVar[bool] = False
    keeps_id: ClassVar[bool] = False

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[RestWorld]:
        with WORLDS["zendesk"](tmp_path) as world:
            yield world
            assert world.standin.mailed == 0, "a customer was notified of history"
