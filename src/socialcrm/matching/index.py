"""Contacts, ready to be compared: columns, keys and the records themselves, updatable in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.contact_keys import ROW, encode_contacts
from socialcrm.matching.hashing import Hashes, Rows
from socialcrm.matching.nearby import MOST, Nearby
from socialcrm.matching.postings import Postings
from socialcrm.matching.vocabulary import Vocabulary
from socialcrm.model import Contact

_BATCH = 20_000


class ContactIndex:
    """The contacts a profile may belong to.

    Holds arrays and packed records, no contact objects. Contacts flagged ``do_not_profile`` are
    left out and taken out, so nothing can ever propose them. An index that was updated gives the
    same answers as one built afresh. Not safe for use by several threads while it is updated.
    """

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        self.words = Vocabulary()
        self.platforms: dict[str, int] = {}
        self.postings = Postings()
        self._table = np.zeros(0, dtype=ROW)
        self._rows: dict[str, int] = {}
        self._records: list[bytes] = []
        self._changes = 0
        self._nearby: tuple[int, Nearby] | None = None
        self.update(contacts)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, contact_id: object) -> bool:
        return contact_id in self._rows

    @property
    def table(self) -> NDArray[np.void]:
        """One record per row; ``alive`` is false for rows of removed contacts."""
        return self._table[: len(self._records)]

    def get(self, contact_id: str) -> Contact | None:
        """The contact as it was indexed."""
        row = self.row(contact_id)
        return None if row is None else self.contact(row)

    def contact(self, row: int) -> Contact:
        """The contact of a row."""
        return Contact.model_validate_json(self._records[row])

    def update(self, changes: Iterable[Contact]) -> None:
        """Add contacts, replacing those with the same id; the last of several wins."""
        stream = iter(changes)
        while batch := list(islice(stream, _BATCH)):
            latest = {contact.id: contact for contact in batch}
            self.remove(latest)
            self._add([contact for contact in latest.values() if not contact.do_not_profile])

    def remove(self, ids: Iterable[str]) -> None:
        """Take contacts out; unknown ids are ignored."""
        known = [contact_id for contact_id in dict.fromkeys(ids) if contact_id in self._rows]
        if not known:
            return
        self._changes += 1
        rows = np.asarray([self._rows.pop(contact_id) for contact_id in known], dtype=np.int64)
        gone = [self.contact(int(row)) for row in rows]
        self.postings.bury(encode_contacts(gone, self.words, self.platforms).keys)
        self._count(rows, -1)
        self._table["alive"][rows] = False
        for row in rows:
            self._records[row] = b""
        if len(self._records) > 1000 and len(self._rows) * 4 < len(self._records) * 3:
            self._compact()

    def find(self, keys: Hashes, caps: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
        """Rows of living contacts filed under each key, as (position in ``keys``, row)."""
        at, rows = self.postings.find(keys, caps)
        alive = self.table["alive"][rows]
        return at[alive], rows[alive]

    def nearby(self) -> Nearby | None:
        """The letters of the contacts' names, or None in a CRM too large for letters to tell."""
        if not 0 < len(self) <= MOST:
            return None
        if self._nearby is None or self._nearby[0] != self._changes:
            self._nearby = (self._changes, Nearby(self.table, self.words.table))
        return self._nearby[1]

    def row(self, contact_id: str) -> int | None:
        """The row of a contact."""
        return self._rows.get(contact_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def _add(self, contacts: list[Contact]) -> None:
        if not contacts:
            return
        self._changes += 1
        encoded = encode_contacts(contacts, self.words, self.platforms)
        start, end = len(self._records), len(self._records) + len(contacts)
        if end > len(self._table):
            grown = np.zeros(max(end, len(self._table) * 3 // 2), dtype=ROW)
            grown[:start] = self._table[:start]
            self._table = grown
        self._table[start:end] = encoded.table
        self.postings.add(encoded.keys, encoded.rows + np.int32(start))
        for row, contact in enumerate(contacts, start):
            self._rows[contact.id] = row
            self._records.append(contact.model_dump_json(exclude_defaults=True).encode())
        self._count(np.arange(start, end), 1)

    def _count(self, rows: Rows, step: int) -> None:
        self.words.count(self._table["given"][rows], self._table["surname"][rows, 0], step)

    def _compact(self) -> None:
        alive = np.flatnonzero(self.table["alive"])
        numbers = np.full(len(self._records), -1, dtype=np.int32)
        numbers[alive] = np.arange(len(alive), dtype=np.int32)
        self.postings.keep(numbers)
        self._table = self._table[alive].copy()
        self._records = [self._records[row] for row in alive]
        self._rows = {contact_id: int(numbers[row]) for contact_id, row in self._rows.items()}
