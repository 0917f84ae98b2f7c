"""Hashes that are numbered in the order in which they came, asked one by one from compiled code."""

import cython
import numpy as np

cdef uint64_t _SPREAD = 0x9E3779B97F4A7C15
cdef int _FEWEST = 10
"""Bits of the smallest table."""


@cython.final
cdef class HashTable:
    """A growing set of hashes with a number each, behind a table of bits that answers most questions with no.

    0 is in no table: it stands for a text that is not there. Of equal hashes the first one's number stays.
    """

    def __init__(self, hashes=()):
        self._size = 0
        self._grow(0)
        self.add(np.asarray(hashes, dtype=np.uint64))

    def __len__(self):
        """How many hashes were added, doubles and zeros among them."""
        return self._size

    def add(self, hashes):
        """Add hashes; they are numbered on from those that are there."""
        cdef const uint64_t[::1] values = np.ascontiguousarray(hashes, dtype=np.uint64)
        cdef Py_ssize_t at
        self._grow(self._size + values.shape[0])
        for at in range(values.shape[0]):
            self._put(values[at], <int32_t>(self._size + at))
        self._size += values.shape[0]

    def numbers(self, hashes):
        """The number of each hash, -1 for those that are not there."""
        cdef const uint64_t[::1] values = np.ascontiguousarray(hashes, dtype=np.uint64)
        out = np.empty(values.shape[0], dtype=np.int32)
        cdef int32_t[::1] found = out
        cdef Py_ssize_t at
        for at in range(values.shape[0]):
            found[at] = self.find(values[at])
        return out

    cdef int32_t find(self, uint64_t wanted) noexcept nogil:
        """The number of a hash, -1 if it is not there."""
        cdef uint64_t spread = wanted * _SPREAD
        cdef uint64_t place = spread >> self._shift, last = self._keys.shape[0] - 1
        # Eight bits for each key's place: most hashes that are not there meet a zero among them.
        if not self._maybe[place] >> ((spread >> (self._shift - 3)) & 7) & 1:
            return -1
        while self._keys[place]:
            if self._keys[place] == wanted:
                return self._numbers[place]
            place = (place + 1) & last
        return -1

    cdef void _put(self, uint64_t key, int32_t number) noexcept nogil:
        cdef uint64_t spread = key * _SPREAD
        cdef uint64_t place = spread >> self._shift, last = self._keys.shape[0] - 1
        if key == 0:
            return
        self._maybe[place] |= 1 << ((spread >> (self._shift - 3)) & 7)
        while self._keys[place]:
            if self._keys[place] == key:
                return
            place = (place + 1) & last
        self._keys[place] = key
        self._numbers[place] = number

    cdef int _grow(self, Py_ssize_t wanted) except -1:
        """Make room for so many hashes: at least half of the places stay empty."""
        cdef int bits = max(_FEWEST, int(wanted * 2 - 1).bit_length())
        cdef const uint64_t[::1] keys = self._keys
        cdef const int32_t[::1] numbers = self._numbers
        cdef Py_ssize_t at, held = 0 if keys is None else keys.shape[0]
        if held >= 1 << bits:
            return 0
        cdef uint64_t[::1] more_keys = np.zeros(1 << bits, dtype=np.uint64)
        cdef int32_t[::1] more_numbers = np.zeros(1 << bits, dtype=np.int32)
        cdef uint8_t[::1] more_maybe = np.zeros(1 << bits, dtype=np.uint8)
        self._shift, self._keys, self._numbers, self._maybe = 64 - bits, more_keys, more_numbers, more_maybe
        for at in range(held):
            if keys[at]:
                self._put(keys[at], numbers[at])
        return 0
