"""REST CRMs seen from outside: a stand-in each, its definition, and what its people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from standin_world import JUNE, StandInWorld

from pages import BLOCKS
from socialcrm.clock import ManualClock
from socialcrm.crm.rest.backend import RestConfig, RestCRM
from socialcrm.model import Contact
from socialcrm.testing import pipedrive, rest_crm, zendesk

HANDLES: dict[str, tuple[str, ...]] = {"bluesky": ("trial.example",)}


def harbour_definition(folder: Path) -> Path:
    """The definition of the walk-through, as the page shows it."""
    (block,) = [one.body for one in BLOCKS if one.body.startswith('name = "Harbour"')]
    path = folder / "harbour.toml"
    path.write_text(block, encoding="utf-8")
    return path


@dataclass
class RestWorld(StandInWorld):
    """One stand-in behind the declarative backend."""

    standin: Any
    config: RestConfig
    lacking: str = "text"
    clock: ManualClock = field(init=False)
    crm: RestCRM = field(init=False)

    def __post_init__(self) -> None:
        self.clock = ManualClock(JUNE)
        self.crm = self.open()

    def open(self, transport: Any = None) -> RestCRM:
        """The backend as a new process would have it."""
        return RestCRM(self.config, clock=self.clock, transport=transport)

    def lose_field(self) -> None:
        self.standin.without = self.lacking


@contextmanager
def opened(standin: Any, folder: Path, *, lacking: str, serve: bool, **config: Any) -> Iterator[RestWorld]:
    """Open a world; one that does not ``serve`` is reached without a network, by `Direct`."""
    with standin if serve else nullcontext():
        trial = standin.add(
            Contact(id="trial", first_name="Tria", last_name="Trial", emails=("t@skylark.example",), handles=HANDLES)
        )
        made = RestConfig(url=standin.url, ledger=folder / "ledger.db", trial_contact=trial, **config)
        world = RestWorld(standin, made, lacking=lacking)
        yield world
        world.crm.close()
    standin.server.close()


def own(place: str, *names: str) -> dict[str, Any]:
    """Settings for what a stand-in keeps in custom fields."""
    plain = (*names, "title", "company", "city", "region", "country")
    return {
        "fields": {
            **{name: f"{place}.{name}" for name in plain},
            "websites": f"{place}.website",
            "phones": f"{place}.phone",
        },
        "handles": {name: f"{place}.{name}" for name in ("bluesky", "instagram", "x")},
        "do_not_profile": f"{place}.do_not_profile",
    }


def harbour(folder: Path, *, serve: bool = True) -> AbstractContextManager[RestWorld]:
    token = SecretStr(rest_crm.API_KEY)
    return opened(
        rest_crm.Harbour(),
        folder,
        lacking="text",
        serve=serve,
        definition=harbour_definition(folder),
        token=token,
        **{name: value for name, value in own("about").items() if name != "do_not_profile"},
    )


def zendesk_world(folder: Path, *, serve: bool = True) -> AbstractContextManager[RestWorld]:
    token = SecretStr(zendesk.TOKEN)
    return opened(
        zendesk.Zendesk(),
        folder,
        lacking="description",
        serve=serve,
        definition=Path("zendesk"),
        user=zendesk.USER,
        token=token,
        **own("user_fields", "first_name", "last_name"),
    )


def pipedrive_world(folder: Path, *, serve: bool = True) -> AbstractContextManager[RestWorld]:
    token = SecretStr(pipedrive.TOKEN)
    return opened(
        pipedrive.Pipedrive(),
        folder,
        lacking="content",
        serve=serve,
        definition=Path("pipedrive"),
        token=token,
        **own("custom_fields"),
    )


WORLDS: dict[str, Callable[..., AbstractContextManager[RestWorld]]] = {
    "harbour": harbour,
    "pipedrive": pipedrive_world,
    "zendesk": zendesk_world,
}
