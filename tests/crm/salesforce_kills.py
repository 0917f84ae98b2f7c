"""Kills a sync at one request to the Salesforce stand-in after another and counts in the org. Prints JSON.

python salesforce_kills.py FOLDER --kills 500 [--faults 0.05] [--bulk] [--seed 1]

Three processes: this one, the stand-in, and the sync, which the stand-in kills before it applies a request, after it
has applied it, or after it has answered it. Meanwhile people write, edit and delete posts, and contacts are merged.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import SecretStr

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "sync")]

from world import SETTINGS, WORKSPACE, World, chatter  # noqa: E402

from socialcrm.clock import ManualClock  # noqa: E402
from socialcrm.crm.salesforce.backend import SalesforceCRM  # noqa: E402
from socialcrm.crm.salesforce.settings import SalesforceConfig  # noqa: E402
from socialcrm.model import Contact, interaction_key  # noqa: E402
from socialcrm.testing.salesforce import Field, Moment, SalesforceServer, people  # noqa: E402
from socialcrm.testing.salesforce.furnished import furnished  # noqa: E402
from socialcrm.testing.salesforce.server import Fault, hang_up  # noqa: E402
from socialcrm.testing.server import Asked  # noqa: E402

HANDLE = "Invented_Handle__c"
BRIEF = SETTINGS.model_copy(update={"recheck_limit": 100})
STALLED, CRASHED = 98, 99


class Stand:
    """The stand-in in a process of its own, told what to do through a pipe."""

    def __init__(self, contacts: list[Contact]) -> None:
        mine, theirs = multiprocessing.Pipe()
        self.victim = multiprocessing.Value("i", 0)
        self._pipe = mine
        self.pid = os.fork()
        if self.pid == 0:
            mine.close()
            try:
                _serve(theirs, self.victim, contacts)
            finally:
                os._exit(0)
        theirs.close()
        self.facts = mine.recv()

    def ask(self, what: str, *given: Any) -> Any:
        self._pipe.send((what, given))
        return self._pipe.recv()

    def close(self) -> None:
        self._pipe.close()
        os.waitpid(self.pid, 0)


def _serve(pipe: Connection, victim: Any, contacts: list[Contact]) -> None:
    org = furnished()
    org.add_field("Contact", Field(HANDLE, length=80))
    ids = {}
    for contact in contacts:
        handle = next(iter(contact.handles.get("invented", ())), None)
        first, last = contact.full_name.split(" ", 1)
        values = {"FirstName": first, "LastName": last, "Email": contact.emails[0], HANDLE: handle}
        ids[contact.id] = people.add_contact(org, **values)
    with SalesforceServer(org) as server:
        killer = Killer(server, victim)
        server.watch(killer.watch)
        pipe.send(
            {
                "login_url": server.url,
                "client_id": server.client_id,
                "client_secret": server.client_secret,
                "ca_bundle": server.ca_bundle,
                "ids": ids,
            }
        )
        while True:
            try:
                what, given = pipe.recv()
            except EOFError:
                return
            pipe.send(getattr(killer, what)(*given))


class Killer:
    """What the other processes may ask of the stand-in."""

    def __init__(self, server: SalesforceServer, victim: Any) -> None:
        self.server, self.victim = server, victim
        self.left, self.moment, self.at = 0, Moment.BEFORE, ""
        self.faults, self.dice, self.flaws = 0.0, random.Random(0), 0

    def watch(self, moment: Moment, asked: Asked) -> Fault | None:
        if self.left and moment is self.moment and self.victim.value:
            self.left -= 1
            if not self.left:
                os.kill(self.victim.value, signal.SIGKILL)
                self.at = f"{asked.method} {asked.path.split('/v')[-1].partition('/')[2].split('/7')[0]}"
                return hang_up
        flawed = self.faults and moment is not Moment.ANSWERED and self.dice.random() < self.faults / 2
        self.flaws += bool(flawed)
        return hang_up if flawed else None

    def arm(self, passage: int, moment: str) -> None:
        """Kill the victim at its n-th request."""
        self.left, self.moment, self.at = passage, Moment(moment), ""

    def place(self) -> str:
        """Where the last kill came."""
        self.left = 0
        return self.at

    def flaky(self, share: float, seed: int) -> None:
        """Lose a share of all requests or answers."""
        self.faults, self.dice = share, random.Random(seed)

    def flawed(self) -> int:
        return self.flaws

    def merge(self, winner: str, loser: str) -> None:
        people.merge(self.server.org, winner, loser)

    def stall(self, stalled: bool) -> None:
        """Leave bulk jobs queued, or let them go on."""
        self.server.org.jobs.paused = stalled

    def tasks(self) -> list[tuple[str, str, str]]:
        """Key, contact and text of every living task."""
        self.server.org.jobs.run()
        rows = self.server.org.rows("Task")
        return [(row["SocialCRM_Key__c"], row["WhoId"], row["Description"] or "") for row in rows]


class SalesforceHistory(World):
    """The invented world with a Salesforce org as its CRM."""

    def __init__(self, folder: Path, *, bulk: bool) -> None:
        super().__init__(folder, accounts=30)
        self.stand = Stand(self.contacts)
        ids = self.stand.facts.pop("ids")
        self.owner = {account: ids[owner] for account, owner in self.owner.items()}
        self.bulk = bulk
        self.now = datetime.now(UTC)

    def crm(self) -> SalesforceCRM:
        given = {**self.stand.facts, "client_secret": SecretStr(self.stand.facts["client_secret"])}
        config = SalesforceConfig(**given, handles={"invented": (HANDLE,)}, bulk_write_above=5 if self.bulk else 2000)
        return SalesforceCRM(config, clock=ManualClock(self.now))

    def run_child(self, passage: int, moment: Moment) -> int:
        """Sync in a child that the stand-in kills at its n-th request; 0 when it got through."""
        self.now += timedelta(hours=7)  # past any wait that an earlier run has set
        self.stand.ask("arm", passage, moment.value)
        ready, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = CRASHED
            try:
                os.read(ready, 1)
                settings = BRIEF if passage else SETTINGS  # an undisturbed run looks at every post again
                sync = self.sync(settings=settings, clock=ManualClock(self.now))
                report = sync.run()
                code = STALLED if report.problems or report.delivery.waiting else report.exit_code
                sync.close()
            finally:
                os._exit(code)
        self.stand.victim.value = pid
        os.write(go, b"x")
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.stand.victim.value = 0
        os.close(ready)
        os.close(go)
        return code

    def stir(self, chance: random.Random, posts: int) -> None:
        """Something happens on the platform."""
        platform = self.platform
        alive = [one for one in platform.order if one not in platform.gone]
        platform.edit(chance.choice(alive), f"edited {chance.random()}")
        platform.delete(chance.choice(alive))
        chatter(self, posts, start=len(platform.order), choose=lambda _: chance.randrange(1000))

    def name_of(self, key: str) -> str:
        """The post behind a key, what became of it, and whose it is."""
        for post in self.platform.posts.values():
            if interaction_key(WORKSPACE, self.platform.name, post.id) == key:
                gone = " (gone)" if post.id in self.platform.gone else ""
                return f"{post.id} of {post.author.id if post.author else ''}{gone}, answers {post.in_reply_to}"
        return key

    def merge(self, chance: random.Random) -> None:
        """A colleague merges two contacts; the loser's posts are the winner's now."""
        loser, winner = chance.sample(sorted(set(self.owner.values())), 2)
        self.stand.ask("merge", winner, loser)
        self.owner = {account: winner if who == loser else who for account, who in self.owner.items()}


def play(folder: Path, *, kills: int, faults: float, bulk: bool, seed: int) -> dict[str, Any]:
    """One history, killed again and again while people talk, edit, delete and merge."""
    chance = random.Random(seed)
    world = SalesforceHistory(folder, bulk=bulk)
    chatter(world, 60)
    # Everybody is linked once, so that who owns an account does not depend on when contacts are merged.
    assert world.run_child(0, Moment.BEFORE) == 0
    world.stand.ask("flaky", faults, seed)
    moments, killed, finished, stalled = list(Moment), 0, 0, 0
    at: dict[str, int] = {}
    while killed < kills:
        moment = moments[killed % 3]
        if bulk:
            world.stand.ask("stall", chance.random() < 0.3)
        code = world.run_child(chance.randint(1, 14 if bulk else 9), moment)
        place = world.stand.ask("place")
        if code == -signal.SIGKILL:
            killed += 1
            at[f"{moment} {place}"] = at.get(f"{moment} {place}", 0) + 1
        elif code in {0, 1, STALLED}:
            finished += code != STALLED
            stalled += code == STALLED
        else:
            raise SystemExit(f"a run ended with {code} after {killed} kills")
        world.stir(chance, 3)
        if killed % 60 == 30 and code == -signal.SIGKILL and len(set(world.owner.values())) > 5:
            world.merge(chance)
    flaws = world.stand.ask("flawed")
    world.stand.ask("flaky", 0.0, seed)
    world.stand.ask("stall", False)
    for _ in range(3):
        assert world.run_child(0, Moment.BEFORE) == 0
    result = {"kills": killed, "at": at, "finished": finished, "stalled": stalled, "flaws": flaws}
    result |= count(world)
    world.stand.close()
    return result


def count(world: SalesforceHistory) -> dict[str, Any]:
    """Lost: due but not there, or elsewhere, or with another text. Doubled: twice, or there without being due."""
    unsure = world.unsure()
    expected = {key: value for key, value in world.expected().items() if key not in unsure}
    tasks = [task for task in world.stand.ask("tasks") if task[0] not in unsure]
    actual: dict[str, tuple[str, str]] = {}
    for key, who, text in tasks:
        actual.setdefault(key, (who, text))
    lost = [
        (world.name_of(key), value, actual.get(key))
        for key, value in expected.items()
        if not _stands(actual.get(key), value)
    ]
    strange = [(world.name_of(key), value) for key, value in actual.items() if key not in expected]
    return {
        "due": len(expected),
        "lost": len(lost),
        "doubled": len(tasks) - len(actual) + len(strange),
        "examples": [str(one) for one in (*lost[:3], *strange[:3])],
    }


def _stands(found: tuple[str, str] | None, wanted: tuple[str, str]) -> bool:
    return found is not None and found[0] == wanted[0] and wanted[1] in found[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--bulk", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    result = play(options.folder, kills=options.kills, faults=options.faults, bulk=options.bulk, seed=options.seed)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
