"""What every CRM backend promises, as tests to inherit.

::

    class TestMyCRM(CRMContract):
        @pytest.fixture
        def world(self) -> Iterator[CRMWorld]:
            yield MyWorld(...)  # a real CRM, or a server that behaves like it

A backend that cuts long texts, or stores a replacement for characters its CRM refuses, keeps the
promises as long as the entry arrives and can be read.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialcrm.crm.base import ContactGone, CRMBackend, Delivered, Outcome
from socialcrm.errors import Transient
from socialcrm.model import Contact, Direction, Interaction, Kind, interaction_key

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "zanzibar-umbrella"  # noqa: S105  a word that stands nowhere else
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

Step = tuple[int, int, int, bool]


class CRMWorld(Protocol):
    """A CRM as seen from outside: what its own people do to it, and what can go wrong on the way."""

    crm: CRMBackend

    def add(self, contact: Contact) -> str:
        """Create or replace a contact and return the id that the CRM gives it."""
        ...

    def remove(self, contact_id: str) -> None:
        """Delete a contact, as a colleague would."""
        ...

    def merge(self, loser: str, winner: str) -> None:
        """Merge one contact into another one, as a colleague would."""
        ...

    def holds(self, text: str) -> bool:
        """Tell whether a text stands anywhere in the CRM's entries, hidden ones included."""
        ...

    def lost_answer(self) -> AbstractContextManager[None]:
        """Let the next write be applied but its answer be lost, so that the backend raises `Transient`."""
        ...

    def lose_field(self) -> None:
        """Take away a table, field or permission that the backend needs."""
        ...


def entry(contact_id: str, name: str, **fields: Any) -> Interaction:
    """Build an interaction; ``name`` makes its key."""
    given: dict[str, Any] = {
        "key": interaction_key("contract", "invented", name),
        "contact_id": contact_id,
        "occurred_at": NOON,
        "channel": "invented",
        "kind": Kind.MENTION,
        "direction": Direction.INBOUND,
        "subject": "Invented: mention from Ann (@ann)",
        "body": "Where is my bag?",
        "url": "https://invented.example/post/1",
        "author": "Ann (@ann)",
    }
    return Interaction(**(given | fields))


def outcomes(answers: Sequence[Delivered]) -> list[Outcome]:
    """List what became of each entry."""
    return [answer.outcome for answer in answers]


