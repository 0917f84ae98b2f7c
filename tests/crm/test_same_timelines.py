"""The demo, synced into each CRM, ends with the same timelines: what is written never depends on where."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from dynamics_world import dynamics
from hubspot_world import hubspot
from rest_worlds import WORLDS
from sql_world import SQLWorld

from socialcrm.clock import SystemClock
from socialcrm.config import from_mapping
from socialcrm.crm.csv_import import read_contacts
from socialcrm.model import Contact, Interaction
from socialcrm.sync import steps
from socialcrm.sync.erase import erase
from socialcrm.sync.pipeline import STEPS, Sync
from socialcrm.sync.report import Remedy, SyncReport
from socialcrm.sync.review import confirm
from socialcrm.sync.subject import find_subject
from socialcrm.testing.server import failing

DEMO = Path(str(files("socialcrm"))) / "demo"
Timelines = dict[str, list[dict[str, Any]]]
SHOWN = {"key", "occurred_at", "channel", "kind", "direction", "subject", "body", "url", "author", "revision"}


@contextmanager
def sql(folder: Path) -> Iterator[SQLWorld]:
    world = SQLWorld(f"sqlite:///{folder / 'crm.db'}")
    yield world
    world.crm.close()


BACKENDS: dict[str, Callable[[Path], AbstractContextManager[Any]]] = {
    **WORLDS,
    "dynamics": lambda folder: dynamics(),
    "hubspot": lambda folder: hubspot(),
}


def play(world: Any, folder: Path, *, outage: bool = False) -> Timelines:
    """Both stages of the demo with a confirmed review in between; returns what the CRM shows of each contact."""
    ids = {
        contact.id: world.add(contact)
        for contact in read_contacts(DEMO / "contacts.csv")
        if isinstance(contact, Contact)
    }
    for number, stage in enumerate(("first", "first", "second")):
        with sync(folder, stage, world.crm) as one:
            if number == 1:
                # The confirmed one is named by its account: its contact has another id in each CRM.
                item = max(one.store.decisions.review(100), key=lambda item: (item.held, item.profile.handle))
                confirm(one.store, f"{item.profile.platform}:{item.profile.handle}", by="test", clock=one.clock)
            report = away(world, one) if outage and number != 1 else one.run()
            assert report.problems == []
            assert report.delivery.parked == report.delivery.waiting == 0
    return {name: [visible(entry) for entry in world.crm.timeline(identity)] for name, identity in ids.items()}


def away(world: Any, one: Sync) -> SyncReport:
    """A run during which the CRM goes away just before it is told; the next one finds it back."""
    server = world.standin.server
    one.steps = (
        *STEPS[:-1],
        lambda run: server.breaks(failing(503), times=100_000, unheard=True),
        steps.deliver,
        steps.deliver,
    )
    report = one.run()
    assert report.delivery.created == report.delivery.updated == report.delivery.parked == 0
    assert report.delivery.waiting > 0
    assert {problem.remedy for problem in report.problems} == {Remedy.LATER}
    server.heal()
    one.steps = (steps.deliver,)
    return one.run()


@contextmanager
def sync(folder: Path, stage: str, crm: Any) -> Iterator[Sync]:
    raw = tomllib.loads((DEMO / "socialcrm.toml").read_text(encoding="utf-8"))
    raw["sources"]["bluesky"]["replay"] = str(DEMO / "exchanges" / stage)
    made = Sync.from_config(from_mapping(raw, folder=folder), clock=SystemClock())
    made.crm.close()
    made.crm = crm
    yield made
    made.store.close()


def visible(entry: Interaction) -> dict[str, Any]:
    fields = entry.model_dump(include=SHOWN)
    return {**fields, "body": fields["body"].strip()}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Timelines:
    folder = tmp_path_factory.mktemp("sql")
    with sql(folder) as world:
        return play(world, folder)


@pytest.mark.parametrize("name", BACKENDS)
def test_the_demo_ends_with_the_same_timelines(name: str, wanted: Timelines, tmp_path: Path) -> None:
    with BACKENDS[name](tmp_path) as world:
        found = play(world, tmp_path)
    assert sum(map(len, found.values())) > 20
    assert found == wanted


@pytest.fixture(scope="module", params=BACKENDS)
def after_outages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Path, Timelines]]:
    """A CRM after the demo, during which it was away at each delivery; its timelines, and the folder of the store."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch, BACKENDS[request.param](folder) as world:
        patch.setenv("SOCIALCRM_SUPPRESSION_KEY", "a key for tests")
        yield world, folder, play(world, folder, outage=True)


def test_an_outage_at_every_delivery_changes_nothing_in_the_end(
    after_outages: tuple[Any, Path, Timelines], wanted: Timelines
) -> None:
    """Fault 63: what waited while the CRM was away arrives when it is back, once, the taking back included."""
    assert after_outages[2] == wanted


def test_a_person_is_erased_from_the_crm_with_a_complete_receipt(after_outages: tuple[Any, Path, Timelines]) -> None:
    """Faults 84 and 87: first refused by a CRM that is away, which the receipt says, then done and read back."""
    world, folder, shown = after_outages
    ids = {one.id for page in world.crm.contacts(None) for one in page.changes}
    victim = max(ids, key=lambda identity: len(list(world.crm.timeline(identity))))
    said = [entry.body.split("\n")[0] for entry in world.crm.timeline(victim)]
    assert said
    with sync(folder, "second", world.crm) as one:
        subject = find_subject(one.store, contact=victim)
        world.standin.server.breaks(failing(503), times=100_000, unheard=True)
        receipt = erase(one.store, world.crm, subject, by="dpo", reason="asked", clock=one.clock)
        assert not receipt.complete
        assert receipt.left >= len(said)
        world.standin.server.heal()
        receipt = erase(one.store, world.crm, subject, by="dpo", reason="asked", clock=one.clock)
        assert receipt.complete, receipt.not_proved
    assert list(world.crm.timeline(victim)) == []
    kept = [entry["body"] for entries in shown.values() for entry in entries if entry["body"] not in said]
    assert not any(world.holds(text) for text in said if not any(text in other for other in kept))
