"""Sorted keys with the rows filed under them, and a directory of where keys that begin alike stand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
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

    def locate(self, asked: Hashes) -> tuple[Rows, Rows]:
        """Where the rows of each key begin, and how many they are.

        Keys are hashes, so a place in the directory has a key or two: no search, whatever the size.
        """
        begin, count = np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=np.int64)
        if not len(self.keys):
            return begin, count
        bucket = asked >> np.uint64(64 - (len(self.directory) - 1).bit_length() + 1)
        place, stop = self.directory[bucket], self.directory[bucket + np.uint64(1)]
        (open_,) = (place < stop).nonzero()
        place, stop, wanted = place[open_], stop[open_], asked[open_]
        while len(open_):
            here = self.keys[place]
            hit = here == wanted
            found, at = open_[hit], place[hit]
            begin[found] = self.starts[at]
            count[found] = self.starts[at + 1] - self.starts[at]
            place = place + 1
            more = (here < wanted) & (place < stop)
            open_, place, stop, wanted = open_[more], place[more], stop[more], wanted[more]
        return begin, count


_EMPTY = _Filed(*Filing().filed())


class Located(NamedTuple):
    """Where the rows of many keys stand, and how many living ones each has."""

    parts: list[tuple[Rows, Rows, NDArray[np.int32]]]
    counts: Rows

    def rows(self, wanted: NDArray[np.bool_]) -> tuple[Rows, NDArray[np.int32]]:
        """The rows under the wanted keys, as (position of the key, row); those of the dead are among them."""
        (some,) = wanted.nonzero()
        found = [_expand(begin[some], count[some], rows) for begin, count, rows in self.parts]
        if len(found) == 1:
            return some[found[0][0]], found[0][1]
        return some[np.concatenate([at for at, _ in found])], np.concatenate([rows for _, rows in found])


class Postings:
    """An updatable multimap from key to row.

    New entries go into a small second part that is merged when it has grown; entries of removed
    rows stay until `keep` drops them, and their keys are kept apart so that counts are always
    those of living rows.
    """

    def __init__(self) -> None:
        self._main, self._recent = _EMPTY, _EMPTY
        self._new = Filing()
        self._dead = _NO_KEYS

    def add(self, filing: Filing, first: int = 0) -> None:
        """File what was filed apart, with rows counted from ``first``; sorted when somebody asks, and so once."""
        self._new.add_filing(filing, first)

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
        out._main = _Filed(*(mapped(folder, f"postings.{name}") for name in _Filed._fields))
        return out

    def bury(self, filing: Filing) -> None:
        """Note that what is filed here belongs to rows that are no more."""
        if len(filing):
            self._dead = np.sort(np.concatenate([self._dead, filing.keys()]))

    def keep(self, numbers: NDArray[np.int32]) -> None:
        """Renumber rows by ``numbers`` (old row → new row, -1 to drop) and forget the dead."""
        self._settle()
        self._renumber(numbers)
        self._dead = _NO_KEYS

    def _renumber(self, numbers: NDArray[np.int32]) -> None:
        for part in (self._main, self._recent):
            self._new.add_filed(*part[:3], numbers)
        self._main = self._recent = _EMPTY
        self._main = _Filed(*self._new.filed())

    def locate(self, keys: Hashes) -> Located:
        """Where the rows filed under each key stand."""
        self._settle()
        parts = [(*part.locate(keys), part.rows) for part in (self._main, self._recent) if len(part.keys)]
        counts = sum((count for _, count, _ in parts), np.zeros(len(keys), dtype=np.int64))
        if len(self._dead):
            counts = counts - (np.searchsorted(self._dead, keys, "right") - np.searchsorted(self._dead, keys, "left"))
        return Located(parts or [(counts, counts, _NO_ROWS)], counts)

    def find(self, keys: Hashes, caps: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
        """Rows filed under each key, as (position in ``keys``, row); keys shared by more rows than their cap give none.

        Rows of the dead are included; the caller filters them.
        """
        located = self.locate(keys)
        return located.rows(located.counts <= caps)


def _expand(begin: Rows, count: Rows, rows: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
    """Every position of every range [begin, begin + count), with the number of its range."""
    if not count.any():
        return count[:0], rows[:0]
    owner = np.repeat(np.arange(len(begin)), count)
    shift = begin - np.cumsum(count) + count
    return owner, rows[np.arange(len(owner)) + shift[owner]]
