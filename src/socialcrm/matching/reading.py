"""The best reading of a handle as pieces of a name: initials, beginnings and whole words, in any order.

A dynamic programme over all pairs at once. Each of given name, middle name (or second syllable) and
surname may be used once, from its beginning on; letters that no piece explains are left over. What a
reading is made of is carried in the low bits of its score, so that the best score brings it along.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint8]
Counts = NDArray[np.int32]

GIVEN, MIDDLE, SURNAME = 0, 1, 2
LONGEST = 15
_FIELDS = 18
_LEFT, _TURNED = 1, 1 << 17
_PLACES = (5, 9, 13)
# In eighths of a bit, roughly: what a letter explained is worth, and what the ways to cut a word cost.
_LETTER, _WHOLE, _PART, _PAIR, _INITIAL, _UNEXPLAINED = 24, 16, -16, -28, -18, -8


class Readings(NamedTuple):
    """One reading per pair: letters left over, letters used of each word, and whether the surname comes first."""

    score: Counts
    left: Counts
    used: tuple[Counts, Counts, Counts]
    turned: NDArray[np.bool_]


def letters(column: NDArray[Any]) -> Letters:
    """Texts of one width as a matrix of letters, 0 after the end."""
    column = np.ascontiguousarray(column)
    return column.view(np.uint8).reshape(len(column), column.dtype.itemsize)


def read(handles: Letters, words: tuple[Letters, Letters, Letters]) -> Counts:
    """The packed best reading of each handle (n, width) by three words (n, `LONGEST`)."""
    count, width = handles.shape
    lengths = (handles != 0).sum(axis=1)
    width = int(lengths.max(initial=0))
    best = np.full((width + 1, 8, count), np.iinfo(np.int32).min // 2, dtype=np.int32)
    best[0, 0] = 0
    sizes = [(word != 0).sum(axis=1) for word in words]
    padded = np.concatenate([handles, np.zeros((count, LONGEST), dtype=np.uint8)], axis=1)
    unexplained = np.int32((_UNEXPLAINED << _FIELDS) + _LEFT)
    for at in range(width):
        np.maximum(best[at + 1], best[at] + unexplained, out=best[at + 1])
        for piece, word in enumerate(words):
            rows = np.flatnonzero((padded[:, at] == word[:, 0]) & (word[:, 0] != 0))
            if len(rows):
                same = padded[rows, at : at + LONGEST] == word[rows, :LONGEST]
                same &= word[rows, :LONGEST] != 0
                run = np.cumprod(same, axis=1, dtype=np.int8).sum(axis=1)
                _use(best, at, piece, rows, run, sizes[piece][rows])
    found = best[lengths, :, np.arange(count)]
    return np.asarray(found.max(axis=1), dtype=np.int32)


def _use(best: Counts, at: int, piece: int, rows: NDArray[np.intp], run: Counts, size: Counts) -> None:
    for step in (1, 2, 0):
        able = run >= (step or 3)
        if not able.any():
            continue
        whose, taken = rows[able], (np.full(int(able.sum()), step) if step else run[able].astype(np.int64))
        cut = np.where(taken == size[able], _WHOLE, (_PART, _INITIAL, _PAIR)[step])
        gain = ((taken * _LETTER + cut) << _FIELDS) + (taken << _PLACES[piece])
        for mask in range(8):
            if mask & (1 << piece):
                continue
            turned = _TURNED if piece != SURNAME and mask & (1 << SURNAME) and not mask & 3 else 0
            target = (at + taken, mask | (1 << piece), whose)
            best[target] = np.maximum(best[target], best[at, mask, whose] + gain + turned)


def unpack(packed: Counts) -> Readings:
    """What packed readings are made of."""
    used = tuple((packed >> place) & 15 for place in _PLACES)
    return Readings(packed >> _FIELDS, packed & 31, (used[0], used[1], used[2]), (packed & _TURNED) != 0)


def longest_common(left: Letters, right: Letters) -> tuple[Counts, NDArray[np.bool_]]:
    """The length of the longest common run of letters of two texts, and whether it begins both."""
    count = len(left)
    width, other = (int((text != 0).sum(axis=1).max(initial=0)) for text in (left, right))
    right = right[:, :other]
    best = np.zeros(count, dtype=np.int32)
    runs = np.zeros((count, other + 1), dtype=np.int32)  # of common letters that end here, one column to the right
    for column in range(width):
        letter = left[:, column : column + 1]
        runs[:, 1:] = (runs[:, :-1] + 1) * ((right == letter) & (letter != 0))
        np.maximum(best, runs.max(axis=1), out=best)
    both = min(width, other)
    same = (left[:, :both] == right[:, :both]) & (left[:, :both] != 0)
    first = np.cumprod(same, axis=1, dtype=np.int8).sum(axis=1)
    return best, (first >= best) & (best > 0)
