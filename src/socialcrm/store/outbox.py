"""What the CRM should show against what it has confirmed; no row of it holds any text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, update

from socialcrm.store.base import Account, Correction, Due, Mark, SettleCounts, StoredPost
from socialcrm.store.engine import Database, instant, micros
from socialcrm.store.rows import AUTHORED, STORED, Values, chunks, stored
from socialcrm.store.schema import SETTLED, corrections, interactions, posts
from socialcrm.store.settle import (
    DELIVERED,
    PARKED,
    PENDING,
    QUEUED,
    RETRACTED,
    WAITING,
    settle,
    settle_these,
    suppressed_posts,
)
from socialcrm.store.statements import change, literal
from socialcrm.store.suppression import SqlSuppression

_X = interactions.c
_WIDTH = len(STORED)

_COUNTED = (QUEUED, WAITING, PARKED, DELIVERED)

_WAKE = (
    update(interactions)
    .where(_X.ws == bindparam("b_ws"), _X.state == literal(WAITING), _X.not_before <= bindparam("now"))
    .values(state=literal(QUEUED), not_before=None)
)
# A retraction never waits: not even for the post to be settled again.
_DUE = (
    select(*STORED, posts.c.pk, _X.key, _X.contact_id, _X.revision.label("told"), _X.retracted, _X.attempts, _X.offered)
    .select_from(AUTHORED.join(interactions, _X.post == posts.c.pk))
    .where(
        _X.ws == bindparam("ws"),
        _X.state == literal(QUEUED),
        or_(posts.c.stage == SETTLED, _X.retracted),
    )
    .order_by(_X.rank, _X.contact_id, _X.occurred_at, _X.post)
    .limit(bindparam("n"))
)
_OFFER = update(interactions).where(_X.post.in_(bindparam("pks", expanding=True))).values(offered=True)
_MARKED = (
    select(
        _X.post, _X.key, _X.contact_id, _X.revision, _X.retracted, _X.state, _X.attempts, _X.offered, _X.sent_contact,
        _X.crm_id, _X.not_before, _X.reason, posts.c.deleted_at,
    )
    .join(posts, posts.c.pk == _X.post)
    .where(_X.ws == bindparam("ws"), _X.key.in_(bindparam("keys", expanding=True)))
)  # fmt: skip
_STAND = (
    update(posts)
    .where(posts.c.pk.in_(bindparam("pks", expanding=True)), posts.c.stage == literal(SETTLED))
    .values(account=bindparam("to_account"), reason=bindparam("to_reason"))
)
_GONE = (
    update(posts)
    .where(posts.c.pk.in_(bindparam("pks", expanding=True)), posts.c.stage == literal(SETTLED))
    .values(account=Account.GONE.value, reason=posts.c.deleted_reason)
)


class SqlOutbox:
    """Deliveries of one workspace."""

    def __init__(self, db: Database, suppression: SqlSuppression) -> None:
        self._db = db
        self._suppression = suppression

    def settle(self, limit: int) -> SettleCounts:
        """Bring up to ``limit`` changed posts to their account, and queue what the CRM must be told."""
        with self._db.write() as connection:
            return settle(connection, self._db, self._suppression, limit)

    def due(self, limit: int) -> list[Due]:
        """Return deliveries due now: retractions and corrections first, then per contact in time order.

        It is noted, before they leave, that the CRM may know them from now on. Those of people suppressed
        since they were queued are dropped here.
        """
        where = {"ws": self._db.ws, "n": limit}
        with self._db.write() as connection:
            connection.execute(_WAKE, {"b_ws": self._db.ws, "now": self._db.now()})
            rows = connection.execute(_DUE, where).all()
            while hidden := self._hidden(connection, rows):
                settle_these(connection, self._db, self._suppression, hidden)
                rows = connection.execute(_DUE, where).all()
            for pks in chunks(row.pk for row in rows if not row.retracted and not row.offered):
                connection.execute(_OFFER, {"pks": pks})
        return [_due(row) for row in rows]

    def _hidden(self, connection: Connection, rows: Sequence[Any]) -> list[int]:
        adding = [row.pk for row in rows if not row.retracted]
        return suppressed_posts(connection, self._db, self._suppression, adding)

    def mark(self, marks: Sequence[Mark]) -> None:
        """Keep the CRM's answers: confirmed if the answer is for what is still wanted, else sent and queued on."""
        answers = {mark.key: mark for mark in marks}
        changed: list[Values] = []
        corrected: list[Values] = []
        standing: dict[tuple[Account, str], list[int]] = {}
        with self._db.write() as connection:
            for keys in chunks(answers):
                for row in connection.execute(_MARKED, {"ws": self._db.ws, "keys": keys}):
                    answer = answers[row.key]
                    if (values := _answered(row, answer)) is not None:
                        changed.append({"b_post": row.post, **values})
                    if (account := _account(row, answer)) is not None:
                        standing.setdefault(account, []).append(row.post)
                    if answer.done and row.sent_contact is not None:
                        corrected.append({"ws": self._db.ws, "at": self._db.now(), **_correction(row, answer)})
            change(connection, interactions, changed)
            if corrected:
                connection.execute(insert(corrections), corrected)
            _stand(connection, standing)

    def requeue(self, keys: Iterable[str] | None = None) -> int:
        """Put parked deliveries back into the queue, all of them or those under these keys; returns how many."""
        parked = select(_X.post).where(_X.ws == self._db.ws, _X.state == literal(PARKED))
        if keys is not None:
            parked = parked.where(_X.key.in_(list(keys)))
        with self._db.write() as connection:
            pks = connection.scalars(parked).all()
            again = update(interactions).values(state=QUEUED, attempts=0, not_before=None, reason="")
            stands = update(posts).values(account=Account.QUEUED.value, reason=posts.c.deleted_reason)
            for part in chunks(pks):
                connection.execute(again.where(_X.post.in_(part)))
                connection.execute(stands.where(posts.c.pk.in_(part), posts.c.account == Account.PARKED.value))
        return len(pks)

    def counts(self) -> dict[str, int]:
        """Count interactions that are queued, waiting for a later time, parked and delivered."""
        with self._db.read() as connection:
            return {state: connection.scalar(self._of(func.count(), state)) or 0 for state in _COUNTED}

    def oldest(self) -> datetime | None:
        """Return when the longest waiting delivery was queued."""
        with self._db.read() as connection:
            ages = [connection.scalar(self._of(func.min(_X.queued_at), state)) for state in (QUEUED, WAITING)]
        found = [age for age in ages if age is not None]
        return instant(min(found)) if found else None

    def corrections(self, key: str) -> list[Correction]:
        """Return what was done to an entry after its first delivery, oldest first."""
        mine = select(corrections).where(corrections.c.ws == self._db.ws, corrections.c.key == key)
        with self._db.read() as connection:
            rows = connection.execute(mine.order_by(corrections.c.pk)).all()
        return [Correction(instant(row.at), row.what, row.contact_id, row.before, row.revision) for row in rows]

    def _of(self, figure: ColumnElement[int], state: str) -> Select[Any]:
        return select(figure).select_from(interactions).where(_X.ws == self._db.ws, _X.state == literal(state))


