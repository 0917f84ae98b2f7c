"""The embedded CRM: contacts and their timeline in an SQLite file or a PostgreSQL database.

For companies without a CRM of their own, for trying the library out, and as the reference of what
a backend promises. Contacts come in through `SQLCRM.put_contacts` (see `socialcrm.crm.csv_import`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, TypeVar

from pydantic import Field
from sqlalchemy import Connection, RowMapping, Table, delete, inspect, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from socialcrm.clock import Clock, SystemClock
from socialcrm.crm.base import ContactGone, ContactPage, CRMConfig, Delivered, Outcome
from socialcrm.crm.sql_schema import changes as _changes
from socialcrm.crm.sql_schema import contacts as _contacts
from socialcrm.crm.sql_schema import metadata
from socialcrm.crm.sql_schema import timeline as _timeline
from socialcrm.database import location, open_engine, reading, scrub, storage_errors
from socialcrm.errors import CRMRejected, StoreError, Transient
from socialcrm.failpoints import failpoint
from socialcrm.model import Contact, Finding, Interaction, stamp

PAGE = 1000

UNKNOWN = "the CRM has no such contact"
DELETED = "the contact was deleted in the CRM"

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_CREATION_LOCK = 0x50C1A1

T = TypeVar("T")
_BLANK: Mapping[str, Any] = {
    **dict.fromkeys(("subject", "body", "url", "author", "thread", "in_reply_to"), ""),
    "sentiment": None,
}
_NOBODY = Contact(id="-").model_dump(mode="json", exclude={"id", "version"})


class SQLCRMConfig(CRMConfig):
    """Where the embedded CRM lives: ``sqlite:///path`` or ``postgresql://user@host/name``."""

    url: str = Field("sqlite:///crm.db", repr=False)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Where entries for a contact go: to ``id``, or nowhere for ``reason``."""

    id: str
    reason: str = ""


class SQLCRM:
    """A CRM in one database; safe to use from several processes.

    Errors: `Transient` when the database is locked or away, `StoreError` when it is full, damaged or
    not writable, `MissingExtra` for PostgreSQL without its driver.
    """

    name: ClassVar[str] = "sql"
    Config: ClassVar[type[CRMConfig]] = SQLCRMConfig

    def __init__(self, config: SQLCRMConfig, *, clock: Clock | None = None) -> None:
        self._engine = open_engine(config.url, application="socialcrm-crm")
        self._what = f"the embedded CRM at {location(self._engine)}"
        self._clock = clock or SystemClock()
        self._prepared = False

    def check(self) -> Iterator[Finding]:
        """Try a writing transaction, then compare tables, columns and keys with what is needed."""
        try:
            with self._writing() as connection:
                connection.execute(update(_changes).values(last=_changes.c.last))
        except (StoreError, Transient) as error:
            yield Finding(ok=False, what=f"{self._what} can be written", remedy=str(error))
        else:
            yield Finding(ok=True, what=f"{self._what} can be written")
        try:
            with storage_errors(self._what, away=Transient), reading(self._engine).begin() as connection:
                findings = [_examine(connection, table) for table in metadata.sorted_tables]
        except (StoreError, Transient):
            return
        yield from findings

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield contacts changed after the cursor ``since``, in pages of up to 1,000, oldest change first.

        A cursor that this database cannot have given (it was restored or replaced) counts as none.
        """
        after = self._place(since)
        while True:
            query = select(_contacts).where(_contacts.c.changed > after).order_by(_contacts.c.changed).limit(PAGE)
            with self._reading() as connection:
                rows = connection.execute(query).mappings().all()
            if not rows:
                return
            after = rows[-1]["changed"]
            yield ContactPage([_change(row) for row in rows], str(after))

    def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
        """Write entries and answer in input order; all of them in one transaction."""
        with self._writing() as connection:
            owners = _owners(connection, {entry.contact_id for entry in interactions})
            stand = _standing(connection, [entry.key for entry in interactions])
            changed: dict[str, dict[str, Any]] = {}
            answers = []
            for entry in interactions:
                answer, row = _settle(entry, owners[entry.contact_id], stand.get(entry.key))
                if row is not None:
                    stand[entry.key] = changed[entry.key] = row
                answers.append(answer)
            _write(connection, _timeline, list(changed.values()), never_back="revision")
            failpoint("crm.before_commit")
        failpoint("crm.after_commit")
        return answers

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read a contact's entries, oldest first; those of a merged contact stand on the one it went into."""
        place, order = ("", ""), (_timeline.c.occurred_at, _timeline.c.key)
        mine = select(_timeline).where(_timeline.c.contact_id == contact_id, _timeline.c.retracted.is_(False))
        while True:
            query = mine.where(tuple_(*order) > tuple_(*place)).order_by(*order).limit(PAGE)
            with self._reading() as connection:
                rows = connection.execute(query).mappings().all()
            for row in rows:
                yield Interaction.model_validate(dict(row))
            if len(rows) < PAGE:
                return
            place = (rows[-1]["occurred_at"], rows[-1]["key"])

    def erase(self, keys: Iterable[str]) -> Sequence[Delivered]:
        """Delete entries, and their bytes from the database file; erasing what is not there is done already."""
        wanted = list(keys)
        with self._writing() as connection:
            found = _standing(connection, wanted)
            for some in _batches(found, PAGE):
                connection.execute(delete(_timeline).where(_timeline.c.key.in_(some)))
            failpoint("crm.before_commit")
        failpoint("crm.after_commit")
        if wanted:
            with storage_errors(self._what, away=Transient):
                scrub(self._engine)
        return [Delivered(key, Outcome.UPDATED if key in found else Outcome.UNCHANGED, crm_id=key) for key in wanted]

    def put_contacts(self, contacts: Iterable[Contact]) -> int:
        """Add or replace contacts, batch by batch; returns how many were new or differed.

        A deleted contact comes back; one that was merged stays merged. ``Contact.version`` is ours to
        give: it is ignored here and is the number of the change when read.
        """
        return sum(self._put(batch) for batch in _batches(contacts, PAGE))

    def remove_contact(self, contact_id: str) -> bool:
        """Delete a contact and its timeline; returns whether it was there."""
        with self._writing() as connection:
            number = _number(connection, 1)
            if _owners(connection, {contact_id})[contact_id] != _Owner(contact_id):
                return False
            self._bury(connection, contact_id, number, merged_into=None)
            connection.execute(delete(_timeline).where(_timeline.c.contact_id == contact_id))
        return True

    def merge_contacts(self, loser: str, winner: str) -> None:
        """Move what ``loser`` has to ``winner``, its timeline too, and leave a pointer.

        Where both have a value, that of ``winner`` stays; addresses, numbers and handles are put
        together; a do-not-profile flag of either holds for both.

        Raises `CRMRejected` unless both are living contacts and not the same one.
        """
        with self._writing() as connection:
            number = _number(connection, 2)
            owners = _owners(connection, {loser, winner})
            if owners[loser] != _Owner(loser) or owners[winner].reason or owners[winner].id == loser:
                raise CRMRejected("only two different contacts that are neither deleted nor merged can be merged")
            heir = owners[winner].id
            rows = connection.execute(select(_contacts).where(_contacts.c.id.in_([loser, heir]))).mappings()
            found = {row["id"]: row for row in rows}
            united = {**_united(found[heir], found[loser]), "changed": number + 1}
            connection.execute(update(_contacts).where(_contacts.c.id == heir).values(united))
            self._bury(connection, loser, number, merged_into=heir)
            connection.execute(update(_timeline).where(_timeline.c.contact_id == loser).values(contact_id=heir))

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._what, away=Transient):
            self._prepare()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._what, away=Transient):
            self._prepare()
            with reading(self._engine).begin() as connection:
                yield connection

    def _prepare(self) -> None:
        """Create the tables in a database that has none of them; a partly emptied one is left for `check` to show."""
        if self._prepared:
            return
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATION_LOCK})
            if not set(metadata.tables) & set(inspect(connection).get_table_names()):
                metadata.create_all(connection)
                connection.execute(_changes.insert().values(last=0))
        self._prepared = True

    def _place(self, since: str | None) -> int:
        with self._reading() as connection:
            last = connection.execute(select(_changes.c.last)).scalar_one()
        return int(since) if since and since.isdecimal() and int(since) <= last else 0

    def _put(self, batch: Sequence[Contact]) -> int:
        new = {contact.id: contact.model_dump(mode="json", exclude={"version"}) for contact in batch}
        with self._writing() as connection:
            first = _number(connection, len(new))
            query = select(_contacts).where(_contacts.c.id.in_(list(new)))
            old = {row["id"]: row for row in connection.execute(query).mappings()}
            rows = []
            for number, (identity, values) in enumerate(new.items(), start=first):
                row = {**values, "deleted_at": None, "merged_into": None}
                if identity not in old or _replaces(row, old[identity]):
                    rows.append({**row, "changed": number})
            _write(connection, _contacts, rows, never_back="changed")
        return len(rows)

    def _bury(self, connection: Connection, contact_id: str, number: int, *, merged_into: str | None) -> None:
        gone = {"changed": number, "deleted_at": stamp(self._clock.now()), "merged_into": merged_into}
        connection.execute(update(_contacts).where(_contacts.c.id == contact_id).values({**_NOBODY, **gone}))


