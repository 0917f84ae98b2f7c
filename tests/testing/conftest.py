"""One running stand-in for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from salesforce_client import Client, contact, running


@pytest.fixture
def sf() -> Iterator[Client]:
    with running() as client:
        yield client


@pytest.fixture
def ann(sf: Client) -> str:
    return contact(sf, "Lee", FirstName="Ann", Email="ann@lee.example")


@pytest.fixture
def bob(sf: Client) -> str:
    return contact(sf, "Ray", FirstName="Bob")
