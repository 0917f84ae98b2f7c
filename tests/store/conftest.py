"""Stores to test: SQLite files, and a PostgreSQL server started for the purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from postgresql import postgresql_url, server  # noqa: F401 - fixtures


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    value: str = request.getfixturevalue(f"{request.param}_url")
    return value
