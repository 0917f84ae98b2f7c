"""A whole sync with Salesforce as the CRM: store, JSON lines, matching, delivery, corrections, the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from salesforce_world import SalesforceWorld

from socialcrm.errors import AuthError
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.report import SyncReport
from socialcrm.testing.salesforce import Field, Moment, people
from socialcrm.testing.salesforce.server import hang_up

SECRET_VARIABLE = "SOCIALCRM_CRM__CLIENT_SECRET"
ANN, BO, STRAY = ({"id": f"u{n}", "handle": h} for n, h in enumerate(("annlee", "bo", "stray")))


def settings(world: SalesforceWorld) -> str:
    return f"""
workspace = "skylark"
[crm]
type = "salesforce"
login_url = "{world.server.url}"
client_id = "{world.server.client_id}"
ca_bundle = "{world.server.ca_bundle}"
[crm.handles]
forum = ["Forum__c"]
[sources.forum]
type = "jsonl"
path = "posts.jsonl"
"""


def post(number: int, author: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    at = f"2026-03-01T09:{number:02d}:00Z"
    return {
        "platform": "forum",
        "kind": "mention",
        "id": str(number),
        "created_at": at,
        "author": author,
        "text": text,
    } | more


class Desk:
    """A folder with settings and an export that grows, and the org that they lead to."""

    def __init__(self, folder: Path, world: SalesforceWorld) -> None:
        self.folder, self.world = folder, world
        (folder / "socialcrm.toml").write_text(settings(world), encoding="utf-8")
        (folder / "socialcrm.toml").chmod(0o600)
        for name in ("Contact", "Lead"):
            world.org.add_field(name, Field("Forum__c", length=255))

    def say(self, *lines: dict[str, Any]) -> None:
        with (self.folder / "posts.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps({"type": "post", **line}) + "\n" for line in lines)

    def sync(self) -> SyncReport:
        with Sync.from_config(self.folder / "socialcrm.toml") as sync:
            return sync.run()

    def timeline(self, contact: str) -> list[str]:
        return [one.body for one in self.world.crm.timeline(contact)]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with SalesforceWorld() as world:
        monkeypatch.setenv(SECRET_VARIABLE, world.server.client_secret)
        yield Desk(tmp_path, world)


def test_posts_arrive_on_the_right_contact_and_a_second_run_changes_nothing(desk: Desk) -> None:
    ann = people.add_contact(desk.world.org, FirstName="Ann", LastName="Lee", Forum__c="annlee")
    lead = desk.world.org.seed("Lead", LastName="Fell", Company="Fell Ltd", Forum__c="bo")
    desk.say(post(1, ANN, "my bag!"), post(2, BO, "hello"), post(3, STRAY, "nice livery"), post(4, ANN, "found"))
    report = desk.sync()
    assert (report.delivery.created, report.problems) == (3, [])
    assert desk.timeline(ann) == ["my bag!", "found"]
    assert desk.timeline(lead) == ["hello"]
    again = desk.sync()
    assert (again.delivery.created, again.delivery.updated, again.contacts_changed) == (0, 0, 0)
    (desk.folder / "socialcrm.db").unlink()
    rebuilt = desk.sync()
    assert (rebuilt.delivery.created, rebuilt.delivery.updated, rebuilt.delivery.unchanged) == (0, 0, 3)


def test_edits_deletions_merges_and_conversions_follow(desk: Desk) -> None:
    ann = people.add_contact(desk.world.org, LastName="Lee", Forum__c="annlee")
    lead = desk.world.org.seed("Lead", LastName="Fell", Company="Fell Ltd", Forum__c="bo")
    desk.say(post(1, ANN, "my bag!"), post(2, ANN, "a secret"), post(3, BO, "hello"))
    desk.sync()
    cara = people.add_contact(desk.world.org, LastName="Lee-Ray", Forum__c="annlee")
    people.merge(desk.world.org, cara, ann)
    contact = people.convert(desk.world.org, lead)
    desk.say(
        post(1, ANN, "my blue bag!", edited_at="2026-03-01T10:00:00Z"),
        {"type": "deleted", "platform": "forum", "id": "2"},
    )
    desk.say(post(5, ANN, "thanks", created_at="2026-03-02T09:00:00Z"))
    report = desk.sync()
    assert report.problems == []
    assert desk.timeline(cara) == ["my blue bag!", "thanks"]
    assert desk.timeline(contact) == ["hello"]
    assert not desk.world.org.holds("a secret")


def test_56_two_contacts_with_one_handle_are_shown_and_neither_is_picked(desk: Desk) -> None:
    both = [people.add_contact(desk.world.org, LastName=name, Forum__c="annlee") for name in ("Lee", "Leigh")]
    desk.say(post(1, ANN, "my bag!"))
    report = desk.sync()
    assert report.delivery.created == 0
    assert [desk.timeline(one) for one in both] == [[], []]


def test_who_opted_out_is_not_profiled(desk: Desk) -> None:
    individual = desk.world.org.seed("Individual", LastName="Lee", HasOptedOutProfiling=True)
    ann = people.add_contact(desk.world.org, LastName="Lee", Forum__c="annlee", IndividualId=individual)
    desk.say(post(1, ANN, "my bag!"))
    assert desk.sync().delivery.created == 0
    assert desk.timeline(ann) == []


def test_a_run_without_the_crm_is_made_up_for_by_the_next(desk: Desk) -> None:
    ann = people.add_contact(desk.world.org, LastName="Lee", Forum__c="annlee")
    desk.say(post(1, ANN, "my bag!"))
    desk.sync()
    desk.say(post(2, ANN, "again"))
    desk.world.server.plan(hang_up, moment=Moment.APPLIED, method="PATCH", times=99)
    broken = desk.sync()
    assert broken.problems
    desk.world.server.heal()
    assert desk.sync().problems == []
    assert desk.timeline(ann) == ["my bag!", "again"]


def test_a_withdrawn_credential_is_an_error_to_act_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "withdrawn-secret")
    report = desk.sync()
    assert {problem.remedy.value for problem in report.problems} == {"configuration"}
    assert "withdrawn-secret" not in report.model_dump_json()
    assert AuthError.__doc__


def test_check_on_the_command_line_proves_the_org(desk: Desk) -> None:
    desk.say(post(1, ANN, "my bag!"))
    command = [sys.executable, "-c", "from socialcrm.cli import main; main()", "check", "--json"]
    run = subprocess.run(
        command, cwd=desk.folder, env=os.environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert any(finding["what"] == "salesforce: the key of Task is unique" for finding in findings)
