"""A person is erased from everywhere within reach, stays away, and the receipt says what was not proved."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence

import pytest
from world import World, chatter

from socialcrm.clock import ManualClock, SystemClock
from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.errors import LeaseHeld, NotFound, Transient
from socialcrm.lookup import brief
from socialcrm.model import Contact, Interaction, interaction_key
from socialcrm.store.base import PageRecord
from socialcrm.sync.erase import Receipt, erase, repeat
from socialcrm.sync.explain import explain
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.review import reject
from socialcrm.sync.subject import find_subject, subject_access
from socialcrm.testing.platform import EPOCH

Opened = Callable[..., Sync]
CLOCK = SystemClock()


def gone(sync: Sync, contact: str = "C0") -> Receipt:
    subject = find_subject(sync.store, contact=contact)
    return erase(sync.store, sync.crm, subject, by="officer", reason="asked", clock=CLOCK)


def without(world: World, *accounts: str) -> dict[str, tuple[str, str]]:
    return world.expected({account: owner for account, owner in world.owner.items() if account not in accounts})


def test_an_erased_person_is_nowhere_and_does_not_come_back(world: World, opened: Opened) -> None:
    """Fault 85: erasure, then a backfill of everything the platform has."""
    with opened() as sync:
        sync.run()
        receipt = gone(sync)
        assert receipt.complete
        assert receipt.removed == receipt.posts > 0
        assert world.actual() == without(world, "u0")
        sync.store.cursors.reset("invented", "mentions")
        chatter(world, 60, start=60)
        again = sync.run()
        assert again.sources[0].suppressed > 0
        assert sync.store.profiles.get("invented", "u0") is None
        assert "u0" not in receipt.model_dump_json()
        assert "C0" not in receipt.model_dump_json()
    assert world.actual() == without(world, "u0")


def test_no_byte_of_an_erased_person_is_left_in_the_files(world: World, opened: Opened) -> None:
    """Fault 86: deleted rows stay readable in SQLite's files until they are rewritten."""
    world.platform.say("u0", "@skylarkair canary-4711 is my booking")
    files = [*world.folder.glob("*.db*")]
    with opened() as sync:
        sync.run()
        assert b"canary-4711" in b"".join(path.read_bytes() for path in world.folder.glob("*.db*"))
        gone(sync)
        for path in world.folder.glob("*.db*"):
            assert b"canary-4711" not in path.read_bytes(), path
    assert files


def test_what_waits_or_is_parked_for_an_erased_person_never_leaves(world: World, opened: Opened) -> None:
    """Fault 84: erasure while the person's posts are queued, parked and waiting for a retry."""

    class Grudging(SQLCRM):
        def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
            kinds = (Outcome.RETRY, Outcome.PARKED)
            return [Delivered(one.key, kinds[number % 2], reason="busy") for number, one in enumerate(interactions)]

    with opened() as sync:
        willing = sync.crm
        sync.crm = Grudging(embedded(world))
        sync.run()
        assert world.actual() == {}
        sync.crm.close()
        sync.crm = willing
        receipt = gone(sync)
        assert receipt.posts > 0
        sync.store.outbox.requeue()
        sync.run()
    assert not {key for key, (contact, _) in world.actual().items() if contact == "C0"}


def embedded(world: World) -> SQLCRMConfig:
    return SQLCRMConfig(url=f"sqlite:///{world.folder / 'crm.db'}")


def test_erasure_in_the_middle_of_a_run_waits_for_its_end(world: World, opened: Opened) -> None:
    """Fault 84: what is in flight lands before anything is erased; the person is suppressed at once."""
    with opened() as sync, opened() as other:
        sync.run()
        with sync.store.lease("a run"), pytest.raises(LeaseHeld, match="suppressed already"):
            gone(other)
        assert other.store.suppression.covers("contact", "C0")
        assert gone(other).complete


def test_a_webhook_backlog_of_an_erased_person_is_dropped(world: World, opened: Opened) -> None:
    """Fault 84: posts that were accepted before and are recorded after the erasure."""
    backlog = [post for post in world.platform.posts.values() if post.author and post.author.id == "u0"]
    with opened() as sync:
        sync.run()
        gone(sync)
        counts = sync.store.posts.record(PageRecord(source="push", stream="push", items=backlog, cursor=None))
        assert counts.suppressed >= len(backlog)
        assert counts.new == 0


def test_a_restored_backup_is_erased_again_from_the_receipt(world: World, opened: Opened) -> None:
    """Fault 85: the backup holds the person and not the list; the receipt holds the hashes."""
    with opened() as sync:
        sync.run()
    shutil.copy(world.folder / "socialcrm.db", world.folder / "backup.db")
    with opened() as sync:
        receipt = gone(sync)
    with opened(file="backup.db") as sync:
        assert sync.store.profiles.get("invented", "u0") is not None
        second = repeat(sync.store, sync.crm, receipt, by="officer", clock=CLOCK)
        assert second.posts == receipt.posts
        assert sync.store.profiles.get("invented", "u0") is None
        sync.store.cursors.reset("invented", "mentions")
        sync.run()
        assert sync.store.profiles.get("invented", "u0") is None
    assert world.actual() == without(world, "u0")


