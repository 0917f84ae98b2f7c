"""Large batches through Bulk API 2.0: the same promises, and far fewer calls."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from salesforce_world import SalesforceWorld

from socialcrm.crm.base import Outcome
from socialcrm.crm.salesforce.bulk import NULL, written
from socialcrm.errors import Transient
from socialcrm.model import Contact
from socialcrm.testing.crms import SECRET, entry, outcomes
from socialcrm.testing.salesforce import Moment
from socialcrm.testing.salesforce.bulk_jobs import step
from socialcrm.testing.salesforce.server import hang_up, page

CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs", "Cc"])))


@pytest.fixture
def world() -> Iterator[SalesforceWorld]:
    with SalesforceWorld(bulk_write_above=10) as world:
        yield world


@pytest.fixture
def ann(world: SalesforceWorld) -> str:
    return world.add(Contact(id="ann", first_name="Ann", last_name="Lee"))


def many(contact: str, count: int, **fields: Any) -> list[Any]:
    return [entry(contact, f"n{number}", **fields) for number in range(count)]


def tally(world: SalesforceWorld) -> int:
    return sum(count for name, count in world.server.tally().items() if "composite/sobjects" in name)


def test_a_large_batch_goes_in_one_job_and_arrives_whole(world: SalesforceWorld, ann: str) -> None:
    bob = world.add(Contact(id="bob", last_name="Ray"))
    text = 'two\nlines, "quotes" and \U0001f600'
    batch = [*many(ann, 150, body=text), *(entry(bob, f"b{number}") for number in range(150))]
    answers = world.crm.upsert(batch)
    assert set(outcomes(answers)) == {Outcome.CREATED}
    assert len({answer.crm_id for answer in answers}) == 300
    assert tally(world) == 0
    assert [one.body for one in world.crm.timeline(ann)] == [text] * 150
    assert set(outcomes(world.crm.upsert(batch))) == {Outcome.UNCHANGED}


def test_51_failed_rows_are_matched_by_their_key_not_by_their_place(world: SalesforceWorld, ann: str) -> None:
    world.org.add_rule("Task", "not on our desk", lambda row: "unlucky" in str(row["Description"]))
    batch = [entry(ann, f"n{number}", body=f"unlucky {SECRET}" if number % 7 == 3 else "fine") for number in range(60)]
    answers = world.crm.upsert(batch)
    assert [answer.key for answer in answers] == [one.key for one in batch]
    parked = [number for number, answer in enumerate(answers) if answer.outcome is Outcome.PARKED]
    assert parked == [number for number in range(60) if number % 7 == 3]
    assert all("not on our desk" in answers[number].reason for number in parked)
    assert all(SECRET not in answer.reason for answer in answers)


def test_52_rows_that_were_locked_are_sent_again(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("first", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")
    assert set(outcomes(world.crm.upsert(many(ann, 30)))) == {Outcome.CREATED}
    assert len(world.rows()) == 30


def test_a_text_that_means_null_in_csv_survives(world: SalesforceWorld, ann: str) -> None:
    batch = [*many(ann, 20), entry(ann, "na", subject=NULL, thread=NULL, author="#n/a")]
    assert set(outcomes(world.crm.upsert(batch))) == {Outcome.CREATED}
    (shown,) = [one for one in world.crm.timeline(ann) if one.key == batch[-1].key]
    assert (shown.subject, shown.thread, shown.author) == (NULL, NULL, "#n/a")


def test_a_correction_empties_what_is_no_longer_there(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert(many(ann, 20, thread="t"))
    assert set(outcomes(world.crm.upsert(many(ann, 20, revision=2)))) == {Outcome.UPDATED}
    assert {one.thread for one in world.crm.timeline(ann)} == {""}


def test_retractions_in_bulk_leave_no_text(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert(many(ann, 30, body=SECRET))
    assert set(outcomes(world.crm.upsert(many(ann, 30, retracted=True)))) == {Outcome.UPDATED}
    assert list(world.crm.timeline(ann)) == []
    assert not world.org.holds(SECRET)


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.APPLIED])
@pytest.mark.parametrize("step", range(7))
def test_50_a_job_survives_the_loss_of_any_answer(world: SalesforceWorld, ann: str, moment: Moment, step: int) -> None:
    world.crm.upsert([entry(ann, "0")])  # signed in, org described
    world.server.plan(hang_up, moment=moment, path="jobs/", after=step)
    assert set(outcomes(world.crm.upsert(many(ann, 30)))) == {Outcome.CREATED}
    assert len(world.rows()) == 31


def test_50_a_job_whose_answers_stay_away_is_transient_and_found_later(world: SalesforceWorld, ann: str) -> None:
    world.server.plan(page(503), moment=Moment.APPLIED, path="Results", times=100)
    with pytest.raises(Transient):
        world.crm.upsert(many(ann, 30))
    world.server.heal()
    assert set(outcomes(world.crm.upsert(many(ann, 30)))) == {Outcome.UNCHANGED}


def test_59_a_session_that_ends_while_a_job_runs_is_begun_anew(world: SalesforceWorld, ann: str) -> None:
    seen: list[str] = []

    def expire(moment: Moment, asked: Any) -> None:
        if moment is Moment.BEFORE and asked.method == "GET" and "jobs/ingest" in asked.path and not seen:
            seen.append(asked.path)
            world.server.sessions.expire()

    world.server.watch(expire)
    assert set(outcomes(world.crm.upsert(many(ann, 30)))) == {Outcome.CREATED}
    assert seen


@pytest.mark.parametrize("end", ["hangs", "fails"])
def test_a_job_that_ends_halfway_is_answered_row_by_row_and_the_rest_found_later(
    world: SalesforceWorld, ann: str, end: str
) -> None:
    def halfway(moment: Moment, asked: Any) -> None:
        if moment is Moment.ANSWERED and asked.method == "PATCH" and "jobs/ingest" in asked.path:
            (job,) = world.org.jobs.kept.values()
            step(job)
            world.org.jobs.paused = True
            if end == "fails":
                job.fail("InternalServerError : try again")

    world.server.watch(halfway)
    answers = world.crm.upsert(many(ann, 500))
    assert set(outcomes(answers)) == {Outcome.CREATED, Outcome.RETRY}
    assert all(answer.retry_at for answer in answers if answer.outcome is Outcome.RETRY)
    assert outcomes(answers).count(Outcome.CREATED) == len(world.rows())
    world.server.heal()
    world.org.jobs.paused = False
    assert all(answer.done for answer in world.crm.upsert(many(ann, 500)))
    assert len(world.rows()) == 500


def test_an_org_without_the_bulk_api_is_written_200_at_a_time(world: SalesforceWorld, ann: str) -> None:
    from socialcrm.testing.salesforce.server import refusing

    world.server.plan(refusing("FEATURENOTENABLED", "no Bulk API", 400), path="jobs/ingest", times=9)
    assert set(outcomes(world.crm.upsert(many(ann, 30)))) == {Outcome.CREATED}
    assert tally(world) == 1


def test_ten_thousand_entries_take_few_calls(ann: str, world: SalesforceWorld) -> None:
    contacts = [world.add(Contact(id=f"c{number}", last_name=f"C{number}")) for number in range(300)]
    batch = [entry(contacts[number % 300], f"n{number}") for number in range(10_000)]
    before = world.server.calls
    assert set(outcomes(world.crm.upsert(batch))) == {Outcome.CREATED}
    assert world.server.calls - before <= 15


@pytest.mark.parametrize("above", [5, 1000])
def test_many_contacts_are_read_by_a_bulk_query(above: int) -> None:
    with SalesforceWorld(bulk_read_above=above) as world:
        added = {world.add(Contact(id=f"n{number}", last_name=f"Name {number}")) for number in range(40)}
        world.remove(min(added))
        pages = list(world.crm.contacts(None))
        read = {one.id: one for page in pages for one in page.changes}
        assert added <= read.keys()
        assert any("jobs/query" in one.path for one in world.server.log) is (above == 5)
        first = {one.id for page in world.crm.contacts(pages[0].cursor) for one in page.changes}
        assert added <= first or above == 1000, "pages without order: stopping early starts again"
        assert list(world.backend(bulk_read_above=10**6).contacts(pages[-1].cursor)) == []


@given(rows=st.lists(st.dictionaries(st.sampled_from(["A", "B", "C"]), CELLS, min_size=1), min_size=1))
def test_csv_says_for_each_cell_null_left_alone_or_the_value(rows: list[dict[str, Any]]) -> None:
    read = list(csv.DictReader(io.StringIO(written(rows), newline="")))
    for row, back in zip(rows, read, strict=True):
        for name in back:
            if name not in row:
                assert back[name] == ""
            elif row[name] in {None, ""}:
                assert back[name] == NULL
            else:
                assert back[name] == (str(row[name]).lower() if isinstance(row[name], bool) else str(row[name]))


def test_2_a_job_that_a_killed_run_left_behind_writes_nothing_later(world: SalesforceWorld, ann: str) -> None:
    """Fault 2: a job is worked off whether its client lives or not, and would write old revisions over new ones."""
    world.org.jobs.paused = True
    old = [entry(ann, f"n{number}", body="old") for number in range(30)]
    world.server.plan(hang_up, path="jobs/ingest/", method="GET", times=100)
    world.server.plan(hang_up, path="jobs/ingest/", method="PATCH", after=1, times=100)
    with pytest.raises(Transient):
        world.crm.upsert(old)
    assert [job.state for job in world.org.jobs.kept.values()] == ["UploadComplete"]
    world.server.heal()
    fresh = world.backend(bulk_write_above=1000)  # another process
    fresh.upsert([entry(ann, f"n{number}", body="new", revision=2) for number in range(30)])
    world.org.jobs.run()
    assert {one.body for one in fresh.timeline(ann)} == {"new"}
    fresh.close()
