"""Looks up which rows are filed under a key, and how many living ones."""

import cython

import numpy as np


cdef Range locate(const Part* part, uint64_t key) noexcept nogil:
    """Where the rows of a key begin, and how many they are.

    Keys are hashes, so a place in the directory has a key or two: no search, whatever the size.
    """
    cdef Range found
    cdef uint64_t bucket = key >> part.shift
    cdef int64_t place = part.directory[bucket], stop = part.directory[bucket + 1]
    found.begin = found.count = 0
    place, stop = max(place, 0), min(stop, part.size)
    while place < stop and part.keys[place] < key:
        place += 1
    if place < stop and part.keys[place] == key:
        found.begin = part.starts[place]
        found.count = part.starts[place + 1] - found.begin
        if found.begin < 0 or found.count < 0 or found.begin + found.count > part.filed:
            found.begin = found.count = 0
    return found


cdef Py_ssize_t below(const uint64_t* keys, Py_ssize_t size, uint64_t key, bint equal) noexcept nogil:
    """How many of some sorted keys are less than a key, or not greater than it."""
    cdef Py_ssize_t low = 0, high = size, middle
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key or (equal and keys[middle] == key):
            low = middle + 1
        else:
            high = middle
    return low


cdef int64_t locate_all(const Shelf* shelf, uint64_t key, Range* found) noexcept nogil:
    """Where the rows of a key stand in each part; returns how many living ones there are."""
    cdef int64_t count = 0
    cdef int at
    for at in range(shelf.parts):
        found[at] = locate(&shelf.part[at], key)
        count += found[at].count
    if count and shelf.dead_size:
        count -= below(shelf.dead, shelf.dead_size, key, True) - below(shelf.dead, shelf.dead_size, key, False)
    return count


@cython.final
cdef class Lookup:
    """Keys and rows in one part or two, and the keys of dead entries; the arrays are held while this lives."""

    def __cinit__(self, parts, const uint64_t[::1] dead):
        """``parts`` are (keys, starts, rows, directory) each, without empty ones; ``dead`` is sorted."""
        cdef const uint64_t[::1] keys
        cdef const int32_t[::1] starts, rows, directory
        self.held = [list(parts), dead]
        self.shelf.parts = 0
        for part in parts:
            keys, starts, rows, directory = part
            if not len(keys) or len(starts) != len(keys) + 1 or len(directory) < 3 or self.shelf.parts == 2:
                raise ValueError("postings need keys, where the rows of each begin, and two parts at most")
            self.hold(keys, starts, rows, directory)
        self.shelf.dead_size = len(dead)
        self.shelf.dead = &dead[0] if len(dead) else NULL

    cdef void hold(
        self, const uint64_t[::1] keys, const int32_t[::1] starts, const int32_t[::1] rows, const int32_t[::1] directory
    ):
        """Take in one part."""
        cdef Part* part = &self.shelf.part[self.shelf.parts]
        part.keys, part.starts, part.directory = &keys[0], &starts[0], &directory[0]
        part.rows = &rows[0] if len(rows) else NULL
        part.size, part.filed = len(keys), len(rows)
        part.shift = 64 - <int>(len(directory) - 1).bit_length() + 1
        self.shelf.parts += 1

    def counts(self, const uint64_t[::1] keys):
        """How many living rows each key has."""
        cdef Range found[2]
        cdef Py_ssize_t at
        out = np.zeros(len(keys), dtype=np.int64)
        cdef int64_t[::1] counts = out
        for at in range(len(keys)):
            counts[at] = locate_all(&self.shelf, keys[at], found)
        return out

    def rows(self, const uint64_t[::1] keys):
        """The rows under some keys, as (position of the key, row); those of the dead are among them."""
        cdef Range found[2]
        cdef Py_ssize_t at, size = 0, place
        cdef int which
        for at in range(len(keys)):
            locate_all(&self.shelf, keys[at], found)
            for which in range(self.shelf.parts):
                size += found[which].count
        positions, filed = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32)
        cdef int64_t[::1] of = positions
        cdef int32_t[::1] rows = filed
        size = 0
        for at in range(len(keys)):
            locate_all(&self.shelf, keys[at], found)
            for which in range(self.shelf.parts):
                for place in range(found[which].count):
                    of[size] = at
                    rows[size] = self.shelf.part[which].rows[found[which].begin + place]
                    size += 1
        return positions, filed
