"""Erasure that can be proved.

Suppress, delete here, delete in the CRM, read back, and write down what could not be proved.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from socialcrm.clock import Clock
from socialcrm.crm.base import CRMBackend
from socialcrm.errors import LeaseHeld, SocialCRMError, StoreError
from socialcrm.store.base import Store
from socialcrm.sync.subject import Subject

_BATCH = 500
_NEVER_PROVED = (
    "backups of the database and of the CRM, and what colleagues copied elsewhere, are outside our reach",
    "the CRM's own recycle bin, audit trail and logs follow the CRM's rules",
)


class Suppressed(BaseModel):
    """One entry of the suppression list: the keyed hash, never the name."""

    kind: str
    hash: str


class Receipt(BaseModel):
    """What an erasure did: counts, keyed hashes and sentences, nothing that names the person.

    ``left`` entries still stand in the CRM for ``reason``; every sync asks for them again. Keep receipts: after a
    backup is restored, ``socialcrm erase --receipt`` repeats what it names.
    """

    format: Literal[1] = 1
    number: str
    workspace: str
    by: str
    reason: str
    at: datetime
    suppressed: list[Suppressed]
    contacts: int = 0
    accounts: int = 0
    posts: int = 0
    removed: int = 0
    left: int = 0
    proved: list[str] = []
    not_proved: list[str] = []

    @property
    def complete(self) -> bool:
        """Whether everything within our reach is gone."""
        return self.left == 0 and self.not_proved == list(_NEVER_PROVED)


@dataclass(slots=True)
class Removal:
    """What the CRM answered: entries removed, entries left, and its sentence for those."""

    removed: int = 0
    left: int = 0
    reason: str = ""


def remove_erased(store: Store, crm: CRMBackend) -> Removal:
    """Have the CRM remove the entries of erased people; what it refuses is kept to be asked for again."""
    removal = Removal()
    try:
        while keys := store.erasure.pending(_BATCH):
            answers = crm.erase(keys)
            done = [answer.key for answer in answers if answer.done]
            store.erasure.confirm(done)
            removal.removed += len(done)
            if refused := [answer for answer in answers if not answer.done]:
                removal.reason = refused[0].reason or "the CRM gave no reason"
            if len(done) < len(keys):
                break
    except StoreError:
        raise
    except SocialCRMError as error:
        removal.reason = str(error)
    if removal.reason:
        removal.left = len(store.erasure.pending(_BATCH * 200))
    return removal


def erase(store: Store, crm: CRMBackend, subject: Subject, *, by: str, reason: str, clock: Clock) -> Receipt:
    """Erase a person from store and CRM for good, and keep them from coming back.

    The person is suppressed first and at once. The rest needs the workspace to itself: raises `LeaseHeld` while a
    sync is at work, and `ConfigError` without a suppression key.
    """
    hashes = [(kind, store.suppression.hashed(kind, value)) for kind, value in subject.marks()]
    for kind, value in subject.marks():
        store.suppression.add(kind, value, reason=reason)
    receipt = _receipt(store, hashes, by=by, reason=reason, clock=clock)
    store.audit.note("erasure asked", by=by, receipt=receipt.number)
    with _alone(store):
        _erase_rows(store, subject.contacts, subject.accounts, receipt)
        _finish(store, crm, receipt, subject.contacts)
    return receipt


def repeat(store: Store, crm: CRMBackend, earlier: Receipt, *, by: str, clock: Clock) -> Receipt:
    """Erase again what an earlier receipt names, after a backup brought it back."""
    hashes = [(one.kind, one.hash) for one in earlier.suppressed]
    store.suppression.restore(hashes, reason=earlier.reason)
    receipt = _receipt(store, hashes, by=by, reason=f"repeats {earlier.number}", clock=clock)
    with _alone(store):
        accounts, contacts = store.erasure.suppressed()
        _erase_rows(store, contacts, accounts, receipt)
        _finish(store, crm, receipt, contacts)
    return receipt


def _receipt(store: Store, hashes: list[tuple[str, str]], *, by: str, reason: str, clock: Clock) -> Receipt:
    return Receipt(
        number=secrets.token_hex(8),
        workspace=store.workspace,
        by=by,
        reason=reason,
        at=clock.now(),
        suppressed=[Suppressed(kind=kind, hash=digest) for kind, digest in hashes],
    )


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold the workspace's lease, or say what is done already."""
    with ExitStack() as stack:
        try:
            stack.enter_context(store.lease("erasure"))
        except LeaseHeld as error:
            raise LeaseHeld(f"the person is suppressed already; erase again when the run has ended: {error}") from error
        yield


def _erase_rows(store: Store, contacts: Iterable[str], accounts: Iterable[tuple[str, str]], receipt: Receipt) -> None:
    for contact_id in contacts:
        receipt.contacts += 1
        receipt.posts += store.erasure.contact(contact_id)
    for platform, account in accounts:
        receipt.accounts += 1
        receipt.posts += store.erasure.profile(platform, account)


def _finish(store: Store, crm: CRMBackend, receipt: Receipt, contacts: Iterable[str]) -> None:
    removal = remove_erased(store, crm)
    receipt.removed, receipt.left = removal.removed, removal.left
    if removal.left:
        receipt.not_proved.append(f"{removal.left} entries still stand in the CRM: {removal.reason}")
    else:
        receipt.proved.append(f"the CRM confirmed that {removal.removed} entries are gone")
        _read_back(crm, receipt, contacts)
    _look_again(store, receipt)
    try:
        store.erasure.scrub()
        receipt.proved.append("the database file was rewritten without the deleted rows, and its log cut")
    except StoreError as error:
        receipt.not_proved.append(str(error))
    receipt.not_proved += _NEVER_PROVED
    store.audit.note(
        "erased", by=receipt.by, receipt=receipt.number, posts=receipt.posts, removed=receipt.removed, left=receipt.left
    )


def _read_back(crm: CRMBackend, receipt: Receipt, contacts: Iterable[str]) -> None:
    for contact_id in contacts:
        try:
            still = sum(1 for _ in crm.timeline(contact_id))
        except SocialCRMError as error:
            receipt.not_proved.append(f"a timeline could not be read back: {error}")
            continue
        if still:
            receipt.not_proved.append(f"a timeline still shows {still} of our entries")
        else:
            receipt.proved.append("the timeline was read back and shows nothing of ours")


def _look_again(store: Store, receipt: Receipt) -> None:
    accounts, contacts = store.erasure.suppressed()
    if accounts or contacts:
        receipt.not_proved.append(f"{len(accounts)} accounts and {len(contacts)} contacts on the list are stored")
    else:
        receipt.proved.append("nothing of anybody on the suppression list is stored")
