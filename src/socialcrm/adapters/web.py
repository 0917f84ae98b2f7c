"""The base of adapters for platforms with a web API.

A subclass states facts (class attributes, `feeds`) and reads items (`parse`). Requests, retries,
paging, resuming, direction, author details and bad items are done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import walks
from socialcrm.adapters.base import Adapter, Capability, Item, Page, Raw
from socialcrm.adapters.fields import instant
from socialcrm.clock import Clock
from socialcrm.errors import BadRecord, BadResponse, SocialCRMError
from socialcrm.http import strict_json
from socialcrm.http.auth import Auth, NoAuth, Recorded
from socialcrm.http.client import Client, Response
from socialcrm.http.exchange import Exchange, transport_for
from socialcrm.http.paging import CursorParam, Paginator, Step, pages
from socialcrm.http.ratelimit import RateHeaders
from socialcrm.http.rules import Action, ErrorTable, Rule, decide
from socialcrm.http.strict_json import dig
from socialcrm.http.transport import Limits, Transport
from socialcrm.model import Deleted, Direction, Finding, Kind, Post, Profile, Skipped

_PROFILES_STALE_AFTER = 900.0
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

    ``key`` is the dotted key of the list (empty where the body is the list). ``{own}`` in path and
    parameters stands for the account's own name. ``upward`` is the first token of a list that can
    be read oldest first. ``at`` are the dotted keys of the time the list is ordered by, the first
    one present counting, and ``when`` reads it. ``reread`` pages are looked at in every run,
    however old. ``sparse`` says that the platform leaves out a list that is empty. ``kind`` is what
    a mere post is by being in this list (a list of mentions, say).
    """

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    paging: Paginator | None = None
    key: str = ""
    upward: str | None = None
    at: tuple[str, ...] = ("created_at",)
    reread: int = 1
    when: Callable[[Any], datetime] = instant
    sparse: bool = False
    kind: Kind = Kind.POST

    def asking(self, **params: Any) -> Feed:
        """The same list, asked with further parameters."""
        return replace(self, params={**self.params, **params})

    def at_path(self, path: str) -> Feed:
        """A list of the same form somewhere else."""
        return replace(self, path=path)

    def of_kind(self, kind: Kind) -> Feed:
        """The same list, its mere posts being of a kind."""
        return replace(self, kind=kind)


@dataclass(frozen=True, slots=True)
class Threads:
    """Whole conversations: ``root`` names the one an own post belongs to, ``ask`` says how to read it.

    The newest ``most`` conversations of the feed ``source`` are read in every run, because no
    platform tells reliably which of them changed; with ``all`` also those of other people's posts.
    ``paging`` is for conversations that come in several pages.
    """

    source: Feed
    root: Callable[[Post], str | None]
    ask: Callable[[str], tuple[str, Mapping[str, Any]]]
    most: int = 100
    pages: int = 2
    all: bool = False
    paging: Paginator | None = None


