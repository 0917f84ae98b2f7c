"""Sorted keys with the rows filed under them, and a directory of where keys that begin alike stand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.hashing import Hashes, Rows
from socialcrm.matching.records import mapped, store

_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NO_ROWS = np.zeros(0, dtype=np.int32)
_FEW_BITS, _MOST_BITS = 4, 28


class _Filed(NamedTuple):
    """Every key once, in order; where its rows begin in ``rows``; and where keys of one beginning stand."""

    keys: Hashes
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    directory: NDArray[np.int32]

    @classmethod
    def of(cls, keys: Hashes, rows: NDArray[np.int32]) -> _Filed:
        """File rows under keys; the array of keys is sorted in place, since there may be hundreds of megabytes."""
        rows = rows[np.argsort(keys)]
        keys.sort()
        new = np.ones(len(keys), dtype=np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        starts = np.flatnonzero(new)
        keys = keys[starts]
        return cls(keys, np.append(starts, len(rows)).astype(np.int32), rows, _directory(keys))

    def every(self) -> Hashes:
        """The key of every row."""
        return np.repeat(self.keys, np.diff(self.starts))


def _directory(keys: Hashes) -> NDArray[np.int32]:
    """Where the keys that begin with each number of so many bits start, as many numbers as there are keys or more."""
    bits = min(max(len(keys).bit_length(), _FEW_BITS), _MOST_BITS)
    counts = np.bincount((keys >> np.uint64(64 - bits)).view(np.int64), minlength=1 << bits)
    out = np.zeros((1 << bits) + 1, dtype=np.int32)
    np.cumsum(counts, out=out[1:])
    return out


_EMPTY = _Filed.of(_NO_KEYS, _NO_ROWS)


class Postings:
    """An updatable multimap from key to row.

    New entries go into a small second part that is merged when it has grown; entries of removed
    rows stay until `keep` drops them, and their keys are kept apart so that counts are always
    those of living rows.
    """

    def __init__(self) -> None:
        self._main, self._recent = _EMPTY, _EMPTY
        self._unsorted: list[tuple[Hashes, NDArray[np.int32]]] = []
        self._dead = _NO_KEYS
        self._lookup: Lookup | None = None

    def add(self, keys: Hashes, rows: NDArray[np.int32]) -> None:
        """File rows under keys; they are sorted when somebody asks, so that a first load sorts once."""
        if len(keys):
            self._unsorted.append((keys, rows))
            self._lookup = None

    def _settle(self) -> None:
        if not self._unsorted:
            return
        new = self._unsorted
        self._unsorted = []
        size = len(self._recent.rows) + sum(len(rows) for _, rows in new)
        merged = size * 8 > len(self._main.rows)
        old = [self._recent, self._main] if merged else [self._recent]
        entries = [(part.every(), part.rows) for part in old if len(part.rows)] + new
        del new, old
        keys, rows = (np.concatenate(column) for column in zip(*entries, strict=True))
        del entries
        if merged:
            self._main = self._recent = _EMPTY
            self._main = _Filed.of(keys, rows)
        else:
            self._recent = _Filed.of(keys, rows)

    def write(self, folder: Path) -> None:
        """Write keys and rows where `load` finds them; there must be no dead entries."""
        self._settle()
        whole = self._main
        if len(self._recent.rows):
            parts = (self._main, self._recent)
            whole = _Filed.of(np.concatenate([p.every() for p in parts]), np.concatenate([p.rows for p in parts]))
        for name, array in whole._asdict().items():
            store(folder, f"postings.{name}", array)

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Map keys and rows into memory."""
        out = cls()
        out._main = _Filed(*(mapped(folder, f"postings.{name}") for name in _Filed._fields))
        return out

    def bury(self, keys: Hashes) -> None:
        """Note that one entry under each of these keys belongs to a row that is no more."""
        if len(keys):
            self._dead = np.sort(np.concatenate([self._dead, keys]))
            self._lookup = None

    def keep(self, numbers: NDArray[np.int32]) -> None:
        """Renumber rows by ``numbers`` (old row → new row, -1 to drop) and forget the dead."""
        self._settle()
        keys = np.concatenate([self._main.every(), self._recent.every()])
        rows = numbers[np.concatenate([self._main.rows, self._recent.rows])]
        self._main, self._recent = _Filed.of(keys[rows >= 0], rows[rows >= 0]), _EMPTY
        self._dead, self._lookup = _NO_KEYS, None

    def lookup(self) -> Lookup:
        """Keys and rows as the compiled core looks them up, until the next change."""
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
