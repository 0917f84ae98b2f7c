"""Sorted keys with the rows filed under them: two arrays, looked up by binary search, many at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.hashing import Hashes, Rows
from socialcrm.matching.records import mapped, store

_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NO_ROWS = np.zeros(0, dtype=np.int32)
Part = tuple[Hashes, NDArray[np.int32]]
_NOTHING: Part = (_NO_KEYS, _NO_ROWS)


class Postings:
    """An updatable multimap from key to row.

    New entries go into a small second pair of arrays that is merged when it has grown; entries of
    removed rows stay until `keep` drops them, and their keys are kept apart so that counts are
    always those of living rows.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = [_NOTHING, _NOTHING]
        self._unsorted: list[Part] = []
        self._dead = _NO_KEYS

    def add(self, keys: Hashes, rows: NDArray[np.int32]) -> None:
        """File rows under keys; they are sorted when somebody asks, so that a first load sorts once."""
        if len(keys):
            self._unsorted.append((keys, rows))

    def _settle(self) -> None:
        if not self._unsorted:
            return
        main, recent = self._parts
        recent = _sorted([recent, *self._unsorted])
        if len(recent[0]) * 8 > len(main[0]):
            main, recent = _sorted([main, recent]) if len(main[0]) else recent, _NOTHING
        self._parts, self._unsorted = [main, recent], []

    def write(self, folder: Path) -> None:
        """Write keys and rows where `load` finds them; there must be no dead entries."""
        self._settle()
        keys, rows = _sorted(self._parts)
        store(folder, "postings.keys", keys)
        store(folder, "postings.rows", rows)

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Map keys and rows into memory."""
        out = cls()
        out._parts = [(mapped(folder, "postings.keys"), mapped(folder, "postings.rows")), _NOTHING]
        return out

    def bury(self, keys: Hashes) -> None:
        """Note that one entry under each of these keys belongs to a row that is no more."""
        if len(keys):
            self._dead = np.sort(np.concatenate([self._dead, keys]))

    def keep(self, numbers: NDArray[np.int32]) -> None:
        """Renumber rows by ``numbers`` (old row → new row, -1 to drop) and forget the dead."""
        self._settle()
        renumbered = [(keys, numbers[rows]) for keys, rows in self._parts]
        self._parts = [_sorted([(keys[rows >= 0], rows[rows >= 0]) for keys, rows in renumbered]), _NOTHING]
        self._dead = _NO_KEYS

    def find(self, keys: Hashes, caps: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
        """Rows filed under each key, as (position in ``keys``, row); keys shared by more rows than their cap give none.

        Rows of the dead are included; the caller filters them.
        """
        self._settle()
        order = np.argsort(keys)
        asked = keys[order]
        ranges = [_ranges(part[0], asked) for part in self._parts]
        count = sum((high - low for low, high in ranges), np.zeros(len(keys), dtype=np.int64))
        if len(self._dead):
            low, high = _ranges(self._dead, asked)
            count = count - (high - low)
        wanted = count <= caps[order]
        found = [
            _expand(low, np.where(wanted, high - low, 0), part[1])
            for (low, high), part in zip(ranges, self._parts, strict=True)
        ]
        return order[np.concatenate([at for at, _ in found])], np.concatenate([rows for _, rows in found])


def _sorted(parts: list[Part]) -> Part:
    keys = np.concatenate([part[0] for part in parts])
    order = np.argsort(keys)
    return keys[order], np.concatenate([part[1] for part in parts])[order]


def _ranges(keys: Hashes, asked: Hashes) -> tuple[Rows, Rows]:
    """Where each of ``asked`` (in order, so that the search walks through memory once) begins and ends."""
    low = np.searchsorted(keys, asked, "left")
    high = low.copy()
    hit = np.flatnonzero(keys[np.minimum(low, len(keys) - 1)] == asked) if len(keys) else _NO_ROWS
    high[hit] = np.searchsorted(keys, asked[hit], "right")
    return low, high


def _expand(low: Rows, length: Rows, rows: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
    """Every position of every range [low, low + length), with the number of its range."""
    owner = np.repeat(np.arange(len(low)), length)
    start = np.cumsum(length) - length
    return owner, rows[np.arange(len(owner)) - start[owner] + low[owner]]
