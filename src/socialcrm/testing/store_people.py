"""Cases of the store contract about people: profiles, contacts, decisions, suppression, the lease."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from socialcrm.clock import ManualClock
from socialcrm.errors import ConfigError, LeaseHeld, LeaseLost, Unsupported
from socialcrm.model import Basis, Contact, LinkState, Profile
from socialcrm.store.base import Account, Store
from socialcrm.testing.store_world import (
    ANN,
    BOB,
    EVIDENCE,
    HOUR,
    KEY,
    PLATFORM,
    START,
    WORKSPACE,
    Gone,
    Opener,
    deliver,
    judge,
    link,
    post,
    record,
    settle,
    standing,
)

PERSON = "person:maria"


class PeopleCases:
    """What every store promises about the people behind posts."""

    # -- profiles

    def test_profile_keeps_its_handles(self, store: Store, clock: ManualClock) -> None:
        record(store, post("1"))
        clock.advance(HOUR)
        record(store, post("2", author=ANN.model_copy(update={"handle": "annvale"})))
        assert store.profiles.handles(PLATFORM, ANN.id) == [("ann", START), ("annvale", START + HOUR)]
        found = store.profiles.find("@AnnVale")
        assert [profile.id for profile in found] == [ANN.id]
        assert store.profiles.find(f"{PLATFORM}:{ANN.id}") == found
        assert store.profiles.find("ann") == []

    def test_author_cut_short_takes_nothing_away(self, store: Store) -> None:
        record(
            store,
            ANN.model_copy(update={"bio": "likes trains"}),
            post("1", author=Profile(platform=PLATFORM, id=ANN.id)),
        )
        profile = store.profiles.get(PLATFORM, ANN.id)
        assert profile is not None
        assert (profile.bio, profile.handle) == ("likes trains", "ann")

    def test_profile_item_is_the_whole_truth(self, store: Store) -> None:
        record(store, ANN.model_copy(update={"bio": "likes trains"}), ANN)
        assert store.profiles.get(PLATFORM, ANN.id) == ANN

    def test_profile_is_matched_once_per_token_and_again_when_it_changes(self, store: Store) -> None:
        record(store, post("1"), post("2", author=BOB))
        assert store.profiles.unmatched("t1", 9) == []  # nothing was kept yet
        judge(store)
        assert {state.profile.id for state in store.profiles.unmatched("t1", 9)} == {ANN.id, BOB.id}
        store.decisions.append([], considered=[(PLATFORM, ANN.id), (PLATFORM, BOB.id)], token="t1")  # noqa: S106
        assert store.profiles.unmatched("t1", 9) == []
        record(store, ANN.model_copy(update={"followers": 7}), BOB.model_copy(update={"bio": "new"}))
        assert [state.profile.id for state in store.profiles.unmatched("t1", 9)] == [BOB.id]
        assert len(store.profiles.unmatched("t2", 9)) == 2

    # -- contacts

    def test_contacts_are_mirrored_and_found(self, store: Store) -> None:
        ann = Contact(id="C1", full_name="Ann Vale", emails=("Ann@Example.com",), phones=("+44 20 7946 0018",))
        bob = Contact(id="C2", phones=("020 7946 0019",), country="GB")
        assert store.contacts.record([ann, bob], source="crm:sql", cursor="7") == 2
        assert store.contacts.record([ann, bob], source="crm:sql", cursor="8") == 0
        assert store.cursors.get("crm:sql", "contacts") == "8"
        assert list(store.contacts.all()) == [ann, bob]
        assert store.contacts.find(email="ann@example.COM") == [ann]
        assert store.contacts.find(phone="+442079460018") == [ann]
        assert store.contacts.find(phone="0044 20 7946 0019") == [bob]
        assert store.contacts.find() == []

    def test_generation_rises_only_when_something_differs(self, store: Store) -> None:
        before = store.contacts.generation()
        store.contacts.record([Contact(id="C1")], source="crm", cursor=None)
        after = store.contacts.generation()
        store.contacts.record([Contact(id="C1")], source="crm", cursor=None)
        assert before < after == store.contacts.generation()

    def test_merges_are_followed_and_cycles_end(self, store: Store) -> None:
        store.contacts.record([Contact(id=i) for i in "ABC"], source="crm", cursor=None)
        store.contacts.record([Gone("A", "B")], source="crm", cursor=None)
        store.contacts.record([Gone("B", "C")], source="crm", cursor=None)
        assert store.contacts.get("A") == Contact(id="C")
        store.contacts.record([Gone("C", "A")], source="crm", cursor=None)
        assert store.contacts.get("A") is None

    # -- decisions

    def test_decisions_are_kept_with_their_evidence(self, store: Store) -> None:
        store.decisions.append([link(state=LinkState.REVIEW)])
        store.decisions.append([link(by=PERSON)])
        history = store.decisions.history(PLATFORM, ANN.id)
        assert [(one.state, one.by) for one in history] == [(LinkState.REVIEW, "rule"), (LinkState.LINKED, PERSON)]
        assert history[1].evidence == (EVIDENCE,)
        assert store.decisions.current(PLATFORM, ANN.id) == history[1]
        first, second = (one.id for one in history)
        assert first is not None
        assert second is not None
        assert first < second
        assert store.decisions.get(first) == history[0]
        assert store.decisions.of_contacts(["C1", "C2"]) == {"C1": [history[1]]}
        assert store.decisions.counts()[LinkState.LINKED] == 1

    def test_rule_never_overrules_a_person(self, store: Store) -> None:
        store.decisions.append([link(state=LinkState.REJECTED, by=PERSON)])
        nobody = link(contact=None, state=LinkState.NONE)
        assert store.decisions.append([link(), link(state=LinkState.REVIEW), nobody]) == 3
        assert store.decisions.append([link(contact="C2")]) == 0  # another contact was never ruled out
        assert store.decisions.append([link()]) == 1  # the "no" outlives later decisions
        assert store.decisions.append([link(by=PERSON)]) == 0
        assert store.decisions.append([link(contact="C2"), nobody]) == 2
        current = store.decisions.current(PLATFORM, ANN.id)
        assert current is not None
        assert (current.contact_id, current.by) == ("C1", PERSON)

    def test_no_holds_for_the_contact_it_was_merged_into(self, store: Store) -> None:
        record(store, post("1"))
        judge(store)
        store.decisions.append([link(state=LinkState.REJECTED, by=PERSON)])
        store.contacts.record([Contact(id="C2"), Gone("C1", "C2")], source="crm", cursor=None)
        assert store.decisions.append([link(contact="C2")]) == 1
        (state,) = store.profiles.unmatched("t", 9)
        assert state.rejected == {"C1", "C2"}

    def test_review_queue_holds_posts_back(self, store: Store) -> None:
        store.contacts.record([Contact(id="C1", full_name="Ann Vale")], source="crm", cursor=None)
        record(store, post("1"), post("2"), post("3", author=BOB))
        store.decisions.append([link(state=LinkState.REVIEW), link(BOB, "C9", LinkState.REVIEW)])
        settle(store)
        assert standing(store) == {Account.HELD: 3}
        first, second = store.decisions.review(9)
        assert (first.profile, first.held, second.held) == (ANN, 2, 1)
        assert first.contact is not None
        assert second.contact is None
        store.decisions.append([link(by=PERSON)])
        assert len(deliver(store)) == 2

    def test_accounts_that_claim_one_contact_are_one_entry_of_the_queue(self, store: Store) -> None:
        record(store, post("1"), post("2", author=BOB), post("3", author=BOB))
        store.decisions.append([link(state=LinkState.REVIEW), link(BOB, state=LinkState.REVIEW)])
        settle(store)
        (entry,) = store.decisions.review(9)
        assert (entry.profile, entry.held, entry.group_size) == (BOB, 2, 2)
        assert {one.profile.id for one in store.decisions.review(9, contact_id="C1")} == {ANN.id, BOB.id}
        assert store.decisions.review(9, contact_id="C2") == []
        waiting = store.decisions.of_contacts(["C1"], waiting=True)["C1"]
        assert {one.profile_id for one in waiting} == {ANN.id, BOB.id}
        assert store.decisions.of_contacts(["C1"]) == {}

    def test_two_accounts_of_one_contact_are_told(self, store: Store) -> None:
        record(store, post("1"), post("2", author=BOB))
        store.decisions.append([link(), link(BOB, "C2")])
        assert store.decisions.doubled(9) == []
        store.contacts.record([Contact(id="C2"), Gone("C1", "C2")], source="crm", cursor=None)
        (found,) = store.decisions.doubled(9)
        assert {(one.profile_id, one.contact_id) for one in found} == {(ANN.id, "C2"), (BOB.id, "C2")}

    def test_what_people_said_is_told_about_the_contacts_of_today(self, store: Store) -> None:
        store.decisions.append([link(), link(by=PERSON), link(BOB, state=LinkState.REJECTED, by=PERSON)])
        store.decisions.append([link(BOB, "C8", by=PERSON)])
        store.contacts.record([Contact(id="C2"), Gone("C1", "C2"), Gone("C8", None)], source="crm", cursor=None)
        told = [(one.profile_id, one.contact_id, one.state) for one in store.decisions.by_people()]
        assert told == [(ANN.id, "C2", LinkState.LINKED), (BOB.id, "C2", LinkState.REJECTED)]

    def test_links_once_made_on_the_customers_word_are_remembered(self, store: Store) -> None:
        given = link().model_copy(update={"basis": Basis.CUSTOMER_PROVIDED})
        store.decisions.append([given, link(BOB), link(state=LinkState.UNLINKED, by=PERSON)])
        (found,) = store.decisions.ever_given(["C1"])
        assert (found.profile_id, found.state) == (ANN.id, LinkState.LINKED)
        assert store.decisions.ever_given(["C2"]) == []

    # -- suppression

    def test_suppressed_people_are_not_stored(self, store: Store) -> None:
        store.suppression.add("profile", f"{PLATFORM}:{ANN.id}", reason="asked on the phone")
        store.suppression.add("email", " BOB@example.com", reason="asked by letter")
        record(store, post("1"), ANN, post("2", author=BOB))
        assert standing(store) == {}
        assert store.profiles.get(PLATFORM, ANN.id) is None
        assert store.suppression.covers("email", "bob@EXAMPLE.com")
        assert not store.suppression.covers("contact", "C1")
        with pytest.raises(Unsupported):
            store.suppression.add("name", "Ann", reason="")

    def test_suppressed_contacts_are_not_mirrored(self, store: Store) -> None:
        store.suppression.add("contact", "C1", reason="asked")
        store.contacts.record([Contact(id="C1"), Contact(id="C2")], source="crm", cursor=None)
        assert [contact.id for contact in store.contacts.all()] == ["C2"]

    @pytest.mark.parametrize("kind", ["profile", "email", "contact"])
    def test_suppression_is_checked_again_before_delivery(self, store: Store, kind: str) -> None:
        store.contacts.record([Contact(id="C2", emails=("b@example.com",))], source="crm", cursor=None)
        record(store, post("1", author=BOB), post("2"))
        store.decisions.append([link(BOB, "C2"), link()])
        settle(store)
        value = {"profile": f"{PLATFORM}:{BOB.id}", "email": "b@example.com", "contact": "C2"}[kind]
        store.suppression.add(kind, value, reason="asked")
        assert [due.contact_id for due in deliver(store)] == ["C1"]
        assert standing(store) == {Account.SKIPPED: 1, Account.DELIVERED: 1}

    def test_suppression_takes_back_what_was_delivered(self, store: Store) -> None:
        record(store, post("1"), post("2", author=BOB))
        store.decisions.append([link(), link(BOB, "C2")])
        deliver(store)
        store.suppression.add("profile", f"{PLATFORM}:{ANN.id}", reason="asked")
        store.suppression.add("contact", "C2", reason="asked")
        assert {(due.contact_id, due.retracted) for due in deliver(store)} == {("C1", True), ("C2", True)}
        assert standing(store) == {Account.SKIPPED: 2}

    def test_suppression_needs_its_own_key(self, store: Store, opener: Opener) -> None:
        opener(workspace=WORKSPACE, suppression_key=None).close()  # an empty list needs none
        store.suppression.add("contact", "C1", reason="asked")
        for wrong in (None, SecretStr("another key")):
            with pytest.raises(ConfigError, match="SOCIALCRM_SUPPRESSION_KEY"):
                opener(workspace=WORKSPACE, suppression_key=wrong)
        opener(workspace=WORKSPACE, suppression_key=KEY).close()

    # -- the lease and the workspace

    def test_one_holds_the_lease(self, store: Store, opener: Opener, clock: ManualClock) -> None:
        other = opener(workspace=WORKSPACE, clock=clock, suppression_key=KEY)
        with store.lease("first"):
            with pytest.raises(LeaseHeld, match="first"), other.lease("second"):
                pass
            record(other, post("1"))  # short work needs no lease
        with other.lease("second"):
            pass
        other.close()

    def test_holder_that_slept_can_write_nothing(self, store: Store, opener: Opener, clock: ManualClock) -> None:
        other = opener(workspace=WORKSPACE, clock=clock, suppression_key=KEY)
        with store.lease("first", ttl=timedelta(minutes=2)) as sleeper:
            clock.advance(timedelta(minutes=10))
            with other.lease("second") as awake:
                assert awake.fence > sleeper.fence
                with pytest.raises(LeaseLost):
                    record(store, post("1"))
                with pytest.raises(LeaseLost):
                    sleeper.renew()
                record(other, post("2"))
        other.close()
        assert standing(store) == {Account.RECORDED: 1}

    def test_lease_lasts_while_it_is_renewed(self, store: Store, opener: Opener, clock: ManualClock) -> None:
        other = opener(workspace=WORKSPACE, clock=clock, suppression_key=KEY)
        with store.lease("first", ttl=timedelta(minutes=2)) as lease:
            for _ in range(5):
                clock.advance(timedelta(seconds=90))
                lease.renew()
            with pytest.raises(LeaseHeld), other.lease("second"):
                pass
        other.close()

    def test_workspaces_are_never_mixed(self, store: Store, opener: Opener) -> None:
        other = opener(workspace="another brand", suppression_key=KEY)
        record(store, post("1"), cursor="c")
        store.decisions.append([link()])
        store.contacts.record([Contact(id="C1")], source="crm", cursor=None)
        deliver(store)
        assert standing(other) == {}
        assert other.cursors.get("network", "mentions") is None
        assert list(other.contacts.all()) == []
        assert other.decisions.current(PLATFORM, ANN.id) is None
        assert other.outbox.counts() == {"queued": 0, "waiting": 0, "parked": 0, "delivered": 0}
        record(other, post("1", "theirs"))
        assert other.posts.get(PLATFORM, "1") != store.posts.get(PLATFORM, "1")
        other.close()
