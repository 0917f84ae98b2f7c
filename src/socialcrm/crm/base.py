"""What the library asks of a CRM.

A backend reads contacts incrementally and writes timeline entries idempotently under a key of ours.
It knows no platform and decides nothing. Register one under the entry point group ``socialcrm.crm``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from socialcrm.config import Unpicklable
from socialcrm.model import Contact, Finding, Interaction


class CRMConfig(Unpicklable, BaseModel):
    """The settings of one backend; a subclass adds fields, secrets as ``SecretStr``."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class ContactGone:
    """A contact was deleted, or merged into another one."""

    id: str
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts that changed, with the place after them."""

    changes: Sequence[Contact | ContactGone]
    cursor: str


class Outcome(StrEnum):
    """What became of one interaction."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    RETRY = "retry"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The CRM's own answer for one interaction.

    ``crm_id`` is the CRM's id of the entry; ``reason`` is the CRM's sentence for ``RETRY`` and
    ``PARKED``, free of the text of the post; ``retry_at`` is the earliest useful time.
    """

    key: str
    outcome: Outcome
    crm_id: str = ""
    reason: str = ""
    retry_at: datetime | None = None

    @property
    def done(self) -> bool:
        return self.outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED}


class CRMBackend(Protocol):
    """A CRM. Every method may raise `AuthError`, `Transient` or `RateLimited`; per-record trouble is a result."""

    name: ClassVar[str]
    Config: ClassVar[type[CRMConfig]]

    def __init__(self, config: Any) -> None:
        """Take the settings, an instance of ``Config``; nothing is contacted yet."""
        ...

    def check(self) -> Iterator[Finding]:
        """Prove credentials, tables and fields before the first sync."""
        ...

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield contacts that changed after ``since`` (all of them for ``None``), oldest change first."""
        ...

    def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
        """Write entries under their keys and answer for each, in input order.

        The same key again updates the entry, another contact moves it, ``retracted`` takes its
        text away and hides it. An older revision never replaces a newer one (``UNCHANGED``),
        except that a retraction wins whatever its revision.
        """
        ...

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read back what stands on a contact's timeline from us, oldest first, without retracted entries."""
        ...

    def erase(self, keys: Iterable[str]) -> Sequence[Delivered]:
        """Remove entries for good, leaving nothing behind."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...
