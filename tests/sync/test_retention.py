"""Nothing is kept longer than the rules and the platforms' terms allow; who did what is written down for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from test_erasure import gone
from world import WORKSPACE, World

from postgresql import postgresql_url, server  # noqa: F401 - fixtures
from socialcrm.clock import ManualClock
from socialcrm.config import Retention
from socialcrm.errors import StoreError
from socialcrm.model import Kind, Post, Profile, Skipped
from socialcrm.policy import TERMS, LinkPolicy, Preset
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord
from socialcrm.sync.lawful import lawful
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.retain import retain
from socialcrm.sync.review import confirm
from socialcrm.testing.platform import EPOCH

Opened = Callable[..., Sync]
DAY = timedelta(days=1)


def test_old_posts_leave_store_and_crm_and_are_not_read_again(world: World, opened: Opened) -> None:
    rules = Retention(platforms={"invented.mention": DAY})
    with opened() as sync:
        sync.run()
        clock = ManualClock(EPOCH + timedelta(seconds=30) + DAY)
        report = retain(sync.store, sync.crm, rules, by="job", clock=clock)
        assert [(one.platform, one.kind) for one in report.expired] == [("invented", "mention")]
        assert report.left == 0
        left = [one for one in world.platform.posts.values() if one.kind is Kind.MENTION][: report.expired[0].posts]
        assert all(sync.store.posts.get("invented", post.id) is None for post in left)
        assert report.removed > 0
    with opened(retention=rules) as sync:
        sync.clock = clock
        sync.store.cursors.reset("invented", "mentions")
        sync.run()
        assert all(sync.store.posts.get("invented", post.id) is None for post in left)
        assert "older than [retention] keeps posts" in sync.store.posts.reasons()


def test_nothing_expires_without_a_rule(world: World, opened: Opened) -> None:
    with opened() as sync:
        sync.run()
        clock = ManualClock(EPOCH + 9999 * DAY)
        assert retain(sync.store, sync.crm, Retention(), by="job", clock=clock).expired == []
    assert world.actual() == world.expected()


def test_posts_on_no_timeline_have_a_time_of_their_own(world: World, opened: Opened) -> None:
    with opened() as sync:
        sync.run()
        skipped = sync.store.posts.account()
        report = retain(
            sync.store, sync.crm, Retention(unshown=DAY), by="job", clock=ManualClock(sync.clock.now() + 2 * DAY)
        )
        gone = sum(one.posts for one in report.expired)
        assert gone == next(count for account, count in skipped.items() if account.value == "skipped") > 0
    assert world.actual() == world.expected()


def test_a_platforms_terms_ask_for_a_fresh_copy(world: World, opened: Opened) -> None:
    author = Profile(platform="youtube", id="UC1", handle="ann")
    post = Post(platform="youtube", id="v1", author=author, text="@skylarkair hi", created_at=EPOCH)
    with opened() as sync:
        sync.store.posts.record(PageRecord(source="youtube", stream="comments", items=[post], cursor=None))
        soon, late = (ManualClock(sync.clock.now() + days * DAY) for days in (29, 31))
        assert retain(sync.store, sync.crm, Retention(), by="job", clock=soon).expired == []
        assert retain(sync.store, sync.crm, Retention(refresh=False), by="job", clock=late).expired == []
        assert retain(sync.store, sync.crm, Retention(), by="job", clock=late).expired != []
        assert sync.store.posts.get("youtube", "v1") is None


def test_the_most_particular_rule_counts() -> None:
    rules = Retention(keep=9 * DAY, platforms={"x": 2 * DAY, "x.message": DAY, "*.review": 3 * DAY})
    found = [rules.period(*place) for place in (("x", "message"), ("x", "review"), ("vk", "review"), ("vk", "post"))]
    assert found == [DAY, 2 * DAY, 3 * DAY, 9 * DAY]


def test_messages_are_turned_away_where_terms_forbid_them() -> None:
    message = Post(platform="linkedin", id="1", kind=Kind.MESSAGE, text="hi", created_at=EPOCH)
    clock = ManualClock(EPOCH)
    assert isinstance(lawful(message, Retention(), clock), Skipped)
    allowed = message.model_copy(update={"platform": "facebook"})
    assert lawful(allowed, Retention(), clock) == allowed


@pytest.mark.parametrize("platform", TERMS)
def test_every_rule_names_its_source(platform: str) -> None:
    assert TERMS[platform].source


# -- the audit log


def test_who_decided_erased_and_changed_rules_is_told_in_order(world: World, opened: Opened) -> None:
    with opened() as sync:
        sync.run()
        item = sync.store.decisions.review(1)[0]
        confirm(sync.store, str(item.link.id), by="ann", clock=sync.clock)
        sync.policy = LinkPolicy(preset=Preset.BALANCED)
        sync.run()
        sync.run()
        gone(sync)
        events = list(sync.store.audit.events())
    assert [event.action for event in events if event.by != "rule"] == [
        "policy", "linked", "policy", "erasure asked", "erased",
    ]  # fmt: skip
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.by for event in events} == {"rule", "person:ann", "configuration", "officer"}
    assert "u0" not in {event.detail.get("profile_id") for event in events}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_log_can_be_neither_changed_nor_shortened(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'store.db'}"
    url = sqlite if database == "sqlite" else request.getfixturevalue("postgresql_url")
    store = open_store(url, workspace=WORKSPACE)
    store.audit.note("policy", by="ann", policy="strict")
    for statement in ("UPDATE store_events SET by = 'bob'", "DELETE FROM store_events"):
        quoted = statement.replace("by =", '"by" =')
        with pytest.raises(StoreError), store._db.write() as connection:
            connection.execute(text(quoted))
    (event,) = store.audit.events()
    assert (event.by, event.detail) == ("ann", {"policy": "strict"})
    assert list(store.audit.events(since=event.at + DAY)) == []
    store.close()
