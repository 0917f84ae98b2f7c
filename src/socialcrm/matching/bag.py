"""Sets of keys, one per profile, that candidates are compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.hashing import Hashes, Rows, byte_lengths, concat, hash_text, hash_texts

_SPACE = np.asarray([hash_text(" ")], dtype=np.uint64)
_ONE = np.ones(1, dtype=np.int64)


class Bag:
    """Many small sets in one sorted array, behind a bit table that answers most questions with no."""

    def __init__(self, rows: Rows, keys: Hashes) -> None:
        self._sorted = np.sort(_pair(rows, keys))
        self._mask = np.uint64((1 << max(10, int(len(keys) * 8).bit_length())) - 1)
        self._maybe = np.zeros(int(self._mask) + 1, dtype=np.bool_)
        self._maybe[self._sorted & self._mask] = True

    def has(self, rows: Rows, keys: Hashes) -> NDArray[np.bool_]:
        """Whether each row's set holds the key at the same place."""
        wanted = _pair(rows, keys)
        out: NDArray[np.bool_] = self._maybe[wanted & self._mask]
        (maybe,) = out.nonzero()
        if len(maybe):
            wanted = wanted[maybe]
            places = self._sorted.searchsorted(wanted)
            out[maybe] = self._sorted[np.minimum(places, len(self._sorted) - 1)] == wanted
        return out


def _pair(rows: Rows, keys: Hashes) -> Hashes:
    x = (rows.astype(np.uint64) + _ROW_START) * _ROW_STEP
    x ^= keys
    x *= _SPREAD
    x ^= x >> _DOWN
    return x


_ROW_START, _DOWN = np.uint64(1), np.uint64(29)
_ROW_STEP, _SPREAD = np.uint64(0x9FB21C651E98DF25), np.uint64(0xA24BAED4963EE407)


def phrases(rows: Rows, words: Sequence[str], *, longest: int) -> tuple[Rows, Hashes]:
    """Hashes of every run of up to ``longest`` words that stand in a row in one row's text.

    ``words`` are those of all texts in order, ``rows`` says whose each is. A run's hash is that of
    its words joined by single spaces.
    """
    one = hash_texts(words)
    lengths = byte_lengths(words)
    out_rows, out, runs, starts = [rows], [one], one, np.arange(len(words))
    for size in range(2, longest + 1):
        starts = starts[(starts + size - 1 < len(words))]
        starts = starts[rows[starts] == rows[starts + size - 1]]
        last = starts + size - 1
        # ``runs`` holds, at each position, the run one word shorter that begins there.
        joined = concat(concat(runs[starts], _SPACE, _ONE), one[last], lengths[last])
        runs = np.zeros_like(one)
        runs[starts] = joined
        out_rows.append(rows[starts])
        out.append(joined)
    return np.concatenate(out_rows), np.concatenate(out)
