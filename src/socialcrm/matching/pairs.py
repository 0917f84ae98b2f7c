"""Profiles beside the contacts they may belong to, as arrays that evidence is read from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.hashing import Hashes, Rows, tag
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.profile_keys import EncodedProfiles

Flags = NDArray[np.bool_]
Levels = NDArray[np.int8]


class Words:
    """One word per pair; what the vocabulary knows of it is gathered when it is first looked at."""

    def __init__(self, table: NDArray[np.void], numbers: NDArray[np.int32]) -> None:
        self._table, self._numbers = table, numbers
        self._columns: dict[str, NDArray[Any]] = {}

    def __getitem__(self, column: str) -> NDArray[Any]:
        found = self._columns.get(column)
        if found is None:
            found = self._columns[column] = self._table[column][self._numbers]
        return found


class Pairs:
    """Candidate pairs: ``p`` is the profile's row, ``c`` the contact's, ``bits`` the clues found by key.

    Ordered by profile, then by a hash of the contact's id, so that results never depend on the
    order in which contacts came.
    """

    def __init__(
        self, profiles: EncodedProfiles, index: ContactIndex, ruled_out: Sequence[Collection[str]] = ()
    ) -> None:
        self.profiles, self.index = profiles, index
        self.levels: dict[str, Levels] = {}
        self.numbers: dict[str, NDArray[np.float64]] = {}
        at, rows = index.find(profiles.ask, profiles.ask_caps)
        p, bits = profiles.ask_rows[at], np.int64(1) << profiles.ask_clues[at]
        if any(ruled_out):
            allowed = ~_among(p, rows.astype(np.int64), index, ruled_out)
            p, rows, bits = p[allowed], rows[allowed], bits[allowed]
        order = np.lexsort((index.table["order"][rows], p))
        p, rows, bits = p[order], rows[order].astype(np.int64), bits[order]
        new = np.ones(len(p), dtype=np.bool_)
        new[1:] = (p[1:] != p[:-1]) | (rows[1:] != rows[:-1])
        starts = np.flatnonzero(new)
        self.p, self.c = p[starts], rows[starts]
        self.bits = np.bitwise_or.reduceat(bits, starts) if len(starts) else bits

    def __len__(self) -> int:
        return len(self.p)

    def clue(self, clue: Clue) -> Flags:
        """Pairs that agree in a clue."""
        return np.asarray(self.bits & (1 << clue) != 0)

    def said(self, key: Key, hashes: Hashes) -> Flags:
        """Pairs whose profile says what the contact's column holds; an empty column agrees with nothing."""
        out = np.zeros(hashes.shape, dtype=np.bool_)
        there = hashes.nonzero()
        if len(there[0]):
            out[there] = self.profiles.bag.has(self.p[there[0]], tag(hashes[there], key))
        return out

    def profile(self, column: str) -> NDArray[np.generic]:
        """A column of the profiles, once per pair."""
        return np.asarray(self.profiles.table[column][self.p])

    def contact(self, column: str) -> NDArray[np.generic]:
        """A column of the contacts, once per pair."""
        return np.asarray(self.index.table[column][self.c])

    def flag(self, column: str) -> Flags:
        """A true-or-false column of the profiles, once per pair."""
        return self.profile(column).astype(np.bool_)

    def hashes(self, column: str) -> Hashes:
        """A hash column of the contacts, once per pair."""
        return self.contact(column).astype(np.uint64)

    @cached_property
    def given(self) -> Words:
        """The analysed given name of the contact."""
        return Words(self.index.words.table, self.index.table["given"][self.c])

    @cached_property
    def middle(self) -> Words:
        """The analysed middle name of the contact."""
        return Words(self.index.words.table, self.index.table["middle"][self.c])

    @cached_property
    def surnames(self) -> list[Words]:
        """The analysed spellings of the contact's surname."""
        return self._several("surname")

    @cached_property
    def parts(self) -> list[Words]:
        """The analysed words of a surname of several words."""
        return self._several("part")

    @cached_property
    def surname(self) -> Words:
        """The analysed surname in its commonest spelling."""
        return self.surnames[0]

    def _several(self, column: str) -> list[Words]:
        return [Words(self.index.words.table, numbers) for numbers in self.index.table[column][self.c].T]

    def any_said(self, key: Key, hashes: list[Hashes]) -> Flags:
        """Pairs whose profile says one of several values."""
        if len(hashes) == 1:
            return self.said(key, hashes[0])
        return np.asarray(self.said(key, np.stack(hashes, axis=1)).any(axis=1))


def _among(p: Rows, c: Rows, index: ContactIndex, ruled_out: Sequence[Collection[str]]) -> Flags:
    """Pairs that a person has ruled out."""
    size = len(index.table) + 1
    banned = [
        profile * size + row
        for profile, contact_ids in enumerate(ruled_out)
        for row in map(index.row, contact_ids)
        if row is not None
    ]
    return np.isin(p * size + c, np.asarray(banned, dtype=np.int64))
