"""Contacts whose name or address has letters in common with a handle: the last source of candidates.

Groups of letters are weighed by how few contacts hold them: three in a row, the first two and three and the last two
of a word, two with one between, and initials. Only for CRMs of up to `MOST` contacts: among more, letters single
nobody out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.filing import Filing
from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import Hashes, Rows, mix
from socialcrm.matching.postings import Postings
from socialcrm.matching.words import CAMPAIGN, ROLES_NUMBERED

MOST = 50_000
_WIDEST = 500
_BEST = ((7_000, 10_000), (300, 130))
"""How many contacts are looked at, by how many there are: more where all of them cost little."""
_NONE = np.zeros(0, dtype=np.int64)

_RUN, _FIRST_TWO, _FIRST_THREE, _LAST_TWO, _APART, _TWO_INITIALS, _THREE_INITIALS = range(7)
_POINTS = np.asarray([16, 40, 16, 24, 8, 32, 32])
"""What each kind of group counts for every bit by which it singles out, in sixteenths."""
_WORDY = 16
"""Points off for every doubling of the groups that a contact holds: long names agree by chance."""
_SALT = 40

Groups = tuple[Rows, Hashes, NDArray[np.int8]]
"""Whose group it is, its key, and its kind."""


class Nearby:
    """Letters of the contacts of one index, as it was when this was made."""

    def __init__(self, table: NDArray[np.void], words: NDArray[np.void]) -> None:
        self.rows = np.flatnonzero(table["alive"])
        alive = table[self.rows]
        found = [_of_initials(alive, words)]
        for numbers in _words_of(alive):
            some = np.flatnonzero(numbers)
            found += [groups(words[column][numbers[some]], some) for column in ("text", "sound_text")]
        for column in ("local", "label"):
            some = np.flatnonzero(alive[column] != b"")
            found.append(groups(alive[column][some], some))
        at, keys, _ = _once(found)
        filing = Filing()
        filing.add(keys, at.astype(np.int32))
        self.postings = Postings()
        self.postings.add(filing)
        self.contacts = len(self.rows)
        self.best = int(np.interp(self.contacts, *_BEST))
        self.widest = min(_WIDEST, self.contacts)
        held = np.log2(1 + np.bincount(at, minlength=self.contacts))
        self._wordy = np.rint(_WORDY * (held - held.min(initial=0))).astype(np.int32)
        self._office = np.flatnonzero(alive["roles"].astype(np.int64) & (1 << ROLES_NUMBERED[CAMPAIGN]))
        by_order = np.argsort(alive["order"])[::-1]
        self._place = np.empty(self.contacts, dtype=np.int32)
        self._place[by_order] = np.arange(self.contacts)
        self._at_place = by_order

    def find(self, profiles: NDArray[np.void]) -> tuple[Rows, Rows]:
        """The best contacts for each profile, as (profile, row); the order of ids settles ties.

        On a platform of people who write software, who holds an office is not looked for by letters.
        """
        everyone = np.arange(len(profiles))
        asked = [groups(profiles[column], everyone, of_handle=True) for column in ("letters", "sound", "whole", "core")]
        if not len(profiles) or not self.contacts:
            return _NONE, _NONE
        owners, keys, kinds = _once(asked)
        lookup = self.postings.lookup()
        counts = lookup.counts(keys)
        bits = np.log2((self.contacts + 1) / np.maximum(counts, 1))
        points = np.where(counts > self.widest, 0, np.rint(_POINTS[kinds] * bits))
        found = []
        step = max(1, _CELLS // self.contacts)
        for start in range(0, len(profiles), step):
            (here,) = ((owners >= start) & (owners < start + step) & (points > 0)).nonzero()
            at, contacts = lookup.rows(keys[here])
            at = here[at]
            cells = (owners[at] - start) * self.contacts + contacts
            total = np.bincount(cells, weights=points[at], minlength=step * self.contacts).astype(np.int32)
            total = total.reshape(step, self.contacts)
            total = np.where(total > 0, np.maximum(total - self._wordy, 1), 0)
            workshop = np.flatnonzero(profiles["workshop"][start : start + step])
            total[workshop[:, None], self._office] = 0
            p, c = self._best(total)
            found.append((p + start, c))
        p, c = (np.concatenate(column) for column in zip(*found, strict=True))
        return p, c

    def _best(self, total: NDArray[np.int32]) -> tuple[Rows, Rows]:
        """The best contacts of each profile by points, in order of profiles."""
        ranked = np.minimum(total, (1 << 31 - _PLACES) - 1) << _PLACES | self._place
        if self.contacts > self.best:
            ranked = np.partition(ranked, self.contacts - self.best, axis=1)[:, -self.best :]
        p, at = np.nonzero(ranked >= 1 << _PLACES)
        return p, self.rows[self._at_place[ranked[p, at] & ((1 << _PLACES) - 1)]]


_CELLS = 1 << 20
"""Profiles times contacts whose points are counted at once."""
_PLACES = 16  # bits, for up to `MOST` contacts


def letters(column: NDArray[Any]) -> NDArray[np.uint8]:
    """Texts of one width as a matrix of letters, 0 after the end."""
    column = np.ascontiguousarray(column)
    return column.view(np.uint8).reshape(len(column), column.dtype.itemsize)


def _words_of(table: NDArray[np.void]) -> list[NDArray[np.int32]]:
    several = [column for name in ("surname", "part", "piece") for column in table[name].T]
    return [table["given"], table["middle"], *several]


def _of_initials(table: NDArray[np.void], words: NDArray[np.void]) -> Groups:
    """The initials of given name, middle name or second syllable, and surname, as a handle may hold them."""
    given, middle, second, surname = (
        letters(words["text"][numbers])[:, 0].astype(np.uint64)
        for numbers in (table["piece"][:, 0], table["middle"], table["piece"][:, 1], table["surname"][:, 0])
    )
    everyone, out = np.arange(len(table)), []
    for row in ((given, surname), (surname, given), (given, second)):
        out.append(_keyed(row, everyone, _TWO_INITIALS))
    for other in (middle, second):
        out += [_keyed(row, everyone, _THREE_INITIALS) for row in ((given, other, surname), (surname, given, other))]
    return _joined(out)


def _keyed(row: tuple[Hashes, ...], owners: Rows, kind: int) -> Groups:
    """Groups of some letters, for those who have all of them."""
    there = np.logical_and.reduce([letter != 0 for letter in row])
    key = np.full(int(there.sum()), kind << _SALT, dtype=np.uint64)
    for place, letter in enumerate(row):
        key |= letter[there] << np.uint64(8 * place)
    return owners[there], mix(key, Key.GRAM), np.full(len(key), kind, dtype=np.int8)


def groups(texts: NDArray[Any], rows: Rows, *, of_handle: bool = False) -> Groups:
    """The groups of letters of each text, beside the text's row; a handle may hold two letters closer together."""
    matrix = letters(texts) if len(texts) else np.zeros((0, 3), dtype=np.uint8)
    matrix = matrix[:, : max(3, int((matrix != 0).sum(axis=1).max(initial=0)))]
    column = list(matrix.astype(np.uint64).T)
    size = (matrix != 0).sum(axis=1)
    end = [
        np.where(size > back, matrix[np.arange(len(size)), size - 1 - back], 0).astype(np.uint64) for back in (2, 1, 0)
    ]
    out = [_keyed((column[at], column[at + 1], column[at + 2]), rows, _RUN) for at in range(len(column) - 2)]
    out += [_keyed((column[at], column[at + 2]), rows, _APART) for at in range(len(column) - 2)]
    out += [
        _keyed((column[0], column[1]), rows, _FIRST_TWO),
        _keyed((column[0], column[1], column[2]), rows, _FIRST_THREE),
    ]
    out.append(_keyed((end[1], end[2]), rows, _LAST_TWO))
    if of_handle:
        out += [_keyed((column[at], column[at + 1]), rows, _APART) for at in range(len(column) - 1)]
        for two, three in (((column[0], column[1]), tuple(column[:3])), ((end[1], end[2]), tuple(end))):
            out += [_keyed(two, rows, _TWO_INITIALS), _keyed(three, rows, _THREE_INITIALS)]
    return _joined(out)


def _joined(some: list[Groups]) -> Groups:
    rows, keys, kinds = (np.concatenate(column) for column in zip(*some, strict=True))
    return rows, keys, kinds


def _once(some: list[Groups]) -> Groups:
    """Every pair of row and key once."""
    rows, keys, kinds = _joined(some)
    order = np.lexsort((keys, rows))
    rows, keys, kinds = rows[order], keys[order], kinds[order]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (rows[1:] != rows[:-1]) | (keys[1:] != keys[:-1])
    return rows[new], keys[new], kinds[new]