def test_a_new_account_with_the_old_handle_is_somebody_else(world: World, opened: Opened) -> None:
    """Fault 85: the list names accounts, not handles, and the erased contact is mirrored no more."""
    with opened() as sync:
        sync.run()
        gone(sync)
        world.platform.join("u900", handle="handle0", display_name="Somebody Else")
        world.platform.say("u900", "@skylarkair hello")
        sync.run()
        assert sync.store.profiles.get("invented", "u900") is not None
        current = sync.store.decisions.current("invented", "u900")
        assert current is None or current.contact_id is None
    assert world.actual() == without(world, "u0")


class Refusing(SQLCRM):
    """A CRM that removes nothing for now."""

    away = False

    def erase(self, keys: Iterable[str]) -> Sequence[Delivered]:
        if self.away:
            raise Transient("the CRM is away")
        return [Delivered(key, Outcome.PARKED, reason="no right to delete") for key in keys]


@pytest.mark.parametrize("away", [False, True])
def test_a_refusing_crm_is_in_the_receipt_and_asked_again(world: World, opened: Opened, away: bool) -> None:
    """Fault 87: the receipt says so, every run asks again and raises an alarm until it is done."""
    with opened() as sync:
        sync.run()
        willing, sync.crm = sync.crm, Refusing(embedded(world))
        sync.crm.away = away
        receipt = gone(sync)
        assert not receipt.complete
        assert receipt.left > 0
        assert any("still stand" in sentence for sentence in receipt.not_proved)
        report = sync.run()
        assert report.exit_code == 3
        assert [problem for problem in report.problems if "erased entries still stand" in problem.what]
        sync.crm.close()
        sync.crm = willing
        assert sync.run().erased == receipt.left
        assert sync.run().exit_code == 0
    assert world.actual() == without(world, "u0")


def test_a_deletion_reaches_every_place_that_we_copied_to(world: World, opened: Opened) -> None:
    """Fault 88: after the platform's deletion the brief, the person's data and the timeline show it no more."""
    post = world.platform.say("u0", "@skylarkair canary-88")
    with opened() as sync:
        sync.run()
        assert "canary-88" in str(brief(sync.store, contact_id="C0"))
        world.platform.delete(post.id)
        sync.run()
        subject = find_subject(sync.store, contact="C0")
        assert "canary-88" not in subject_access(sync.store, subject, at="").model_dump_json()
        assert "canary-88" not in str(brief(sync.store, contact_id="C0"))
        entries = list(sync.crm.timeline("C0"))
        key = interaction_key(sync.store.workspace, "invented", post.id)
        assert [one.what for one in sync.store.outbox.corrections(key)] == ["retracted"]
    assert "canary-88" not in str(entries)


def test_a_post_that_comes_back_within_thirty_days_is_delivered_again(world: World, opened: Opened) -> None:
    """Fault 89: a protected or suspended account takes its posts down; restored, they stand again."""
    with opened() as sync:
        sync.run()
        post = next(one for one in world.platform.posts.values() if one.author and one.author.id == "u0")
        world.platform.delete(post.id)
        assert sync.run().delivery.retracted == 1
        world.platform.gone.clear()
        restored = post.model_copy(update={"edited_at": CLOCK.now(), "version": "2"})
        sync.store.posts.record(PageRecord(source="invented", stream="push", items=[restored], cursor=None))
        sync.run()
    assert interaction_key("skylark", "invented", post.id) in world.actual()


def test_an_address_erases_contacts_and_accounts_that_carry_it(world: World, opened: Opened) -> None:
    with opened() as sync:
        sync.run()
        subject = find_subject(sync.store, email="Person0@Example.com")
        assert (subject.contacts, subject.accounts) == (("C0",), (("invented", "u0"),))
        assert erase(sync.store, sync.crm, subject, by="o", reason="asked", clock=CLOCK).complete
        assert sync.store.suppression.covers("email", "person0@example.com")
    assert world.actual() == without(world, "u0")


def test_a_shared_address_suppresses_nobody_else(world: World, opened: Opened) -> None:
    crm = world.crm()
    crm.put_contacts([Contact(id="D1", full_name="Vea One", emails=("info@vent.example",))])
    crm.put_contacts([Contact(id="D2", full_name="Vea Two", emails=("info@vent.example",))])
    crm.close()
    with opened() as sync:
        sync.run()
        assert find_subject(sync.store, contact="D1").emails == ()
        gone(sync, "D1")
        sync.run()
        assert sync.store.contacts.get("D1") is None
        assert sync.store.contacts.get("D2") is not None


def test_somebody_never_seen_can_ask_beforehand(world: World, opened: Opened) -> None:
    with opened() as sync:
        subject = find_subject(sync.store, profile="invented:u0")
        assert not subject.found
        assert erase(sync.store, sync.crm, subject, by="o", reason="asked", clock=CLOCK).complete
        sync.run()
        assert sync.store.profiles.get("invented", "u0") is None


def test_corrections_are_told_by_explain(world: World, opened: Opened) -> None:
    post = world.platform.say("u0", "@skylarkair what now?")
    with opened() as sync:
        sync.run()
        world.platform.edit(post.id, "@skylarkair what now, please?")
        sync.run()
        crm = world.crm()
        crm.merge_contacts("C0", "C3")
        crm.close()
        sync.run()
        reject(sync.store, "invented:handle0", by="ann", clock=ManualClock(EPOCH))
        sync.run()
        told = explain(sync.store, post.id).sentences
    for part in ("brought to revision 2", "moved from C0 to C3", "taken off the timeline of C3"):
        assert any(part in sentence for sentence in told), (part, told)


def test_unknown_people_are_not_explained(opened: Opened) -> None:
    with opened() as sync, pytest.raises(NotFound):
        explain(sync.store, "nobody")
