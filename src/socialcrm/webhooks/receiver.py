"""One endpoint: takes a request apart from any framework, and answers only after the store has it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from socialcrm.clock import Clock, SystemClock
from socialcrm.config import Duration
from socialcrm.errors import BadRecord, SocialCRMError
from socialcrm.http import strict_json
from socialcrm.model import Deleted, Direction, Finding, Post, Profile, Skipped
from socialcrm.webhooks.handshakes import Known, Query, Reply, confirmation
from socialcrm.webhooks.proofs import Headers
from socialcrm.webhooks.schemes import Scheme

Item = Post | Deleted | Skipped | Profile
Parse = Callable[[Any], Sequence[Item]]
Keep = Callable[[Sequence[Item]], object]

log = logging.getLogger(__name__)

_RETRY = (("Retry-After", "60"),)
_PLAIN = "text/plain; charset=utf-8"


class WebhookConfig(BaseModel):
    """A ``[webhooks.NAME]`` table.

    ``secret`` signs; ``previous_secret`` is still accepted while a new one is being introduced.
    ``verify_token`` (Meta) and ``topics`` (YouTube) are what was asked for when subscribing;
    ``confirmation`` and ``group`` are VK's. ``own`` are ids of the brand's accounts, whose posts are
    outbound. ``limit`` is the largest body in bytes, ``window`` how far a signed time may be off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secret: SecretStr | None = None
    previous_secret: SecretStr | None = None
    verify_token: SecretStr | None = None
    topics: tuple[str, ...] = ()
    confirmation: str = ""
    group: str = ""
    own: tuple[str, ...] = ()
    limit: int = Field(default=2 << 20, ge=1024, le=64 << 20)
    window: Duration = Field(default=timedelta(minutes=5), gt=timedelta(0), le=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: status, body, and headers beyond its type."""

    status: int
    body: bytes = b""
    content_type: str = _PLAIN
    headers: tuple[tuple[str, str], ...] = field(default=())


class Webhook:
    """Receives one platform's pushes.

    ``parse`` reads a proved body, ``keep`` commits items to the store; what it raises becomes a 503,
    upon which every platform tries again. ``counts`` tells how many pushes were kept, unknown
    (nothing in them is a post), unreadable, refused, failed.
    """

    def __init__(
        self, name: str, scheme: Scheme, config: WebhookConfig, *, parse: Parse, keep: Keep, clock: Clock | None = None
    ) -> None:
        self.name, self.scheme, self.config = name, scheme, config
        self.counts: Counter[str] = Counter()
        self._parse, self._keep, self._clock = parse, keep, clock or SystemClock()
        self._known = Known(
            secrets=[_bytes(secret) for secret in (config.secret, config.previous_secret) if _bytes(secret)],
            verify_token=_bytes(config.verify_token),
            topics=config.topics,
            confirmation=config.confirmation,
            group=config.group,
        )

    def __repr__(self) -> str:
        return f"<Webhook {self.name}>"

    def check(self) -> Iterator[Finding]:
        """Say what is missing before a platform can push."""
        what = f"webhook {self.name}"
        yield Finding(
            ok=bool(self._known.secrets),
            what=f"{what}: a secret to prove pushes with",
            remedy="" if self._known.secrets else "set `secret` in the environment; until then pushes are answered 503",
        )
        for needed in self.scheme.asks:
            ready = any(getattr(self.config, name) for name in needed)
            remedy = "" if ready else f"set {' or '.join(f'`{name}`' for name in needed)}"
            yield Finding(ok=ready, what=f"{what}: an answer to the platform's question", remedy=remedy)

    def handle(self, method: str, query: Query, headers: Mapping[str, str | bytes], body: bytes) -> Answer:
        """Answer any request: a question (GET, HEAD) or a push (POST)."""
        if method == "POST":
            return self.receive(headers, body)
        if method in {"GET", "HEAD"}:
            answer = self.challenge(query)
            return Answer(answer.status, b"", answer.content_type, answer.headers) if method == "HEAD" else answer
        return Answer(405, b"", headers=(("Allow", "GET, HEAD, POST"),))

    def challenge(self, query: Query) -> Answer:
        """Answer the question by which a platform makes sure that this endpoint is ours."""
        shake = self.scheme.handshake
        if shake is None:
            return Answer(404)
        if shake.needs_secret and not self._known.secrets:
            return self._unconfigured()
        return self._replied(shake.asked(query, self._known))

    def receive(self, headers: Mapping[str, str | bytes], body: bytes) -> Answer:
        """Prove, read and store a push. ``body`` is what came over the wire, byte for byte.

        200 means stored. 401: not proved. 413: too large. 400: proved, but not readable at all. 503: no
        secret is configured, or the store is away; the platform will try again. Raises `TypeError`
        for a body that is not bytes.
        """
        if not isinstance(body, bytes):
            raise TypeError("the raw body is needed, as bytes: what a framework parsed and wrote anew has no signature")
        if len(body) > self.config.limit:
            return self._refused(413)
        if self.scheme.confirms and (asked := confirmation(_json_or_none(body), self._known)):
            return self._replied(asked)
        if not self._known.secrets:
            return self._unconfigured()
        if not self._proved(lowered(headers), body):
            return self._refused(401)
        try:
            told = body.decode() if self.scheme.xml else strict_json.loads(body)
        except (BadRecord, UnicodeDecodeError):
            self.counts["unreadable"] += 1
            return Answer(400)
        return self._kept(self._read(told))

    def _proved(self, headers: Headers, body: bytes) -> bool:
        try:
            return self.scheme.proof.holds(self._known.secrets, headers, body, self._clock.now(), self.config.window)
        except BadRecord:  # the proof stands in a body that cannot be read
            return False

    def _read(self, told: Any) -> Sequence[Item]:
        try:
            return [self._placed(item) for item in self._parse(told)]
        except SocialCRMError as error:
            return [Skipped(platform=self.name, reason=f"a push that cannot be read: {error}")]

    def _placed(self, item: Item) -> Item:
        own = isinstance(item, Post) and item.author is not None and item.author.id in self.config.own
        return item.model_copy(update={"direction": Direction.OUTBOUND}) if own else item

    def _kept(self, items: Sequence[Item]) -> Answer:
        posts = any(isinstance(item, Post | Deleted) for item in items)
        try:
            if items:
                self._keep(items)
        except Exception as error:  # whatever the store cannot do, the platform shall try again
            self.counts["failed"] += 1
            log.error("webhook %s: not stored (%s); the platform will try again", self.name, type(error).__name__)
            return Answer(503, headers=_RETRY)
        self.counts["kept" if posts else "unknown"] += 1
        return Answer(200, self.scheme.answer.encode())

    def _replied(self, reply: Reply) -> Answer:
        if reply.text is None:
            return self._refused(403)
        self.counts["challenges"] += 1
        return Answer(200, reply.text.encode(), reply.content_type)

    def _refused(self, status: int) -> Answer:
        self.counts["refused"] += 1
        return Answer(status)

    def _unconfigured(self) -> Answer:
        """Never 401: platforms do not try again after that, and the events would be gone for good."""
        self.counts["unconfigured"] += 1
        log.error("webhook %s: no secret is configured; set it and the platform will try again", self.name)
        return Answer(503, headers=_RETRY)


def lowered(headers: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> Headers:
    """Headers by lower-case names, as bytes."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {
        name.lower(): value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        for name, value in pairs
    }


def _bytes(secret: SecretStr | None) -> bytes:
    return secret.get_secret_value().encode() if secret else b""


def _json_or_none(body: bytes) -> Any:
    try:
        return strict_json.loads(body)
    except BadRecord:
        return None
