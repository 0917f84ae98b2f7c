"""The small world that the store contract tells its stories in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from socialcrm.model import (
    Deleted,
    Direction,
    Evidence,
    Link,
    LinkState,
    Post,
    Profile,
    Trust,
)
from socialcrm.store.base import Account, Due, Item, Mark, PageRecord, Store, Verdict

Opener = Callable[..., Store]

WORKSPACE = "skylark"
PLATFORM = "invented"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = SecretStr("a key for tests")

ANN = Profile(platform=PLATFORM, id="u-ann", handle="ann", display_name="Ann Vale")
BOB = Profile(platform=PLATFORM, id="u-bob", handle="bob", display_name="Bob Hart", email="bob@example.com")
BRAND = Profile(platform=PLATFORM, id="u-brand", handle="skylarkair", display_name="Skylark Air")
EVIDENCE = Evidence(name="handle", weight=9.0, sentence="the CRM knows this handle", trust=Trust.VERIFIED)


class Gone:
    """A contact that is no more, as CRM backends tell it."""

    def __init__(self, contact_id: str, merged_into: str | None = None) -> None:
        self.id = contact_id
        self.merged_into = merged_into


def post(post_id: str, text: str = "my bag is late", *, at: datetime = START - 9 * HOUR, **more: object) -> Post:
    """Make a post by Ann, unless told otherwise."""
    return Post.model_validate(
        {"platform": PLATFORM, "id": post_id, "author": ANN, "text": text, "created_at": at, **more}
    )


def deleted(post_id: str, at: datetime | None = None) -> Deleted:
    """Make a deletion."""
    return Deleted(platform=PLATFORM, id=post_id, at=at)


def link(
    profile: Profile = ANN, contact: str | None = "C1", state: LinkState = LinkState.LINKED, by: str = "rule"
) -> Link:
    """Make a decision."""
    return Link(
        platform=profile.platform,
        profile_id=profile.id,
        contact_id=contact,
        state=state,
        by=by,
        at=START,
        evidence=(EVIDENCE,),
        probability=0.999,
        reason="it was decided so",
    )


def record(store: Store, *items: Item, cursor: str | None = None) -> None:
    """Record a page."""
    store.posts.record(PageRecord(source="network", stream="mentions", items=items, cursor=cursor))


def judge(store: Store) -> None:
    """Keep every post, on its author's timeline or that of whom the brand answers."""
    while waiting := store.posts.unjudged(100):
        store.posts.judge([_verdict(store, one.post, one.revision) for one in waiting])


def _verdict(store: Store, one: Post, revision: int) -> Verdict:
    subject = one.author.id if one.author else None
    if one.direction is Direction.OUTBOUND:
        parent = one.in_reply_to or ""
        subject = store.posts.owners(one.platform, [parent]).get(parent)
    return Verdict(platform=one.platform, post_id=one.id, keep=True, subject=subject, revision=revision)


def settle(store: Store) -> None:
    """Judge and settle whatever waits."""
    judge(store)
    while store.outbox.settle(100).looked_at:
        pass


def answer(due: Due, *, done: bool = True, parked: bool = False, not_before: datetime | None = None) -> Mark:
    """Make the CRM's answer to a delivery."""
    return Mark(
        key=due.key,
        revision=due.revision,
        retracted=due.retracted,
        contact_id=due.contact_id,
        done=done,
        crm_id=f"entry-{due.key[:8]}" if done else "",
        parked=parked,
        reason="" if done else "the CRM said no",
        not_before=not_before,
    )


def deliver(store: Store) -> list[Due]:
    """Settle, hand out everything due, and confirm it."""
    settle(store)
    handed = []
    while batch := store.outbox.due(100):
        store.outbox.mark([answer(due) for due in batch])
        handed += batch
    return handed


def standing(store: Store) -> dict[Account, int]:
    """Count posts by account, leaving out the empty ones."""
    return {account: n for account, n in store.posts.account().items() if n}


def text_of(store: Store, post_id: str) -> str:
    """Read the stored text of a post."""
    stored = store.posts.get(PLATFORM, post_id)
    assert stored is not None
    return stored.post.text
