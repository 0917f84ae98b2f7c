"""What a handle is made of: the pieces of the name in its best reading, what is left over, and how telling they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.evidence.context import ROLE
from socialcrm.matching.facts import Key
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.matching.reading import GIVEN, MIDDLE, SURNAME, letters
from socialcrm.model import Contact, Profile

_USES = (
    ("both", "given name and surname"),
    ("surname_more", "the surname and some of the given name"),
    ("surname", "the surname alone"),
    ("given_more", "the given name and some of the surname"),
    ("given", "the given name alone"),
    ("surname_part", "the beginning of the surname"),
    ("given_part", "the beginning of the given name"),
    ("little", "hardly anything"),
    ("sole", "the only name"),
)
"""What a reading uses of a name, and how that is said; levels are numbered use by use."""

_LEFT = ("0", "1", "2", "3", "4", "5", "6", "8")
_STEPS = (1, 2, 3, 4, 5, 6, 8)
_LENGTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
_BITS = (6, 9, 12, 14, 16, 18, 20, 22, 24, 27, 30)
_PER_LETTER = 3.3
"""The surprise of one letter of a name, in bits, at most."""


def cuts(used: NDArray[np.int32], size: NDArray[np.int32]) -> NDArray[np.int32]:
    """How much of a word is used: 0 nothing, 1 to 3 that many letters or more, 4 all of it."""
    return np.asarray(np.where((used > 1) & (used >= size), 4, np.minimum(used, 3)), dtype=np.int32)


def uses(pairs: Pairs) -> NDArray[np.int32]:
    """What the best reading uses, as a number into `_USES`; two syllables count as one given name."""
    return pairs.by_name("uses", _uses)


def _uses(pairs: Pairs) -> NDArray[np.int32]:
    reading, sizes = pairs.reading, pairs.sizes
    surname = cuts(reading.used[SURNAME], sizes[SURNAME])
    syllabic = pairs.flag_of_contact("family_first") & (sizes[MIDDLE] > 0)
    both = cuts(reading.used[GIVEN] + reading.used[MIDDLE], sizes[GIVEN] + sizes[MIDDLE])
    given = np.where(syllabic, both, cuts(reading.used[GIVEN], sizes[GIVEN]))
    middle = cuts(reading.used[MIDDLE], sizes[MIDDLE])
    given = np.where((middle == 4) & (sizes[MIDDLE] > 2) & ~syllabic, 4, given)
    whole, first = surname == 4, given == 4
    sole = first & (sizes[SURNAME] == 0)
    cases = [
        whole & first, whole & (given > 0), whole, first & (surname > 0), first, surname >= 3, given >= 3,
    ]  # fmt: skip
    return np.asarray(np.where(sole, len(cases) + 1, np.select(cases, range(len(cases)), len(cases))), dtype=np.int32)


def _by_use(pairs: Pairs, number: NDArray[np.integer], width: int, heard: NDArray[np.bool_]) -> Levels:
    level = 1 + uses(pairs) * width + number
    return np.where(pairs.readable & heard, level, 0).astype(np.int8)


def compare(pairs: Pairs) -> Levels:
    """Reads the handle as pieces of the name: initials, beginnings and whole words, in any order.

    The reading that explains most is taken. What it uses of surname and given name is weighed
    together with how many letters it leaves over.
    """
    return _by_use(pairs, np.searchsorted(_STEPS, pairs.reading.left, side="right"), len(_LEFT), pairs.readable)


def compare_foreign(pairs: Pairs) -> Levels:
    """Weighs the reading anew where the contact's name is not in Latin letters and many ways to spell it agree."""
    left = np.searchsorted(_STEPS, pairs.reading.left, side="right")
    return _by_use(pairs, left, len(_LEFT), pairs.flag_of_contact("foreign"))


def compare_length(pairs: Pairs) -> Levels:
    """Weighs the reading by how many letters the handle has: short ones agree by chance."""
    length = np.char.str_len(pairs.profile("letters").astype(np.bytes_))
    number = np.searchsorted(_LENGTHS, length, side="right")
    return _by_use(pairs, number, len(_LENGTHS) + 1, length > 0)


def compare_surprise(pairs: Pairs) -> Levels:
    """Weighs how many people's handles would hold these pieces of a name: few for long pieces of rare names.

    Among many other letters, a piece has many places to stand in by chance.
    """
    reading, sizes = pairs.reading, pairs.sizes
    total = np.zeros(len(pairs))
    places = np.log2(1.0 + reading.left)
    for piece in (GIVEN, MIDDLE, SURNAME):
        used = reading.used[piece]
        total -= np.where(used > 0, places, 0.0)
        whole = (used > 0) & (used >= sizes[piece])
        total += np.where(whole, pairs.surprise[piece], np.minimum(pairs.surprise[piece], _PER_LETTER * used))
    number = np.searchsorted(_BITS, total, side="right")
    return _by_use(pairs, number, len(_BITS) + 1, total > 0)


def compare_bounds(pairs: Pairs) -> Levels:
    """Looks whether surname and given name stand in the handle as words, parted by a sign or a capital."""
    surname = pairs.any_said(Key.HANDLE_SOUND, [word["sound"] for word in pairs.surnames])
    given = pairs.said(Key.HANDLE_SOUND, pairs.given["sound"])
    return _by_use(pairs, surname * 2 + given * 1, 4, pairs.flag("parted"))


