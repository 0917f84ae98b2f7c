"""Sets of keys, one per profile, that candidates are compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.hashing import Hashes, Rows


class Bag:
    """Many small sets in one array, in which a key's place is known but for a step or two."""

    def __init__(self, rows: Rows, keys: Hashes) -> None:
        # What the first row holds, where no other holds anything: one profile's set is small, and asked so little
        # at a time that a plain set answers before an array is made.
        self.only = None if rows.any() else frozenset(keys.tolist())
        if self.only is not None:
            return
        entries = np.sort(pair_hashes(rows, keys))
        bits = max(8, len(entries).bit_length() + 1)
        self._shift = np.uint64(64 - bits)
        counts = np.bincount((entries >> self._shift).view(np.int64), minlength=1 << bits)
        self._starts = np.zeros((1 << bits) + 1, dtype=np.int32)
        np.cumsum(counts, out=self._starts[1:])
        self._entries = np.append(entries, _LAST)

    def has(self, rows: Rows, keys: Hashes) -> NDArray[np.bool_]:
        """Whether each row's set holds the key at the same place."""
        return self.holds(row_hashes(rows), keys)

    def _alone(self, first: NDArray[np.bool_], keys: Hashes) -> NDArray[np.bool_]:
        """The answer where all that is held is held by row 0."""
        held = self.only or frozenset()
        return first & np.fromiter((key in held for key in keys.tolist()), np.bool_, len(keys))

    def holds(self, rows: Hashes, keys: Hashes) -> NDArray[np.bool_]:
        """The same, for rows that are hashed already."""
        if self.only is not None:
            return self._alone(rows == _FIRST, keys)
        wanted = rows ^ keys
        wanted *= _SPREAD
        wanted ^= wanted >> _DOWN
        places = self._starts[(wanted >> self._shift).view(np.int64)]
        here = self._entries[places]
        out: NDArray[np.bool_] = here == wanted
        (open_,) = (here < wanted).nonzero()
        places, wanted = places[open_], wanted[open_]
        while len(open_):
            places += 1
            here = self._entries[places]
            out[open_[here == wanted]] = True
            less = here < wanted
            open_, places, wanted = open_[less], places[less], wanted[less]
        return out


def pair_hashes(rows: Rows, keys: Hashes) -> Hashes:
    """One hash for each pair of a row and a key."""
    x = row_hashes(rows)
    x ^= keys
    x *= _SPREAD
    x ^= x >> _DOWN
    return x


def row_hashes(rows: Rows) -> Hashes:
    """What rows add to the hashes of their pairs."""
    return np.asarray((rows.astype(np.uint64) + _ROW_START) * _ROW_STEP, dtype=np.uint64)


_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
_ROW_START, _DOWN = np.uint64(1), np.uint64(29)
_ROW_STEP, _SPREAD = np.uint64(0x9FB21C651E98DF25), np.uint64(0xA24BAED4963EE407)
_FIRST = _ROW_STEP  # the hash of row 0
