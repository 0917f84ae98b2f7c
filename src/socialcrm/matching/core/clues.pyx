"""What profiles ask the index and what they say, written down profile by profile."""

import cython
import numpy as np

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy

from socialcrm.matching.core.hashing cimport joint, mark, mix
from socialcrm.matching.facts import CAPS, Clue, Key

cdef enum:
    FEW = 256       # numbers that there is room for at first
    KINDS = 64

cdef int _NAMED = Clue.NAMED, _SURNAME = Key.SURNAME, _NAME = Key.NAME
cdef int _AT_WORK = Key.SURNAME_AT_WORK, _AT_HOME = Key.NAME_AT_HOME
cdef int32_t _CAPS[KINDS]
for _kind in range(KINDS):
    _CAPS[_kind] = CAPS.get(_kind, 0)


cdef inline int _push(Numbers* numbers, uint64_t value) except -1:
    if numbers.size == numbers.room:
        _grow(numbers)
    numbers.data[numbers.size] = value
    numbers.size += 1
    return 0


cdef int _grow(Numbers* numbers) except -1:
    cdef Py_ssize_t room = max(FEW, 2 * numbers.room)
    cdef uint64_t* data = <uint64_t*>PyMem_Realloc(numbers.data, room * sizeof(uint64_t))
    if data == NULL:
        raise MemoryError
    numbers.data, numbers.room = data, room
    return 0


@cython.final
cdef class Clues:
    """Questions to the index and words said; those of one profile stand together and are closed by `end`.

    Asked are only the ``kinds`` (one bit each) that some contact is filed under. With ``beside``, names are also
    asked for together with what stands beside them: a company or city.
    """

    def __init__(self, kinds, *, beside):
        self._kinds, self._asks_beside = kinds & 0xFFFFFFFFFFFFFFFF, beside
        self._ask_ends.size = self._said_ends.size = 0
        _push(&self._ask_ends, 0)
        _push(&self._said_ends, 0)

    def __dealloc__(self):
        PyMem_Free(self._asks.data)
        PyMem_Free(self._says.data)
        PyMem_Free(self._beside.data)
        PyMem_Free(self._whats.data)
        PyMem_Free(self._ask_ends.data)
        PyMem_Free(self._said_ends.data)

    cdef int ask(self, int key, int clue, uint64_t value) except -1:
        """Ask who is filed under a hash of one kind, as a sign of a clue; an absent value asks for nobody."""
        if value == 0 or not self._kinds >> key & 1:
            return 0
        _push(&self._asks, mix(value, key))
        return _push(&self._whats, key * KINDS + clue)

    cdef int ask_named(self, int key, uint64_t value) except -1:
        """Ask for a name; and, among namesakes, for those of whom the profile says more than the name."""
        cdef Py_ssize_t at
        cdef int both = _AT_WORK if key == _SURNAME else _AT_HOME if key == _NAME else 0
        self.ask(key, _NAMED, value)
        if both:
            for at in range(self._beside.size):
                self.ask(both, _NAMED, joint(value, self._beside.data[at]))
        return 0

    cdef int say(self, int key, uint64_t value) except -1:
        """Note that the profile says a word, to be compared with what a candidate's record holds."""
        return _push(&self._says, value ^ mark(key)) if value else 0

    cdef int stands_beside(self, uint64_t value) except -1:
        """Note a company or city that stands beside the names that this profile asks for from now on."""
        return _push(&self._beside, value) if self._asks_beside else 0

    cdef int end(self) except -1:
        """Close a profile: what follows is the next one's."""
        self._beside.size = 0
        _push(&self._ask_ends, self._asks.size)
        return _push(&self._said_ends, self._says.size)

    def questions(self):
        """Keys, the clues they stand for, their caps, and where those of each profile begin."""
        cdef Py_ssize_t at, size = self._asks.size
        clues, caps = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32)
        cdef int64_t[::1] clue = clues
        cdef int32_t[::1] cap = caps
        for at in range(size):
            clue[at] = self._whats.data[at] % KINDS
            cap[at] = _CAPS[self._whats.data[at] // KINDS]
        return _array(&self._asks), clues, caps, _array(&self._ask_ends).view(np.int64)

    def words(self):
        """Hashes said, marked by kind, and where those of each profile begin."""
        return _array(&self._says), _array(&self._said_ends).view(np.int64)


cdef object _array(const Numbers* numbers):
    """A copy of numbers as an array."""
    out = np.empty(numbers.size, dtype=np.uint64)
    cdef uint64_t[::1] view = out
    if numbers.size:
        memcpy(&view[0], numbers.data, numbers.size * sizeof(uint64_t))
    return out