def _settle(
    entry: Interaction, owner: _Owner, old: Mapping[Any, Any] | None
) -> tuple[Delivered, dict[str, Any] | None]:
    """Decide what becomes of one entry: the answer, and the row to write if any."""
    if old is not None and entry.revision < old["revision"] and not entry.retracted:
        return Delivered(entry.key, Outcome.UNCHANGED, crm_id=entry.key), None
    if entry.retracted and old is None:
        return Delivered(entry.key, Outcome.UNCHANGED), None
    row = {**entry.model_dump(mode="json"), "occurred_at": stamp(entry.occurred_at), "contact_id": owner.id}
    if entry.retracted and old is not None:
        # A store restored from a backup counts revisions anew: its retraction wins, and no late edit undoes it.
        revision = max(entry.revision, old["revision"])
        row |= {**_BLANK, "contact_id": old["contact_id"] if owner.reason else owner.id, "revision": revision}
    elif owner.reason:
        return Delivered(entry.key, Outcome.PARKED, reason=owner.reason), None
    if old is not None and all(old[name] == value for name, value in row.items()):
        return Delivered(entry.key, Outcome.UNCHANGED, crm_id=entry.key), None
    return Delivered(entry.key, Outcome.CREATED if old is None else Outcome.UPDATED, crm_id=entry.key), row