class CRMContract:
    """Inherit and provide the fixture ``world``.

    ``read_back`` names the fields that a timeline gives back as they were written; ``exact_text``
    says that texts of any length and any characters are stored unmodified; ``keeps_id`` that an edit
    changes the CRM's record instead of replacing it.
    """

    read_back: ClassVar[frozenset[str]] = frozenset(
        {"key", "contact_id", "occurred_at", "channel", "kind", "direction", "body", "url", "revision"}
    )
    exact_text: ClassVar[bool] = True
    keeps_id: ClassVar[bool] = True

    @pytest.fixture
    def crm(self, world: CRMWorld) -> CRMBackend:
        return world.crm

    @pytest.fixture
    def ann(self, world: CRMWorld) -> str:
        return world.add(Contact(id="ann", first_name="Ann", last_name="Lee", emails=("ann@lee.example",)))

    @pytest.fixture
    def bob(self, world: CRMWorld) -> str:
        return world.add(Contact(id="bob", first_name="Bob", last_name="Ray", emails=("bob@ray.example",)))

    def bodies(self, crm: CRMBackend, contact_id: str) -> list[str]:
        return [shown.body for shown in crm.timeline(contact_id)]

    # check

    def test_check_finds_nothing_wrong(self, crm: CRMBackend) -> None:
        findings = list(crm.check())
        assert findings
        assert all(finding.ok for finding in findings)

    def test_check_names_what_is_missing(self, world: CRMWorld) -> None:
        assert all(finding.ok for finding in world.crm.check())
        world.lose_field()
        failed = [finding for finding in world.crm.check() if not finding.ok]
        assert failed
        assert all(finding.what and finding.remedy for finding in failed)

    # writing

    def test_an_entry_reads_back_as_it_was_written(self, crm: CRMBackend, ann: str) -> None:
        written = entry(ann, "1", thread="t1", in_reply_to="0", sentiment=-0.5, priority="high")
        assert outcomes(crm.upsert([written])) == [Outcome.CREATED]
        (shown,) = crm.timeline(ann)
        assert shown.model_dump(include=set(self.read_back)) == written.model_dump(include=set(self.read_back))

    def test_nothing_to_write_is_no_error(self, crm: CRMBackend) -> None:
        assert list(crm.upsert([])) == []
        assert list(crm.erase([])) == []

    def test_the_same_again_changes_nothing(self, crm: CRMBackend, ann: str) -> None:
        first = crm.upsert([entry(ann, "1")])
        again = crm.upsert([entry(ann, "1")])
        assert outcomes(again) == [Outcome.UNCHANGED]
        assert first[0].crm_id
        assert again[0].crm_id == first[0].crm_id
        assert self.bodies(crm, ann) == ["Where is my bag?"]

    def test_one_key_twice_in_a_batch_is_one_entry(self, crm: CRMBackend, ann: str) -> None:
        answers = crm.upsert([entry(ann, "1"), entry(ann, "1", revision=2, body="Found it.")])
        assert len(answers) == 2
        assert all(answer.done for answer in answers)
        assert self.bodies(crm, ann) == ["Found it."]

    def test_an_edit_updates_the_entry(self, crm: CRMBackend, ann: str) -> None:
        (first,) = crm.upsert([entry(ann, "1")])
        (edited,) = crm.upsert([entry(ann, "1", revision=2, body="Found it.")])
        assert edited.outcome is Outcome.UPDATED
        assert edited.crm_id == first.crm_id or not self.keeps_id
        assert self.bodies(crm, ann) == ["Found it."]

    def test_an_older_revision_never_replaces_a_newer_one(self, crm: CRMBackend, ann: str) -> None:
        crm.upsert([entry(ann, "1", revision=3, body="Third")])
        assert outcomes(crm.upsert([entry(ann, "1", revision=2, body="Second")])) == [Outcome.UNCHANGED]
        assert self.bodies(crm, ann) == ["Third"]

    def test_another_contact_moves_the_entry(self, crm: CRMBackend, ann: str, bob: str) -> None:
        crm.upsert([entry(ann, "1"), entry(ann, "2", body="Mine")])
        assert outcomes(crm.upsert([entry(bob, "1")])) == [Outcome.UPDATED]
        assert self.bodies(crm, ann) == ["Mine"]
        assert self.bodies(crm, bob) == ["Where is my bag?"]

    def test_a_key_claimed_for_two_contacts_is_on_one_timeline(self, crm: CRMBackend, ann: str, bob: str) -> None:
        crm.upsert([entry(ann, "1"), entry(bob, "1")])
        assert self.bodies(crm, ann) == []
        assert self.bodies(crm, bob) == ["Where is my bag?"]

    # taking back

    def test_a_retraction_hides_the_entry_and_leaves_no_text(self, world: CRMWorld, ann: str) -> None:
        said = {"body": f"{SECRET} b", "subject": f"{SECRET} s", "url": f"https://x.example/{SECRET}", "author": SECRET}
        world.crm.upsert([entry(ann, "1", **said)])
        assert world.holds(SECRET)
        assert outcomes(world.crm.upsert([entry(ann, "1", retracted=True, body="", subject="")])) == [Outcome.UPDATED]
        assert list(world.crm.timeline(ann)) == []
        assert not world.holds(SECRET)

    def test_a_retraction_takes_the_text_away_even_when_it_carries_some(self, world: CRMWorld, ann: str) -> None:
        world.crm.upsert([entry(ann, "1", body=SECRET)])
        world.crm.upsert([entry(ann, "1", body=SECRET, retracted=True)])
        assert not world.holds(SECRET)

    def test_a_retraction_outlives_an_older_edit(self, crm: CRMBackend, ann: str) -> None:
        crm.upsert([entry(ann, "1"), entry(ann, "1", revision=2, retracted=True)])
        assert outcomes(crm.upsert([entry(ann, "1")])) == [Outcome.UNCHANGED]
        assert list(crm.timeline(ann)) == []

    def test_a_retraction_wins_whatever_its_revision(self, world: CRMWorld, ann: str) -> None:
        """A store restored from a backup counts revisions anew; what it takes back must go all the same."""
        world.crm.upsert([entry(ann, "1", revision=3, body=SECRET)])
        (answer,) = world.crm.upsert([entry(ann, "1", revision=1, retracted=True)])
        assert answer.outcome is Outcome.UPDATED
        assert outcomes(world.crm.upsert([entry(ann, "1", revision=2, body=SECRET)])) == [Outcome.UNCHANGED]
        assert list(world.crm.timeline(ann)) == []
        assert not world.holds(SECRET)

    def test_an_undone_retraction_brings_the_entry_back(self, crm: CRMBackend, ann: str, bob: str) -> None:
        crm.upsert([entry(ann, "1")])
        crm.upsert([entry(ann, "1", retracted=True)])
        assert outcomes(crm.upsert([entry(bob, "1")])) == [Outcome.UPDATED]
        assert self.bodies(crm, bob) == ["Where is my bag?"]

    def test_retracting_what_never_arrived_is_done(self, crm: CRMBackend, ann: str) -> None:
        (answer,) = crm.upsert([entry(ann, "1", retracted=True)])
        assert answer.done
        assert list(crm.timeline(ann)) == []

    def test_erasing_leaves_nothing(self, world: CRMWorld, ann: str) -> None:
        kept, gone, absent = entry(ann, "1"), entry(ann, "2", body=SECRET), entry(ann, "3")
        world.crm.upsert([kept, gone])
        answers = world.crm.erase([gone.key, absent.key])
        assert [answer.key for answer in answers] == [gone.key, absent.key]
        assert all(answer.done for answer in answers)
        assert not world.holds(SECRET)
        assert [shown.key for shown in world.crm.timeline(ann)] == [kept.key]
        assert all(answer.done for answer in world.crm.erase([gone.key]))

    def test_an_erased_key_can_be_written_anew(self, crm: CRMBackend, ann: str) -> None:
        crm.upsert([entry(ann, "1", revision=5)])
        crm.erase([entry(ann, "1").key])
        assert outcomes(crm.upsert([entry(ann, "1", revision=1)])) == [Outcome.CREATED]

    # contacts that are not what they were

    @pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
    def test_one_bad_entry_does_not_spoil_the_batch(self, crm: CRMBackend, ann: str, place: int) -> None:
        batch = [entry(ann, "0"), entry(ann, "1"), entry(ann, "2")]
        batch[place] = entry("003nobody", str(place), body=SECRET)
        answers = crm.upsert(batch)
        assert [answer.key for answer in answers] == [one.key for one in batch]
        assert [answer.done for answer in answers] == [number != place for number in range(3)]
        assert answers[place].outcome is Outcome.PARKED
        assert answers[place].reason
        assert SECRET not in answers[place].reason
        assert len(list(crm.timeline(ann))) == 2

    def test_a_deleted_contact_parks_new_entries(self, world: CRMWorld, ann: str, bob: str) -> None:
        world.remove(ann)
        parked, written = world.crm.upsert([entry(ann, "1"), entry(bob, "2")])
        assert (parked.outcome, written.outcome) == (Outcome.PARKED, Outcome.CREATED)
        assert "deleted" in parked.reason

    def test_retracting_from_a_deleted_contact_is_done(self, world: CRMWorld, ann: str) -> None:
        world.crm.upsert([entry(ann, "1", body=SECRET)])
        world.remove(ann)
        (answer,) = world.crm.upsert([entry(ann, "1", retracted=True)])
        assert answer.done
        assert not world.holds(SECRET)

    def test_entries_follow_a_merged_contact(self, world: CRMWorld, ann: str, bob: str) -> None:
        cara = world.add(Contact(id="cara", first_name="Cara", last_name="Lee", emails=("cara@lee.example",)))
        world.crm.upsert([entry(ann, "1", body="before")])
        world.merge(ann, bob)
        world.merge(bob, cara)
        world.crm.upsert([entry(ann, "2", body="after", occurred_at=NOON + timedelta(hours=1))])
        assert self.bodies(world.crm, cara) == ["before", "after"]
        assert outcomes(world.crm.upsert([entry(ann, "1", body="before")])) == [Outcome.UNCHANGED]

    # an unreliable world

    def test_a_lost_answer_and_a_second_try_make_one_entry(self, world: CRMWorld, ann: str) -> None:
        batch = [entry(ann, "1"), entry(ann, "2", body="And my coat?")]
        with world.lost_answer(), pytest.raises(Transient):
            world.crm.upsert(batch)
        assert all(answer.done for answer in world.crm.upsert(batch))
        assert sorted(self.bodies(world.crm, ann)) == ["And my coat?", "Where is my bag?"]

    @pytest.mark.parametrize(
        "text",
        [
            "kind words " + FAMILY + " \U0001f1f3\U0001f1f1 \u2708\ufe0f e\u0301",
            "kind words\r\n\tand \x07\x1b[31mred\x7f",
            "kind words \u202e\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
            "kind words =HYPERLINK(1) ' \" \\ {} :name %s ; DROP TABLE crm_timeline; --",
            "kind words <script>alert(1)</script> ![x](https://x.example/) @everyone",
        ],
        ids=["emoji", "control", "right-to-left", "quotes", "markup"],
    )
    def test_any_text_arrives(self, crm: CRMBackend, ann: str, text: str) -> None:
        assert outcomes(crm.upsert([entry(ann, "1", body=text, subject=text)])) == [Outcome.CREATED]
        (body,) = self.bodies(crm, ann)
        assert "kind words" in body
        assert body == text or not self.exact_text

    def test_a_text_that_is_too_long_arrives_cut_between_characters(self, crm: CRMBackend, ann: str) -> None:
        text = FAMILY * 40_000
        assert outcomes(crm.upsert([entry(ann, "1", body=text, subject=text)])) == [Outcome.CREATED]
        (body,) = self.bodies(crm, ann)
        begun = body.removesuffix("…")
        assert begun
        assert begun == FAMILY * (len(begun) // len(FAMILY))
        assert body == text or not self.exact_text
        assert outcomes(crm.upsert([entry(ann, "1", body=text, subject=text)])) == [Outcome.UNCHANGED]

    def test_a_large_batch_reads_back_in_time_order(self, crm: CRMBackend, ann: str, bob: str) -> None:
        scattered = [(number * 617) % 1000 for number in range(1000)]
        batch = [
            entry((ann, bob)[number % 2], f"n{number}", body=str(number), occurred_at=NOON + timedelta(minutes=number))
            for number in scattered
        ]
        answers = crm.upsert(batch)
        assert [answer.key for answer in answers] == [one.key for one in batch]
        assert set(outcomes(answers)) == {Outcome.CREATED}
        assert self.bodies(crm, ann) == [str(number) for number in range(0, 1000, 2)]
        assert self.bodies(crm, bob) == [str(number) for number in range(1, 1000, 2)]

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        steps=st.lists(
            st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 3), st.booleans()), max_size=4),
            max_size=6,
        )
    )
    def test_any_history_ends_as_the_promises_say(
        self, crm: CRMBackend, ann: str, bob: str, steps: list[list[Step]]
    ) -> None:
        """A step is (key, contact, revision, retracted); lists of steps are batches."""
        run, contacts = uuid.uuid4().hex, (ann, bob)
        expected: dict[int, Step] = {}
        for batch in steps:
            known = [
                step for step in batch if step[0] in expected or not step[3]
            ]  # what was never sent is not retracted
            answers = crm.upsert([self._step(run, contacts, step) for step in known])
            assert all(answer.done for answer in answers)
            for step in known:
                newest = max(step[2], expected.get(step[0], step)[2])
                if step[3] or step[2] == newest:
                    expected[step[0]] = (step[0], step[1], newest, step[3])
        keys = {interaction_key("contract", "invented", f"{run}{key}"): key for key in range(3)}
        shown = {
            (keys[one.key], contact_id, one.revision)
            for contact_id in contacts
            for one in crm.timeline(contact_id)
            if one.key in keys
        }
        assert shown == {(key, contacts[who], revision) for key, who, revision, gone in expected.values() if not gone}

    def _step(self, run: str, contacts: tuple[str, str], step: Step) -> Interaction:
        key, who, revision, retracted = step
        return entry(contacts[who], f"{run}{key}", revision=revision, retracted=retracted, body=f"revision {revision}")

    # reading contacts

    def test_the_first_read_gives_every_contact(self, crm: CRMBackend, ann: str, bob: str) -> None:
        read = {one.id: one for page in crm.contacts(None) for one in page.changes if isinstance(one, Contact)}
        assert {ann, bob} <= read.keys()
        assert (read[ann].first_name, read[ann].last_name) == ("Ann", "Lee")
        assert read[ann].emails == ("ann@lee.example",)
        assert read[ann].version

    def test_the_next_read_gives_what_changed(self, world: CRMWorld, ann: str, bob: str) -> None:
        place = self._end(world.crm)
        world.add(Contact(id=ann, first_name="Ann", last_name="Lee-Ray", emails=("ann@lee.example",)))
        changes = [one for page in world.crm.contacts(place) for one in page.changes]
        assert [one.last_name for one in changes if isinstance(one, Contact) and one.id == ann] == ["Lee-Ray"]
        assert [one for page in world.crm.contacts(self._end(world.crm)) for one in page.changes if one.id == ann] == []

    def test_deleted_and_merged_contacts_are_told(self, world: CRMWorld, ann: str, bob: str) -> None:
        cara = world.add(Contact(id="cara", first_name="Cara", last_name="Lee", emails=("cara@lee.example",)))
        place = self._end(world.crm)
        world.remove(cara)
        world.merge(ann, bob)
        gone = [one for page in world.crm.contacts(place) for one in page.changes if isinstance(one, ContactGone)]
        assert {(one.id, one.merged_into) for one in gone} >= {(cara, None), (ann, bob)}

    def test_reading_may_stop_after_any_page(self, world: CRMWorld) -> None:
        added = {
            world.add(Contact(id=f"n{number}", full_name=f"Customer {number}", last_name=f"Customer {number}"))
            for number in range(30)
        }
        first = next(iter(world.crm.contacts(None)))
        rest = itertools.chain.from_iterable(page.changes for page in world.crm.contacts(first.cursor))
        assert added <= {one.id for one in itertools.chain(first.changes, rest)}

    def _end(self, crm: CRMBackend) -> str | None:
        place = None
        for page in crm.contacts(None):
            place = page.cursor
        return place
