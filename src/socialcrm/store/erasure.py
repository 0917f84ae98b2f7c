"""The one way by which a person's rows leave the database, decisions included.

Erasing and queueing the CRM's share are one transaction: the keys of what stood on a timeline are kept,
hashes and nothing else, until the CRM has confirmed that the entries are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from sqlalchemy import Connection, Table, and_, delete, false, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from socialcrm.database import scrub, storage_errors
from socialcrm.store.aliases import names
from socialcrm.store.base import Account
from socialcrm.store.contacts import raise_generation
from socialcrm.store.engine import Database, micros
from socialcrm.store.rights import Expiry
from socialcrm.store.rows import chunks, parse_profile
from socialcrm.store.schema import (
    contact_keys,
    contacts,
    corrections,
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
from socialcrm.store.suppression import Mark, SqlSuppression, marks_of

T = TypeVar("T")

_UNSHOWN = (Account.SKIPPED.value, Account.GONE.value)


class SqlErasure:
    """Erasure in one workspace. Suppress first, so that nothing comes back meanwhile."""

    def __init__(self, db: Database, suppression: SqlSuppression) -> None:
        self._db = db
        self._suppression = suppression

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
            raise_generation(connection, ws)
        return gone

    def expire(self, platform: str, kind: str, rule: Expiry, limit: int) -> int:
        """Erase up to ``limit`` posts of one platform and kind that ``rule`` no longer lets us keep.

        Accounts and decisions stay: the person is still a customer. Returns how many posts went.
        """
        old = or_(false(), *_expired(rule))
        where = (posts.c.ws == self._db.ws, posts.c.platform == platform, posts.c.kind == kind, old)
        with self._db.write() as connection:
            pks = connection.scalars(select(posts.c.pk).where(*where).limit(limit)).all()
            for part in chunks(pks):
                self._posts(connection, posts.c.pk.in_(part))
        return len(pks)

    def kinds(self) -> list[tuple[str, str]]:
        """Return the (platform, kind) pairs of stored posts."""
        statement = select(posts.c.platform, posts.c.kind).where(posts.c.ws == self._db.ws).distinct()
        with self._db.read() as connection:
            return sorted((row.platform, row.kind) for row in connection.execute(statement))

    def suppressed(self) -> tuple[list[tuple[str, str]], list[str]]:
        """Return stored accounts (platform, id) and contacts on the suppression list: a backup brought them back."""
        with self._db.read() as connection:
            accounts = self._covered(connection, _marks_of_profiles(connection, self._db.ws))
            people = self._covered(connection, _marks_of_contacts(connection, self._db.ws))
        return sorted(accounts), sorted(people)

    def _covered(self, connection: Connection, marked: Iterable[tuple[Mark, T]]) -> set[T]:
        owners: dict[Mark, set[T]] = {}
        for mark, owner in marked:
            owners.setdefault(mark, set()).add(owner)
        return {owner for mark in self._suppression.covered(connection, owners) for owner in owners[mark]}

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
        gone = self._posts(connection, posts.c.ws == ws, posts.c.platform == platform, owned)
        self._decisions(connection, platform, profile_id)
        for table, column in ((handles, handles.c.profile_id), (profiles, profiles.c.id)):
            connection.execute(
                delete(table).where(table.c.ws == ws, table.c.platform == platform, column == profile_id)
            )
        return gone

    def _posts(self, connection: Connection, *which: ColumnElement[bool]) -> int:
        ws, now = self._db.ws, self._db.now()
        told = select(interactions.c.key).join(posts, posts.c.pk == interactions.c.post)
        # An entry that was retracted is hidden in the CRM, not gone from it.
        known = or_(interactions.c.offered, interactions.c.crm_id != "", interactions.c.state == RETRACTED)
        keys = connection.scalars(told.where(*which, known)).all()
        upsert(connection, erasures, [{"ws": ws, "key": key, "queued_at": now} for key in keys])
        for part in chunks(keys):
            connection.execute(delete(corrections).where(corrections.c.ws == ws, corrections.c.key.in_(part)))
        return connection.execute(delete(posts).where(*which)).rowcount

    def _decisions(self, connection: Connection, platform: str, profile_id: str) -> None:
        place = {"ws": self._db.ws, "platform": platform, "profile_id": profile_id}
        connection.execute(insert(erasing), place)
        for table in (decisions, links, erasing):
            where = (table.c[name] == value for name, value in place.items())
            connection.execute(delete(table).where(*where))


def _marks_of_profiles(connection: Connection, ws: int) -> Iterator[tuple[Mark, tuple[str, str]]]:
    for payload in connection.scalars(select(profiles.c.payload).where(profiles.c.ws == ws)):
        profile = parse_profile(payload)
        yield from ((mark, (profile.platform, profile.id)) for mark in marks_of(profile))


def _marks_of_contacts(connection: Connection, ws: int) -> Iterator[tuple[Mark, str]]:
    for contact_id in connection.scalars(select(contacts.c.id).where(contacts.c.ws == ws)):
        yield ("contact", contact_id), contact_id
    emails = select(contact_keys.c.value, contact_keys.c.contact_id)
    for row in connection.execute(emails.where(contact_keys.c.ws == ws, contact_keys.c.kind == "email")):
        yield ("email", row.value), row.contact_id


def _accounts(connection: Connection, table: Table, ws: int, *where: ColumnElement[bool]) -> list[tuple[str, str]]:
    statement = select(table.c.platform, table.c.profile_id).where(table.c.ws == ws, *where).distinct()
    return sorted((row.platform, row.profile_id) for row in connection.execute(statement))


def _expired(rule: Expiry) -> list[ColumnElement[bool]]:
    conditions = []
    if rule.written_before:
        conditions.append(posts.c.created_at < micros(rule.written_before))
    if rule.seen_before:
        seen = or_(posts.c.checked_at >= micros(rule.seen_before), posts.c.recorded_at >= micros(rule.seen_before))
        conditions.append(~seen)
    if rule.unshown_before:
        unshown = posts.c.account.in_(_UNSHOWN)
        conditions.append(and_(unshown, posts.c.recorded_at < micros(rule.unshown_before)))
    return conditions
