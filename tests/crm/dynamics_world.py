"""A Dataverse environment seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr
from standin_world import JUNE, StandInWorld

from socialcrm.clock import ManualClock
from socialcrm.crm.dynamics.backend import Dynamics, DynamicsConfig
from socialcrm.testing import dynamics as standin_of
from socialcrm.testing.dynamics import DynamicsStandIn


class DynamicsWorld(StandInWorld):
    """The stand-in behind the backend."""

    def __init__(self, standin: DynamicsStandIn) -> None:
        self.standin = standin
        self.clock = ManualClock(JUNE)
        self.crm = self.open()

    def open(self, **settings: Any) -> Dynamics:
        given = {
            "url": self.standin.url,
            "login_url": self.standin.url,
            "tenant": standin_of.TENANT,
            "client_id": standin_of.CLIENT_ID,
            "client_secret": SecretStr(standin_of.CLIENT_SECRET),
            "handles": {name: f"scrm_{name}" for name in ("bluesky", "instagram", "x")},
            "do_not_profile": "scrm_noprofiling",
        }
        return Dynamics(DynamicsConfig(**(given | settings)), clock=self.clock)

    def lose_field(self) -> None:
        del self.standin.columns["scrm_digest"]


@contextmanager
def dynamics() -> Iterator[DynamicsWorld]:
    with DynamicsStandIn() as standin:
        world = DynamicsWorld(standin)
        yield world
        world.crm.close()
