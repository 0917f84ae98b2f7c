"""Who did what, and when: decisions about links from their own log, everything else from the events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import Select, insert, select

from socialcrm.store.engine import Database, instant, micros
from socialcrm.store.rights import AuditEvent
from socialcrm.store.schema import decisions, events

_PAGE = 1000
_DECIDED = (decisions.c.platform, decisions.c.profile_id, decisions.c.contact_id, decisions.c.basis, decisions.c.policy)


class SqlAudit:
    """The audit log of one workspace; the tables refuse every change and deletion."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, action: str, *, by: str, **detail: str | int | None) -> None:
        """Append an event; ``detail`` must name no person, since nothing of it is ever erased."""
        row = {"ws": self._db.ws, "at": self._db.now(), "by": by, "action": action}
        with self._db.write() as connection:
            connection.execute(insert(events), {**row, "detail": json.dumps(detail, ensure_ascii=False)})

    def last(self, action: str) -> AuditEvent | None:
        """Return the latest event of one sort."""
        where = (events.c.ws == self._db.ws, events.c.action == action)
        with self._db.read() as connection:
            row = connection.execute(select(events).where(*where).order_by(events.c.pk.desc()).limit(1)).first()
        return _event(row) if row else None

    def events(self, since: datetime | None = None) -> Iterator[AuditEvent]:
        """Yield decisions and events together, oldest first; decisions about erased people are gone from it."""
        start = micros(since) if since else 0
        told = select(events).where(events.c.ws == self._db.ws, events.c.at >= start)
        columns = (decisions.c.id, decisions.c.at, decisions.c.by, decisions.c.state, *_DECIDED)
        decided = select(*columns).where(decisions.c.ws == self._db.ws, decisions.c.at >= start)
        streams = (
            map(_event, self._pages(told, events.c.at, events.c.pk)),
            map(_decision, self._pages(decided, decisions.c.at, decisions.c.id)),
        )
        yield from merge(*streams, key=lambda event: event.at)

    def _pages(self, statement: Select[Any], at: Any, number: Any) -> Iterator[Any]:
        done = 0
        while True:
            with self._db.read() as connection:
                rows = connection.execute(statement.order_by(at, number).offset(done).limit(_PAGE)).all()
            yield from rows
            done += len(rows)
            if len(rows) < _PAGE:
                return


def _event(row: Any) -> AuditEvent:
    return AuditEvent(at=instant(row.at), by=row.by, action=row.action, detail=json.loads(row.detail))


def _decision(row: Any) -> AuditEvent:
    detail: dict[str, str | int | None] = {column.name: getattr(row, column.name) for column in _DECIDED}
    return AuditEvent(at=instant(row.at), by=row.by, action=row.state, detail={"decision": row.id, **detail})
