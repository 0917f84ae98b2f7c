"""The best reading of a handle as pieces of a name: initials, beginnings and whole words, in any order.

A dynamic programme over all pairs at once, by sets of words. Each of given name, middle name (or second syllable) and
surname may be used once, from its beginning on; letters that no piece explains are left over. What a
reading is made of is carried in the low bits of its score, so that the best score brings it along.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_CUTS = np.asarray([0, _INITIAL, _PAIR, _PART])
_NOTHING = np.int32((_UNEXPLAINED << _FIELDS) + _LEFT)  # what a letter adds that no piece explains
_IMPOSSIBLE = np.iinfo(np.int32).min // 2


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
    if len(handles) <= _FEW:
        rows = zip(_texts(handles), *map(_texts, words), strict=True)
        return np.asarray([read_one(handle, three) for handle, *three in rows], dtype=np.int32)
    return read_many(handles, words)


def read_many(handles: Letters, words: tuple[Letters, Letters, Letters]) -> Counts:
    """What `read` gives, by arrays, whatever their size."""
    lengths = (handles != 0).sum(axis=1, dtype=np.int32)
    width = int(lengths.max(initial=0))
    padded = np.zeros((len(handles), width + LONGEST), dtype=np.uint8)
    padded[:, :width] = handles[:, :width]
    uses = [_uses(padded, word, width, piece) for piece, word in enumerate(words)]
    gain = np.zeros(len(handles), dtype=np.int32)
    middle = np.zeros(len(handles), dtype=np.bool_)
    middle[uses[MIDDLE].rows] = True
    for rows in (np.flatnonzero(middle), np.flatnonzero(~middle)):
        if len(rows):
            gain[rows] = _best(uses if len(rows) == len(handles) else [use.of(rows, len(handles)) for use in uses],
                               len(rows), width)  # fmt: skip
    return np.asarray(gain + lengths * _NOTHING, dtype=np.int32)


_FEW = 6  # texts are read one by one up to here: arrays cost more than they save


def _texts(matrix: Letters) -> list[bytes]:
    return [row.tobytes().rstrip(b"\0") for row in matrix]


def read_one(handle: bytes, words: Sequence[bytes]) -> int:
    """What `read` gives for one handle."""
    uses = [_uses_of_one(handle, word, piece) for piece, word in enumerate(words)]
    if len(uses[GIVEN]) * len(uses[MIDDLE]) * len(uses[SURNAME]) > _MANY:
        matrices = [np.asarray([word], dtype=f"S{LONGEST}") for word in words]
        return int(read_many(letters(np.asarray([handle])), tuple(map(letters, matrices)))[0])  # type: ignore[arg-type]
    best = 0
    for given_from, given_to, given_gain in uses[GIVEN]:
        for middle_from, middle_to, middle_gain in uses[MIDDLE]:
            if given_from < middle_to and middle_from < given_to:
                continue
            for surname_from, surname_to, surname_gain in uses[SURNAME]:
                if (given_from < surname_to and surname_from < given_to) or (
                    middle_from < surname_to and surname_from < middle_to
                ):
                    continue
                gain = given_gain + middle_gain + surname_gain
                if surname_to and (given_to or middle_to):
                    before = (given_to and given_from < surname_from) or (middle_to and middle_from < surname_from)
                    gain += 0 if before else _TURNED
                best = max(best, gain)
    return best + len(handle) * int(_NOTHING)


_MANY = 400


def _uses_of_one(handle: bytes, word: bytes, piece: int) -> list[tuple[int, int, int]]:
    """Every way to use a word, as (start, end, gain); first of all not to use it, which is (0, 0, 0)."""
    out, start = [(0, 0, 0)], handle.find(word[:1]) if word else -1
    while start >= 0:
        run, most = 1, min(len(word), len(handle) - start)
        while run < most and handle[start + run] == word[run]:
            run += 1
        for taken in (1, 2, run)[: min(run, 3)]:
            cut = _WHOLE if taken == len(word) else (_INITIAL, _PAIR, _PART)[min(taken, 3) - 1]
            gain = ((taken * _LETTER + cut) << _FIELDS) + (taken << _PLACES[piece]) - taken * int(_NOTHING)
            out.append((start, start + taken, gain))
        start = handle.find(word[:1], start + 1)
    return out


class _Uses(NamedTuple):
    """Every way to use one word: in which handle, from where to where, and what it adds to the packed reading."""

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    gains: Counts

    def of(self, rows: NDArray[np.intp], count: int) -> _Uses:
        """The ways for some of ``count`` handles, which are numbered anew."""
        numbers = np.full(count, -1, dtype=np.intp)
        numbers[rows] = np.arange(len(rows))
        mine = numbers[self.rows]
        keep = mine >= 0
        return _Uses(mine[keep], self.starts[keep], self.ends[keep], self.gains[keep])


def _uses(padded: Letters, word: Letters, width: int, piece: int) -> _Uses:
    """A word is used from its beginning on: its first letter, its first two, or as many as there are, from three on."""
    rows, starts = np.nonzero((padded[:, :width] == word[:, :1]) & (word[:, :1] != 0))
    windows = np.lib.stride_tricks.sliding_window_view(padded, LONGEST, axis=1)[rows, starts]
    there = word[rows]
    same = (windows == there) & (there != 0)
    run = np.where(same.all(axis=1), LONGEST, same.argmin(axis=1))
    two, three = run >= 2, run >= 3
    at = np.concatenate([np.arange(len(rows)), np.flatnonzero(two), np.flatnonzero(three)])
    taken = np.concatenate([np.ones(len(rows), np.intp), np.full(int(two.sum()), 2), run[three]])
    cut = np.where(taken == (there != 0).sum(axis=1)[at], _WHOLE, _CUTS[np.minimum(taken, 3)])
    gains = ((taken * _LETTER + cut) << _FIELDS) + (taken << _PLACES[piece]) - taken * int(_NOTHING)
    return _Uses(rows[at], starts[at], starts[at] + taken, gains.astype(np.int32))


def _best(uses: list[_Uses], count: int, width: int) -> Counts:
    """The greatest sum of uses that do not overlap, each word used once at most, for each of ``count`` handles.

    For each set of words, the best so far at every place: a set follows from those with one word less.
    """
    by_set: dict[int, Counts] = {0: np.zeros((count, width + 1), dtype=np.int32)}
    best = np.zeros(count, dtype=np.int32)
    for words in range(1, 8):
        found = None
        for piece, use in enumerate(uses):
            before = by_set.get(words & ~(1 << piece))
            if not words >> piece & 1 or before is None or not len(use.rows):
                continue
            if found is None:
                found = np.full((count, width + 1), _IMPOSSIBLE, dtype=np.int32)
            turned = _TURNED if words ^ (1 << piece) == 1 << SURNAME else 0
            np.maximum.at(found, (use.rows, use.ends), before[use.rows, use.starts] + (use.gains + np.int32(turned)))
        if found is not None:
            by_set[words] = np.maximum.accumulate(found, axis=1, out=found)
            np.maximum(best, found[:, -1], out=best)
    return best


def unpack(packed: Counts) -> Readings:
    """What packed readings are made of."""
    used = tuple((packed >> place) & 15 for place in _PLACES)
    return Readings(packed >> _FIELDS, packed & 31, (used[0], used[1], used[2]), (packed & _TURNED) != 0)


def longest_common(left: Letters, right: Letters) -> tuple[Counts, NDArray[np.bool_]]:
    """The length of the longest common run of letters of two texts, and whether it begins both.

    Up to 32 letters each.
    """
    if len(left) <= _FEW:
        found = list(map(longest_common_of_one, _texts(left), _texts(right)))
        return np.asarray([run for run, _ in found], dtype=np.int32), np.asarray(
            [at for _, at in found], dtype=np.bool_
        )
    return longest_common_of_many(left, right)


def longest_common_of_one(left: bytes, right: bytes) -> tuple[int, bool]:
    """What `longest_common` gives for one pair of texts."""
    run = 0
    for start in range(len(left)):
        while start + run < len(left) and left[start : start + run + 1] in right:
            run += 1
    return run, run > 0 and left[:run] == right[:run]


def longest_common_of_many(left: Letters, right: Letters) -> tuple[Counts, NDArray[np.bool_]]:
    """What `longest_common` gives, by arrays, whatever their size."""
    left, right = _upright(left), _upright(right)
    blocks = [slice(start, start + _BLOCK) for start in range(0, left.shape[1], _BLOCK)]
    best = np.concatenate([_NO_COUNTS, *(_longest_run(left[:, block], right[:, block]) for block in blocks)])
    both = min(len(left), len(right))
    alike = (left[:both] == right[:both]) & (left[:both] != 0)
    first = np.logical_and.accumulate(alike, axis=0).sum(axis=0)
    return best, (first >= best) & (best > 0)


_BLOCK = 2048  # so many pairs stay in the processor's cache
_NO_COUNTS = np.zeros(0, dtype=np.int32)


def _longest_run(left: Letters, right: Letters) -> Counts:
    """Bit ``j`` of ``runs[i]`` says that a run of ``size`` letters ends at letter ``i`` of one text and ``j`` of the
    other; all runs grow by a letter at once."""
    same, bit = np.zeros(left.shape, dtype=np.uint32), np.empty(left.shape, dtype=np.uint32)
    for column, letter in enumerate(np.where(right == 0, 255, right).astype(np.uint8)):
        np.multiply(left == letter, np.uint32(1 << column), out=bit)
        same |= bit
    best = np.zeros(left.shape[1], dtype=np.int32)
    rows, runs = np.arange(left.shape[1]), same
    for size in range(1, len(left) + 1):
        alive = np.bitwise_or.reduce(runs, axis=0) != 0
        best[rows[alive]] = size
        if not alive.any():
            break
        if np.count_nonzero(alive) * 2 < len(rows):
            rows, runs, same = rows[alive], runs[:, alive], same[:, alive]
        runs = (runs[:-1] + runs[:-1]) & same[size:]  # shifted by a bit; numpy is slow at shifting
    return best


def _upright(texts: Letters) -> Letters:
    """A row for each letter, as many as the longest text has."""
    width = int((texts != 0).sum(axis=1).max(initial=0))
    return np.ascontiguousarray(texts[:, :width].T)
