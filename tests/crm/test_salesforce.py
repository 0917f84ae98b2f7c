"""What the Salesforce backend promises beyond the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from salesforce_world import SalesforceWorld

from socialcrm.crm.base import Outcome
from socialcrm.crm.registry import get_crm
from socialcrm.crm.salesforce.backend import SalesforceCRM
from socialcrm.crm.salesforce.errors import Fault
from socialcrm.crm.salesforce.layout import Column
from socialcrm.crm.salesforce.record import cut, fitted
from socialcrm.errors import ConfigError
from socialcrm.model import Contact, Direction
from socialcrm.testing.crms import FAMILY, NOON, SECRET, entry, outcomes
from socialcrm.testing.salesforce import people

ANN = Contact(id="ann", first_name="Ann", last_name="Lee")


@pytest.fixture
def world() -> Iterator[SalesforceWorld]:
    with SalesforceWorld() as world:
        yield world


@pytest.fixture
def ann(world: SalesforceWorld) -> str:
    return world.add(ANN)


def the_row(world: SalesforceWorld) -> dict[str, Any]:
    (row,) = world.rows()
    return row


def test_the_backend_is_called_salesforce() -> None:
    assert get_crm("salesforce") is SalesforceCRM


def test_an_entry_is_a_closed_task_on_its_day_with_the_exact_instant(world: SalesforceWorld, ann: str) -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # already the second of March in Amsterdam
    world.crm.upsert([entry(ann, "1", occurred_at=late)])
    row = the_row(world)
    assert row["IsClosed"]
    assert row["ActivityDate"] == date(2026, 3, 2)
    assert row["SocialCRM_Occurred__c"] == late
    assert "Posted 2026-03-01 23:30:00 UTC by Ann (@ann)" in row["Description"]
    assert "https://invented.example/post/1" in row["Description"]
    assert row["WhoId"] == ann


def test_the_zone_can_be_set(world: SalesforceWorld, ann: str) -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    world.backend(time_zone="America/New_York").upsert([entry(ann, "1", occurred_at=late)])
    assert the_row(world)["ActivityDate"] == date(2026, 3, 1)


def test_a_closed_status_is_found_whatever_it_is_called(world: SalesforceWorld, ann: str) -> None:
    world.org.rename_status("Completed", "Afgerond")
    world.org.change_field("Task", "Status", picklist=("Not Started", "Afgerond"), restricted=True)
    world.crm.upsert([entry(ann, "1")])
    assert (the_row(world)["Status"], the_row(world)["IsClosed"]) == ("Afgerond", True)


def test_what_colleagues_write_survives_edits_and_redelivery(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    people.change(world.org, the_row(world)["Id"], CallDisposition="called back", Status="In Progress", Priority="High")
    world.crm.upsert([entry(ann, "1")])
    world.crm.upsert([entry(ann, "1", revision=2, body="edited")])
    row = the_row(world)
    assert (row["CallDisposition"], row["Status"], row["Priority"]) == ("called back", "In Progress", "High")
    assert "edited" in row["Description"]


def test_redelivery_writes_nothing(world: SalesforceWorld, ann: str) -> None:
    batch = [entry(ann, str(number)) for number in range(300)]
    world.crm.upsert(batch)
    people.change(world.org, world.rows()[0]["Id"], Subject="a colleague's words")
    before = world.server.calls
    assert set(outcomes(world.crm.upsert(batch))) == {Outcome.UNCHANGED}
    assert world.server.calls - before == 1
    assert "a colleague's words" in {row["Subject"] for row in world.rows()}


def test_what_a_colleague_deleted_stays_deleted_until_the_post_changes(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    people.bury(world.org, the_row(world)["Id"])
    assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.UNCHANGED]
    assert world.rows() == []
    assert outcomes(world.crm.upsert([entry(ann, "1", revision=2, body="edited")])) == [Outcome.UPDATED]
    assert len(world.rows()) == 1


def test_archived_entries_are_found_and_not_written_twice(world: SalesforceWorld, ann: str) -> None:
    old = NOON - timedelta(days=900)
    world.crm.upsert([entry(ann, "1", occurred_at=old)])
    assert people.archive(world.org) == 1
    assert outcomes(world.backend().upsert([entry(ann, "1", occurred_at=old)])) == [Outcome.UNCHANGED]
    assert [one.body for one in world.crm.timeline(ann)] == ["Where is my bag?"]


def test_a_moved_entry_leaves_nothing_behind(world: SalesforceWorld, ann: str) -> None:
    bob = world.add(Contact(id="bob", last_name="Ray"))
    world.crm.upsert([entry(ann, "1")])
    identity = the_row(world)["Id"]
    world.crm.upsert([entry(bob, "1")])
    assert (the_row(world)["Id"], the_row(world)["WhoId"]) == (identity, bob)


def test_an_entry_moves_from_a_contact_to_a_lead_in_a_custom_object() -> None:
    with SalesforceWorld(target="custom") as world:
        ann = world.add(ANN)
        lead = world.org.seed("Lead", LastName="Day", Company="Day Ltd")
        world.crm.upsert([entry(ann, "1")])
        assert outcomes(world.crm.upsert([entry(lead, "1")])) == [Outcome.UPDATED]
        assert list(world.crm.timeline(ann)) == []
        assert [one.contact_id for one in world.crm.timeline(lead)] == [lead]


def test_a_past_event_has_a_start_an_end_and_blocks_no_calendar() -> None:
    with SalesforceWorld(target="event") as world:
        world.crm.upsert([entry(world.add(ANN), "1")])
        row = the_row(world)
        assert (row["StartDateTime"], row["EndDateTime"]) == (NOON, NOON + timedelta(minutes=1))
        assert row["ShowAs"] == "Free"


@pytest.mark.parametrize("retract", ["delete", "stub"])
def test_a_retracted_entry_holds_nothing_of_the_post_even_in_the_bin(retract: str) -> None:
    with SalesforceWorld(retract=retract) as world:
        ann = world.add(ANN)
        said = {"body": SECRET, "subject": SECRET, "url": f"https://{SECRET}.example/", "author": SECRET}
        world.crm.upsert([entry(ann, "1", thread=SECRET, in_reply_to=SECRET, **said)])
        world.crm.upsert([entry(ann, "1", retracted=True, thread=SECRET)])
        assert not world.org.holds(SECRET)
        assert len(world.rows()) == (retract == "stub")
        assert list(world.crm.timeline(ann)) == []
        assert outcomes(world.crm.upsert([entry(ann, "1", retracted=True)])) == [Outcome.UNCHANGED]


def test_a_kill_between_emptying_and_deleting_is_finished_later(world: SalesforceWorld, ann: str) -> None:
    from socialcrm.testing.salesforce.server import refusing

    world.crm.upsert([entry(ann, "1", body=SECRET)])
    world.server.plan(refusing("SERVER_UNAVAILABLE", "away", 503), method="DELETE", times=20)
    with pytest.raises(Exception, match="SERVER_UNAVAILABLE"):
        world.crm.upsert([entry(ann, "1", retracted=True)])
    assert not world.org.holds(SECRET)
    world.server.heal()
    assert outcomes(world.crm.upsert([entry(ann, "1", retracted=True)])) == [Outcome.UPDATED]
    assert world.rows() == []


def test_erasing_without_the_permission_says_what_stays(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    (answer,) = world.crm.erase([entry(ann, "1").key])
    assert answer.done
    assert "15 days" in answer.reason
    assert not world.org.holds(SECRET)


def test_erasing_past_the_recycle_bin_leaves_no_record_at_all() -> None:
    with SalesforceWorld(hard_delete=True) as world:
        ann = world.add(ANN)
        world.crm.upsert([entry(ann, "1", body=SECRET), entry(ann, "2", body=SECRET)])
        people.bury(world.org, world.rows()[0]["Id"])  # by a colleague, text and all
        answers = world.crm.erase([entry(ann, "1").key, entry(ann, "2").key])
        assert [(answer.done, answer.reason) for answer in answers] == [(True, "")] * 2
        assert world.rows(deleted=True) == []


def test_erasing_what_a_colleague_threw_away_says_that_the_bin_holds_it(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    people.bury(world.org, the_row(world)["Id"])
    (answer,) = world.crm.erase([entry(ann, "1").key])
    assert "empty the bin by hand" in answer.reason


def test_a_lost_permission_to_hard_delete_deletes_softly(ann: str, world: SalesforceWorld) -> None:
    world.org.hard_delete = False
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    (answer,) = world.backend(hard_delete=True).erase([entry(ann, "1").key])
    assert answer.done
    assert world.rows() == []
    assert not world.org.holds(SECRET)


def test_what_stands_under_a_key_is_read_back(world: SalesforceWorld, ann: str) -> None:
    (answer,) = world.crm.upsert([entry(ann, "1")])
    keys = [entry(ann, "1").key, entry(ann, "2").key]
    assert world.crm.standing(keys) == {keys[0]: answer.crm_id}


def test_two_thousand_entries_by_collections_take_few_calls(world: SalesforceWorld) -> None:
    contacts = [world.add(Contact(id=f"c{number}", last_name=f"C{number}")) for number in range(100)]
    batch = [entry(contacts[number % 100], f"n{number}") for number in range(2000)]
    before = world.server.calls
    world.crm.upsert(batch)
    assert world.server.calls - before <= 13  # describe, jobs left behind, look up, ten times 200


def test_parts_can_be_renamed_or_left_out(world: SalesforceWorld, ann: str) -> None:
    world.org.drop_field("Activity", "SocialCRM_Sentiment__c")
    crm = world.backend(fields={"sentiment": "", "priority": "CallDisposition"}, values={"Type": "Other"})
    assert all(finding.ok for finding in crm.check())
    crm.upsert([entry(ann, "1", priority="high")])
    assert (the_row(world)["CallDisposition"], the_row(world)["Type"]) == ("high", "Other")


@pytest.mark.parametrize("fields", [{"key": ""}, {"colour": "Colour__c"}])
def test_parts_that_are_needed_or_unknown_are_named(world: SalesforceWorld, fields: dict[str, str]) -> None:
    (finding,) = world.backend(fields=fields).check()
    assert not finding.ok
    assert next(iter(fields)) in finding.remedy
    with pytest.raises(ConfigError):
        world.backend(fields=fields).upsert([entry("003000000000001AAA", "1")])


def test_57_fixed_values_for_fields_that_are_not_there_are_named(world: SalesforceWorld) -> None:
    failed = [one for one in world.backend(values={"Flight__c": "x"}).check() if not one.ok]
    assert ["Flight__c" in one.what for one in failed] == [True]


def test_57_an_object_out_of_sight_is_named(world: SalesforceWorld) -> None:
    failed = [one for one in world.backend(target="custom", object="Nowhere__c").check() if not one.ok]
    assert ["Nowhere__c" in one.what for one in failed] == [True]
    with pytest.raises(ConfigError, match="socialcrm check"):
        world.backend(target="custom", object="Nowhere__c").upsert([entry("003000000000001AAA", "1")])


def test_outbound_answers_are_told_apart(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1", direction=Direction.OUTBOUND, author="", url="")])
    (shown,) = world.crm.timeline(ann)
    assert (shown.direction, shown.author, shown.url, shown.body) == (Direction.OUTBOUND, "", "", "Where is my bag?")


@given(text=st.text(max_size=300), units=st.integers(1, 200))
def test_a_cut_text_fits_and_is_a_beginning(text: str, units: int) -> None:
    short = cut(text, units)
    assert len(short.encode("utf-16-le", "surrogatepass")) // 2 <= units
    assert short == text or text.startswith(short.removesuffix("…"))


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300), lines=st.booleans())
def test_what_is_written_is_what_a_field_stores(text: str, lines: bool) -> None:
    column = Column("X", "textarea" if lines else "string", 50)
    stored = fitted(text, column)
    if stored is not None:
        assert stored == stored.strip()
        assert "\r" not in stored
        assert lines or "\n" not in stored
        assert fitted(stored, column) == stored


@given(said=st.text(min_size=12, max_size=200), before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_long_piece_of_a_post_is_in_a_reason(said: str, before: str, after: str) -> None:
    sentence = Fault("CODE", f"{before}{said}{after}").sentence(said)
    pieces = {said[at : at + 12] for at in range(len(said) - 11)}
    assert not any(piece.lower() in sentence.lower() and piece.strip() for piece in pieces if len(piece.split()) == 1)


def test_a_family_is_never_torn_apart() -> None:
    for units in range(1, 60):
        short = cut(FAMILY * 5, units).removesuffix("…")
        assert short == FAMILY * (len(short) // len(FAMILY))


@pytest.mark.parametrize("together", [True, False])
def test_an_older_edit_does_not_undo_a_later_retraction_of_what_is_deleted_already(
    world: SalesforceWorld, ann: str, together: bool
) -> None:
    world.crm.upsert([entry(ann, "1")])
    world.crm.upsert([entry(ann, "1", retracted=True)])
    late = [entry(ann, "1", revision=2, retracted=True), entry(ann, "1")]
    for batch in [late] if together else [[one] for one in late]:
        world.crm.upsert(batch)
    assert list(world.crm.timeline(ann)) == []
    assert outcomes(world.crm.upsert([entry(ann, "1", revision=3)])) == [Outcome.UPDATED]
    assert len(list(world.crm.timeline(ann))) == 1
