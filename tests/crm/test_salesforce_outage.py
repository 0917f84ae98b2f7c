"""Salesforce is away for three days, while people go on talking."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from salesforce_world import SalesforceWorld

from socialcrm.clock import ManualClock
from socialcrm.testing.salesforce import Field, Moment, people
from socialcrm.testing.salesforce.server import page
from socialcrm.testing.server import Asked

sys.path.insert(0, str(Path(__file__).parents[1] / "sync"))

from world import World, chatter

HANDLE = "Invented_Handle__c"


class Town(World):
    """The invented world, whose customers are in a Salesforce org."""

    def __init__(self, folder: Path, org: SalesforceWorld) -> None:
        super().__init__(folder, accounts=12)
        self.salesforce = org
        org.org.add_field("Contact", Field(HANDLE, length=80))
        for contact in self.contacts:
            handle = next(iter(contact.handles.get("invented", ())), None)
            made = people.add_contact(org.org, LastName=contact.full_name, **{HANDLE: handle})
            self.owner = {account: made if who == contact.id else who for account, who in self.owner.items()}

    def crm(self) -> Any:
        return self.salesforce.backend(handles={"invented": (HANDLE,)})

    def held(self) -> dict[str, tuple[str, str]]:
        """Key → contact and text, as the org has it; a key on two tasks fails."""
        found: dict[str, tuple[str, str]] = {}
        for row in self.salesforce.rows():
            assert row["SocialCRM_Key__c"] not in found
            found[row["SocialCRM_Key__c"]] = (row["WhoId"], row["Description"].split("\n")[0])
        return found


def kinds(written: list[Asked]) -> list[str]:
    """What each write of the return was, record by record: taken back, or put there."""
    order = []
    for asked in written:
        if asked.method == "PATCH":
            records = json.loads(asked.body)["records"]
            order += ["back" if record["SocialCRM_Retracted__c"] else "there" for record in records]
    return order


def test_63_three_days_without_salesforce(tmp_path: Path) -> None:
    """Fault 63: the queue holds each entry once and tells its age; deletions go first on return."""
    with SalesforceWorld() as org:
        town, clock = Town(tmp_path, org), org.clock
        chatter(town, 60)
        with town.sync(clock=clock) as sync:
            assert not sync.run().problems
            before = town.held()
            assert before == town.expected()
            org.server.plan(page(503), times=1_000_000)
            depths = _three_days(town, sync, clock)
            org.server.heal()
            written: list[Asked] = []
            org.server.watch(lambda moment, asked: written.append(asked) if moment is Moment.BEFORE else None)
            clock.advance(timedelta(hours=6))
            report = sync.run()
            assert (report.problems, report.delivery.waiting, report.delivery.parked) == ([], 0, 0)
            order = kinds(written)
            assert order[:12] == ["back"] * 12
            assert "back" not in order[12:]
            assert len(order) > 30
            sync.run()
        unsure = town.unsure()
        assert {key: one for key, one in town.held().items() if key not in unsure} == {
            key: one for key, one in town.expected().items() if key not in unsure
        }
        assert depths == sorted(depths)
        assert depths[-1] <= len(town.platform.order)


def _three_days(town: Town, sync: Any, clock: ManualClock) -> list[int]:
    """A run every six hours; gives how many entries wait after each."""
    depths, platform = [], town.platform
    ours = [post for post in platform.order if platform.posts[post].author.id in town.owner][:12]
    for number in range(12):
        clock.advance(timedelta(hours=6))
        chatter(town, 5, start=len(platform.order))
        platform.delete(ours[number])
        platform.edit(platform.order[-1], f"edited {number}")
        report = sync.run()
        assert any("crm" in problem.where for problem in report.problems)
        assert report.delivery.parked == 0
        again = sync.run()  # trying again puts nothing into the queue twice
        assert again.delivery.waiting == report.delivery.waiting
        depths.append(report.delivery.waiting)
        since = report.delivery.waiting_since
        assert since is not None
        assert clock.now() - since >= timedelta(hours=6) * number
    return depths
