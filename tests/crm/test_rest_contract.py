"""The declarative backend keeps what every backend promises, on each CRM it ships a definition for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from rest_worlds import WORLDS, RestWorld

from socialcrm.testing.crms import CRMContract


class TestRest(CRMContract):
    """Faults 50, 51, 53, 54, 56, 60 and 61 among the inherited cases."""

    exact_text: ClassVar[bool] = False

    @pytest.fixture(params=WORLDS)
    def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RestWorld]:
        with WORLDS[request.param](tmp_path) as world:
            yield world
