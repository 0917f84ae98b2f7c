"""The words of display names, each analysed once, and what they ask and say for every name they stand in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import Hashes, Rows, concat, hash_text
from socialcrm.matching.romanise import fold, surname_forms
from socialcrm.matching.vocabulary import Vocabulary, base_forms

Found = tuple[Key, Rows, Hashes]
"""Hashes of one kind, with the profile each is of."""

_NAMED_BY = 4
"""So many words of a name are tried as given name and surname."""


class ShownWords:
    """Display names as numbers of words, in the order in which profiles are read."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._names: list[list[int]] = []

    def add(self, words: Sequence[tuple[str, str]]) -> None:
        """Add the name of the next profile, as (normal form, Latin letters) of each word."""
        numbers = self._numbers
        self._names.append([numbers.setdefault(word, len(numbers)) for word in words])

    def clues(self, words: Vocabulary) -> tuple[list[Found], list[Found]]:
        """What the names ask the index for, and what they say."""
        if not self._numbers:
            return [], []
        table = _Analysed(list(self._numbers), words)
        sizes = np.asarray(list(map(len, self._names)), dtype=np.int64)
        rows = np.repeat(np.arange(len(sizes)), sizes)
        numbers = np.asarray(list(chain.from_iterable(self._names)), dtype=np.int64)
        names = _Names(rows, numbers, sizes)
        return _asked(names, table), _said(names, table)


class _Analysed:
    """Hashes of each word: in Latin letters, as a surname, by base form and as it sounds."""

    def __init__(self, words: list[tuple[str, str]], known: Vocabulary) -> None:
        columns = zip(*(_analysis(*word) for word in words), strict=True)
        romans, lengths, sounds, bases, surnames, surname_sounds = columns
        self.roman, self.length = np.asarray(romans, dtype=np.uint64), np.asarray(lengths, dtype=np.int64)
        self.sound = np.asarray(sounds, dtype=np.uint64)
        self.bases, self.surnames, self.surname_sounds = _wide(bases), _wide(surnames), _wide(surname_sounds)
        borne = known.has(self.surnames.ravel()).reshape(self.surnames.shape)
        self.borne = np.where(borne, self.surnames, np.uint64(0))
        self.known = known.has(self.roman) & (self.length > 1)


@lru_cache(maxsize=65_536)
def _analysis(word: str, roman: str) -> tuple[int, int, int, tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The hash, length and sound of a word, its base forms, and its spellings as a surname with their sounds."""
    forms = surname_forms(word) or (roman,)
    return (
        hash_text(roman), len(roman.encode()), hash_text(fold(roman)),
        tuple(map(hash_text, base_forms(roman))),
        tuple(map(hash_text, forms)), tuple(hash_text(fold(form)) for form in forms),
    )  # fmt: skip


def _wide(hashes: Sequence[tuple[int, ...]]) -> NDArray[np.uint64]:
    """Several hashes per word, one row each; 0 where there are fewer."""
    counts = np.asarray(list(map(len, hashes)), dtype=np.int64)
    out = np.zeros((len(hashes), max(1, int(counts.max(initial=0)))), dtype=np.uint64)
    out[np.arange(out.shape[1]) < counts[:, None]] = list(chain.from_iterable(hashes))
    return out


class _Names:
    """All words of all names in a row: whose each is (``rows``), its number and its place in the name."""

    def __init__(self, rows: Rows, numbers: Rows, sizes: Rows) -> None:
        self.rows, self.numbers = rows, numbers
        self.starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.places = np.arange(len(rows)) - self.starts
        self.sizes = np.repeat(sizes, sizes)

    def next(self, step: int) -> Rows:
        """Where words stand that are followed by so many others of their name."""
        return np.flatnonzero(self.places + step < self.sizes)


def _asked(names: _Names, table: _Analysed) -> list[Found]:
    """Any word as surname; any two words: as given name and surname, by base form, and as they sound."""
    found: list[Found] = []
    known = table.known[names.numbers]
    found.append((Key.SURNAME, names.rows[known], table.roman[names.numbers[known]]))
    few = np.minimum(names.sizes, _NAMED_BY)
    for step in range(1, _NAMED_BY):
        left = np.flatnonzero(names.places + step < few)
        for given_at, surname_at in ((left, left + step), (left + step, left)):
            found += _pair(names.rows[left], names.numbers[given_at], names.numbers[surname_at], table)
    return found


def _pair(rows: Rows, given: Rows, surname: Rows, table: _Analysed) -> list[Found]:
    found = [(Key.SOUND, rows, table.sound[given] + table.surname_sounds[surname, 0])]
    for form in table.borne[surname].T:
        there = np.flatnonzero(form)
        found.append((Key.NAME, rows[there], table.roman[given[there]] + form[there]))
        bases = table.bases[given[there]]
        at, place = np.nonzero(bases)
        found.append((Key.VARIANT, rows[there[at]], bases[at, place] + form[there[at]]))
    return found


def _said(names: _Names, table: _Analysed) -> list[Found]:
    rows, numbers = names.rows, names.numbers
    roman = table.roman[numbers]
    first, last = names.places == 0, names.places == names.sizes - 1
    single = table.length[numbers] == 1
    found = [
        (Key.WORD, rows, roman),
        (Key.SOUND_WORD, rows, table.sound[numbers]),
        (Key.INITIAL, rows[single], roman[single]),
        (Key.FIRST_WORD, rows[first], roman[first]),
        (Key.LAST_WORD, rows[last], roman[last]),
        *_several(Key.WORD, rows, table.surnames[numbers]),
        *_several(Key.SOUND_WORD, rows, table.surname_sounds[numbers]),
        *_several(Key.CANON, rows, table.bases[numbers]),
    ]
    runs = roman
    for step in (1, 2):
        at = names.next(step)
        together = concat(runs[at], roman[at + step], table.length[numbers[at + step]])
        found.append((Key.WORD, rows[at], together))
        runs = np.zeros_like(roman)
        runs[at] = together
    return found


def _several(key: Key, rows: Rows, hashes: NDArray[np.uint64]) -> Collection[Found]:
    at, place = np.nonzero(hashes)
    return [(key, rows[at], hashes[at, place])]
