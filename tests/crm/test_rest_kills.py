"""Killed at any request to a CRM that takes no key of ours, nothing is lost and nothing is doubled.

Fault 50, and the criterion of at least 200 kill points: before a request is sent, after the CRM applied it
and before anybody is told, and after the answer was read.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rest_worlds import WORLDS, RestWorld

from socialcrm.crm.body import marked
from socialcrm.crm.rest import backend as rest
from socialcrm.crm.rest.ledger import Ledger, Row
from socialcrm.http.transport import Reply, Request
from socialcrm.model import Contact, Interaction
from socialcrm.testing.crms import entry
from socialcrm.testing.standin import Direct

TEXTS: dict[str, Callable[[Any], list[str]]] = {
    "harbour": lambda crm: [note["text"] for note in crm.notes.values()],
    "pipedrive": lambda crm: [note["content"] for note in crm.notes.values()],
    "zendesk": lambda crm: [ticket["comments"][0]["value"] for ticket in crm.tickets.values()],
}


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it, and nothing after it runs."""


class Killer:
    """Counts passages and kills at one of them; a dead process writes nothing more, whatever its code would do."""

    def __init__(self, at: int) -> None:
        self.at, self.passed, self.dead = at, 0, False

    def pass_by(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.dead = True
            raise Killed


class MortalLedger(Ledger):
    """A ledger that a dead process cannot write to."""

    def __init__(self, url: str, *, crm: str, killers: Sequence[Killer]) -> None:
        super().__init__(url, crm=crm)
        self._killers = killers

    def note(self, rows: Sequence[Row]) -> None:
        if not any(killer.dead for killer in self._killers):
            super().note(rows)


class KillingTransport(Direct):
    """Kills before a request is sent (odd passages) or after the CRM carried it out (even ones)."""

    def __init__(self, standin: Any, killer: Killer) -> None:
        super().__init__(standin)
        self._killer = killer

    def send(self, request: Request) -> Reply:
        self._killer.pass_by()
        reply = super().send(request)
        self._killer.pass_by()
        return reply


def history(ann: str, bob: str) -> list[list[Interaction]]:
    """Additions, an edit, a move, a retraction and its undoing, and an entry that never changes."""
    return [
        [entry(ann, "1"), entry(bob, "2", body="second"), entry(ann, "3", body="third")],
        [entry(ann, "1", revision=2, body="edited"), entry(bob, "3", body="third"), entry(bob, "4")],
        [entry(bob, "2", retracted=True), entry(ann, "1", revision=2, body="edited")],
        [entry(ann, "2", body="second"), entry(bob, "4", retracted=True)],
        [entry(ann, "5", body="fifth"), entry(ann, "6", body="sixth")],
    ]


def expected(batches: Sequence[Sequence[Interaction]]) -> dict[str, tuple[str, str]]:
    last = {one.key: one for batch in batches for one in batch}
    return {key: (one.contact_id, one.body) for key, one in last.items() if not one.retracted}


def play(world: RestWorld, batches: Sequence[Sequence[Interaction]], killer: Killer, points: Killer) -> None:
    """Deliver every batch as the outbox would: until it was answered, in a new process after each kill."""
    transport = KillingTransport(world.standin, killer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest, "failpoint", lambda name: points.pass_by())
        patch.setattr(rest, "Ledger", partial(MortalLedger, killers=(killer, points)))
        crm = world.open(transport)
        waiting = list(batches)
        while waiting:
            try:
                assert all(answer.done for answer in crm.upsert(waiting[0]))
                waiting.pop(0)
            except Killed:
                crm.close()
                killer.dead = points.dead = False
                crm = world.open(transport)
        crm.close()


def shown(world: RestWorld, contacts: Sequence[str]) -> dict[str, tuple[str, str]]:
    crm = world.open(Direct(world.standin))
    found = {one.key: (contact, one.body) for contact in contacts for one in crm.timeline(contact)}
    crm.close()
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is such a place: a ledger is made anew for every kill point."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as place:
        yield Path(place)


def people(world: RestWorld) -> tuple[str, str]:
    ann, bob = (world.add(Contact(id=name, first_name=name, last_name="Lee")) for name in ("ann", "bob"))
    return ann, bob


def rounds(name: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Every kill point of the history on one CRM, as (passage of the transport, passage of the program)."""
    with WORLDS[name](folder, serve=False) as world:
        ann, bob = people(world)
        killer, points = Killer(0), Killer(0)
        play(world, history(ann, bob), killer, points)
    yield from ((at, 0) for at in range(1, killer.passed + 1))
    yield from ((0, at) for at in range(1, points.passed + 1))


def test_two_hundred_kill_points_lose_and_double_nothing(folder: Path) -> None:
    kills: Counter[str] = Counter()
    for name in WORLDS:
        (folder / name).mkdir()
        for at, point in rounds(name, folder / name):
            place = folder / f"{name}-{at}-{point}"
            place.mkdir()
            with WORLDS[name](place, serve=False) as world:
                ann, bob = people(world)
                batches = history(ann, bob)
                play(world, batches, Killer(at), Killer(point))
                assert shown(world, [ann, bob]) == expected(batches), (name, at, point)
                keys = [ours.key for text in TEXTS[name](world.standin) if (ours := marked(text))]
                assert len(keys) == len(set(keys)), (name, at, point)
                kills["before or after" if at else "answered"] += 1
    assert sum(kills.values()) >= 200
    assert min(kills.values()) >= 20


CHILD = """
import sys
from pathlib import Path
from pydantic import SecretStr
from socialcrm.crm.rest.backend import RestConfig, RestCRM
from socialcrm.testing.crms import entry
definition, url, token, ledger, ann = sys.argv[1:]
crm = RestCRM(RestConfig(definition=Path(definition), url=url, token=SecretStr(token), ledger=Path(ledger)))
answers = crm.upsert([entry(ann, "1"), entry(ann, "2", body="second"), entry(ann, "3", retracted=True)])
assert all(answer.done for answer in answers)
"""


@pytest.mark.parametrize("point", ["crm.before_commit:1", "crm.written:1", "crm.written:2", "crm.after_commit:1"])
def test_a_process_that_really_dies_loses_and_doubles_nothing(tmp_path: Path, point: str) -> None:
    with WORLDS["harbour"](tmp_path) as world:
        ann, _ = people(world)
        world.crm.upsert([entry(ann, "3", body="third")])
        config = world.config
        token = config.token.get_secret_value() if config.token else ""
        call = [sys.executable, "-c", CHILD, str(config.definition), config.url, token, str(config.ledger), ann]
        died = subprocess.run(call, env={**os.environ, "SOCIALCRM_FAILPOINT": point}, check=False)
        assert died.returncode == 137
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        assert sorted(one.body for one in world.crm.timeline(ann)) == ["Where is my bag?", "second"]
        assert len(world.standin.notes) == 2


@pytest.mark.soak
@pytest.mark.parametrize("name", WORLDS)
def test_random_histories_with_many_kills_each(folder: Path, name: str) -> None:
    """Two thousand kills on each CRM, a random one every few requests."""
    chance, kills, number = random.Random(name), 0, 0
    while kills < 2000:
        number += 1
        place = folder / str(number)
        place.mkdir()
        with WORLDS[name](place, serve=False) as world:
            contacts = people(world)
            batches = []
            revisions: Counter[str] = Counter()
            for _ in range(6):
                batch = []
                for key in chance.sample("abcdef", 3):
                    revisions[key] += 1
                    fields = {"revision": revisions[key], "body": f"{key} {revisions[key]}"}
                    batch.append(entry(chance.choice(contacts), key, **fields, retracted=chance.random() < 0.2))
                batches.append(batch)
            for batch in batches:
                killer = Killer(chance.randint(1, 30))
                play(world, [batch], killer, Killer(0))
                kills += killer.passed >= killer.at
            assert shown(world, contacts) == expected(batches), number
            keys = [ours.key for text in TEXTS[name](world.standin) if (ours := marked(text))]
            assert len(keys) == len(set(keys)), number
