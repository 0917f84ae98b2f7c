"""What people see and answer: the queue, contradictions, merges, and what rules do beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from world import World

from socialcrm.clock import ManualClock
from socialcrm.model import Contact, Link, LinkState, Profile
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.review import confirm, contradictory, labels, reject, undo

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=2000)
MARIT = Contact(
    id="M1", first_name="Marit", last_name="Oxenholme", full_name="Marit Oxenholme", emails=("skylover84@post.example",)
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path, accounts=0)
    world.contacts = [MARIT]
    world.install()
    return world


@pytest.fixture
def sync(world: World) -> Iterator[Sync]:
    with world.sync(clock=ManualClock(NOW)) as sync:
        yield sync


def speak(world: World, account: str, text: str = "@skylarkair my bag is late again", **face: object) -> None:
    given = {"platform": "invented", "id": account, "display_name": "Marit Oxenholme", "handle": account}
    world.platform.profiles[account] = Profile.model_validate({**given, "created_at": OLD, **face})
    world.platform.say(account, text)


def put(world: World, *contacts: Contact) -> None:
    crm = world.crm()
    crm.put_contacts(contacts)
    crm.close()


def state(sync: Sync, account: str) -> LinkState | None:
    link = sync.store.decisions.current("invented", account)
    return link.state if link else None


def test_a_swarm_that_comes_one_by_one_links_nobody(world: World, sync: Sync) -> None:
    for number in range(7):
        speak(world, f"s{number}", bio="skylover84@post.example")
        sync.run()
        if number:
            assert {state(sync, f"s{n}") for n in range(number + 1)} == {LinkState.REVIEW}


def test_a_new_account_that_copies_a_linked_customer_changes_nothing_for_them(world: World, sync: Sync) -> None:
    speak(world, "marit", bio="skylover84@post.example")
    sync.run()
    assert state(sync, "marit") is LinkState.LINKED
    speak(world, "copy", bio="skylover84@post.example", created_at=NOW - timedelta(days=2))
    sync.run()
    assert (state(sync, "marit"), state(sync, "copy")) == (LinkState.LINKED, LinkState.REVIEW)


def test_a_renamed_account_keeps_its_link_and_who_takes_the_handle_gets_none(world: World, sync: Sync) -> None:
    """Fault 32."""
    put(world, MARIT.model_copy(update={"handles": {"invented": ("maritox",)}}))
    speak(world, "a1", handle="maritox", display_name="✨")
    sync.run()
    assert state(sync, "a1") is LinkState.LINKED
    speak(world, "a1", handle="moonbiscuit", display_name="✨")
    sync.run()
    assert state(sync, "a1") is LinkState.LINKED
    speak(world, "a2", handle="maritox", display_name="✨")
    sync.run()
    assert (state(sync, "a1"), state(sync, "a2")) == (LinkState.LINKED, LinkState.REVIEW)


def test_a_recycled_handle_starts_from_nothing_even_when_the_first_link_is_gone(world: World, sync: Sync) -> None:
    """Fault 32."""
    put(world, MARIT.model_copy(update={"handles": {"invented": ("maritox",)}}))
    speak(world, "a1", handle="maritox", display_name="✨")
    sync.run()
    undo(sync.store, "invented:a1", by="ann", clock=sync.clock)
    speak(world, "a2", handle="maritox", display_name="✨")
    sync.run()
    assert state(sync, "a2") is LinkState.REVIEW


def test_a_link_is_carried_to_a_record_that_lacks_its_clue(world: World, sync: Sync) -> None:
    survivor = Contact(id="M2", first_name="M", last_name="Vandersloot", full_name="M Vandersloot")
    put(world, survivor)
    speak(world, "marit", bio="skylover84@post.example")
    sync.run()
    crm = world.crm()
    crm.merge_contacts("M1", "M2")
    crm.put_contacts([survivor])  # the colleague who merged them kept none of the addresses
    crm.close()
    speak(world, "marit", "@skylarkair and again", bio="skylover84@post.example ✈")
    sync.run()
    assert state(sync, "marit") is LinkState.LINKED
    crm = world.crm()
    assert len(list(crm.timeline("M2"))) == 2
    crm.close()


def test_two_accounts_that_a_merge_brings_together_stay_and_are_reported(world: World, sync: Sync) -> None:
    other = Contact(id="M2", full_name="Marit Oxenholme", emails=("kestrel77@post.example",))
    put(world, other)
    speak(world, "one", bio="skylover84@post.example")
    speak(world, "two", bio="kestrel77@post.example")
    sync.run()
    assert {state(sync, "one"), state(sync, "two")} == {LinkState.LINKED}
    assert contradictory(sync.store) == []
    crm = world.crm()
    crm.merge_contacts("M1", "M2")
    crm.close()
    for _ in range(2):
        speak(world, "two", "@skylarkair still waiting", bio="kestrel77@post.example")
        report = sync.run()
        assert {state(sync, "one"), state(sync, "two")} == {LinkState.LINKED}
    (found,) = contradictory(sync.store)
    assert found.kind.value == "two_accounts"
    assert {link.profile_id for link in found.links} == {"one", "two"}
    # Reported run after run, until somebody answers.
    assert [(one.kind, one.contact_ids, one.profile_ids) for one in report.contradictions] == [
        ("two_accounts", ("M2",), ("one", "two"))
    ]


def test_a_confirmed_account_that_turns_into_an_impostor_is_reported(world: World, sync: Sync) -> None:
    speak(world, "marit")
    sync.run()
    confirm(sync.store, "invented:marit", by="ann", clock=sync.clock)
    speak(world, "marit", "@skylarkair win a flight", display_name="Marit Oxenholme Giveaway")
    report = sync.run()
    assert state(sync, "marit") is LinkState.LINKED
    assert [one.kind for one in report.contradictions] == ["changed_evidence"]
    assert "giveaway" in report.contradictions[0].sentence.casefold()


def test_a_thousand_claims_to_one_customer_are_one_entry(world: World, sync: Sync) -> None:
    put(world, Contact(id="T1", full_name="Tomasz Quillfeather"))
    for number in range(30):
        speak(world, f"s{number}", handle=f"swarm{number}")
    speak(world, "tomasz", display_name="Tomasz Quillfeather")
    sync.run()
    entries = {item.link.contact_id: item for item in sync.store.decisions.review(10)}
    assert {contact: item.group_size for contact, item in entries.items()} == {"M1": 30, "T1": 1}
    assert len(sync.store.decisions.review(1000, contact_id="M1")) == 30


def waiting(contact: str, probability: float, runner_up: float = 0.0) -> Link:
    about = {"platform": "invented", "profile_id": contact.casefold(), "contact_id": contact, "state": "review"}
    return Link.model_validate({**about, "probability": probability, "runner_up": runner_up, "at": NOW})


def test_the_queue_begins_with_what_is_urgent_then_with_what_an_answer_teaches(world: World, sync: Sync) -> None:
    sure, half, close, urgent = "Sure", "Half", "Close", "Urgent"
    for contact in (sure, half, close):
        speak(world, contact.casefold(), display_name="x")
    speak(
        world, urgent.casefold(), "@skylarkair URGENT I am stranded, emergency, medication in my bag", display_name="x"
    )
    sync.run()
    links = [waiting(sure, 0.99), waiting(half, 0.55), waiting(close, 0.5, 0.45), waiting(urgent, 0.99)]
    with sync.store.lease("test"):
        sync.store.decisions.append(links)
        sync.store.outbox.settle(100)
    order = [item.link.contact_id for item in sync.store.decisions.review(10)]
    assert order == [urgent, close, half, sure]


def test_answers_become_labelled_pairs(world: World, sync: Sync) -> None:
    put(world, Contact(id="T1", full_name="Tomasz Quillfeather"), Contact(id="T2", full_name="T Quill"))
    for name, shown in (("yes", "Marit Oxenholme"), ("no", "Tomasz Quillfeather"), ("both", "Marit Oxenholme")):
        speak(world, name, display_name=shown)
    sync.run()
    assert list(labels(sync.store)) == []
    confirm(sync.store, "invented:yes", by="ann", clock=sync.clock)
    reject(sync.store, "invented:no", by="ann", clock=sync.clock)
    reject(sync.store, "invented:both", by="ann", clock=sync.clock)
    undo(sync.store, "invented:both", by="ann", clock=sync.clock)
    crm = world.crm()
    crm.merge_contacts("T1", "T2")
    crm.close()
    sync.run()
    assert list(labels(sync.store)) == [("invented", "yes", "M1", True), ("invented", "no", "T2", False)]
