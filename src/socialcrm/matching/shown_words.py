"""The words of display names, each analysed once, and what they ask and say for every name they stand in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import Hashes, Rows, byte_lengths, concat, hash_texts
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
        rows = [row for row, name in enumerate(self._names) for _ in name]
        numbers = np.asarray([number for name in self._names for number in name], dtype=np.int64)
        sizes = np.asarray([len(name) for name in self._names], dtype=np.int64)
        names = _Names(np.asarray(rows, dtype=np.int64), numbers, sizes)
        return _asked(names, table), _said(names, table)


class _Analysed:
    """Hashes of each word: in Latin letters, as a surname, by base form and as it sounds."""

    def __init__(self, words: list[tuple[str, str]], known: Vocabulary) -> None:
        romans = [roman for _, roman in words]
        surnames = [surname_forms(word) or (roman,) for word, roman in words]
        self.roman, self.length = hash_texts(romans), byte_lengths(romans)
        self.sound = hash_texts([fold(roman) for roman in romans])
        self.bases = _wide(list(map(base_forms, romans)))
        self.surnames = _wide(surnames)
        self.borne = _wide([tuple(form for form in forms if form in known) for forms in surnames])
        self.surname_sounds = _wide([tuple(map(fold, forms)) for forms in surnames])


def _wide(texts: list[tuple[str, ...]]) -> NDArray[np.uint64]:
    """Hashes of several texts per word, one row each; 0 where there are fewer."""
    counts = np.asarray([len(forms) for forms in texts], dtype=np.int64)
    out = np.zeros((len(texts), max(1, int(counts.max(initial=0)))), dtype=np.uint64)
    out[np.arange(out.shape[1]) < counts[:, None]] = hash_texts([form for forms in texts for form in forms])
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
    """Any two words: as given name and surname, by base form, and as they sound."""
    found: list[Found] = []
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