def _owners(connection: Connection, ids: Iterable[str]) -> dict[str, _Owner]:
    """Find where entries for each contact go, following merges however long the chain is."""
    known: dict[str, tuple[str | None, str | None] | None] = {}
    asked = set(ids)
    while asked:
        for some in _batches(asked, PAGE):
            query = select(_contacts.c.id, _contacts.c.deleted_at, _contacts.c.merged_into)
            known.update(dict.fromkeys(some))
            known.update(
                (row[0], (row[1], row[2])) for row in connection.execute(query.where(_contacts.c.id.in_(some)))
            )
        asked = {row[1] for row in known.values() if row is not None and row[1] is not None} - known.keys()
    return {identity: _follow(identity, known) for identity in known}


def _follow(identity: str, known: Mapping[str, tuple[str | None, str | None] | None]) -> _Owner:
    seen = set()
    while (row := known[identity]) is not None and row[1] is not None and identity not in seen:
        seen.add(identity)
        identity = row[1]
    if row is None:
        return _Owner(identity, UNKNOWN)
    return _Owner(identity, DELETED if row[0] is not None else "")


def _standing(connection: Connection, keys: Sequence[str]) -> dict[str, Mapping[Any, Any]]:
    found: dict[str, Mapping[Any, Any]] = {}
    for some in _batches(dict.fromkeys(keys), PAGE):
        query = select(_timeline).where(_timeline.c.key.in_(some)).order_by(_timeline.c.key).with_for_update()
        for row in connection.execute(query).mappings():
            found[row["key"]] = row
    return found


def _write(connection: Connection, table: Table, rows: list[dict[str, Any]], *, never_back: str) -> None:
    """Insert or replace rows, except where the column ``never_back`` would fall."""
    if not rows:
        return
    statement = _INSERT[connection.dialect.name](table)
    fresh = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    forward = statement.excluded[never_back] >= table.c[never_back]
    connection.execute(
        statement.on_conflict_do_update(index_elements=table.primary_key, set_=fresh, where=forward), rows
    )


def _number(connection: Connection, count: int) -> int:
    """Take ``count`` numbers and return the first."""
    query = update(_changes).values(last=_changes.c.last + count).returning(_changes.c.last)
    return int(connection.execute(query).scalar_one()) - count + 1


def _change(row: RowMapping) -> Contact | ContactGone:
    if row["deleted_at"] is not None:
        return ContactGone(row["id"], row["merged_into"])
    fields = {name: row[name] for name in Contact.model_fields if name != "version"}
    return Contact.model_validate({**fields, "version": str(row["changed"])})


def _replaces(new: Mapping[str, Any], old: RowMapping) -> bool:
    return old["merged_into"] is None and any(old[name] != value for name, value in new.items())


def _united(winner: RowMapping, loser: RowMapping) -> dict[str, Any]:
    row = {name: winner[name] or loser[name] for name in _NOBODY}
    for name in ("emails", "phones", "websites"):
        row[name] = _union(winner[name], loser[name])
    mine, theirs = winner["handles"], loser["handles"]
    row["handles"] = {name: _union(mine.get(name, ()), theirs.get(name, ())) for name in {**mine, **theirs}}
    return row


def _union(some: Sequence[str], others: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*some, *others)))


def _examine(connection: Connection, table: Table) -> Finding:
    seen = inspect(connection)
    what = f"table {table.name}"
    if table.name not in seen.get_table_names():
        return Finding(ok=False, what=what, remedy=f"{what} is missing; restore it from a backup")
    lacking = {column.name for column in table.c} - {column["name"] for column in seen.get_columns(table.name)}
    if lacking:
        return Finding(ok=False, what=what, remedy=f"{what} lacks {', '.join(sorted(lacking))}; restore a backup")
    if list(table.primary_key.columns.keys()) != seen.get_pk_constraint(table.name)["constrained_columns"]:
        return Finding(
            ok=False, what=what, remedy=f"{what} lost its primary key, entries could double; restore a backup"
        )
    return Finding(ok=True, what=what)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
