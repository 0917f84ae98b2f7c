"""What one run does with trouble: it names it, keeps going where it can, and loses nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from world import World, chatter

from socialcrm.adapters.base import Page
from socialcrm.clock import ManualClock
from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.sql import SQLCRM
from socialcrm.errors import AuthError, BadResponse, CursorExpired, LeaseHeld, SocialCRMError, Transient
from socialcrm.model import Interaction, LinkState
from socialcrm.store.base import Account
from socialcrm.sync.pipeline import STEPS, Sync
from socialcrm.sync.review import confirm, reject, undo
from socialcrm.testing.platform import BRAND, InventedAdapter, InventedPlatform

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_first_run_delivers_and_a_second_changes_nothing(world: World) -> None:
    with world.sync() as sync:
        first = sync.run()
        second = sync.run()
    assert world.actual() == world.expected()
    assert first.written == len(world.expected())
    assert (first.exit_code, second.exit_code, second.written) == (0, 0, 0)
    assert second.decided.linked == second.decided.review == 0


def test_every_post_is_accounted_for(world: World) -> None:
    with world.sync() as sync:
        report = sync.run()
        reasons = sync.store.posts.reasons()
    assert sum(report.posts.values()) == 60
    assert report.posts["delivered"] == len(world.expected())
    assert report.posts["held"] > 0
    assert sum(reasons.values()) == report.posts["skipped"] > 0


def test_edits_update_and_deletions_retract(world: World) -> None:
    with world.sync() as sync:
        sync.run()
        delivered = [post for post in world.platform.posts.values() if post.author and post.author.id == "u0"]
        world.platform.edit(delivered[0].id, "@skylarkair all is well again")
        world.platform.delete(delivered[1].id)
        report = sync.run()
    assert (report.delivery.updated, report.delivery.retracted, report.delivery.created) == (1, 1, 0)
    assert world.actual() == world.expected()


def test_a_brand_answer_belongs_to_whoever_it_answers(world: World) -> None:
    question = world.platform.say("u0", "@skylarkair is there a later flight?")
    answer = world.platform.say(BRAND, "Yes, at nine.", in_reply_to=question.id)
    with world.sync() as sync:
        sync.run()
        stored = sync.store.posts.get("invented", answer.id)
    assert stored is not None
    assert (stored.subject, stored.account) == ("u0", Account.DELIVERED)


def test_review_holds_posts_back_until_somebody_confirms(world: World) -> None:
    with world.sync(clock=ManualClock(NOW)) as sync:
        sync.run()
        waiting = sync.store.decisions.review(100)
        assert all(item.held > 0 for item in waiting)
        item = next(item for item in waiting if item.profile.id == "u1")
        confirm(sync.store, str(item.link.id), by="ann", clock=sync.clock)
        report = sync.run()
    assert report.delivery.created == item.held
    assert world.actual() == world.expected({**world.owner, "u1": "C1"})


def test_a_rejected_link_is_taken_back_and_never_comes_again(world: World) -> None:
    with world.sync(clock=ManualClock(NOW)) as sync:
        sync.run()
        reject(sync.store, "invented:handle0", by="ann", clock=sync.clock)
        report = sync.run()
        assert report.delivery.retracted > 0
        owner = {account: contact for account, contact in world.owner.items() if account != "u0"}
        assert world.actual() == world.expected(owner)
        world.platform.join("u0", handle="handle0", display_name=world._name(0), bio="person0@example.com")
        world.platform.say("u0", "@skylarkair it is really me")
        sync.run()
        link = sync.store.decisions.current("invented", "u0")
        assert link is not None
        assert link.state is LinkState.REJECTED
        undo(sync.store, "invented:handle0", by="ann", clock=sync.clock)
        sync.run()
    assert world.actual() == world.expected()


def test_a_dry_run_says_what_it_would_write_and_writes_nothing(world: World) -> None:
    with world.sync() as sync:
        rehearsal = sync.run(dry_run=True)
        assert world.actual() == {}
        assert sum(count for count in sync.store.posts.account().values()) == 0
        real = sync.run()
    assert rehearsal.dry_run
    assert rehearsal.delivery.waiting == real.written > 0


def test_a_stopped_run_ends_early_says_so_and_goes_on_later(world: World) -> None:
    """Fault 5."""
    asked = iter([False, False, False, True])
    with world.sync() as sync:
        report = sync.run(stop=lambda: next(asked, True))
        assert report.stopped
        assert report.exit_code == 3
        sync.run()
    assert world.actual() == world.expected()


def test_one_process_at_a_time(world: World) -> None:
    """Fault 13."""
    with (
        world.sync() as one,
        world.sync() as other,
        one.store.lease("somebody else"),
        pytest.raises(LeaseHeld, match="somebody else"),
    ):
        other.run()


def test_a_step_can_be_left_out(world: World) -> None:
    with world.sync() as sync:
        sync.steps = tuple(step for step in STEPS if step.__name__ != "deliver")
        report = sync.run()
    assert report.written == 0
    assert report.posts["queued"] == len(world.expected())


class Faulty(InventedAdapter):
    """Fails with the given error once ``good`` pages are through."""

    def __init__(self, platform: InventedPlatform, error: SocialCRMError, *, good: int = 1, times: int = 1) -> None:
        super().__init__(platform)
        self.error, self.good, self.times = error, good, times

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        for number, page in enumerate(super().fetch(stream, cursor)):
            if number == self.good and self.times:
                self.times -= 1
                raise self.error
            yield page


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [(Transient("away"), 3), (AuthError("renew the token"), 2), (BadResponse("not JSON"), 3)],
)
def test_a_failing_source_is_named_and_loses_nothing(world: World, error: SocialCRMError, exit_code: int) -> None:
    with world.sync() as sync:
        sync.sources = {"bad": Faulty(world.platform, error), "good": World(world.folder).platform.adapter()}
        report = sync.run()
        assert report.exit_code == exit_code
        assert [(problem.where, problem.what) for problem in report.problems] == [("source bad, mentions", str(error))]
        # The page before the fault is in, with its cursor; what comes after it is read next time.
        assert sync.store.cursors.get("bad", "mentions") == "20"
        assert sync.run().exit_code == 0
    assert world.actual() == world.expected()


def test_a_bug_in_an_adapter_is_named_without_its_message_and_stops_no_other(world: World) -> None:
    class Buggy(InventedAdapter):
        def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
            raise KeyError("somebody's private words")

    with world.sync() as sync:
        sync.sources = {"bad": Buggy(world.platform), "good": world.platform.adapter()}
        report = sync.run()
    (problem,) = report.problems
    assert "KeyError" in problem.what
    assert "test_pipeline.py" in problem.what
    assert "private" not in problem.what
    assert world.actual() == world.expected()


def test_an_expired_cursor_is_read_again_from_the_start(world: World) -> None:
    """Fault 27: and nothing is there twice."""
    with world.sync() as sync:
        sync.sources = {"bad": Faulty(world.platform, CursorExpired("too old"), good=2)}
        report = sync.run()
    assert report.problems == []
    assert world.actual() == world.expected()


def test_yesterdays_store_delivers_again_and_doubles_nothing(world: World) -> None:
    """Fault 11: the file is put back from a backup; what was said, edited and deleted since is all the same right."""
    store, backup = world.folder / "socialcrm.db", world.folder / "yesterday.db"
    with world.sync() as sync:
        sync.run()
    shutil.copy(store, backup)
    chatter(world, 40, start=60)
    world.platform.edit(world.platform.order[0], "edited after the backup")
    world.platform.delete(world.platform.order[3])
    with world.sync() as sync:
        sync.run()
    after = world.actual()
    for left in world.folder.glob("socialcrm.db*"):
        left.unlink()
    shutil.copy(backup, store)
    with world.sync() as sync:
        assert sync.run().exit_code == 0
    assert world.actual() == after == world.expected()


class Moody(SQLCRM):
    """Answers for some entries as told, without writing them."""

    answers: dict[str, Delivered]
    away = False

    def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
        if self.away:
            raise Transient("the CRM is away")
        good = [one for one in interactions if one.contact_id not in self.answers]
        done = {one.key: one for one in super().upsert(good)}
        return [
            done.get(one.key) or Delivered(one.key, self.answers[one.contact_id].outcome, reason="says the CRM")
            for one in interactions
        ]


def moody(sync: Sync, **answers: Outcome) -> Moody:
    crm = sync.crm
    crm.__class__ = Moody
    assert isinstance(crm, Moody)
    crm.answers = {contact: Delivered("", outcome) for contact, outcome in answers.items()}
    return crm


def test_what_the_crm_refuses_is_parked_with_its_words(world: World) -> None:
    with world.sync() as sync:
        crm = moody(sync, C0=Outcome.PARKED)
        report = sync.run()
        parked = sync.store.posts.of_profile("invented", "u0", 100)
        assert report.exit_code == 1
        assert report.delivery.parked == len(parked)
        assert {(post.account, post.reason) for post in parked} == {(Account.PARKED, "says the CRM")}
        crm.answers = {}
        assert sync.run().written == 0  # parked until somebody says otherwise
        assert sync.store.outbox.requeue() == len(parked)
        assert sync.run().written == len(parked)
    assert world.actual() == world.expected()


def test_what_the_crm_wants_later_waits_and_is_given_up_in_the_end(world: World) -> None:
    clock = ManualClock(NOW)
    with world.sync(clock=clock) as sync:
        crm = moody(sync, C0=Outcome.RETRY)
        first = sync.run()
        assert first.delivery.retried > 0
        assert sync.run().delivery.retried == 0  # not before its time
        clock.advance(timedelta(hours=1))
        assert sync.run().delivery.retried == first.delivery.retried
        for _ in range(10):
            clock.advance(timedelta(days=1))
            report = sync.run()
        assert report.delivery.parked == first.delivery.retried
        crm.answers = {}
        assert report.exit_code == 1


def test_a_crm_that_is_away_stops_nothing_but_delivery(world: World) -> None:
    with world.sync() as sync:
        crm = moody(sync)
        crm.away = True
        report = sync.run()
        assert report.exit_code == 3
        assert report.posts["queued"] == len(world.expected())
        crm.away = False
        assert sync.run().exit_code == 0
    assert world.actual() == world.expected()


def test_a_contact_that_is_merged_carries_its_timeline_along(world: World) -> None:
    with world.sync() as sync:
        sync.run()
        crm = world.crm()
        crm.merge_contacts("C0", "C3")
        crm.close()
        world.platform.say("u0", "@skylarkair after the merge")
        sync.run()
        owner = {**world.owner, "u0": "C3"}
    assert {key: where for key, (where, _) in world.actual().items()} == {
        key: where for key, (where, _) in world.expected(owner).items()
    }


def test_a_corrected_contact_is_matched_again(world: World) -> None:
    with world.sync() as sync:
        sync.run()
        crm = world.crm()
        contact = next(contact for contact in world.contacts if contact.id == "C1")
        crm.put_contacts([contact.model_copy(update={"handles": {"invented": ("handle1",)}})])
        crm.close()
        report = sync.run()
    assert report.decided.linked == 1
    assert world.actual() == world.expected({**world.owner, "u1": "C1"})
