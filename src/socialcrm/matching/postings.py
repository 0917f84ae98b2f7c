"""Sorted keys with the rows filed under them, and a directory of where keys that begin alike stand."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.hashing import Hashes, Rows
from socialcrm.matching.records import mapped, store

_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NO_ROWS = np.zeros(0, dtype=np.int32)
_AS_THEY_ARE = _NO_ROWS


class _Filed(NamedTuple):
    """Every key once, in order; where its rows begin in ``rows``; and where keys of one beginning stand."""

    keys: Hashes
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    directory: NDArray[np.int32]


_EMPTY = _Filed(*Filing().filed())


class Postings:
    """An updatable multimap from key to row.

    New entries go into a small second part that is merged when it has grown; entries of removed
    rows stay until `keep` drops them, and their keys are kept apart so that counts are always
    those of living rows.
    """

    def __init__(self, lookup: Lookup | None = None) -> None:
        """Postings of nothing yet, or of what was looked up elsewhere."""
        self._main, self._recent = _EMPTY, _EMPTY
        self._new = Filing()
        self._dead = _NO_KEYS
        self._lookup = lookup
        self._asking = Lock()

    def add(self, filing: Filing, first: int = 0) -> None:
        """File what was filed apart, with rows counted from ``first``; sorted when somebody asks, and so once."""
        self._new.add_filing(filing, first)
        self._lookup = None

    def _settle(self) -> None:
        if not len(self._new):
            return
        merged = (len(self._recent.rows) + len(self._new)) * 8 > len(self._main.rows)
        self._new.add_filed(*self._recent[:3], _AS_THEY_ARE)
        self._recent = _EMPTY
        if merged:
            self._new.add_filed(*self._main[:3], _AS_THEY_ARE)
            self._main = _EMPTY
            self._main = _Filed(*self._new.filed())
        else:
            self._recent = _Filed(*self._new.filed())

    def write(self, folder: Path) -> None:
        """Write keys and rows where `load` finds them; there must be no dead entries."""
        self._settle()
        if len(self._recent.rows):
            self._renumber(_AS_THEY_ARE)
        for name, array in self._main._asdict().items():
            store(folder, f"postings.{name}", array)

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Map keys and rows into memory."""
        out = cls()
        kinds = (np.uint64, np.int32, np.int32, np.int32)
        arrays = (mapped(folder, f"postings.{name}", kind) for name, kind in zip(_Filed._fields, kinds, strict=True))
        out._main = _Filed(*arrays)
        out.lookup()  # which looks at their sizes
        return out

    def bury(self, filing: Filing) -> None:
        """Note that what is filed here belongs to rows that are no more."""
        if len(filing):
            self._dead = np.sort(np.concatenate([self._dead, filing.keys()]))
            self._lookup = None

    def keep(self, numbers: NDArray[np.int32]) -> None:
        """Renumber rows by ``numbers`` (old row → new row, -1 to drop) and forget the dead."""
        self._settle()
        self._renumber(numbers)
        self._dead = _NO_KEYS

    def _renumber(self, numbers: NDArray[np.int32]) -> None:
        for part in (self._main, self._recent):
            self._new.add_filed(*part[:3], numbers)
        self._main = self._recent = _EMPTY
        self._main, self._lookup = _Filed(*self._new.filed()), None

    def lookup(self) -> Lookup:
        """Keys and rows as the compiled core looks them up, until the next change.

        Threads that only ask may do so at once: the first puts in order what was added, the others wait.
        """
        with self._asking:
            self._settle()
            if self._lookup is None:
                self._lookup = Lookup([part for part in (self._main, self._recent) if len(part.keys)], self._dead)
            return self._lookup

    def find(self, keys: Hashes, caps: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
        """Rows filed under each key, as (position in ``keys``, row); keys shared by more rows than their cap give none.

        Rows of the dead are included; the caller filters them.
        """
        lookup = self.lookup()
        (wanted,) = (lookup.counts(keys) <= caps).nonzero()
        at, rows = lookup.rows(keys[wanted])
        return wanted[at], rows
