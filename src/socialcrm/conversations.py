"""Threads, and how long customers wait for an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialcrm.errors import SocialCRMError
from socialcrm.model import Direction, Post

_Node = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Posts that belong together, oldest first.

    ``id`` is the platform's own name of the thread, or the id of its earliest known post.
    ``first_post`` is the customer's first, ``first_reply`` the brand's first answer to that customer.
    """

    platform: str
    id: str
    posts: tuple[Post, ...]
    first_post: Post | None
    first_reply: Post | None

    @property
    def response_time(self) -> timedelta | None:
        """How long the customer waited for the first answer, or ``None`` without one."""
        if self.first_post is None or self.first_reply is None:
            return None
        return self.first_reply.created_at - self.first_post.created_at

    @property
    def answered(self) -> bool:
        """Whether the brand answered the customer at all."""
        return self.first_reply is not None

    @property
    def open(self) -> bool:
        """Whether a customer had the last word."""
        return self.posts[-1].direction is Direction.INBOUND

    @property
    def count(self) -> int:
        """How many posts are known."""
        return len(self.posts)


def conversations(posts: Iterable[Post]) -> list[Conversation]:
    """Stitch posts, in any order, into threads; the earliest thread comes first.

    Posts belong together when one answers the other, when both answer the same post (known or not),
    or when the platform gives both the same conversation id.
    """
    groups = _Groups()
    known: dict[_Node, Post] = {}
    for post in posts:
        node = ("post", post.platform, post.id)
        known[node] = post
        groups.find(node)
        if post.in_reply_to:
            groups.join(node, ("post", post.platform, post.in_reply_to))
        if post.conversation_id:
            groups.join(node, ("thread", post.platform, post.conversation_id))
    threads: dict[_Node, list[Post]] = defaultdict(list)
    for node, post in known.items():
        threads[groups.find(node)].append(post)
    return sorted(map(conversation, threads.values()), key=lambda thread: (thread.posts[0].created_at, thread.id))


def conversation(posts: Sequence[Post]) -> Conversation:
    """Read one thread, given all of its known posts in any order; raises `SocialCRMError` for none."""
    if not posts:
        raise SocialCRMError("a conversation has at least one post; none was given")
    # Within one second a question comes before its answer.
    ordered = sorted(posts, key=lambda post: (post.created_at, post.direction is Direction.OUTBOUND, post.id))
    first_post = next((post for post in ordered if post.direction is Direction.INBOUND), None)
    return Conversation(
        platform=ordered[0].platform,
        id=next((post.conversation_id for post in ordered if post.conversation_id), ordered[0].id),
        posts=tuple(ordered),
        first_post=first_post,
        first_reply=_first_reply(ordered, first_post) if first_post else None,
    )


def _first_reply(ordered: Sequence[Post], first_post: Post) -> Post | None:
    """Find the brand's first answer that is not meant for another customer of the thread."""
    authors = {post.id: _author(post) for post in ordered if post.direction is Direction.INBOUND}
    customer = _author(first_post)
    later = ordered[ordered.index(first_post) + 1 :]
    replies = (post for post in later if post.direction is Direction.OUTBOUND)
    return next((post for post in replies if authors.get(post.in_reply_to or "", customer) == customer), None)


def _author(post: Post) -> str:
    return post.author.id if post.author else ""


class _Groups:
    """Sets of nodes that grow together (union-find with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[_Node, _Node] = {}

    def find(self, node: _Node) -> _Node:
        self._parent.setdefault(node, node)
        while (parent := self._parent[node]) != node:
            self._parent[node] = self._parent[parent]
            node = parent
        return node

    def join(self, one: _Node, other: _Node) -> None:
        self._parent[self.find(one)] = self.find(other)
