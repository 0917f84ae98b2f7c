"""From what is known of a post to where it stands, and to what the CRM should show of it.

`wish` is the rule, one row at a time; `settle_posts` applies it to a batch in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from socialcrm.model import Direction, LinkState, interaction_key
from socialcrm.store.aliases import resolve
from socialcrm.store.base import Account, SettleCounts
from socialcrm.store.engine import Database
from socialcrm.store.profiles import load_profiles
from socialcrm.store.rows import Values, chunks
from socialcrm.store.schema import SETTLED, TO_SETTLE, contact_keys, interactions, links, posts
from socialcrm.store.statements import change, literal
from socialcrm.store.suppression import Mark, SqlSuppression

QUEUED, WAITING, PARKED, DELIVERED, RETRACTED, CLOSED = (
    "queued", "waiting", "parked", "delivered", "retracted", "closed",
)  # fmt: skip
RETRACTION, CORRECTION, ADDITION = 0, 1, 2

SUPPRESSED = "the person asked not to be stored"
GONE_CONTACT = "the contact is gone from the CRM"
_UNOWNED = "nobody in the CRM owns this account"
_UNKNOWN_PARENT = "the post that the brand answers is not known"
_NO_AUTHOR = "the platform does not say who wrote it"
_BY_STATE = {
    LinkState.NONE.value: (Account.SKIPPED, _UNOWNED),
    LinkState.REVIEW.value: (Account.HELD, "a person has to say whether the account is this contact's"),
    LinkState.REJECTED.value: (Account.SKIPPED, "the account was found not to be this contact's"),
    LinkState.UNLINKED.value: (Account.SKIPPED, "the account was unlinked from the contact"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a post stands, and the contact whose timeline should show it, if any.

    ``abandon`` leaves alone what the CRM holds: it went with its contact.
    """

    account: Account
    reason: str = ""
    contact: str | None = None
    abandon: bool = False


def wish(row: Any, contact: str | None, suppressed: bool) -> Wish:
    """Say where a post should stand; ``contact`` is today's id of the linked contact, ``None`` when gone."""
    if row.deleted_at is not None:
        return Wish(Account.GONE, row.deleted_reason)
    if suppressed:
        return Wish(Account.SKIPPED, SUPPRESSED)
    if not row.keep:
        return Wish(Account.SKIPPED, row.verdict)
    if row.subject is None:
        outbound = row.direction == Direction.OUTBOUND.value
        return Wish(Account.SKIPPED, _UNKNOWN_PARENT if outbound else _NO_AUTHOR)
    if row.link_state != LinkState.LINKED.value:
        return Wish(*_BY_STATE[row.link_state or LinkState.NONE.value])
    if contact is None:
        return Wish(Account.SKIPPED, GONE_CONTACT, abandon=True)
    return Wish(Account.QUEUED, contact=contact)


_X = interactions.c
_ROWS = (
    select(
        posts.c.pk, posts.c.platform, posts.c.id, posts.c.direction, posts.c.profile, posts.c.revision,
        posts.c.created_at, posts.c.deleted_at, posts.c.deleted_reason, posts.c.keep, posts.c.verdict,
        posts.c.subject, links.c.state.label("link_state"), links.c.contact_id.label("link_contact"),
        _X.state, _X.contact_id, _X.revision.label("told_revision"), _X.retracted, _X.offered, _X.sent_contact,
        _X.reason,
    )
    .select_from(
        posts.outerjoin(
            links,
            and_(
                links.c.ws == posts.c.ws,
                links.c.platform == posts.c.platform,
                links.c.profile_id == posts.c.subject,
            ),
        ).outerjoin(interactions, _X.post == posts.c.pk)
    )
)  # fmt: skip
_UNSETTLED = (
    _ROWS.where(posts.c.ws == bindparam("ws"), posts.c.stage == literal(TO_SETTLE))
    .order_by(posts.c.pk)
    .limit(bindparam("n"))
)
_THESE = _ROWS.where(posts.c.pk.in_(bindparam("pks", expanding=True)))
_MOVE = (
    update(posts)
    .where(posts.c.pk.in_(bindparam("pks", expanding=True)))
    .values(stage=literal(SETTLED), account=bindparam("to_account"), reason=bindparam("to_reason"))
)


def settle(connection: Connection, db: Database, suppression: SqlSuppression, limit: int) -> SettleCounts:
    """Settle up to ``limit`` posts that wait for it."""
    return settle_rows(connection, db, suppression, connection.execute(_UNSETTLED, {"ws": db.ws, "n": limit}).all())


def settle_these(connection: Connection, db: Database, suppression: SqlSuppression, pks: Sequence[int]) -> None:
    """Settle these posts again, by row number."""
    for part in chunks(pks):
        settle_rows(connection, db, suppression, connection.execute(_THESE, {"pks": part}).all())


def suppressed_posts(
    connection: Connection, db: Database, suppression: SqlSuppression, pks: Sequence[int]
) -> list[int]:
    """Pick those of the posts whose author, owner or contact is suppressed."""
    if not suppression.active(connection):
        return []
    found: set[int] = set()
    for part in chunks(pks):
        rows = connection.execute(_THESE, {"pks": part}).all()
        today = resolve(connection, db.ws, {row.link_contact for row in rows if row.link_contact})
        found |= _suppressed(connection, db, suppression, rows, today)
    return sorted(found)


