"""What is to be written for a batch of entries, given what stands in the CRM: the rules of every backend, once.

A backend on top of `RecordCRM` finds contacts and records and writes records; which of them to write,
and what to answer for each entry, is decided here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.body import GONE, blank, digest
from socialcrm.model import Interaction

UNKNOWN = "the CRM has no such contact"
DELETED = "the contact was deleted in the CRM"
ABSENT = "the CRM has no such contact; it was deleted, or was never there"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Owner:
    """Where entries for a contact go: to ``id``, or nowhere for ``reason``."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands in the CRM under a key; ``digest`` is `GONE` where it was taken back.

    ``contact_id`` is empty where the record is on nobody's timeline, ``crm_id`` where nothing but the
    memory of a retraction is left.
    """

    key: str
    crm_id: str
    contact_id: str
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class Write:
    """One record to write: the entry as it is to be shown, and what stood there."""

    entry: Interaction
    old: Stand | None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write: the record's id, or a failure with the CRM's sentence and status.

    ``missing`` says that what was to be removed was not there any more.
    """

    crm_id: str = ""
    failure: Outcome | None = None
    reason: str = ""
    retry_at: datetime | None = None
    status: int = 0
    missing: bool = False


class RecordCRM(ABC):
    """A CRM that keeps each entry as a record of its own."""

    @abstractmethod
    def owners(self, ids: Sequence[str]) -> Mapping[str, Owner]:
        """Find where entries for each contact go today, following merges."""

    @abstractmethod
    def standing(self, entries: Sequence[Interaction], owners: Mapping[str, Owner]) -> Mapping[str, Stand]:
        """Find what stands under the keys of these entries."""

    @abstractmethod
    def write(self, writes: Sequence[Write]) -> Mapping[str, Written]:
        """Write records, retractions among them, and answer for each key."""

    @abstractmethod
    def remove(self, keys: Sequence[str]) -> Mapping[str, Written]:
        """Remove the records of these keys for good; keys that have none are left out of the answer."""

    def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
        """Write entries under their keys and answer for each, in input order."""
        if not interactions:
            return []
        owners = self.owners(list(dict.fromkeys(entry.contact_id for entry in interactions)))
        standing = self.standing(interactions, owners)
        answers, writes = plan(interactions, owners, standing)
        written = self.write(list(writes.values())) if writes else {}
        return [_answered(answer, written.get(answer.key)) for answer in answers]

    def erase(self, keys: Iterable[str]) -> Sequence[Delivered]:
        """Remove entries for good; erasing what is not there is done already."""
        wanted = list(keys)
        removed = self.remove(list(dict.fromkeys(wanted))) if wanted else {}
        return [_answered(Delivered(key, Outcome.UPDATED), removed[key]) if key in removed
                else Delivered(key, Outcome.UNCHANGED) for key in wanted]  # fmt: skip


def plan(
    entries: Sequence[Interaction], owners: Mapping[str, Owner], standing: Mapping[str, Stand]
) -> tuple[list[Delivered], dict[str, Write]]:
    """Answer for each entry as if every write succeeds, and say what to write; one record is written once."""
    now = dict(standing)
    answers: list[Delivered] = []
    writes: dict[str, Write] = {}
    for entry in entries:
        old = now.get(entry.key)
        answer, shown = settle(entry, owners[entry.contact_id], old)
        answers.append(answer)
        if shown is not None:
            writes[entry.key] = Write(shown, standing.get(entry.key))
            crm_id = old.crm_id if old else ""
            now[entry.key] = Stand(entry.key, crm_id, shown.contact_id, shown.revision, digest(shown))
    return answers, writes


def settle(entry: Interaction, owner: Owner, old: Stand | None) -> tuple[Delivered, Interaction | None]:
    """Decide what becomes of one entry: the answer, and the entry to write if any."""
    if old is not None and entry.revision < old.revision and not entry.retracted:
        return Delivered(entry.key, Outcome.UNCHANGED, crm_id=old.crm_id), None
    if entry.retracted:
        return _taken_back(entry, owner, old)
    if owner.reason:
        return Delivered(entry.key, Outcome.PARKED, reason=owner.reason), None
    shown = entry.model_copy(update={"contact_id": owner.id})
    if old is None or not old.crm_id:
        created = old is None or old.digest != GONE
        return Delivered(entry.key, Outcome.CREATED if created else Outcome.UPDATED), shown
    if (old.contact_id, old.revision, old.digest) == (owner.id, shown.revision, digest(shown)):
        return Delivered(entry.key, Outcome.UNCHANGED, crm_id=old.crm_id), None
    return Delivered(entry.key, Outcome.UPDATED, crm_id=old.crm_id), shown


def _taken_back(entry: Interaction, owner: Owner, old: Stand | None) -> tuple[Delivered, Interaction | None]:
    if old is None:
        return Delivered(entry.key, Outcome.UNCHANGED), None
    # A store restored from a backup counts revisions anew: its retraction wins, and no late edit undoes it.
    revision = max(entry.revision, old.revision)
    if old.digest == GONE and old.revision == revision:
        return Delivered(entry.key, Outcome.UNCHANGED, crm_id=old.crm_id), None
    contact = old.contact_id if owner.reason and old.contact_id else owner.id
    return (
        Delivered(entry.key, Outcome.UPDATED, crm_id=old.crm_id),
        blank(entry, contact_id=contact, revision=revision),
    )


def _answered(answer: Delivered, written: Written | None) -> Delivered:
    if written is None or not answer.done:
        return answer
    if written.failure is None:
        return replace(answer, crm_id=written.crm_id or answer.crm_id)
    return Delivered(answer.key, written.failure, written.crm_id, written.reason, written.retry_at)


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    return (items[at : at + size] for at in range(0, len(items), size))