class WebAdapter(Adapter):
    """An adapter that talks to a web API. See `bluesky` and `mastodon` for what a subclass looks like.

    ``batch`` is how many ids one lookup takes; ``volatile`` are parameters that differ from run to
    run and are left out when a replay looks for its answer; ``common`` go with every call.
    ``costs`` are the units of the platform's quota that a call of a path takes, where it counts
    in units; any other call costs one.
    """

    prefix: ClassVar[str] = ""
    rate: ClassVar[RateHeaders | None] = None
    errors: ClassVar[ErrorTable] = {}
    volatile: ClassVar[frozenset[str]] = frozenset()
    batch: ClassVar[int] = 25
    common: ClassVar[Mapping[str, Any]] = {}
    costs: ClassVar[Mapping[str, int]] = {}

    def __init__(
        self,
        config: Any,
        *,
        clock: Clock | None = None,
        transport: Transport | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(config, clock=clock)
        secrets = [value for _, value in config if isinstance(value, SecretStr)]
        self.client = Client(
            self.base_url(),
            label=self.label,
            transport=transport
            or transport_for(
                record=config.record, replay=config.replay, limits=limits, volatile=self.volatile, secrets=secrets
            ),
            auth=Recorded() if config.replay else self.auth(),
            limits=limits,
            rate=self.rate,
            errors=self.errors,
            codes=self.codes,
            waits=self.waits,
            decode=self.decode,
            clock=self.clock,
            headers=self.headers(),
            params=self.common,
        )
        self._profiles: dict[str, Profile | None] = {}
        self._profiles_since = self.clock.monotonic()

    # What a subclass states.

    def base_url(self) -> str:
        """The address requests go to: the configured server, and the path all endpoints begin with."""
        return f"{self.config.service}{self.prefix}"

    def auth(self) -> Auth:
        """The credential."""
        return NoAuth()

    def headers(self) -> Mapping[str, str]:
        """Headers that go with every call, besides the credential."""
        return {}

    def feeds(self) -> Mapping[str, Feed | Threads]:
        """The streams, in the order to read them."""
        raise NotImplementedError

    def whoami(self) -> Me | None:
        """Ask whose credential it is; this is also what `check` proves."""
        return None

    def profiles(self, ids: Sequence[str]) -> Iterator[Profile]:
        """Full profiles of up to ``batch`` authors whose posts carry only a part of them."""
        return iter(())

    def lookup(self, ids: Sequence[str]) -> Response:
        """Ask for up to ``batch`` posts by id, for `recheck`."""
        raise NotImplementedError

    def gone(self, post_id: str, response: Response) -> str | None:
        """Say why a post missing from a lookup's answer is gone for certain; ``None`` where it may only be hidden."""
        return None

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        """Find the raw items in an answer of any of the platform's endpoints."""
        raise NotImplementedError

    @staticmethod
    def codes(body: Any) -> Sequence[str]:
        """Find the platform's own error codes in a body, most specific first; none in a good answer."""
        return ()

    @staticmethod
    def waits(body: Any) -> float | None:
        """Find in the body of a refusal how many seconds the platform asks to wait."""
        return None

    @staticmethod
    def decode(body: bytes) -> Any:
        """Read an answer's bytes; raises `NotJSON` where they are none of the platform's formats."""
        return strict_json.loads(body)

    # What follows from it.

    @cached_property
    def me(self) -> Me | None:
        """The account behind the credential, asked for once."""
        try:
            return self.whoami()
        except (KeyError, TypeError, AttributeError, ValueError, BadRecord) as error:
            if isinstance(error, BadResponse):
                raise
            raise BadResponse(f"{self.label}: the answer about the account has another shape than documented") from None

    def streams(self) -> tuple[str, ...]:
        return tuple(self.feeds())

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        feed = self.feeds().get(stream)
        if feed is None:
            raise self._unsupported(stream)
        if isinstance(feed, Threads):
            yield from walks.each_root(self._roots(feed), lambda root: self._thread(feed, root), cursor)
        elif feed.upward is not None:
            yield from walks.oldest_first(lambda token: self._sheets(feed, token), cursor, feed.upward)
        else:
            reach = walks.Reach(self.clock.now(), self._overlap, feed.reread, self.config.start)
            yield from walks.newest_first(lambda token: self._sheets(feed, token), cursor, reach)

    def recheck(self, ids: Sequence[str]) -> Iterator[Page]:
        if Capability.RECHECK not in self.info.can:
            yield from super().recheck(ids)
        for some in batched(ids, self.batch):
            response = self.lookup(some)
            seen = tuple(item for item in self.collect(response) if not isinstance(item, Skipped))
            missing = [post_id for post_id in some if post_id not in {item.id for item in seen}]
            reasons = {post_id: why for post_id in missing if (why := self.gone(post_id, response))}
            deleted = (Deleted(platform=self.info.name, id=post_id, reason=why) for post_id, why in reasons.items())
            yield Page((*seen, *deleted), None)

    def check(self) -> Iterator[Finding]:
        try:
            me = self.me
        except SocialCRMError as error:
            yield Finding(ok=False, what=f"{self.label}: the credential", remedy=str(error))
        else:
            yield Finding(ok=True, what=f"{self.label}: the credential works for {me.handle or me.id if me else 'all'}")

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        return [] if cls.replay_rule(exchange) is not None else cls.parse_push(exchange.body)

    @classmethod
    def parse_push(cls, body: Any) -> list[Item]:
        return list(_each_once(cls.read(raw) for raw in cls.raws(body)))

    @classmethod
    def replay_rule(cls, exchange: Exchange) -> Rule | None:
        """The rule a recorded answer falls under; ``None`` for a success."""
        return decide(exchange.status or 200, tuple(cls.codes(exchange.body)), cls.errors)

    def close(self) -> None:
        self.client.close()

    def collect(self, response: Response) -> tuple[Item, ...]:
        """Read an answer's items, each once: bad ones skipped, own posts outbound, authors completed."""
        if response.rule is not None and response.rule.action is Action.SKIP:
            return (Skipped(platform=self.info.name, reason=response.rule.sentence),)
        own = self.me.id if self.me else None
        return self._completed(
            tuple(
                item.model_copy(update={"direction": Direction.OUTBOUND})
                if isinstance(item, Post) and item.author is not None and item.author.id == own
                else item
                for item in _each_once(self.read(raw) for raw in self.raws(response.json))
            )
        )

    @classmethod
    def raws(cls, body: Any) -> list[Raw]:
        """List the raw items of an answer; raises `BadResponse` where its shape is not the documented one."""
        try:
            return list(cls.items(body))
        except Exception:  # hostile input, not ours: any shape may come
            raise BadResponse(f"{cls.info.name}: the answer has another shape than documented") from None

    @property
    def _overlap(self) -> timedelta:
        overlap: timedelta = getattr(self.config, "overlap", timedelta(days=1))
        return overlap

    def _sheets(self, feed: Feed, token: str | None) -> Iterator[walks.Sheet]:
        for step in self._steps(feed, token, self.config.max_pages):
            moments = tuple(moment for raw in _listed(step.response, feed.key) if (moment := _moment(raw, feed)))
            items = tuple(_of_kind(item, feed.kind) for item in self.collect(step.response))
            yield walks.Sheet(items, moments, step.asked, step.next, step.incomplete)

    def _steps(self, feed: Feed, token: str | None, cap: int) -> Iterator[Step]:
        own = self.me.name if self.me else ""
        path = feed.path.replace(OWN, own)
        params = {name: own if value == OWN else value for name, value in feed.params.items()}

        def ask(extra: Mapping[str, Any]) -> Response:
            response = self.client.get(path, {**params, **extra})
            listed = _at(response.json, feed.key)
            missing = listed is None and feed.sparse and isinstance(response.json, dict)
            if response.rule is None and not isinstance(listed, list) and not missing:
                raise BadResponse(f"{self.label}: {path}: the answer has no list {feed.key!r}".rstrip())
            return response

        if feed.paging is None:
            yield Step(ask({}), None, None)
            return
        yield from pages(
            ask, feed.paging, token=token, count=lambda response: len(_listed(response, feed.key)), max_pages=cap
        )

    def _roots(self, threads: Threads) -> list[str]:
        own = (
            item
            for step in self._steps(threads.source, None, threads.pages)
            for item in self.collect(step.response)
            if isinstance(item, Post) and (threads.all or item.direction is Direction.OUTBOUND)
        )
        return list(dict.fromkeys(root for post in own if (root := threads.root(post))))[: threads.most]

    def _thread(self, threads: Threads, root: str) -> tuple[Item, ...]:
        path, params = threads.ask(root)
        paging, cap = threads.paging or CursorParam(), self.config.max_pages if threads.paging else 1

        def ask(extra: Mapping[str, Any]) -> Response:
            return self.client.get(path, {**params, **extra}, skip=(403, 404, 410))

        try:
            steps = pages(ask, paging, token=None, count=self._count, max_pages=cap)
            return tuple(item for step in steps for item in self.collect(step.response))
        except BadResponse as error:
            return (Skipped(platform=self.info.name, id=root, reason=f"unreadable conversation: {error}"),)

    def _count(self, response: Response) -> int:
        return 0 if response.rule else len(self.raws(response.json))

    def _completed(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        if self.clock.monotonic() - self._profiles_since > _PROFILES_STALE_AFTER:
            self._profiles, self._profiles_since = {}, self.clock.monotonic()
        authors = {item.author.id for item in items if isinstance(item, Post) and item.author}
        for ids in batched(sorted(authors - self._profiles.keys()), self.batch):
            self._profiles.update(dict.fromkeys(ids), **{profile.id: profile for profile in self.profiles(ids)})
        return tuple(self._with_author(item) for item in items)

    def _with_author(self, item: Item) -> Item:
        full = self._profiles.get(item.author.id) if isinstance(item, Post) and item.author else None
        return item.model_copy(update={"author": full}) if full else item


def batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut a sequence into pieces of at most ``size``."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _each_once(items: Iterable[Item]) -> Iterator[Item]:
    seen: set[tuple[type, str]] = set()
    for item in items:
        if not item.id or (type(item), item.id) not in seen:
            seen.add((type(item), item.id))
            yield item


def _moment(raw: Raw, feed: Feed) -> datetime | None:
    try:
        return feed.when(next((found for key in feed.at if (found := dig(raw, key)) is not None), None))
    except BadRecord:
        return None


def _of_kind(item: Item, kind: Kind) -> Item:
    plain = kind is Kind.POST or not isinstance(item, Post) or item.kind is not Kind.POST
    return item if plain else item.model_copy(update={"kind": kind})


def _at(body: Any, key: str) -> Any:
    return dig(body, key) if key else body


def _listed(response: Response, key: str) -> list[Raw]:
    found = _at(response.json, key)
    return found if isinstance(found, list) else []