def settle_rows(connection: Connection, db: Database, suppression: SqlSuppression, rows: Sequence[Any]) -> SettleCounts:
    """Bring these posts to their account, and queue what the CRM must be told."""
    counts = SettleCounts(looked_at=len(rows))
    today = resolve(connection, db.ws, {row.link_contact for row in rows if row.link_contact})
    suppressed = _suppressed(connection, db, suppression, rows, today)
    now = db.now()
    moved: dict[tuple[str, str], list[int]] = {}
    new: list[Values] = []
    changed: list[Values] = []
    closed: list[Values] = []
    for row in rows:
        wished = wish(row, today.get(row.link_contact or ""), row.pk in suppressed)
        account, reason, told = _plan(row, wished, now)
        moved.setdefault((account.value, reason), []).append(row.pk)
        _count(counts, account)
        if told and row.state is None:
            new.append({**_born(db, row), **told})
        elif told:
            (closed if told == _CLOSE else changed).append({"b_post": row.pk, **told})
    if new:
        connection.execute(insert(interactions), new)
    change(connection, interactions, changed)
    change(connection, interactions, closed)
    for (to_account, to_reason), pks in moved.items():
        for part in chunks(pks):
            connection.execute(_MOVE, {"pks": part, "to_account": to_account, "to_reason": to_reason})
    return counts


_CLOSE: Values = {"state": CLOSED, "not_before": None}
_ACCOUNTS = {
    QUEUED: Account.QUEUED,
    WAITING: Account.QUEUED,
    PARKED: Account.PARKED,
    DELIVERED: Account.DELIVERED,
}
PENDING = (QUEUED, WAITING, PARKED)


def _plan(row: Any, wished: Wish, now: int) -> tuple[Account, str, Values | None]:
    if wished.contact is not None:
        same = (row.contact_id, row.told_revision, row.retracted) == (wished.contact, row.revision, False)
        if same and row.state in _ACCOUNTS:
            return _ACCOUNTS[row.state], row.reason if row.state == PARKED else "", None
        rank = CORRECTION if row.offered else ADDITION
        return Account.QUEUED, "", _told(row, wished.contact, retracted=False, rank=rank, now=now)
    if row.offered and not wished.abandon:
        return _plan_retraction(row, wished, now)
    leave = row.state is None or row.retracted or row.state == CLOSED
    return wished.account, wished.reason, None if leave else _CLOSE


def _plan_retraction(row: Any, wished: Wish, now: int) -> tuple[Account, str, Values | None]:
    pending = row.retracted and row.state in PENDING
    told = None
    if not pending:
        told = _told(row, row.sent_contact or row.contact_id, retracted=True, rank=RETRACTION, now=now)
    if wished.account is not Account.GONE:
        return wished.account, wished.reason, told
    # A deleted post is gone only when the CRM has confirmed it.
    if pending and row.state == PARKED:
        return Account.PARKED, row.reason, None
    return Account.QUEUED, wished.reason, told


def _told(row: Any, contact: str, *, retracted: bool, rank: int, now: int) -> Values:
    return {
        "contact_id": contact,
        "revision": row.revision,
        "retracted": retracted,
        "occurred_at": row.created_at,
        "state": QUEUED,
        "rank": rank,
        "queued_at": now,
        "not_before": None,
        "attempts": 0,
        "reason": "",
    }


def _born(db: Database, row: Any) -> Values:
    key = interaction_key(db.workspace, row.platform, row.id)
    return {"post": row.pk, "ws": db.ws, "key": key, "offered": False, "sent_contact": None, "crm_id": ""}


def _count(counts: SettleCounts, account: Account) -> None:
    if account.value in ("queued", "held", "skipped", "gone"):
        setattr(counts, account.value, getattr(counts, account.value) + 1)


def _suppressed(
    connection: Connection,
    db: Database,
    suppression: SqlSuppression,
    rows: Sequence[Any],
    today: dict[str, str | None],
) -> set[int]:
    if not suppression.active(connection):
        return set()
    emails = _emails(connection, db.ws, rows, today)
    marks: dict[Mark, list[int]] = {}
    for row in rows:
        names = {row.link_contact, today.get(row.link_contact or "")} - {None}
        accounts = {f"{row.platform}:{account}" for account in (row.subject, row.profile) if account}
        for mark in (
            *(("contact", name) for name in names),
            *(("profile", account) for account in accounts),
            *(("email", email) for owner in (*names, *accounts) for email in emails.get(owner, ())),
        ):
            marks.setdefault(mark, []).append(row.pk)
    return {pk for mark in suppression.covered(connection, marks) for pk in marks[mark]}


def _emails(connection: Connection, ws: int, rows: Sequence[Any], today: dict[str, str | None]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    contacts = {contact for pair in today.items() for contact in pair if contact}
    for part in chunks(contacts):
        where = (contact_keys.c.ws == ws, contact_keys.c.kind == "email", contact_keys.c.contact_id.in_(part))
        for row in connection.execute(select(contact_keys.c.contact_id, contact_keys.c.value).where(*where)):
            found.setdefault(row.contact_id, []).append(row.value)
    accounts = ((row.platform, account) for row in rows for account in (row.subject, row.profile) if account)
    for (platform, account), profile in load_profiles(connection, ws, accounts).items():
        if profile.email:
            found.setdefault(f"{platform}:{account}", []).append(profile.email)
    return found
