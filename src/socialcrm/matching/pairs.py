"""Profiles beside the contacts they may belong to, as arrays that evidence is read from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.bag import pair_hashes as _pair
from socialcrm.matching.bag import row_hashes
from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.hashing import Hashes, Rows, mark, tag
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.profile_keys import EncodedProfiles
from socialcrm.matching.reading import LONGEST, Readings, letters, read, unpack

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
        self,
        profiles: EncodedProfiles,
        index: ContactIndex,
        ruled_out: Sequence[Collection[str]] = (),
        *,
        by_letters: Flags | None = None,
    ) -> None:
        """Find the candidates of profiles; ``by_letters`` says for which of them letters in common are looked for."""
        self.profiles, self.index = profiles, index
        self.levels: dict[str, Levels] = {}
        self.numbers: dict[str, NDArray[Any]] = {}
        at, rows = index.find(profiles.ask, profiles.ask_caps)
        p, bits = profiles.ask_rows[at], np.int64(1) << profiles.ask_clues[at]
        near = index.nearby()
        if near is not None and (by_letters is None or by_letters.any()):
            asking = np.arange(len(profiles.table)) if by_letters is None else np.flatnonzero(by_letters)
            near_p, near_c = near.find(profiles.table[asking])
            near_p = asking[near_p]
            p, rows = np.concatenate([p, near_p]), np.concatenate([rows, near_c.astype(rows.dtype)])
            bits = np.concatenate([bits, np.full(len(near_p), np.int64(1) << Clue.NEAR)])
        if any(ruled_out):
            allowed = ~_among(p, rows.astype(np.int64), index, ruled_out)
            p, rows, bits = p[allowed], rows[allowed], bits[allowed]
        self.p, self.c, self.bits = _once(p, rows.astype(np.int64), bits, index.table["order"])

    @cached_property
    def _names(self) -> tuple[Pairs, NDArray[np.intp]]:
        keys = _pair(self.p, self.index.table["name"][self.c])
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        new = np.ones(len(keys), dtype=np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        which = np.empty(len(keys), dtype=np.intp)
        which[order] = np.cumsum(new) - 1
        return self.some(order[new]), which

    @property
    def named(self) -> Pairs:
        """The pairs with each name of a contact once per profile: evidence by name is the same for all the others."""
        return self._names[0]

    @property
    def which(self) -> NDArray[np.intp]:
        """For each pair, which of `named` has its profile and name."""
        return self._names[1]

    def some(self, places: NDArray[np.intp]) -> Pairs:
        """Some of the pairs, each with a name of its own per profile, and what was found out about them."""
        out: Pairs = object.__new__(Pairs)
        out.profiles, out.index = self.profiles, self.index
        out.p, out.c, out.bits = self.p[places], self.c[places], self.bits[places]
        out.levels = {name: levels[places] for name, levels in self.levels.items()}
        out.numbers = {name: numbers[places] for name, numbers in self.numbers.items()}
        out.__dict__["_names"] = out, np.arange(len(places))
        return out

    def only(self, keep: Flags) -> Pairs:
        """The pairs worth keeping, and what was found out about them."""
        out = self.some(np.flatnonzero(keep))
        used = np.zeros(len(self.named), dtype=np.bool_)
        used[self.which[keep]] = True
        out.__dict__["_names"] = self.named.some(np.flatnonzero(used)), (np.cumsum(used) - 1)[self.which[keep]]
        return out

    def __len__(self) -> int:
        return len(self.p)

    def by_name(self, what: str, compute: Callable[[Pairs], NDArray[Any]]) -> NDArray[Any]:
        """What a function gives that looks at profiles and names alone, computed once for each name."""
        if what not in self.numbers:
            once = self.named is self
            self.numbers[what] = compute(self) if once else self.named.by_name(what, compute)[self.which]
        return self.numbers[what]

    def clue(self, clue: Clue) -> Flags:
        """Pairs that agree in a clue."""
        return np.asarray(self.bits & (1 << clue) != 0)

    def said(self, key: Key, hashes: Hashes) -> Flags:
        """Pairs whose profile says what the contact's column holds; an empty column agrees with nothing."""
        return self.any_said(key, [hashes])

    def any_said(self, key: Key, hashes: Sequence[Hashes]) -> Flags:
        """Pairs whose profile says one of several values."""
        held = self.profiles.bag.only
        if held is not None and len(self.profiles.table) == 1:
            kind = mark(key)
            rows = zip(*(one.tolist() for one in hashes), strict=True)
            said = (any(value and value ^ kind in held for value in row) for row in rows)
            return np.fromiter(said, dtype=np.bool_, count=len(self))
        out = np.zeros(len(self), dtype=np.bool_)
        for one in hashes:
            (there,) = (one.astype(np.bool_) & ~out if out.any() else one).nonzero()
            if len(there) == len(one):
                out = self.profiles.bag.holds(self._rows, tag(one, key))
            elif len(there):
                out[there] = self.profiles.bag.holds(self._rows[there], tag(one[there], key))
        return out

    @cached_property
    def _rows(self) -> Hashes:
        return row_hashes(self.p)

    def profile(self, column: str) -> NDArray[np.generic]:
        """A column of the profiles, once per pair."""
        return np.asarray(self.profiles.table[column][self.p])

    def contact(self, column: str) -> NDArray[np.generic]:
        """A column of the contacts, once per pair."""
        return np.asarray(self.index.table[column][self.c])

    def flag(self, column: str) -> Flags:
        """A true-or-false column of the profiles, once per pair."""
        return self.profile(column).astype(np.bool_)

    def flag_of_contact(self, column: str) -> Flags:
        """A true-or-false column of the contacts, once per pair."""
        return self.contact(column).astype(np.bool_)

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
    def _pieces(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """The words a handle is read by, as numbers: given name and middle name or two syllables, and surname."""
        table = self.index.table
        piece = table["piece"][self.c]
        return piece[:, 0], piece[:, 1], table["surname"][self.c, 0]

    def spelt(self, rows: Rows) -> list[NDArray[np.int32]]:
        """Every word of the names of some pairs' contacts, as numbers."""
        table, at = self.index.table, self.c[rows]
        several = [column for name in ("surname", "part", "piece") for column in table[name][at].T]
        return [table["given"][at], table["middle"][at], *several]

    @cached_property
    def _packed(self) -> tuple[NDArray[np.int32], Flags, NDArray[np.int32]]:
        return best_reading(self)

    @cached_property
    def reading(self) -> Readings:
        """The best reading of the handle as pieces of the name."""
        return unpack(self._packed[0])

    @property
    def by_sound(self) -> Flags:
        """Pairs whose best reading is by sound, not by letter."""
        return self._packed[1]

    @property
    def chosen(self) -> NDArray[np.int32]:
        """The spelling or word of the surname that the best reading is by."""
        return self._packed[2]

    @cached_property
    def sizes(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """How many letters each word of the best reading has."""
        words = self.index.words.table
        given, middle, _ = self._pieces
        column = [
            np.where(self.by_sound, words["sound_length"][n], words["length"][n])
            for n in (given, middle, self._packed[2])
        ]
        return tuple(np.minimum(size, LONGEST).astype(np.int32) for size in column)  # type: ignore[return-value]

    @cached_property
    def surprise(self) -> tuple[NDArray[np.float64], ...]:
        """How surprising each word of the reading is, in bits."""
        given, middle, surname = self._pieces
        kinds = (("given", given), ("given", middle), ("surname", surname))
        bits = [self.index.words.bits(numbers, kind, len(self.index)) for kind, numbers in kinds]
        syllabic = self.contact("family_first").astype(np.bool_) & (middle != 0)
        return tuple([np.where(syllabic, np.minimum(some, _SYLLABLE_BITS), some) for some in bits[:2]] + bits[2:])

    @cached_property
    def readable(self) -> Flags:
        """Pairs with a handle to read and a name to read it by."""
        return np.asarray((self.profile("letters") != b"") & (self._pieces[0] != 0))

    @cached_property
    def surname(self) -> Words:
        """The analysed surname in its commonest spelling."""
        return self.surnames[0]

    def _several(self, column: str) -> list[Words]:
        return [Words(self.index.words.table, numbers) for numbers in self.index.table[column][self.c].T]


_SYLLABLE_BITS = 4.5
"""A syllable of a Korean or Chinese given name is one of a few dozen usual ones."""
_SOUND_COSTS = 24 << 18


def best_reading(pairs: Pairs) -> tuple[NDArray[np.int32], Flags, NDArray[np.int32]]:
    """The best reading of each pair's handle, packed; whether it is by sound; and the surname it uses."""
    table, words = pairs.index.table, pairs.index.words.table
    given, middle, surname = pairs._pieces
    handle, core, sound = (pairs.profile(column) for column in ("letters", "core", "sound"))
    everyone = np.arange(len(pairs))
    best = _read(handle, everyone, words["text"], given, middle, surname)
    by_sound, chosen = np.zeros(len(pairs), dtype=np.bool_), surname.copy()

    def better(text: NDArray[Any], rows: Rows, form: str, last: NDArray[np.int32], cost: int) -> None:
        if len(rows):
            found = _read(text, rows, words[form], given, middle, last) - np.int32(cost)
            wins = found > best[rows]
            won = rows[wins]
            best[won], by_sound[won], chosen[won] = found[wins], form != "text", last[won]

    better(core, np.flatnonzero(core != handle), "text", surname, 0)
    others = [*table["surname"][pairs.c, 1:].T, *table["part"][pairs.c].T]
    for other in others:
        better(core, np.flatnonzero(other != 0), "text", other, 0)
    unsure = ((best & 31) > 0) & table["foreign"][pairs.c]
    for last in (surname, *others):
        better(sound, np.flatnonzero(unsure & (last != 0) & (sound != b"")), "sound_text", last, _SOUND_COSTS)
    return best, by_sound, chosen


def _read(
    text: NDArray[Any],
    rows: Rows,
    words: NDArray[Any],
    given: NDArray[Any],
    middle: NDArray[Any],
    surname: NDArray[Any],
) -> NDArray[np.int32]:
    column = [letters(words[numbers[rows]]) for numbers in (given, middle, surname)]
    return read(letters(text[rows]), (column[0], column[1], column[2]))


def _once(p: Rows, rows: Rows, bits: NDArray[np.int64], order: Hashes) -> tuple[Rows, Rows, NDArray[np.int64]]:
    """Every pair once, with all its clues; by profile, then by ``order``."""
    if not len(p):
        return p, rows, bits
    by_pair = np.argsort(p << _ROW_BITS | rows)
    p, rows = p[by_pair], rows[by_pair]
    new = np.ones(len(p), dtype=np.bool_)
    new[1:] = (p[1:] != p[:-1]) | (rows[1:] != rows[:-1])
    (starts,) = new.nonzero()
    p, rows, bits = p[starts], rows[starts], np.bitwise_or.reduceat(bits[by_pair], starts)
    spread = order[rows] * _SPREAD
    ranked = np.argsort(p.astype(np.uint64) << _ORDER_BITS | spread >> (_WORD - _ORDER_BITS))
    return p[ranked], rows[ranked], bits[ranked]


_ROW_BITS = 34
_SPREAD = np.uint64(0x9FB21C651E98DF25)  # ids that differ in the last letter differ in the last bits of their hash
_WORD, _ORDER_BITS = np.uint64(64), np.uint64(44)


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
