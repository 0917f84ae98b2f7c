"""Dynamics keeps what every backend promises, and its own rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from dynamics_world import DynamicsWorld, dynamics
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.crm.base import Outcome
from socialcrm.crm.dynamics.batch import Operation, packed, unpacked
from socialcrm.errors import AuthError, BadRecord
from socialcrm.model import Contact
from socialcrm.testing.crms import CRMContract, entry, outcomes
from socialcrm.testing.server import vanish


@pytest.fixture
def world() -> Iterator[DynamicsWorld]:
    with dynamics() as world:
        yield world


class TestDynamics(CRMContract):
    """Faults 50, 51, 53, 54, 55 and 60 among the inherited cases."""

    exact_text: ClassVar[bool] = False


@pytest.fixture
def ann(world: DynamicsWorld) -> str:
    return world.add(Contact(id="ann", first_name="Ann", last_name="Lee"))


def test_a_thousand_entries_take_few_calls(world: DynamicsWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, str(number)) for number in range(1000)])
    assert len(world.standin.server.asked) <= 40


def test_entries_are_closed_before_and_after_an_edit(world: DynamicsWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    (row,) = world.standin.table.rows.values()
    assert (row["statecode"], row["statuscode"], row["actualend"][:10]) == (1, 5, "2026-03-01")
    assert outcomes(world.crm.upsert([entry(ann, "1", revision=2, body="Found it.")])) == [Outcome.UPDATED]
    (row,) = world.standin.table.rows.values()
    assert row["statecode"] == 1


def test_a_change_set_is_all_or_nothing(world: DynamicsWorld, ann: str) -> None:
    """Faults 51 and 53: an entry that cannot be closed is not left open, and the CRM says why."""
    wrong = world.open(closed_status=99)
    (answer,) = wrong.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.PARKED
    assert "99 is not a valid status code" in answer.reason
    assert world.standin.table.rows == {}
    wrong.close()


def test_an_answer_lost_once_is_found_when_the_call_is_repeated(world: DynamicsWorld, ann: str) -> None:
    """Fault 50: the repeated call finds the row there already, closed, and says that it was written."""
    world.crm.upsert([])
    world.standin.server.breaks(vanish, path="/api/data/v9.2/$batch")
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.CREATED
    assert answer.crm_id in {row["activityid"] for row in world.standin.table.rows.values()}


@pytest.mark.parametrize(("state", "says"), [("Pending", "Pending"), ("Failed", "Failed"), ("", "may double")])
def test_a_key_that_is_not_active_fails_the_check(world: DynamicsWorld, state: str, says: str) -> None:
    """Fault 57."""
    world.standin.key_state = state
    failed = [finding for finding in world.crm.check() if not finding.ok]
    assert [finding.what for finding in failed] == ["alternate key scrm_key"]
    assert says in failed[0].remedy


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"table": "letter_of_mine"}, "table letter_of_mine"),
        ({"table": "contact"}, "table contact"),
        ({"prefix": "other"}, "column other_key"),
        ({"handles": {"x": "scrm_nothing"}}, "contact column scrm_nothing"),
    ],
)
def test_check_names_what_does_not_fit(world: DynamicsWorld, settings: dict[str, str], what: str) -> None:
    crm = world.open(**settings)
    assert what in {finding.what for finding in crm.check() if not finding.ok}
    crm.close()


def test_a_forgotten_place_reads_everything_again(world: DynamicsWorld, ann: str) -> None:
    (page,) = world.crm.contacts(None)
    world.standin.forgotten = 1000
    assert [one.id for again in world.crm.contacts(page.cursor) for one in again.changes] == [ann]


def test_many_contacts_come_page_by_page_and_none_twice(world: DynamicsWorld) -> None:
    added = [world.add(Contact(id=f"n{number}", last_name=f"Customer {number}")) for number in range(1200)]
    pages = list(world.crm.contacts(None))
    assert [one.id for page in pages for one in page.changes] == added
    assert len(pages) == 3
    resumed = [one.id for page in world.crm.contacts(pages[0].cursor) for one in page.changes]
    assert resumed == added[500:]


def test_handles_of_social_profiles_are_known_handles(world: DynamicsWorld, ann: str) -> None:
    row = {"_customerid_value": ann, "community": 2, "profilename": "annlee"}
    world.standin.social += [row, {**row, "community": 0, "profilename": "somewhere"}]
    (page,) = world.crm.contacts(None)
    (read,) = page.changes
    assert isinstance(read, Contact)
    assert read.handles == {"x": ("annlee",)}


def test_a_wrong_secret_is_an_error_without_it(world: DynamicsWorld, ann: str) -> None:
    from pydantic import SecretStr

    crm = world.open(client_secret=SecretStr("wrong-umbrella"))
    with pytest.raises(AuthError, match="client id and secret") as told:
        crm.upsert([entry(ann, "1")])
    assert "umbrella" not in str(told.value)
    crm.close()


def test_the_token_is_renewed_before_it_ends(world: DynamicsWorld, ann: str) -> None:
    from datetime import timedelta

    world.crm.upsert([entry(ann, "1")])
    world.clock.advance(timedelta(minutes=59))
    world.crm.upsert([entry(ann, "2")])
    assert world.standin.tokens == 2


def test_a_post_cannot_break_out_of_its_part(world: DynamicsWorld, ann: str) -> None:
    text = "kind words\n--batch_x--\r\n--changeset_x\n\nDELETE /api/data/v9.2/tasks(scrm_key='1') HTTP/1.1\n\n"
    assert outcomes(world.crm.upsert([entry(ann, "1", body=text), entry(ann, "2")])) == [Outcome.CREATED] * 2
    assert len(world.standin.table.rows) == 2


def test_a_long_description_is_cut_to_what_the_table_takes(world: DynamicsWorld, ann: str) -> None:
    """Fault 60: the limit is the table's own, and the address and the last line are always whole."""
    world.standin.table.memo = 500
    crm = world.open()
    assert outcomes(crm.upsert([entry(ann, "1", body="word " * 1000)])) == [Outcome.CREATED]
    (row,) = world.standin.table.rows.values()
    assert len(row["description"]) <= 500
    assert "https://invented.example/post/1" in row["description"]
    assert row["description"].count("…") == 1
    crm.close()


@given(st.binary(max_size=300), st.sampled_from(["multipart/mixed; boundary=b", "multipart/mixed", "text/html", ""]))
def test_any_answer_to_a_batch_is_read_or_refused(body: bytes, kind: str) -> None:
    """Fault 23."""
    for sent in (body, b"--b\r\nContent-Type: application/http\r\n\r\n" + body + b"\r\n--b--"):
        try:
            parts = unpacked({"content-type": kind}, sent)
        except BadRecord:
            continue
        assert all(100 <= part.status < 1000 for part in parts)


def test_a_batch_is_plain_ascii() -> None:
    body, kind = packed([[Operation("PATCH", "/x", {"text": "\U0001f600 --b"})]])
    assert body.isascii()
    assert kind.partition("boundary=")[2].encode() in body
