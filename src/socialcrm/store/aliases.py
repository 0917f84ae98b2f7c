"""Contacts that were merged or deleted: where a decision about them points today."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, select

from socialcrm.model import Contact
from socialcrm.store.rows import chunks
from socialcrm.store.schema import aliases, contacts

_MOVED = (
    select(aliases.c.id, aliases.c.merged_into)
    .outerjoin(contacts, and_(contacts.c.ws == aliases.c.ws, contacts.c.id == aliases.c.id))
    .where(
        aliases.c.ws == bindparam("ws"),
        aliases.c.id.in_(bindparam("ids", expanding=True)),
        contacts.c.id.is_(None),
    )
)
_MERGED = select(aliases.c.id).where(
    aliases.c.ws == bindparam("ws"), aliases.c.merged_into.in_(bindparam("ids", expanding=True))
)
_PAYLOAD = select(contacts.c.id, contacts.c.payload).where(
    contacts.c.ws == bindparam("ws"), contacts.c.id.in_(bindparam("ids", expanding=True))
)


def resolve(connection: Connection, ws: int, ids: Iterable[str]) -> dict[str, str | None]:
    """Say for each contact id which contact it is today; ``None`` when it is gone.

    A contact that the mirror holds is itself, whatever was told of it before; an id never heard of is
    itself too. A cycle of merges ends nowhere: gone.
    """
    step: dict[str, str | None] = {}
    asked: set[str] = set()
    wanted = set(ids)
    frontier = wanted
    while frontier:
        asked |= frontier
        for part in chunks(frontier):
            step.update((row.id, row.merged_into) for row in connection.execute(_MOVED, {"ws": ws, "ids": part}))
        frontier = {target for target in step.values() if target is not None} - asked
    return {contact: _follow(step, contact) for contact in wanted}


def _follow(step: dict[str, str | None], contact: str) -> str | None:
    seen: set[str] = set()
    at: str | None = contact
    while at is not None and at in step:
        if at in seen:
            return None
        seen.add(at)
        at = step[at]
    return at


def names(connection: Connection, ws: int, ids: Iterable[str]) -> set[str]:
    """Collect every id under which these contacts were ever known: their own and those merged into them."""
    known: set[str] = set()
    frontier = set(ids)
    while frontier:
        known |= frontier
        found: set[str] = set()
        for part in chunks(frontier):
            found.update(connection.scalars(_MERGED, {"ws": ws, "ids": part}))
        frontier = found - known
    return known


def payloads(connection: Connection, ws: int, ids: Iterable[str]) -> dict[str, str]:
    """Read mirrored contacts as they are stored, by id, without following merges."""
    found: dict[str, str] = {}
    for part in chunks(ids):
        found.update((row.id, row.payload) for row in connection.execute(_PAYLOAD, {"ws": ws, "ids": part}))
    return found


def present(connection: Connection, ws: int, ids: Iterable[str]) -> dict[str, Contact]:
    """Read the contacts that these ids stand for today; those gone or never mirrored are left out."""
    today = resolve(connection, ws, ids)
    stored = payloads(connection, ws, {contact for contact in today.values() if contact is not None})
    return {old: Contact.model_validate_json(stored[new]) for old, new in today.items() if new in stored}
