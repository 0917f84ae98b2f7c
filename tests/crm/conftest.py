"""The embedded CRM on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sql_world import SQLWorld

from postgresql import postgresql_url, server

__all__ = ["postgresql_url", "server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLWorld]:
    sqlite = f"sqlite:///{tmp_path / 'crm.db'}"
    made = SQLWorld(sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql_url"))
    yield made
    made.crm.close()
