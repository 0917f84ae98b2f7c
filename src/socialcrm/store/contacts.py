"""The mirror of the CRM's contacts: what matching and the brief need; the CRM stays the owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update

from socialcrm.model import Contact
from socialcrm.store import cursors
from socialcrm.store.aliases import names, payloads, present
from socialcrm.store.engine import Database
from socialcrm.store.rows import Values, chunks, indexable
from socialcrm.store.schema import aliases, contact_keys, contacts, workspaces
from socialcrm.store.stages import unsettle_contacts
from socialcrm.store.statements import upsert
from socialcrm.store.suppression import Mark, SqlSuppression

STREAM = "contacts"
_PAGE = 1000
_NOT_A_DIGIT = re.compile(r"\D+")
_EXTENSION = re.compile(r"(?:ext|x|#|;).*$", re.IGNORECASE)

_ALIASED = select(aliases.c.id, aliases.c.merged_into).where(
    aliases.c.ws == bindparam("ws"), aliases.c.id.in_(bindparam("ids", expanding=True))
)


def raise_generation(connection: Connection, ws: int) -> None:
    """Note that a mirrored contact changed or went, so that whoever holds an index of them builds it anew."""
    row = update(workspaces).where(workspaces.c.ws == ws)
    connection.execute(row.values(contacts_generation=workspaces.c.contacts_generation + 1))


class SqlContacts:
    """The mirrored contacts of one workspace."""

    def __init__(self, db: Database, suppression: SqlSuppression) -> None:
        self._db = db
        self._suppression = suppression

    def record(self, changes: Sequence[object], *, source: str, cursor: str | None) -> int:
        """Commit contact changes (`Contact` or ``ContactGone``) with their cursor; returns how many differed.

        The place is kept as the cursor of the stream ``contacts``. Suppressed contacts are not mirrored.
        """
        latest = {str(change.id): change for change in changes}  # type: ignore[attr-defined]
        with self._db.write() as connection:
            hidden = self._hidden(connection, latest)
            here = [c for c in latest.values() if isinstance(c, Contact) and c.id not in hidden]
            gone = {i: c for i, c in latest.items() if not isinstance(c, Contact) or i in hidden}
            differing = self._save(connection, here) | self._remove(connection, gone, hidden)
            if differing:
                raise_generation(connection, self._db.ws)
            if cursor is not None:
                cursors.save(connection, self._db.ws, source, STREAM, cursor, self._db.now())
        return len(differing)

    def all(self) -> Iterator[Contact]:
        """Yield every mirrored contact, in pages, without holding a transaction open between them."""
        after = ""
        while True:
            statement = (
                select(contacts.c.id, contacts.c.payload)
                .where(contacts.c.ws == self._db.ws, contacts.c.id > after)
                .order_by(contacts.c.id)
                .limit(_PAGE)
            )
            with self._db.read() as connection:
                rows = connection.execute(statement).all()
            for row in rows:
                yield Contact.model_validate_json(row.payload)
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def get(self, contact_id: str) -> Contact | None:
        """Return the contact, following merges."""
        with self._db.read() as connection:
            return present(connection, self._db.ws, [contact_id]).get(contact_id)

    def find(self, *, email: str = "", phone: str = "") -> list[Contact]:
        """Return contacts that have this e-mail address or this telephone number.

        A number is compared by the digits of its international form; one written without a country is
        compared as it stands.
        """
        wanted = [("email", _email(email))] if email.strip() else []
        if digits := _digits(phone, ""):
            wanted.append(("phone", digits))
        statement = (
            select(contact_keys.c.contact_id)
            .where(contact_keys.c.ws == self._db.ws, tuple_(contact_keys.c.kind, contact_keys.c.value).in_(wanted))
            .distinct()
        )
        with self._db.read() as connection:
            ids = sorted(connection.scalars(statement)) if wanted else []
            stored = payloads(connection, self._db.ws, ids)
        return [Contact.model_validate_json(stored[contact]) for contact in ids if contact in stored]

    def generation(self) -> int:
        """Return a number that rises whenever a mirrored contact changes."""
        with self._db.read() as connection:
            number = connection.scalar(select(workspaces.c.contacts_generation).where(workspaces.c.ws == self._db.ws))
        return number or 0

    def _hidden(self, connection: Connection, latest: dict[str, Any]) -> set[str]:
        marks: dict[Mark, str] = {("contact", contact): contact for contact in latest}
        pairs = [*marks.items()]
        pairs += [(("email", e), c.id) for c in latest.values() if isinstance(c, Contact) for e in c.emails if e]
        hits = self._suppression.covered(connection, (mark for mark, _ in pairs))
        return {contact for mark, contact in pairs if mark in hits}

    def _save(self, connection: Connection, here: Sequence[Contact]) -> set[str]:
        before = payloads(connection, self._db.ws, [contact.id for contact in here])
        after = {contact.id: contact.model_dump_json(exclude_defaults=True) for contact in here}
        differing = [contact for contact in here if before.get(contact.id) != after[contact.id]]
        self._forget_keys(connection, [contact.id for contact in differing if contact.id in before])
        upsert(connection, contacts, [{"ws": self._db.ws, "id": c.id, "payload": after[c.id]} for c in differing])
        upsert(connection, contact_keys, [row for contact in differing for row in self._keys(contact)])
        returned = [contact.id for contact in differing if contact.id not in before]
        if returned:
            # Somebody was linked to it before it was deleted, or before it was ever mirrored.
            unsettle_contacts(connection, self._db.ws, names(connection, self._db.ws, returned))
        return {contact.id for contact in differing}

    def _keys(self, contact: Contact) -> list[Values]:
        emails = {("email", _email(email)) for email in contact.emails}
        phones = {("phone", _digits(phone, contact.country)) for phone in contact.phones}
        keys = sorted(key for key in emails | phones if key[1])
        return [{"ws": self._db.ws, "kind": kind, "value": value, "contact_id": contact.id} for kind, value in keys]

    def _remove(self, connection: Connection, gone: dict[str, Any], hidden: set[str]) -> set[str]:
        here = payloads(connection, self._db.ws, gone)
        known: dict[str, str | None] = {}
        for part in chunks(gone):
            rows = connection.execute(_ALIASED, {"ws": self._db.ws, "ids": part})
            known.update({row.id: row.merged_into for row in rows})
        moved = {i: c.merged_into for i, c in gone.items() if i not in hidden}
        new = {i: into for i, into in moved.items() if i not in known or (into and known[i] != into)}
        differing = set(here) | set(new)
        self._forget_keys(connection, list(here))
        for part in chunks(here):
            connection.execute(delete(contacts).where(contacts.c.ws == self._db.ws, contacts.c.id.in_(part)))
        upsert(connection, aliases, [{"ws": self._db.ws, "id": i, "merged_into": into} for i, into in new.items()])
        unsettle_contacts(connection, self._db.ws, names(connection, self._db.ws, differing))
        return differing

    def _forget_keys(self, connection: Connection, ids: Sequence[str]) -> None:
        for part in chunks(ids):
            where = contact_keys.c.ws == self._db.ws, contact_keys.c.contact_id.in_(part)
            connection.execute(delete(contact_keys).where(*where))


def _email(value: str) -> str:
    return indexable(value.strip().casefold())


@lru_cache(maxsize=4096)
def _digits(value: str, country: str) -> str:
    value = value.strip()
    if not value:
        return ""
    if not value.startswith("+") and len(country) == 2:
        return _national(value, country.upper()) or _plain_digits(value)
    return _plain_digits(value)


def _plain_digits(value: str) -> str:
    digits = _NOT_A_DIGIT.sub("", _EXTENSION.sub("", value))
    digits = indexable(digits)
    return digits[2:] if digits.startswith("00") else digits


def _national(value: str, country: str) -> str:
    import phonenumbers  # slow to load, and only numbers without a country need it

    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        return ""
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
