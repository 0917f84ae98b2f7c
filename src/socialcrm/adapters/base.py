"""What the library asks of a platform adapter.

An adapter reads; it knows no CRM and decides nothing. Register one under the entry point group
``socialcrm.adapters``; for a platform with a web API start from `socialcrm.adapters.web.WebAdapter`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from socialcrm.clock import Clock, SystemClock
from socialcrm.config import Unpicklable
from socialcrm.errors import BadRecord, Unsupported
from socialcrm.http.exchange import Exchange
from socialcrm.http.ledger import Ledger
from socialcrm.http.rules import Rule, decide
from socialcrm.http.transport import Limits, Transport
from socialcrm.model import Deleted, Finding, Post, Profile, Skipped
from socialcrm.text import clean

Item = Post | Deleted | Skipped | Profile
Raw = Any


class Capability(StrEnum):
    """What a platform lets a brand do; the feature matrix in the docs is made of these."""

    MENTIONS = "mentions"
    REPLIES = "replies"
    THREADS = "threads"
    OWN_POSTS = "own posts"
    SEARCH = "search"
    MESSAGES = "messages"
    REVIEWS = "reviews"
    PROFILES = "profiles"
    EDITS = "edits"
    DELETES = "deletes"
    RECHECK = "recheck"
    BACKFILL = "backfill"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class AdapterInfo:
    """An adapter's name in configurations, its title for people, its platform's documentation, what it can do."""

    name: str
    title: str
    docs: str
    can: frozenset[Capability]


class AdapterConfig(Unpicklable, BaseModel):
    """The settings every adapter has; a subclass adds its own, secrets as ``SecretStr``.

    ``label`` names the account in messages. ``record`` keeps every exchange in a folder, redacted;
    ``replay`` answers from such a folder instead of the network. ``start`` is how far back a first
    run reads, ``max_pages`` how much one run reads of each stream before it leaves the rest to the next.
    ``budget`` is how many units of the platform's quota may be used in a period, ``expires`` when the
    credential ends, where you were told.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    label: str = ""
    record: Path | None = None
    replay: Path | None = None
    start: AwareDatetime | None = None
    max_pages: int = 200
    budget: int | None = Field(default=None, ge=0)
    expires: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Items in the platform's order, and the durable place after them.

    A ``cursor`` of ``None`` leaves the stored one alone. ``incomplete`` says, for the report, why
    a stream ended before its end.
    """

    items: tuple[Item, ...]
    cursor: str | None
    incomplete: str = ""


class Adapter(Unpicklable):
    """A platform. Methods that read raise `SocialCRMError` children only.

    The contract, which `socialcrm.testing.adapters` checks: every cursor that `fetch` hands out can
    be resumed without losing an item; what a platform hands out twice has the same id twice; an
    unreadable item is `Skipped` with a reason and the page goes on.
    """

    info: ClassVar[AdapterInfo]
    Config: ClassVar[type[AdapterConfig]] = AdapterConfig

    def __init__(
        self,
        config: Any,
        *,
        clock: Clock | None = None,
        transport: Transport | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.config = config
        self.clock: Clock = clock or SystemClock()

    @property
    def label(self) -> str:
        """The adapter and account, as messages name them."""
        return f"{self.info.name} ({self.config.label})" if self.config.label else self.info.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"

    def streams(self) -> tuple[str, ...]:
        """Names of what can be fetched, in the order to read them."""
        raise NotImplementedError

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """Read a stream from a place on, or from its beginning."""
        raise NotImplementedError

    def recheck(self, ids: Sequence[str]) -> Iterator[Page]:
        """Look at stored posts again: the present wording, or `Deleted`.

        An id the platform tells nothing certain about is in no page. Raises `Unsupported` unless
        the adapter can ``RECHECK``.
        """
        raise Unsupported(f"{self.label} cannot look at stored posts again")

    def share(self, ledger: Ledger) -> None:
        """Use quota and tokens together with everybody who holds the same credential."""

    def warnings(self) -> tuple[str, ...]:
        """What will stop working soon: a credential that ends, an interface that the platform takes away."""
        return ()

    def listen(self, cursor: str | None, *, stop: Callable[[], bool]) -> Iterator[Page]:
        """Read what the platform sends over a connection that stays open, until ``stop`` says so.

        Raises `Transient` when the connection ends, `Unsupported` where the platform has none.
        """
        raise Unsupported(f"{self.label} has no stream to listen to")

    def check(self) -> Iterator[Finding]:
        """Prove settings and credentials before the first sync."""
        raise NotImplementedError

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        """Read one raw item. Pure; may raise anything on a malformed one (see `read`)."""
        raise NotImplementedError

    @classmethod
    def read(cls, raw: Raw) -> Item:
        """Parse one raw item; an unreadable one becomes `Skipped` with a reason free of its content."""
        try:
            return cls.parse(raw)
        except Exception as error:  # hostile input, not ours: anything may happen in there
            return Skipped(platform=cls.info.name, id=_name(raw), reason=f"unreadable item: {why(error)}")

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        """Find and read the items of one recorded exchange."""
        raise NotImplementedError

    @classmethod
    def replay_rule(cls, exchange: Exchange) -> Rule | None:
        """The rule a recorded answer falls under; ``None`` for a success."""
        return decide(exchange.status or 200, (), {})

    @classmethod
    def parse_push(cls, body: Any) -> list[Item]:
        """Read a body that the platform pushed, once its signature was proved. Pure.

        A push that only names what to look up, and one that is no post, become `Skipped`. Raises
        `Unsupported` where the platform pushes nothing, `BadResponse` where the body has another
        shape than documented.
        """
        raise Unsupported(f"{cls.info.name} pushes nothing that could be read")

    def close(self) -> None:
        """Release connections and files."""

    def _unsupported(self, stream: str) -> Unsupported:
        return Unsupported(f"{self.label} has no stream {stream!r}; it has {', '.join(self.streams())}")


def _name(raw: Raw) -> str:
    found = (raw.get("uri") or raw.get("id") or "") if isinstance(raw, dict) else ""
    return clean(str(found))[:1024] if isinstance(found, str | int) else ""


def why(error: Exception) -> str:
    if isinstance(error, BadRecord):
        return str(error)
    if isinstance(error, ValidationError):
        return "wrong " + ", ".join(sorted({".".join(map(str, detail["loc"])) for detail in error.errors()}))
    if isinstance(error, KeyError):
        return f"no {error}"
    return type(error).__name__
