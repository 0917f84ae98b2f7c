"""An invented social platform in memory, for rehearsals and tests of the whole road.

It behaves like a real one where that matters: pages with a cursor, edits that keep the id, deletions
that are noticed only by looking again, and brand answers in threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from socialcrm.adapters.base import Adapter, AdapterConfig, AdapterInfo, Capability, Page
from socialcrm.model import Deleted, Direction, Finding, Kind, Post, Profile

EPOCH = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
BRAND = "brand"


class InventedPlatform:
    """What people said on it, in order; ``page_size`` posts to a page."""

    name = "invented"

    def __init__(self, *, page_size: int = 100) -> None:
        self.page_size = page_size
        self.posts: dict[str, Post] = {}
        self.order: list[str] = []
        self.gone: set[str] = set()
        self.profiles: dict[str, Profile] = {}

    def join(self, account: str, *, handle: str = "", display_name: str = "", bio: str = "") -> Profile:
        """Open an account, or change what it says of itself."""
        profile = Profile(
            platform=self.name, id=account, handle=handle or account, display_name=display_name, bio=bio, lang="en"
        )
        self.profiles[account] = profile
        return profile

    def say(self, account: str, text: str, *, in_reply_to: str | None = None) -> Post:
        """Publish a post; one of the brand's own is outbound."""
        number = len(self.order) + 1
        parent = self.posts.get(in_reply_to or "")
        post = Post(
            platform=self.name,
            id=f"p{number}",
            kind=Kind.REPLY if in_reply_to else Kind.MENTION,
            direction=Direction.OUTBOUND if account == BRAND else Direction.INBOUND,
            author=self.profiles[account],
            text=text,
            created_at=EPOCH + timedelta(seconds=number),
            url=f"https://invented.example/{account}/p{number}",
            lang="en",
            conversation_id=(parent.conversation_id or parent.id) if parent else None,
            in_reply_to=in_reply_to,
            version="1",
        )
        self.posts[post.id] = post
        self.order.append(post.id)
        return post

    def edit(self, post_id: str, text: str) -> None:
        """Change a post's wording; its id stays."""
        post = self.posts[post_id]
        version = str(int(post.version) + 1)
        edited_at = (post.edited_at or post.created_at) + timedelta(hours=1)
        self.posts[post_id] = post.model_copy(update={"text": text, "version": version, "edited_at": edited_at})

    def delete(self, post_id: str) -> None:
        """Take a post down."""
        self.gone.add(post_id)

    def adapter(self) -> InventedAdapter:
        """A client of this platform."""
        return InventedAdapter(self)


class InventedAdapter(Adapter):
    """Reads an `InventedPlatform` the way an adapter reads a network."""

    info = AdapterInfo(
        name=InventedPlatform.name,
        title="Invented",
        docs="",
        can=frozenset(
            {Capability.MENTIONS, Capability.REPLIES, Capability.EDITS, Capability.DELETES, Capability.RECHECK}
        ),
    )
    Config = AdapterConfig

    def __init__(self, platform: InventedPlatform) -> None:
        super().__init__(AdapterConfig())
        self.platform = platform

    def streams(self) -> tuple[str, ...]:
        return ("mentions",)

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        start, order = int(cursor or 0), self.platform.order
        for begin in range(start, len(order), self.platform.page_size):
            ids = order[begin : begin + self.platform.page_size]
            posts = tuple(self.platform.posts[one] for one in ids if one not in self.platform.gone)
            yield Page(items=posts, cursor=str(begin + len(ids)))

    def recheck(self, ids: Sequence[str]) -> Iterator[Page]:
        for begin in range(0, len(ids), self.platform.page_size):
            chunk = ids[begin : begin + self.platform.page_size]
            items = tuple(
                Deleted(platform=self.platform.name, id=one) if one in self.platform.gone else self.platform.posts[one]
                for one in chunk
            )
            yield Page(items=items, cursor=None)

    def check(self) -> Iterator[Finding]:
        yield Finding(ok=True, what="the invented platform is always there")

    def close(self) -> None:
        pass
