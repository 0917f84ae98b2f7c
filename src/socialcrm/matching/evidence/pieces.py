"""What a handle is made of: the pieces of the name in its best reading, what is left over, and how telling they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence.base import Kind, Level
from socialcrm.matching.pairs import Levels, Pairs
from socialcrm.matching.reading import GIVEN, MIDDLE, SURNAME
from socialcrm.model import Contact, Profile

_CUTS = ("none", "initial", "pair", "part", "whole")
_LEFT_EDGES = (1, 3, 5)
_LEFT = ("nothing", "little", "some", "much")
_BITS = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30)
_PER_LETTER = 3.3
"""The surprise of one letter of a name, in bits, at most."""

_SPOKEN = {
    "none": "nothing of the {0}", "initial": "the initial of the {0}", "pair": "two letters of the {0}",
    "part": "the beginning of the {0}", "whole": "the whole {0}",
}  # fmt: skip


def cuts(used: NDArray[np.int32], size: NDArray[np.int32]) -> NDArray[np.int32]:
    """How much of a word is used, as a number into none, initial, pair, part and whole."""
    cut = np.minimum(used, 3)
    return np.asarray(np.where((used > 1) & (used >= size), 4, cut), dtype=np.int32)


def pieces(pairs: Pairs) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How much of the surname and of the given name the best reading uses; two syllables count as one given name."""
    reading, sizes = pairs.reading, pairs.sizes
    surname = cuts(reading.used[SURNAME], sizes[SURNAME])
    given = cuts(reading.used[GIVEN], sizes[GIVEN])
    syllabic = pairs.contact("family_first").astype(np.bool_) & (sizes[MIDDLE] > 0)
    both = cuts(reading.used[GIVEN] + reading.used[MIDDLE], sizes[GIVEN] + sizes[MIDDLE])
    return surname, np.where(syllabic, both, given)


def compare(pairs: Pairs) -> Levels:
    """Reads the handle as pieces of the name: initials, beginnings and whole words, in any order.

    The reading that explains most is taken. What it uses of surname and given name is weighed
    together with how many letters it leaves over.
    """
    surname, given = pieces(pairs)
    left = np.searchsorted(_LEFT_EDGES, pairs.reading.left, side="right")
    level = 1 + (surname * 5 + given) * 4 + left
    return np.where(pairs.readable, level, 0).astype(np.int8)


def compare_surprise(pairs: Pairs) -> Levels:
    """Weighs how many people's handles would hold these pieces of a name: few for long pieces of rare names."""
    reading, sizes = pairs.reading, pairs.sizes
    total = np.zeros(len(pairs))
    for piece in (GIVEN, MIDDLE, SURNAME):
        used = reading.used[piece]
        whole = (used > 0) & (used >= sizes[piece])
        total += np.where(whole, pairs.surprise[piece], np.minimum(pairs.surprise[piece], _PER_LETTER * used))
    level = 1 + np.searchsorted(_BITS, total, side="right")
    return np.where(pairs.readable & (total > 0), level, 0).astype(np.int8)


def compare_spelling(pairs: Pairs) -> Levels:
    """Looks at how the pieces are written: surname first, by their sound only, or with a middle name."""
    reading, sizes = pairs.reading, pairs.sizes
    syllabic = pairs.contact("family_first").astype(np.bool_)
    middle = cuts(reading.used[MIDDLE], sizes[MIDDLE])
    known = ~syllabic & (sizes[MIDDLE] > 0)
    level = np.zeros(len(pairs), dtype=np.int8)
    level[pairs.by_sound] = 1
    level[reading.turned & ~pairs.by_sound] = 2
    level[known & (middle == 1)] = 3
    level[known & (middle > 1)] = 4
    return np.where(pairs.readable, level, 0).astype(np.int8)


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


def _levels() -> tuple[Level, ...]:
    out = [Level("silent", "")]
    for surname in _CUTS:
        for given in _CUTS:
            for left in _LEFT:
                spoken = f"{_SPOKEN[surname].format('surname')} and {_SPOKEN[given].format('given name')}"
                out.append(
                    Level(
                        f"surname_{surname}_given_{given}_left_{left}",
                        f"The handle “{{left}}” holds {spoken} of “{{right}}”, with {left} left over.",
                    )
                )
    return tuple(out)


PIECES = Kind("pieces", compare, values, _levels())
SURPRISE = Kind(
    "surprise",
    compare_surprise,
    values,
    (
        Level("silent", ""),
        *(
            Level(f"from_{low}", "One in about 2^%d handles would hold these letters of “{right}” by chance." % low)
            for low in (0, *_BITS)
        ),
    ),
)
SPELLING = Kind(
    "spelling",
    compare_spelling,
    values,
    (
        Level("silent", ""),
        Level("sound", "The handle “{left}” holds the name “{right}” as it sounds, not as it is written."),
        Level("turned", "The handle “{left}” begins with the surname of “{right}”."),
        Level("middle_initial", "The handle “{left}” holds the middle initial of “{right}”."),
        Level("middle", "The handle “{left}” holds a middle name of “{right}”."),
    ),
)
