"""Contacts, ready to be compared: columns, keys and the records themselves, updatable in place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialcrm.errors import ConfigError
from socialcrm.matching.columns import AnyContact
from socialcrm.matching.contact_keys import ROW, encode_contacts, encode_texts
from socialcrm.matching.core.book import OpenBook
from socialcrm.matching.core.contact_texts import ContactTexts
from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.hashing import Rows
from socialcrm.matching.holdings import Holdings
from socialcrm.matching.nearby import MOST, Nearby
from socialcrm.matching.postings import Postings
from socialcrm.matching.records import Ids, Packed, Records, few_collections, mapped, store
from socialcrm.matching.vocabulary import Vocabulary
from socialcrm.model import Contact

_BATCH = 4_000
_HELD = ("company", "title", "city", "region", "country")
_LAYOUT = 3
_SPARE = 4_096
"""Rows left free in a saved table, so that the first changes after loading need not move it."""


class ContactIndex:
    """The contacts a profile may belong to.

    Holds arrays and packed records, no contact objects; a saved index is mapped into memory by `load`.
    Contacts flagged ``do_not_profile`` are left out and taken out, so nothing can ever propose them.
    An index that was updated gives the same answers as one built afresh. Threads may share it while none
    of them updates it.
    """

    def __init__(self, contacts: Iterable[AnyContact] = ()) -> None:
        self.words = Vocabulary()
        self.platforms: dict[str, int] = {}
        self.holds = Holdings()
        self.postings = Postings()
        self._table = np.zeros(0, dtype=ROW)
        self._ids = Ids()
        self._records = Records()
        self._changes = 0
        self._nearby: tuple[int, Nearby] | None = None
        self._book: tuple[int, OpenBook] | None = None
        self.update(contacts)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, contact_id: object) -> bool:
        return isinstance(contact_id, str) and self._ids.get(contact_id) is not None

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
        return Contact.model_validate_json(self._records.json(row))

    def update(self, changes: Iterable[AnyContact]) -> None:
        """Add contacts, replacing those with the same id; the last of several wins."""
        stream, more = iter(changes), True
        while more:
            with few_collections():
                batch = {contact.id: contact for contact in islice(stream, _BATCH)}
                more = len(batch) > 0
                self.remove(batch)
                new = [contact for contact in batch.values() if not contact.do_not_profile]
                self._add(new, ContactTexts(new))

    def add_texts(self, contacts: Sequence[AnyContact], texts: ContactTexts) -> None:
        """Add contacts that were read already, in the same order; none of them is in the index."""
        self._add(contacts, texts)

    def remove(self, ids: Iterable[str]) -> None:
        """Take contacts out; unknown ids are ignored."""
        known = [contact_id for contact_id in dict.fromkeys(ids) if contact_id in self]
        if not known:
            return
        self._changes += 1
        rows = np.asarray([self._ids.pop(contact_id) for contact_id in known], dtype=np.int64)
        gone = [self._records.read(int(row)) for row in rows]
        self.postings.bury(encode_contacts(gone, self.words, self.platforms).filing)
        self._count(rows, -1)
        self._table["alive"][rows] = False
        for row in rows:
            self._records.forget(int(row))
        if len(self._records) > 1000 and len(self._ids) * 4 < len(self._records) * 3:
            self._compact()

    def book(self) -> OpenBook:
        """The index as the compiled core reads it, until the next change."""
        lookup = self.postings.lookup()
        if self._book is None or self._book[0] != self._changes or self._book[1].lookup is not lookup:
            self._book = (self._changes, OpenBook(self.table, self.words.table, lookup, len(self)))
        return self._book[1]

    def found_by(self, lookup: Lookup) -> ContactIndex:
        """The same contacts, of which keys find only what ``lookup`` knows; not for updating."""
        out = copy(self)
        out.postings, out._book = Postings(lookup), None
        return out

    def nearby(self) -> Nearby | None:
        """The letters of the contacts' names, or None in a CRM too large for letters to tell."""
        if not 0 < len(self) <= MOST:
            return None
        if self._nearby is None or self._nearby[0] != self._changes:
            self._nearby = (self._changes, Nearby(self.table, self.words.table))
        return self._nearby[1]

    def row(self, contact_id: str) -> int | None:
        """The row of a contact."""
        return self._ids.get(contact_id)

    def ids(self, rows: Iterable[int]) -> list[str]:
        """The ids of the contacts of these rows."""
        return [self._records.id(row) for row in rows]

    def save(self, folder: Path) -> None:
        """Write the index into a folder, which is made; an index that is there is replaced.

        The manifest is written last: a folder without one is no index.
        """
        folder.mkdir(parents=True, exist_ok=True)
        manifest = folder / "manifest.json"
        manifest.unlink(missing_ok=True)
        if len(self._ids) < len(self._records):
            self._compact()
        spare = max(_SPARE, len(self.table) // 16)
        store(folder, "table", self.table, spare=spare)
        self.postings.write(folder)
        self.words.write(folder)
        self.holds.write(folder)
        self._ids.write(folder, self.table["order"])
        self._records.write(folder)
        about = {
            "layout": _LAYOUT,
            "row": str(ROW.descr),
            "contacts": len(self),
            "platforms": self.platforms,
            "kinds": self.holds.kinds,
        }
        manifest.write_text(json.dumps(about), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> ContactIndex:
        """Map a saved index into memory; it can be updated, the files stay as they are.

        Raises `ConfigError` for a folder that holds no index, one of another version, or one of which files are
        missing, cut short or of different indexes. The contents of files of the right sizes are not looked through.
        """
        try:
            about = json.loads((folder / "manifest.json").read_text("utf-8"))
            version = about.get("layout"), about.get("row")
        except (OSError, ValueError, AttributeError) as error:
            raise ConfigError(f"{folder} holds no contact index: build it again") from error
        if version != (_LAYOUT, str(ROW.descr)):
            raise ConfigError(f"the contact index in {folder} was written by another version: build it again")
        try:
            return cls._load(folder, about)
        except Exception as error:  # a damaged header makes numpy raise whatever its parsers do
            raise ConfigError(f"the contact index in {folder} is damaged ({error}): build it again") from error

    @classmethod
    def _load(cls, folder: Path, about: dict[str, Any]) -> ContactIndex:
        index, size = cls(), int(about["contacts"])
        index.platforms = {str(platform): int(number) % 64 for platform, number in about["platforms"].items()}
        index.holds = Holdings.load(folder, int(about["kinds"]))
        index._table = mapped(folder, "table", ROW)
        index.postings = Postings.load(folder)
        index.words = Vocabulary.load(folder)
        index._ids, index._records = Ids.load(folder), Records(Packed.load(folder, "records"))
        if not len(index._ids) == len(index._records) == size <= len(index._table):
            raise ValueError(f"{len(index._ids)} ids, {len(index._records)} records for {size} contacts")
        return index

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def _add(self, contacts: Sequence[AnyContact], texts: ContactTexts) -> None:
        if not contacts:
            return
        self._changes += 1
        encoded = encode_texts(texts, self.words, self.platforms)
        self.holds.add(encoded.kinds, [encoded.table[column] for column in _HELD])
        start, end = len(self._records), len(self._records) + len(contacts)
        if end > len(self._table):
            grown = np.zeros(max(end, len(self._table) * 3 // 2), dtype=ROW)
            grown[:start] = self._table[:start]
            self._table = grown
        self._table[start:end] = encoded.table
        self.postings.add(encoded.filing, start)
        self._ids.add(texts.ids, start)
        self._records.extend(contacts)
        self._count(np.arange(start, end), 1)

    def _count(self, rows: Rows, step: int) -> None:
        self.words.count(self._table["given"][rows], self._table["surname"][rows, 0], step)

    def _compact(self) -> None:
        alive = np.flatnonzero(self.table["alive"])
        numbers = np.full(len(self._records), -1, dtype=np.int32)
        numbers[alive] = np.arange(len(alive), dtype=np.int32)
        self.postings.keep(numbers)
        self._table = self._table[alive].copy()
        self._records.keep(alive.tolist())
        self._ids.renumber(numbers)
