"""What an adapter reads, as values: lists of items, and whole conversations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from socialcrm.adapters.base import Item, Raw
from socialcrm.adapters.fields import instant
from socialcrm.errors import BadRecord
from socialcrm.http.paging import Paginator
from socialcrm.http.strict_json import dig
from socialcrm.model import Kind, Post

OWN = "{own}"


@dataclass(frozen=True, slots=True)
class Me:
    """The account behind the credential: its profile id, and the name it has in paths and parameters."""

    id: str
    name: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of items: where it is, how it is paged, and where in the answer it lies.

    ``key`` is the dotted key of the list (empty where the body is the list); ``sparse`` says that
    the platform leaves out a list that is empty. ``{own}`` in path and parameters stands for the
    account's own name. ``upward`` is the first token of a list that can be read oldest first.
    ``at`` are the dotted keys of the time the list is ordered by, the first one present counting,
    and ``when`` reads it. ``since`` gives parameters that keep the platform from sending what is
    older. ``reread`` pages are looked at in every run, however old. ``kind`` is what a mere post
    is by standing in this list (a list of mentions, say).
    """

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    paging: Paginator | None = None
    key: str = ""
    upward: str | None = None
    at: tuple[str, ...] = ("created_at",)
    reread: int = 1
    when: Callable[[Any], datetime] = instant
    since: Callable[[datetime], Mapping[str, Any]] | None = None
    sparse: bool = False
    kind: Kind = Kind.POST

    def asking(self, **params: Any) -> Feed:
        """The same list, asked with further parameters."""
        return replace(self, params={**self.params, **params})

    def at_path(self, path: str, **facts: Any) -> Feed:
        """A list of the same form somewhere else, but for these ``facts`` about it."""
        return replace(self, path=path, **facts)

    def of_kind(self, kind: Kind) -> Feed:
        """The same list, its mere posts being of a kind."""
        return replace(self, kind=kind)

    def judged(self, item: Item) -> Item:
        """An item of the list, a mere post being what the list says."""
        plain = self.kind is Kind.POST or not isinstance(item, Post) or item.kind is not Kind.POST
        return item if plain else item.model_copy(update={"kind": self.kind})

    def listed(self, body: Any) -> list[Raw] | None:
        """Find the list in a body; ``None`` where there is none and the body does not say why."""
        found = dig(body, self.key) if self.key else body
        if isinstance(found, list):
            return found
        return [] if found is None and self.sparse and isinstance(body, dict) else None

    def moments(self, body: Any) -> tuple[datetime, ...]:
        """The times the listed items are ordered by, as far as they can be read."""
        return tuple(moment for raw in self.listed(body) or () if (moment := self._moment(raw)))

    def _moment(self, raw: Raw) -> datetime | None:
        try:
            return self.when(next((found for key in self.at if (found := dig(raw, key)) is not None), None))
        except BadRecord:
            return None


def _itself(post: Post) -> str:
    return post.id


@dataclass(frozen=True, slots=True)
class Threads:
    """Whole conversations: ``root`` names the one a post belongs to, ``ask`` the list that it is read from.

    A list with neither ``key`` nor ``paging`` is a conversation in one piece, whatever its shape.

    The newest ``most`` conversations of the feed ``source`` are looked at, the brand's own ones or,
    with ``all``, everybody's. No platform tells reliably which of them changed, so each is read again,
    seldom once it is quiet (see `socialcrm.adapters.walks.each_root`). ``branch`` names a conversation
    below a found post that has to be asked for by itself.
    """

    source: Feed
    ask: Callable[[str], Feed]
    root: Callable[[Post], str | None] = _itself
    most: int = 100
    pages: int = 2
    all: bool = False
    branch: Callable[[Post], str | None] | None = None