def compare_spelling(pairs: Pairs) -> Levels:
    """Looks at how the pieces are written: by their sound only, or surname first."""
    exact = 3 - np.minimum(pairs.reading.left, 2)
    number = np.where(pairs.by_sound, exact, 0)
    return _by_use(pairs, number, 4, pairs.by_sound | pairs.reading.turned)


def compare_middle(pairs: Pairs) -> Levels:
    """Looks whether the middle name stands in the handle beside the others, or one letter there is not its initial."""
    used, size = pairs.reading.used[MIDDLE], pairs.sizes[MIDDLE]
    has = (size > 0) & ~pairs.flag_of_contact("family_first")
    both = (pairs.reading.used[GIVEN] > 0) & (pairs.reading.used[SURNAME] > 2)
    other = (used == 0) & (pairs.reading.left == 1)
    first, last = (pairs.chosen == pairs.contact("part")[:, place] for place in (0, 1))
    one_word = (pairs.chosen != 0) & (pairs.reading.used[SURNAME] > 2)
    return first_true(
        pairs, has & both & (used > 1), has & both & (used == 1), has & both & other, one_word & last, one_word & first
    )


def compare_office(pairs: Pairs) -> Levels:
    """Weighs a title or trade in the handle by what else of the name it holds: ``repsmith`` needs no given name."""
    role = ROLE.of(pairs)
    return _by_use(pairs, np.maximum(role - 1, 0), len(ROLE.levels) - 1, role > 0)


def compare_begins(pairs: Pairs) -> Levels:
    """Looks whether the handle begins with a given name that is none of the contact's words, nor part of one."""
    level = np.zeros(len(pairs), dtype=np.int8)
    column = pairs.profile("begins")
    rows = np.flatnonzero((column != b"") & (pairs.reading.left > 0) & pairs.readable)
    if not len(rows):
        return level
    begins, table = letters(column[rows]), pairs.index.words.table["text"]
    other = ~pairs.any_said(Key.BEGINS_CANON, list(pairs.given["canon"].T))[rows]
    for numbers in pairs.spelt(rows):
        word = letters(table[numbers])[:, : begins.shape[1]]
        begun = begins[:, : word.shape[1]]
        other &= ((word != begun) & (word != 0) & (begun != 0)).any(axis=1) | (word[:, 0] == 0)
    level[rows] = np.where(other, 1 + uses(pairs)[rows], 0)
    return level


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


def _kind(
    name: str, compare: Callable[[Pairs], Levels], steps: tuple[tuple[str, str], ...], *, by_name: bool = True
) -> Kind:
    levels = tuple(
        Level(f"{use}_{step}", f"The handle “{{left}}” holds {spoken} of “{{right}}”{how}.")
        for use, spoken in _USES
        for step, how in steps
    )
    return Kind(name, compare, values, (Level("silent", ""), *levels), by_name=by_name, dear=True)


_OVER = tuple((n, ", nothing left over" if n == "0" else f", {n} letters left over") for n in _LEFT[:-2])
_OVER += (("6", ", six or seven letters left over"), ("8", ", eight letters or more left over"))
PIECES = _kind("pieces", compare, _OVER)
FOREIGN = _kind("foreign", compare_foreign, tuple((n, f"{how}, in Latin letters") for n, how in _OVER))
LENGTH = _kind("length", compare_length, tuple((f"from_{n}", f" and is from {n} letters long") for n in (0, *_LENGTHS)))
SURPRISE = _kind("surprise", compare_surprise, tuple((f"from_{n}", f", as one in 2^{n} would") for n in (0, *_BITS)))
BOUNDS = _kind(
    "bounds",
    compare_bounds,
    (
        ("none", ", neither as a word of it"),
        ("given", ", the given name as a word"),
        ("surname", ", the surname as a word"),
        ("both", ", both as words"),
    ),
)
SPELLING = _kind(
    "spelling",
    compare_spelling,
    (
        ("turned", ", the surname first"), ("sound_more", " as it sounds, among much else"),
        ("sound_one", " as it sounds, and a letter more"), ("sound", " as it sounds"),
    ),
)  # fmt: skip
MIDDLE_NAME = Kind(
    "middle",
    compare_middle,
    values,
    (
        Level("silent", ""),
        Level("word", "The handle “{left}” holds the middle name of “{right}” too."),
        Level("initial", "The handle “{left}” holds the middle initial of “{right}” too."),
        Level("other", "The handle “{left}” holds another letter where “{right}” has a middle name."),
        Level("last_word", "Of the surname of “{right}”, the handle “{left}” holds the last word only."),
        Level("first_word", "Of the surname of “{right}”, the handle “{left}” holds another word than the last."),
    ),
    by_name=True,
    dear=True,
)
OFFICE = _kind(
    "office",
    compare_office,
    (
        ("same", " beside the role on the record"), ("other", " beside another role"),
        ("unknown", " beside a role that is not on the record"),
        ("runs", " and runs for something, as the contact may"),
        ("runs_other", " and runs for something"), ("runs_unknown", " and runs for something unknown to the record"),
    ),
    by_name=False,
)  # fmt: skip
BEGINS = Kind(
    "begins",
    compare_begins,
    values,
    (
        Level("silent", ""),
        *(
            Level(use, f"The handle “{{left}}” holds {spoken} of “{{right}}”, but begins with another given name.")
            for use, spoken in _USES
        ),
    ),
    by_name=True,
    dear=True,
)
READINGS = (PIECES, FOREIGN, LENGTH, SURPRISE, BOUNDS, SPELLING, MIDDLE_NAME, OFFICE, BEGINS)
