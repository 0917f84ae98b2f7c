"""Dynamics keeps what every backend promises, and its own rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from dynamics_world import DynamicsWorld, dynamics

from socialcrm.testing.crms import CRMContract


@pytest.fixture
def world() -> Iterator[DynamicsWorld]:
    with dynamics() as world:
        yield world


class TestDynamics(CRMContract):
    """Faults 50, 51, 53, 54, 55 and 60 among the inherited cases."""

    exact_text: ClassVar[bool] = False
