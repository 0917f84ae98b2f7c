"""Contacts whose name or address has letters in common with a handle: the last source of candidates.

Groups of three letters, those at a word's beginning apart, are weighed by how few contacts hold them.
Only for CRMs of up to `MOST` contacts: among more, three letters single nobody out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import Hashes, Rows, mix
from socialcrm.matching.postings import Postings
from socialcrm.matching.reading import letters

MOST = 50_000
_WIDEST = 500
_BEST = 100
_PAIR = 1 << 42
_NONE = np.zeros(0, dtype=np.int64)


class Nearby:
    """Letters of the contacts of one index, as it was when this was made."""

    def __init__(self, table: NDArray[np.void], words: NDArray[np.void]) -> None:
        rows = np.flatnonzero(table["alive"])
        used = [table["given"], table["middle"], *table["surname"].T, *table["part"].T, *table["piece"].T]
        found = []
        for numbers in used:
            some = rows[numbers[rows] != 0]
            found += [grams(words[column][numbers[some]], some) for column in ("text", "sound_text")]
        for column in ("local", "label"):
            some = rows[table[column][rows] != b""]
            found.append(grams(table[column][some], some))
        found.append(_initials(table, words, rows))
        at = np.concatenate([rows for rows, _ in found])
        keys = np.concatenate([keys for _, keys in found])
        at, keys = _once(at, keys)
        filing = Filing()
        filing.add(keys, at.astype(np.int32))
        self.postings = Postings()
        self.postings.add(filing)
        self.contacts = len(rows)
        self.widest = min(_WIDEST, max(10, self.contacts // 10))

    def find(self, texts: list[NDArray[np.bytes_]], order: Hashes) -> tuple[Rows, Rows]:
        """The best `_BEST` contacts for each profile, as (profile, row); ``order`` settles ties among rows."""
        asked = [grams(column, np.arange(len(column)), initials=True) for column in texts]
        if not len(texts[0]):
            return _NONE, _NONE
        profiles, keys = _once(np.concatenate([rows for rows, _ in asked]), np.concatenate([keys for _, keys in asked]))
        located = self.postings.locate(keys)
        counts = located.counts
        bits = np.where(counts > self.widest, 0, np.rint(16 * np.log2((self.contacts + 1) / np.maximum(counts, 1))))
        place = np.empty(len(order), dtype=np.int64)
        place[np.argsort(order)[::-1]] = np.arange(len(order))
        found = []
        step = max(1, _CELLS // max(1, len(order)))
        for start in range(0, len(texts[0]), step):
            here = (profiles >= start) & (profiles < start + step) & (bits > 0)
            at, rows = located.rows(here)
            cells = (profiles[at] - start) * len(order) + rows
            total = np.bincount(cells, weights=bits[at], minlength=step * len(order)).astype(np.int64)
            p, c = _best(total.reshape(step, len(order)), place)
            found.append((p + start, c))
        p, c = (np.concatenate(column) for column in zip(*found, strict=True))
        return p, c


_CELLS = 1 << 20
"""Profiles times contacts whose points are counted at once."""


def _best(total: NDArray[np.int64], place: NDArray[np.int64]) -> tuple[Rows, Rows]:
    """The `_BEST` contacts of each profile by points, in order of profiles; ``place`` settles ties."""
    ranked = total << _PLACES | np.where(total > 0, place, 0)
    width = ranked.shape[1]
    chosen = np.argpartition(ranked, width - _BEST, axis=1)[:, -_BEST:] if width > _BEST else np.tile(
        np.arange(width), (len(ranked), 1)
    )  # fmt: skip
    p = np.repeat(np.arange(len(ranked)), chosen.shape[1])
    c = chosen.ravel()
    there = total[p, c] > 0
    return p[there], c[there]


_PLACES = 32


def _initials(table: NDArray[np.void], words: NDArray[np.void], rows: Rows) -> tuple[Rows, Hashes]:
    """Keys of the initials of given name and surname in either order, as a handle may begin with them."""
    given, surname = (
        letters(words["text"][numbers[rows]])[:, 0].astype(np.uint64)
        for numbers in (table["given"], table["surname"][:, 0])
    )
    there = (given != 0) & (surname != 0)
    keys = [first | second << np.uint64(8) | np.uint64(_PAIR) for first, second in ((given, surname), (surname, given))]
    return np.concatenate([rows[there]] * 2), mix(np.concatenate([key[there] for key in keys]), Key.GRAM)


def _once(rows: Rows, keys: Hashes) -> tuple[Rows, Hashes]:
    """Every pair of row and key once."""
    order = np.lexsort((keys, rows))
    rows, keys = rows[order], keys[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (rows[1:] != rows[:-1]) | (keys[1:] != keys[:-1])
    return rows[new], keys[new]


def grams(texts: NDArray[np.bytes_], rows: Rows, *, initials: bool = False) -> tuple[Rows, Hashes]:
    """Keys of every three letters in a row of each text, and of its first two and three, beside the text's row."""
    matrix = letters(texts).astype(np.uint64) if len(texts) else np.zeros((0, 3), dtype=np.uint64)
    keys, owners = [], []

    def put(values: Hashes, there: NDArray[np.bool_]) -> None:
        keys.append(mix(values[there], Key.GRAM))
        owners.append(rows[there])

    two, three = np.uint64(8), np.uint64(16)
    for at in range(matrix.shape[1] - 2):
        there = matrix[:, at + 2] != 0
        if there.any():
            put(matrix[:, at] | matrix[:, at + 1] << two | matrix[:, at + 2] << three, there)
    first = matrix[:, 0] | matrix[:, 1] << two
    if initials:
        put(first | np.uint64(_PAIR), matrix[:, 1] != 0)
    put(first | np.uint64(1 << 40), matrix[:, 1] != 0)
    put(first | matrix[:, 2] << three | np.uint64(1 << 41), matrix[:, 2] != 0)
    return np.concatenate(owners), np.concatenate(keys)
