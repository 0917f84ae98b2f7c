"""The one way by which a person's rows leave the database, decisions included.

Erasing and queueing the CRM's share are one transaction: the keys of what stood on a timeline are kept,
hashes and nothing else, until the CRM has confirmed that the entries are gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, delete, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from socialcrm.database import scrub, storage_errors
from socialcrm.store.aliases import names
from socialcrm.store.engine import Database
from socialcrm.store.rows import chunks
from socialcrm.store.schema import (
    contact_keys,
    contacts,
    decisions,
    erasing,
    erasures,
    handles,
    interactions,
    links,
    posts,
    profiles,
)
from socialcrm.store.settle import RETRACTED
from socialcrm.store.statements import upsert


class SqlErasure:
    """Erasure in one workspace. Suppress first, so that nothing comes back meanwhile."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def profile(self, platform: str, profile_id: str) -> int:
        """Erase an account: posts, the brand's answers to them, handles, decisions; returns how many posts."""
        with self._db.write() as connection:
            return self._profile(connection, platform, profile_id)

    def contact(self, contact_id: str) -> int:
        """Erase a contact from the mirror, with every account linked to it; returns how many posts.

        Accounts only once proposed to it stay, without any decision: they are matched anew.
        """
        ws = self._db.ws
        with self._db.write() as connection:
            known = names(connection, ws, [contact_id])
            linked = _accounts(connection, links, ws, links.c.contact_id.in_(known), links.c.state == "linked")
            gone = sum(self._profile(connection, *account) for account in linked)
            for account in _accounts(connection, decisions, ws, decisions.c.contact_id.in_(known)):
                self._decisions(connection, *account)
            for table, column in ((contacts, contacts.c.id), (contact_keys, contact_keys.c.contact_id)):
                connection.execute(delete(table).where(table.c.ws == ws, column.in_(known)))
        return gone

    def pending(self, limit: int) -> list[str]:
        """Return keys of erased entries that the CRM has not confirmed yet, oldest first."""
        statement = select(erasures.c.key).where(erasures.c.ws == self._db.ws)
        with self._db.read() as connection:
            return list(connection.scalars(statement.order_by(erasures.c.queued_at, erasures.c.key).limit(limit)))

    def confirm(self, keys: Iterable[str]) -> None:
        """Forget the keys of entries that the CRM has removed."""
        with self._db.write() as connection:
            for part in chunks(keys):
                connection.execute(delete(erasures).where(erasures.c.ws == self._db.ws, erasures.c.key.in_(part)))

    def scrub(self) -> None:
        """Leave no bytes of erased rows in the file; raises `StoreError` while somebody reads it."""
        with storage_errors(self._db.where):
            scrub(self._db.engine)

    def _profile(self, connection: Connection, platform: str, profile_id: str) -> int:
        ws = self._db.ws
        owned = or_(posts.c.profile == profile_id, posts.c.subject == profile_id)
        theirs = (posts.c.ws == ws, posts.c.platform == platform, owned)
        told = select(interactions.c.key).join(posts, posts.c.pk == interactions.c.post)
        # An entry that was retracted is hidden in the CRM, not gone from it.
        known = or_(interactions.c.offered, interactions.c.crm_id != "", interactions.c.state == RETRACTED)
        keys = connection.scalars(told.where(*theirs, known)).all()
        now = self._db.now()
        upsert(connection, erasures, [{"ws": ws, "key": key, "queued_at": now} for key in keys])
        gone = connection.execute(delete(posts).where(*theirs)).rowcount
        self._decisions(connection, platform, profile_id)
        for table, column in ((handles, handles.c.profile_id), (profiles, profiles.c.id)):
            connection.execute(
                delete(table).where(table.c.ws == ws, table.c.platform == platform, column == profile_id)
            )
        return gone

    def _decisions(self, connection: Connection, platform: str, profile_id: str) -> None:
        place = {"ws": self._db.ws, "platform": platform, "profile_id": profile_id}
        connection.execute(insert(erasing), place)
        for table in (decisions, links, erasing):
            where = (table.c[name] == value for name, value in place.items())
            connection.execute(delete(table).where(*where))


def _accounts(connection: Connection, table: Table, ws: int, *where: ColumnElement[bool]) -> list[tuple[str, str]]:
    statement = select(table.c.platform, table.c.profile_id).where(table.c.ws == ws, *where).distinct()
    return sorted((row.platform, row.profile_id) for row in connection.execute(statement))