def _due(row: Any) -> Due:
    held = stored(row[:_WIDTH])
    if row.retracted:
        held = _without_text(held)
    return Due(
        key=row.key,
        contact_id=row.contact_id,
        stored=held,
        revision=row.told,
        retracted=row.retracted,
        attempts=row.attempts,
    )


def _without_text(held: StoredPost) -> StoredPost:
    blank = {"text": "", "media": (), "url": "", "rating": None}
    return replace(held, post=held.post.model_copy(update=blank), sentiment=None)


def _still_wanted(row: Any, answer: Mark) -> bool:
    told = (answer.revision, answer.retracted, answer.contact_id)
    return row.state in PENDING and told == (row.revision, row.retracted, row.contact_id)


def _answered(row: Any, answer: Mark) -> Values | None:
    wanted = _still_wanted(row, answer)
    if answer.done:
        final = RETRACTED if answer.retracted else DELIVERED
        return {
            "state": final if wanted else row.state,
            "offered": not answer.retracted,
            "sent_contact": None if answer.retracted else answer.contact_id,
            "crm_id": answer.crm_id,
            "attempts": 0 if wanted else row.attempts,
            "not_before": None if wanted else row.not_before,
            "reason": "" if wanted else row.reason,
        }
    if not wanted:
        return None
    later = micros(answer.not_before) if answer.not_before else None
    return {
        "state": PARKED if answer.parked else WAITING if later is not None else QUEUED,
        "offered": row.offered,
        "sent_contact": row.sent_contact,
        "crm_id": row.crm_id,
        "attempts": row.attempts + 1,
        "not_before": None if answer.parked else later,
        "reason": answer.reason,
    }


def _correction(row: Any, answer: Mark) -> Values:
    moved = row.sent_contact != answer.contact_id and not answer.retracted
    return {
        "key": row.key,
        "what": "retracted" if answer.retracted else "moved" if moved else "updated",
        "contact_id": row.sent_contact if answer.retracted else answer.contact_id,
        "before": row.sent_contact if moved else "",
        "revision": answer.revision,
    }


def _account(row: Any, answer: Mark) -> tuple[Account, str] | None:
    if not _still_wanted(row, answer):
        return None
    if row.retracted and row.deleted_at is None:
        return None  # it stands where settling put it: the retraction only tidies up after it
    if answer.done:
        return (Account.GONE if row.retracted else Account.DELIVERED), ""
    return (Account.PARKED, answer.reason) if answer.parked else None


def _stand(connection: Connection, standing: dict[tuple[Account, str], list[int]]) -> None:
    for (account, reason), pks in standing.items():
        for part in chunks(pks):
            if account is Account.GONE:
                connection.execute(_GONE, {"pks": part})
            else:
                where = {"pks": part, "to_account": account.value, "to_reason": reason}
                connection.execute(_STAND, where)
