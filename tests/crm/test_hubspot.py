"""HubSpot keeps what every backend promises, and its own rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from hubspot_world import HubSpotWorld, hubspot

from socialcrm.crm.base import ContactGone, Outcome
from socialcrm.crm.hubspot import backend
from socialcrm.errors import ConfigError, RateLimited
from socialcrm.model import Contact
from socialcrm.testing import hubspot as standin
from socialcrm.testing.crms import SECRET, CRMContract, entry, outcomes
from socialcrm.testing.server import failing


@pytest.fixture
def world() -> Iterator[HubSpotWorld]:
    with hubspot() as world:
        yield world


class TestHubSpot(CRMContract):
    """Faults 50, 51, 53, 54, 55 and 60 among the inherited cases."""

    exact_text: ClassVar[bool] = False


@pytest.fixture
def ann(world: HubSpotWorld) -> str:
    return world.add(Contact(id="ann", first_name="Ann", last_name="Lee", emails=("ann@lee.example", "a@lee.example")))


def ids(world: HubSpotWorld, since: str | None = None) -> tuple[list[str], str]:
    found, place = [], since or ""
    for page in world.crm.contacts(since):
        found += [one.id for one in page.changes]
        place = page.cursor
    return found, place


def test_a_thousand_entries_take_few_calls(world: HubSpotWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, str(number)) for number in range(1000)])
    assert len(world.standin.server.asked) <= 25
    before = world.standin.writes()
    assert set(outcomes(world.crm.upsert([entry(ann, str(number)) for number in range(1000)]))) == {Outcome.UNCHANGED}
    assert all("/read" in asked.path or asked.method == "GET" for asked in world.standin.server.asked[before + 2 :])


def test_one_bad_record_of_a_batch_is_told_by_its_trace_id(world: HubSpotWorld, ann: str) -> None:
    """Fault 51: HubSpot answers 207, results in any order, errors with the trace id of each."""
    other = next(iter(world.standin.contacts))
    world.crm.owners([ann])
    batch = [entry(ann, str(number), body=f"{SECRET} {number}") for number in range(5)]
    world.standin.properties["socialcrm_channel"] = {"type": "number"}
    answers = world.crm.upsert([*batch[:2], batch[2].model_copy(update={"channel": "7"}), *batch[3:]])
    assert outcomes(answers) == [Outcome.PARKED] * 2 + [Outcome.CREATED] + [Outcome.PARKED] * 2
    assert "not a number" in answers[0].reason
    assert "zanzibar" not in str(answers)
    assert other in world.standin.contacts


def test_a_batch_refused_as_a_whole_is_halved(world: HubSpotWorld, ann: str) -> None:
    """Fault 51: one record spoils the batch, and only it is refused in the end."""
    world.standin.poison = entry(ann, "3").key
    answers = world.crm.upsert([entry(ann, str(number)) for number in range(8)])
    assert [answer.done for answer in answers] == [number != 3 for number in range(8)]
    assert "refused" in answers[3].reason


def test_a_missing_property_stops_instead_of_parking_everything(world: HubSpotWorld, ann: str) -> None:
    """Faults 53 and 57: an administrator deleted a property."""
    world.lose_field()
    with pytest.raises(ConfigError, match="check"):
        world.crm.upsert([entry(ann, "1"), entry(ann, "2")])


def test_a_check_creates_the_properties_when_asked_to(world: HubSpotWorld, ann: str) -> None:
    """Fault 57."""
    world.standin.properties.clear()
    failed = [finding for finding in world.crm.check() if not finding.ok]
    assert len(failed) == 6
    creating = world.open(create_properties=True)
    assert all(finding.ok for finding in creating.check())
    assert world.standin.properties["socialcrm_key"]["hasUniqueValue"] is True
    assert outcomes(creating.upsert([entry(ann, "1")])) == [Outcome.CREATED]
    creating.close()


def test_a_key_that_is_not_unique_fails_the_check(world: HubSpotWorld) -> None:
    """Fault 57."""
    world.standin.properties["socialcrm_key"] = {"type": "string"}
    failed = [finding for finding in world.crm.check() if not finding.ok]
    assert [finding.what for finding in failed] == ["note property socialcrm_key"]
    assert "double" in failed[0].remedy


def test_the_daily_limit_ends_the_run_for_an_hour(world: HubSpotWorld, ann: str) -> None:
    """Fault 52: one policy is waited out, the other is not."""
    limit = {"status": "error", "category": "RATE_LIMITS", "policyName": "TEN_SECONDLY_ROLLING", "message": "m"}
    world.standin.server.breaks(failing(429, limit), after=1, unheard=True)
    assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.CREATED]
    world.standin.server.breaks(failing(429, {**limit, "policyName": "DAILY"}), times=9, unheard=True)
    slept = len(world.clock.slept)
    with pytest.raises(RateLimited) as told:
        world.crm.upsert([entry(ann, "2")])
    assert len(world.clock.slept) == slept
    assert (told.value.retry_at - world.clock.now()).total_seconds() == 3600


def test_more_contacts_than_one_search_gives_are_read(world: HubSpotWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "SEARCHED", 200)
    monkeypatch.setattr(standin, "SEARCHED", 200)
    added = {world.add(Contact(id=f"n{number}", last_name=f"Customer {number}")) for number in range(510)}
    found, _ = ids(world)
    assert set(found) == added
    assert len(found) == len(added)


def test_a_contact_that_the_index_shows_late_is_read_by_the_next_run(world: HubSpotWorld, ann: str) -> None:
    late = world.add(Contact(id="late", last_name="Late"))
    world.standin.lag = 1
    last = world.add(Contact(id="last", last_name="Last"))
    world.standin.lag = 2
    found, place = ids(world)
    assert found == [ann]
    world.standin.lag = 0
    assert ids(world, place)[0] == [late, last]


def test_an_archived_contact_is_told_once(world: HubSpotWorld, ann: str) -> None:
    _, place = ids(world)
    world.remove(ann)
    gone = [one for page in world.crm.contacts(place) for one in page.changes]
    assert gone == [ContactGone(ann)]
    _, place = ids(world, place)
    assert ids(world, place)[0] == []


def test_a_contact_is_read_with_all_its_addresses_and_handles(world: HubSpotWorld) -> None:
    world.add(
        Contact(
            id="ann", last_name="Lee", emails=("a@lee.example", "b@lee.example", "c@lee.example"),
            handles={"bluesky": ("ann.example",)}, do_not_profile=True,
        )
    )  # fmt: skip
    (page, *_) = world.crm.contacts(None)
    (read,) = page.changes
    assert isinstance(read, Contact)
    assert read.emails == ("a@lee.example", "b@lee.example", "c@lee.example")
    assert read.handles == {"bluesky": ("ann.example",)}
    assert read.do_not_profile


def test_notes_of_colleagues_are_left_alone(world: HubSpotWorld, ann: str) -> None:
    world.standin.notes["5"] = {"hs_note_body": "Called her.", "hs_timestamp": "2026-01-01T00:00:00.000Z"}
    world.standin.on["5"] = [ann]
    world.crm.upsert([entry(ann, "1")])
    assert [shown.body for shown in world.crm.timeline(ann)] == ["Where is my bag?"]
    world.crm.erase([entry(ann, "1").key])
    assert list(world.standin.notes) == ["5"]


def test_markup_of_a_post_is_shown_and_never_obeyed(world: HubSpotWorld, ann: str) -> None:
    """Fault 76."""
    world.crm.upsert([entry(ann, "1", body="<b>bold</b> <a href='https://x.example'>here</a>", author="<i>Ann</i>")])
    (note,) = world.standin.notes.values()
    assert "<b>" not in note["hs_note_body"]
    assert "<i>" not in note["hs_note_body"]
    assert note["hs_note_body"].count("<a ") == 1
