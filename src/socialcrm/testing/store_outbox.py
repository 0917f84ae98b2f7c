"""Cases of the store contract about the outbox: what the CRM should show against what it has confirmed."""

from __future__ import annotations

from socialcrm.clock import ManualClock
from socialcrm.model import Contact, Direction, LinkState, Post
from socialcrm.store.base import Account, Store, Verdict
from socialcrm.testing.store_world import (
    ANN,
    BOB,
    BRAND,
    HOUR,
    PLATFORM,
    START,
    Gone,
    answer,
    deleted,
    deliver,
    judge,
    link,
    post,
    record,
    settle,
    standing,
    text_of,
)

PERSON = "person:maria"


def told(store: Store) -> list[tuple[str, str, bool]]:
    """Deliver everything due, and say what the CRM was told: post, contact, whether to take it away."""
    return [(due.stored.post.id, due.contact_id, due.retracted) for due in deliver(store)]


class OutboxCases:
    """What every store promises about delivery."""

    def test_linked_posts_are_delivered_once(self, store: Store) -> None:
        record(store, post("1"), post("2", author=BOB), post("3", author=None))
        store.decisions.append([link()])
        assert told(store) == [("1", "C1", False)]
        assert told(store) == []
        assert standing(store) == {Account.DELIVERED: 1, Account.SKIPPED: 2}
        assert store.posts.reasons() == {
            "nobody in the CRM owns this account": 1,
            "the platform does not say who wrote it": 1,
        }

    def test_brand_answer_goes_to_whom_it_answers(self, store: Store) -> None:
        reply = post("2", "sorry", author=BRAND, direction=Direction.OUTBOUND, in_reply_to="1", at=START - HOUR)
        record(store, post("1"), reply)
        store.decisions.append([link()])
        assert told(store) == [("1", "C1", False), ("2", "C1", False)]

    def test_edit_is_a_correction_with_a_higher_revision(self, store: Store) -> None:
        record(store, post("1", "first"))
        store.decisions.append([link()])
        (before,) = deliver(store)
        record(store, post("1", "second", edited_at=START))
        assert standing(store) == {Account.RECORDED: 1}
        (after,) = deliver(store)
        assert (before.key, before.revision + 1) == (after.key, after.revision)
        assert after.stored.post.text == "second"

    def test_relink_moves_and_unlink_retracts(self, store: Store) -> None:
        record(store, post("1"))
        store.decisions.append([link()])
        (first,) = deliver(store)
        store.decisions.append([link(contact="C2", by=PERSON)])
        (moved,) = deliver(store)
        assert (moved.key, moved.contact_id, moved.retracted) == (first.key, "C2", False)
        store.decisions.append([link(contact="C2", state=LinkState.UNLINKED, by=PERSON)])
        (taken,) = deliver(store)
        assert (taken.key, taken.contact_id, taken.retracted, taken.stored.post.text) == (first.key, "C2", True, "")
        assert standing(store) == {Account.SKIPPED: 1}
        assert text_of(store, "1") == "my bag is late"
        store.posts.unjudge()
        assert told(store) == []  # once taken away is enough
        store.decisions.append([link(by=PERSON)])
        assert told(store) == [("1", "C1", False)]

    def test_deletion_is_gone_when_the_crm_confirmed_it(self, store: Store) -> None:
        record(store, post("1"))
        store.decisions.append([link()])
        deliver(store)
        record(store, deleted("1"))
        settle(store)
        assert standing(store) == {Account.QUEUED: 1}
        assert told(store) == [("1", "C1", True)]
        assert standing(store) == {Account.GONE: 1}

    def test_what_may_have_arrived_is_retracted(self, store: Store) -> None:
        record(store, post("1"), post("2"))
        store.decisions.append([link()])
        settle(store)
        (handed,) = store.outbox.due(1)  # and then this process dies, so nothing is marked
        record(store, deleted("1"), deleted("2"))
        assert told(store) == [(handed.stored.post.id, "C1", True)]
        assert standing(store) == {Account.GONE: 2}

    def test_retractions_go_first_then_corrections_then_by_contact_and_time(self, store: Store) -> None:
        record(store, post("gone"), post("edited"))
        store.decisions.append([link(contact="C5")])
        deliver(store)
        late, early = START - HOUR, START - 2 * HOUR
        record(store, deleted("gone"), post("edited", "anew", edited_at=START))
        record(store, post("late", at=late), post("early", at=early), post("bob", author=BOB, at=late))
        store.decisions.append([link(BOB, "C4")])
        assert [post_id for post_id, _, _ in told(store)] == ["gone", "edited", "bob", "early", "late"]

    def test_failure_waits_and_is_tried_again(self, store: Store, clock: ManualClock) -> None:
        record(store, post("1"))
        store.decisions.append([link()])
        settle(store)
        (due,) = store.outbox.due(9)
        store.outbox.mark([answer(due, done=False, not_before=START + HOUR)])
        assert store.outbox.due(9) == []
        assert store.outbox.counts() == {"queued": 0, "waiting": 1, "parked": 0, "delivered": 0}
        assert store.outbox.oldest() == START
        clock.advance(HOUR)
        (again,) = store.outbox.due(9)
        assert (again.key, again.attempts) == (due.key, 1)
        store.outbox.mark([answer(again)])
        assert standing(store) == {Account.DELIVERED: 1}
        assert store.outbox.oldest() is None

    def test_parked_stays_until_requeued_or_changed(self, store: Store) -> None:
        record(store, post("1"), post("2"))
        store.decisions.append([link()])
        settle(store)
        store.outbox.mark([answer(due, done=False, parked=True) for due in store.outbox.due(9)])
        assert standing(store) == {Account.PARKED: 2}
        store.posts.unjudge()
        assert told(store) == []
        record(store, post("2", "anew", edited_at=START))
        assert told(store) == [("2", "C1", False)]
        assert store.outbox.requeue() == 1
        assert told(store) == [("1", "C1", False)]
        assert standing(store) == {Account.DELIVERED: 2}

    def test_answer_for_what_is_no_longer_wanted_leaves_it_queued(self, store: Store) -> None:
        record(store, post("1", "first"))
        store.decisions.append([link()])
        settle(store)
        (due,) = store.outbox.due(9)
        record(store, post("1", "second", edited_at=START))
        settle(store)
        store.outbox.mark([answer(due)])
        assert standing(store) == {Account.QUEUED: 1}
        (correction,) = deliver(store)
        assert correction.revision == 2

    def test_merged_contact_takes_its_posts_along(self, store: Store) -> None:
        store.contacts.record([Contact(id="C1"), Contact(id="C2")], source="crm", cursor=None)
        record(store, post("1"))
        store.decisions.append([link()])
        deliver(store)
        store.contacts.record([Gone("C1", "C2")], source="crm", cursor=None)
        assert told(store) == [("1", "C2", False)]
        assert [one.contact_id for one in store.decisions.of_contacts(["C2"])["C2"]] == ["C1"]

    def test_deleted_contact_is_the_crms_business(self, store: Store) -> None:
        store.contacts.record([Contact(id="C1")], source="crm", cursor=None)
        record(store, post("1"))
        store.decisions.append([link()])
        deliver(store)
        store.contacts.record([Gone("C1")], source="crm", cursor=None)
        assert told(store) == []
        assert store.posts.reasons() == {"the contact is gone from the CRM": 1}
        store.contacts.record([Contact(id="C1")], source="crm", cursor=None)
        assert told(store) == [("1", "C1", False)]

    def test_judged_out_is_retracted(self, store: Store) -> None:
        record(store, post("1"))
        store.decisions.append([link()])
        deliver(store)
        assert store.posts.unjudge() == 1
        store.posts.judge([Verdict(platform=PLATFORM, post_id="1", keep=False, reason="an advertisement")])
        assert told(store) == [("1", "C1", True)]
        assert store.posts.reasons() == {"an advertisement": 1}

    def test_accounts_and_deliveries_agree(self, store: Store) -> None:
        everybody = [ANN, BOB]
        items: list[Post] = [post(str(n), author=everybody[n % 2], at=START - n * HOUR) for n in range(40)]
        record(store, *items, deleted("8"), deleted("unseen"))
        store.decisions.append([link(), link(BOB, "C2", LinkState.REVIEW)])
        settle(store)
        for due in store.outbox.due(5):
            store.outbox.mark([answer(due, done=due.stored.post.id < "3", parked=True)])
        record(store, deleted("0"), post("2", "edited", author=ANN, edited_at=START, at=START - 2 * HOUR))
        judge(store)
        settle(store)
        accounts, queue = store.posts.account(), store.outbox.counts()
        assert sum(accounts.values()) == 41
        assert accounts[Account.DELIVERED] == queue["delivered"]
        assert accounts[Account.PARKED] == queue["parked"]
        assert accounts[Account.QUEUED] == queue["queued"] + queue["waiting"]
        assert accounts[Account.HELD] == 20
