"""What profiles ask the index and what they say, written down profile by profile."""

import cython
import numpy as np

from socialcrm.matching.core.hashing cimport joint, mark, mix
from socialcrm.matching.facts import CAPS, Clue, Key

cdef enum:
    FEW = 1024      # entries that there is room for at first
    KINDS = 64

cdef int _NAMED = Clue.NAMED, _SURNAME = Key.SURNAME, _NAME = Key.NAME
cdef int _AT_WORK = Key.SURNAME_AT_WORK, _AT_HOME = Key.NAME_AT_HOME
_CAPS = np.asarray([CAPS.get(kind, 0) for kind in range(KINDS)], dtype=np.int32)


@cython.final
cdef class Clues:
    """Questions to the index and words said; those of one profile stand together and are closed by `end`.

    Asked are only the ``kinds`` (one bit each) that some contact is filed under. With ``beside``, names are also
    asked for together with what stands beside them: a company or city.
    """

    def __init__(self, kinds, *, beside):
        self._kinds, self._beside = kinds & 0xFFFFFFFFFFFFFFFF, beside
        self._asked = self._spoken = self._around = 0
        self._ask_ends, self._said_ends = [0], [0]
        self._ask = self._said = self._context = np.empty(0, dtype=np.uint64)
        self._ask, self._asks = _room(self._ask)
        self._said, self._says = _room(self._said)
        self._context, self._contexts = _room(self._context)
        self._what = np.empty(FEW, dtype=np.uint16)
        self._whats = self._what

    cdef int ask(self, int key, int clue, uint64_t value) except -1:
        """Ask who is filed under a hash of one kind, as a sign of a clue; an absent value asks for nobody."""
        if value == 0 or not self._kinds >> key & 1:
            return 0
        if self._asked == self._asks.shape[0]:
            self._ask, self._asks = _room(self._ask)
            self._what = np.resize(self._what, len(self._ask))
            self._whats = self._what
        self._asks[self._asked] = mix(value, key)
        self._whats[self._asked] = <uint16_t>(key * KINDS + clue)
        self._asked += 1
        return 0

    cdef int ask_named(self, int key, uint64_t value) except -1:
        """Ask for a name; and, among namesakes, for those of whom the profile says more than the name."""
        cdef Py_ssize_t at
        cdef int both = _AT_WORK if key == _SURNAME else _AT_HOME if key == _NAME else 0
        self.ask(key, _NAMED, value)
        if both and self._kinds >> both & 1:
            for at in range(self._around):
                self.ask(both, _NAMED, joint(value, self._contexts[at]))
        return 0

    cdef int say(self, int key, uint64_t value) except -1:
        """Note that the profile says a word, to be compared with what a candidate's record holds."""
        if value == 0:
            return 0
        if self._spoken == self._says.shape[0]:
            self._said, self._says = _room(self._said)
        self._says[self._spoken] = value ^ mark(key)
        self._spoken += 1
        return 0

    cdef int stands_beside(self, uint64_t value) except -1:
        """Note a company or city that stands beside the names that this profile asks for from now on."""
        if not self._beside:
            return 0
        if self._around == self._contexts.shape[0]:
            self._context, self._contexts = _room(self._context)
        self._contexts[self._around] = value
        self._around += 1
        return 0

    def end(self):
        """Close a profile: what follows is the next one's."""
        self._around = 0
        self._ask_ends.append(self._asked)
        self._said_ends.append(self._spoken)

    def questions(self):
        """Keys, whose they are, the clues they stand for, their caps, and where those of each profile begin."""
        what = self._what[: self._asked]
        starts = np.asarray(self._ask_ends, dtype=np.int64)
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        caps = _CAPS[what // KINDS]
        return self._ask[: self._asked].copy(), rows, (what % KINDS).astype(np.int64), caps, starts

    def words(self):
        """Hashes said, marked by kind, and where those of each profile begin."""
        return self._said[: self._spoken].copy(), np.asarray(self._said_ends, dtype=np.int64)


cdef tuple _room(array):
    """An array of twice the size with the same beginning, and its view."""
    out = np.empty(max(FEW, 2 * len(array)), dtype=array.dtype)
    out[: len(array)] = array
    cdef uint64_t[::1] view = out
    return out, view
