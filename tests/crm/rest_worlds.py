"""REST CRMs seen from outside: a stand-in each, its definition, and what its people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pages import BLOCKS
from socialcrm.clock import ManualClock
from socialcrm.crm.rest import RestConfig, RestCRM
from socialcrm.model import Contact
from socialcrm.testing import rest_crm

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def harbour_definition(folder: Path) -> Path:
    """The definition of the walk-through, as the page shows it."""
    (block,) = [one.body for one in BLOCKS if one.body.startswith('name = "Harbour"')]
    path = folder / "harbour.toml"
    path.write_text(block, encoding="utf-8")
    return path


@dataclass
class RestWorld:
    """One stand-in behind the declarative backend."""

    standin: Any
    config: RestConfig
    transport: Any = None
    crm: RestCRM = field(init=False)

    def __post_init__(self) -> None:
        self.crm = self.open()

    def open(self, transport: Any = None) -> RestCRM:
        """The backend as a new process would have it."""
        return RestCRM(self.config, clock=ManualClock(JUNE), transport=transport)

    def add(self, contact: Contact) -> str:
        identity: str = self.standin.add(contact)
        return identity

    def remove(self, contact_id: str) -> None:
        self.standin.remove(contact_id)

    def merge(self, loser: str, winner: str) -> None:
        self.standin.merge(loser, winner)

    def holds(self, text: str) -> bool:
        return bool(self.standin.holds(text))

    def lost_answer(self) -> AbstractContextManager[None]:
        lost: AbstractContextManager[None] = self.standin.lost_answer()
        return lost

    def lose_field(self) -> None:
        self.standin.without = "text"


@contextmanager
def harbour(folder: Path) -> Iterator[RestWorld]:
    with rest_crm.Harbour() as standin:
        trial = standin.add(
            Contact(id="trial", last_name="Trial", emails=("trial@skylark.example",), handles={"bluesky": ("t",)})
        )
        config = RestConfig(
            definition=harbour_definition(folder),
            url=standin.url,
            token=SecretStr(rest_crm.API_KEY),
            ledger=folder / "ledger.db",
            trial_contact=trial,
        )
        world = RestWorld(standin, config)
        yield world
        world.crm.close()


WORLDS: dict[str, Callable[[Path], AbstractContextManager[RestWorld]]] = {"harbour": harbour}
