"""The handle against the contact's name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.evidence.base import Kind, Level, first_true
from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import concat
from socialcrm.matching.pairs import Flags, Levels, Pairs, Words
from socialcrm.matching.vocabulary import join_sound
from socialcrm.model import Contact, Profile

_ONE = np.ones(1, dtype=np.int64)
_LONG = 3


def surname_written(pairs: Pairs) -> Flags:
    """Pairs whose handle begins with, ends with or has the surname as a word."""
    return pairs.any_said(Key.PIECE, [word["hash"] for word in pairs.surnames + pairs.parts])


def compare(pairs: Pairs) -> Levels:
    """Compares the handle with the ways people write their name into one.

    Titles, roles and cities around the name (``rep``, ``real``, ``dev``, ``nyc``), digits and signs
    are taken off first; what is left over counts against a reading that does not explain it.
    """
    written = pairs.profile("core_length").astype(np.int64)
    surname, given = surname_written(pairs), pairs.said(Key.PIECE, pairs.given["hash"])
    complete = (pairs.given["hash"] != 0) & (pairs.surname["hash"] != 0)
    variant = pairs.any_said(Key.PIECE_CANON, list(pairs.given["canon"].T)) & ~_one_word_for_both(pairs)
    nickname = _nicknamed(pairs)
    full = _spelt(pairs, pairs.given, pairs.surname["hash"], pairs.surname["length"])
    for other in pairs.surnames[1:]:
        full |= _spelt(pairs, pairs.given, other["hash"], other["length"]) & (other["hash"] != 0)
    long = (pairs.surname["length"] >= _LONG) & (pairs.given["length"] >= _LONG)
    return first_true(
        pairs,
        complete & full,
        complete & nickname & (pairs.surname["length"] >= _LONG),
        complete & surname & given & long,
        complete & surname & variant & (pairs.surname["length"] >= _LONG),
        complete & _initial_and_surname(pairs),
        complete & _given_and_initial(pairs),
        complete & _sounds(pairs),
        (pairs.surname["hash"] == 0) & pairs.said(Key.FORM, pairs.given["hash"]),
        surname & (pairs.surname["length"] >= _LONG + 1),
        given & (pairs.given["length"] >= written),
        given & (pairs.given["length"] > _LONG),
        (written > 0) & (pairs.given["hash"] != 0),
    )


def _spelt(pairs: Pairs, given: Words, surname: NDArray[np.uint64], length: NDArray[np.int64]) -> Flags:
    """Pairs whose whole handle is given name and surname, in either order."""
    forward, backward = concat(given["hash"], surname, length), concat(surname, given["hash"], given["length"])
    return pairs.any_said(Key.FORM, [forward, backward])


def _one_word_for_both(pairs: Pairs) -> Flags:
    """Pairs whose surname is a form of the given name, so that one word in the handle would count as both."""
    given, surname = pairs.given["canon"], pairs.surname["canon"]
    same = [(given == column[:, None]) & (given != 0) for column in surname.T]
    return np.asarray(np.any(same, axis=(0, 2)))


def _nicknamed(pairs: Pairs) -> Flags:
    """Pairs whose whole handle is a usual form of the given name and the surname, in either order."""
    out = np.zeros(len(pairs), dtype=np.bool_)
    for canon in pairs.given["canon"].T:
        for surname in pairs.surnames:
            there = np.flatnonzero((canon != 0) & (surname["hash"] != 0))
            form = np.zeros_like(canon)
            form[there] = concat(canon[there], surname["hash"][there], surname["length"][there])
            out |= pairs.said(Key.NICKNAMED, form)
    return out


def _initial_and_surname(pairs: Pairs) -> Flags:
    given, middle, surname = pairs.given, pairs.middle, pairs.surname
    long = surname["length"] > _LONG
    initials = concat(given["initial"], middle["initial"], _ONE)
    forms = [
        concat(given["initial"], surname["hash"], surname["length"]),
        concat(surname["hash"], given["initial"], _ONE),
        np.where(middle["hash"] != 0, concat(initials, surname["hash"], surname["length"]), np.uint64(0)),
    ]
    return pairs.any_said(Key.FORM, forms) & long


def _given_and_initial(pairs: Pairs) -> Flags:
    return pairs.said(Key.FORM, concat(pairs.given["hash"], pairs.surname["initial"], _ONE)) & (
        pairs.given["length"] > _LONG
    )


def _sounds(pairs: Pairs) -> Flags:
    out = np.zeros(len(pairs), dtype=np.bool_)
    for surname in pairs.surnames:
        there = surname["hash"] != 0
        forms = [join_sound(pairs.given, surname), join_sound(surname, pairs.given)]
        out |= pairs.any_said(Key.SOUND_FORM, forms) & there
    return out


def values(profile: Profile, contact: Contact) -> tuple[str, str]:
    """The handle and the name."""
    return profile.handle, contact.name


HANDLE = Kind(
    "handle",
    compare,
    values,
    (
        Level("silent", ""),
        Level("full", "The handle “{left}” is “{right}” written together.", agrees=True),
        Level("nickname", "The handle “{left}” is a usual form of “{right}” written together."),
        Level("more", "The handle “{left}” holds given name and surname of “{right}” and more."),
        Level("variant", "The handle “{left}” holds a usual form of “{right}”."),
        Level("initial", "The handle “{left}” is the initial and surname of “{right}”."),
        Level("given_initial", "The handle “{left}” is the given name and an initial of “{right}”."),
        Level("sound", "The handle “{left}” sounds like “{right}”."),
        Level("sole", "The handle “{left}” is the only name on the record, “{right}”."),
        Level("surname", "The handle “{left}” holds the surname of “{right}”."),
        Level("given", "The handle “{left}” is the given name of “{right}”."),
        Level("given_more", "The handle “{left}” holds the given name of “{right}” and something else."),
        Level("nothing", "The handle “{left}” has nothing of the name “{right}”."),
    ),
    by_name=True,
)
