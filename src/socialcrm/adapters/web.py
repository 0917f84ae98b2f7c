"""The base of adapters for platforms with a web API.

A subclass states facts (class attributes, `feeds`) and reads items (`parse`). Requests, retries,
paging, resuming, direction, author details and bad items are done here.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import SecretStr

from socialcrm.adapters import walks
from socialcrm.adapters.base import Adapter, Capability, Item, Page, Raw
from socialcrm.adapters.streams import OWN, Feed, Me, Threads
from socialcrm.clock import Clock
from socialcrm.errors import BadRecord, BadResponse, SocialCRMError
from socialcrm.http import strict_json
from socialcrm.http.auth import Auth, NoAuth, Recorded, RefreshToken
from socialcrm.http.client import Client, Response
from socialcrm.http.exchange import Exchange, transport_for
from socialcrm.http.ledger import Alone, Budget, Ledger, Period, Quota
from socialcrm.http.paging import Step, pages
from socialcrm.http.ratelimit import Allowance
from socialcrm.http.rules import Action, ErrorTable, Rule, decide
from socialcrm.http.transport import Limits, Transport
from socialcrm.model import UNTOLD, Deleted, Direction, Finding, Kind, Post, Profile, Skipped

__all__ = ["OWN", "Feed", "Me", "Threads", "WebAdapter", "batched"]

_PROFILES_STALE_AFTER = 900.0
_BRANCHES = 50
_NOTICE = timedelta(days=7)
_HIDDEN = (403, 404, 410)


class WebAdapter(Adapter):
    """An adapter that talks to a web API. See `bluesky` and `mastodon` for what a subclass looks like.

    A subclass asks; what answers say is best read by functions of a module beside it (`bluesky_items`),
    which become its ``items``, ``placed`` and ``parse``.

    ``batch`` is how many ids one lookup takes; ``volatile`` are parameters that differ from run to
    run and are left out when a replay looks for its answer; ``common`` go with every call.
    ``quota`` is how the platform counts what may be asked, where no header tells.
    """

    prefix: ClassVar[str] = ""
    rate: ClassVar[Allowance | None] = None
    errors: ClassVar[ErrorTable] = {}
    volatile: ClassVar[frozenset[str]] = frozenset()
    batch: ClassVar[int] = 25
    common: ClassVar[Mapping[str, Any]] = {}
    quota: ClassVar[Quota] = Quota(Period.DAY)

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
        self._credential: Auth = Recorded() if config.replay else self.auth()
        self._name = f"{self.info.name}:{_digest(secrets)}"
        self.client = Client(
            self.base_url(),
            label=self.label,
            transport=transport
            or transport_for(
                record=config.record, replay=config.replay, limits=limits, volatile=self.volatile, secrets=secrets
            ),
            auth=self._credential,
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
        self.share(Alone())

    # What a subclass states.

    def base_url(self) -> str:
        """The address requests go to: the configured server, and the path all endpoints begin with."""
        return f"{self.config.service}{self.prefix}"

    def auth(self) -> Auth:
        """The credential."""
        return NoAuth()

    def headers(self) -> Mapping[str, str]:
        """Further headers of every request, such as the version of the API."""
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

    def findable(self, post_id: str) -> bool:
        """Whether `lookup` can ask for a post of this id; most platforms cannot look up messages."""
        return True

    def people(self, path: str, params: Mapping[str, Any]) -> Iterator[Profile]:
        """The profiles in an answer, for `profiles` to ask with."""
        answer = self.client.get(path, params)
        return (item for raw in self.raws(answer.json) if isinstance(item := self.read(raw), Profile))

    def lookup(self, ids: Sequence[str]) -> Response:
        """Ask for up to ``batch`` posts by id, for `recheck`."""
        raise NotImplementedError

    def gone(self, post_id: str, response: Response) -> str | None:
        """Say why a post missing from a lookup's answer is gone for certain; ``None`` where it may only be hidden."""
        return None

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        """Find the raw items in an answer of any of the platform's endpoints, or in a body it pushed."""
        raise NotImplementedError

    @classmethod
    def placed(cls, raw: Raw, path: str) -> Raw:
        """Add to a raw item what only the address tells it was found at; the address may be empty."""
        return raw

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
        """Read an answer's bytes; raises `NotJSON` where they are in none of the platform's formats."""
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
        now = self.clock.now()
        if isinstance(feed, Threads):
            yield from walks.each_root(self._roots(feed), lambda root: self._thread(feed, root), cursor, now)
        elif feed.upward is not None:
            yield from walks.oldest_first(lambda token: self._sheets(feed, token), cursor, feed.upward)
        else:
            reach = walks.Reach(now, self._overlap, feed.reread, self.config.start)
            floor = reach.floor(walks.Place.read(cursor, now).since)
            bounded = feed.asking(**feed.since(floor)) if feed.since and floor and floor.year > 1970 else feed
            yield from walks.newest_first(lambda token: self._sheets(bounded, token), cursor, reach)

    def recheck(self, ids: Sequence[str]) -> Iterator[Page]:
        if Capability.RECHECK not in self.info.can:
            yield from super().recheck(ids)
        for some in batched([post_id for post_id in ids if self.findable(post_id)], self.batch):
            response = self.lookup(some)
            found = self.collect(response)
            seen = tuple(item for item in found if not isinstance(item, Skipped))
            missing = set(some) - {item.id for item in found}  # an unreadable item is there
            reasons = {post_id: why for post_id in some if post_id in missing and (why := self.gone(post_id, response))}
            deleted = (Deleted(platform=self.info.name, id=post_id, reason=why) for post_id, why in reasons.items())
            yield Page((*seen, *deleted), None)

    def share(self, ledger: Ledger) -> None:
        if self.config.replay:
            return
        self.client.budget = Budget(ledger, self._name, quota=self.quota, limit=self.config.budget, clock=self.clock)
        if isinstance(self._credential, RefreshToken):
            self._credential.ledger, self._credential.name = ledger, self._name

    def warnings(self) -> tuple[str, ...]:
        told = [f"{path} goes away on {day:%F}: upgrade socialcrm" for path, day in sorted(self.client.sunset.items())]
        token = self._credential if isinstance(self._credential, RefreshToken) else None
        ends = self.config.expires or (token.ends if token else None)
        if ends is not None and ends - self.clock.now() < _NOTICE:
            told.append(f"the credential ends on {ends:%F}: renew it before")
        if token and token.unkept:
            told.append("the platform replaced the refresh token; without SOCIALCRM_TOKEN_KEY the next run has none")
        return tuple(f"{self.label}: {sentence}" for sentence in told)

    def check(self) -> Iterator[Finding]:
        yield from self._check_credential()
        for sentence in self.warnings():
            yield Finding(ok=False, what=sentence, remedy="see the sentence")

    def _check_credential(self) -> Iterator[Finding]:
        try:
            me = self.me
        except SocialCRMError as error:
            yield Finding(ok=False, what=f"{self.label}: the credential", remedy=str(error))
        else:
            yield Finding(ok=True, what=f"{self.label}: the credential works for {me.handle or me.id if me else 'all'}")

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        failed = cls.replay_rule(exchange) is not None
        return [] if failed else list(_each_once(map(cls.read, cls.raws(exchange.body, exchange.path or ""))))

    @classmethod
    def parse_push(cls, body: Any) -> list[Item]:
        return [_stored(item) for item in _each_once(map(cls.read, cls.raws(body)))]

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
        read = _each_once(map(self.read, self.raws(response.json, response.path)))
        return self._completed(answering(self._directed(_stored(item) for item in read)))

    @classmethod
    def raws(cls, body: Any, path: str = "") -> list[Raw]:
        """List the raw items of an answer; raises `BadResponse` where its shape is not the documented one."""
        try:
            return [cls.placed(raw, path) for raw in cls.items(body)]
        except Exception:  # hostile input, not ours: any shape may come
            raise BadResponse(f"{cls.info.name}: the answer has another shape than documented") from None

    @property
    def _overlap(self) -> timedelta:
        overlap: timedelta = getattr(self.config, "overlap", timedelta(days=1))
        return overlap

    def _sheets(self, feed: Feed, token: str | None) -> Iterator[walks.Sheet]:
        for step in self._steps(feed, token, self.config.max_pages):
            moments = feed.moments(step.response.json)
            items = tuple(map(feed.judged, self.collect(step.response)))
            yield walks.Sheet(items, moments, step.asked, step.next, step.incomplete)

    def _steps(self, feed: Feed, token: str | None, cap: int, skip: Container[int] = ()) -> Iterator[Step]:
        own = self.me.name if self.me else ""
        path = feed.path.replace(OWN, own)
        params = {name: own if value == OWN else value for name, value in feed.params.items()}

        def ask(extra: Mapping[str, Any]) -> Response:
            response = self.client.get(path, {**params, **extra}, skip=skip)
            listed = feed.listed(response.json)
            if response.rule is None and listed is None:
                raise BadResponse(f"{self.label}: {path}: the answer has no list {feed.key!r}".rstrip())
            if self.client.budget is not None:
                self.client.budget.spend(len(listed or ()))
            return response

        if feed.paging is None:
            yield Step(ask({}), None, None)
            return
        yield from pages(
            ask, feed.paging, token=token, count=lambda response: len(feed.listed(response.json) or ()), max_pages=cap
        )

    def _roots(self, threads: Threads) -> list[str]:
        found = (
            item
            for step in self._steps(threads.source, None, threads.pages)
            for item in self.collect(step.response)
            if isinstance(item, Post) and (threads.all or item.direction is Direction.OUTBOUND)
        )
        return list(dict.fromkeys(root for post in found if (root := threads.root(post))))[: threads.most]

    def _thread(self, threads: Threads, root: str) -> tuple[Item, ...]:
        if threads.branch is None:
            return self._conversation(threads.ask(root), root)
        found: dict[Item, None] = {}
        waiting, asked = [root], {root}
        while waiting:
            items = self._conversation(threads.ask(one := waiting.pop()), one)
            found |= dict.fromkeys(items)
            branches = {threads.branch(item) for item in items if isinstance(item, Post)}
            waiting += sorted(branch for branch in branches - asked if branch)[: _BRANCHES + 1 - len(asked)]
            asked |= set(waiting)
        return tuple(found)

    def _conversation(self, feed: Feed, root: str) -> tuple[Item, ...]:
        found: list[Item] = []
        try:
            if feed.paging is None and not feed.key:  # in one piece
                return self.collect(self.client.get(feed.path, feed.params, skip=_HIDDEN))
            for step in self._steps(feed, None, self.config.max_pages, _HIDDEN):
                found += self.collect(step.response)
        except BadResponse as error:
            reason = f"unreadable conversation: {error}"
            found.append(Skipped(platform=self.info.name, id=root, reason=reason))
        return tuple(dict.fromkeys(found))

    def _directed(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """Items as they are, posts of the own account outbound."""
        own = self.me.id if self.me else None
        return tuple(
            item.model_copy(update={"direction": Direction.OUTBOUND})
            if isinstance(item, Post) and item.author is not None and item.author.id == own
            else item
            for item in items
        )

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


def _digest(secrets: Sequence[SecretStr]) -> str:
    """Tell credentials apart without telling them."""
    return sha256("\0".join(secret.get_secret_value() for secret in secrets).encode()).hexdigest()[:32]


def answering(items: Iterable[Item]) -> tuple[Item, ...]:
    """Let each of the brand's messages that names nothing it answers follow the customer's last one before it."""
    found = tuple(items)
    talks: dict[str | None, list[tuple[datetime, str]]] = {}
    for item in found:
        if isinstance(item, Post) and item.kind is Kind.MESSAGE and item.direction is Direction.INBOUND:
            talks.setdefault(item.conversation_id, []).append((item.created_at, item.id))
    return tuple(_answering(item, talks) for item in found) if talks else found


def _answering(item: Item, talks: Mapping[str | None, list[tuple[datetime, str]]]) -> Item:
    own = isinstance(item, Post) and item.kind is Kind.MESSAGE and item.direction is Direction.OUTBOUND
    if not (isinstance(item, Post) and own and item.conversation_id) or item.in_reply_to:
        return item
    heard = max((said for said in talks.get(item.conversation_id, ()) if said[0] <= item.created_at), default=None)
    return item.model_copy(update={"in_reply_to": heard[1]}) if heard else item


def batched(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut a sequence into pieces of at most ``size``."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _each_once(items: Iterable[Item]) -> Iterator[Item]:
    seen: set[tuple[type, str]] = set()
    for item in items:
        if not item.id or (type(item), item.id) not in seen:
            seen.add((type(item), item.id))
            yield item


def _stored(item: Item) -> Item:
    """A post without a time cannot be put on a timeline."""
    untold = isinstance(item, Post) and item.created_at == UNTOLD
    return Skipped(platform=item.platform, id=item.id, reason="the platform tells no time") if untold else item
