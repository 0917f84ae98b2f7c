"""Rows filed under 64-bit keys: parted by the first bits of the key as they come, each part sorted by itself at last.

A million contacts are filed under eighteen million keys. Keys are hashes, so their bits spread them evenly: a part
is put in order by its next bits, and what these cannot tell apart is a few entries. Memory of a part is given back
when its entries stand in the arrays, so filing needs little more than the entries themselves.
"""

from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy, memset

import numpy as np

from cython.view cimport array

cdef enum:
    FEW_BITS = 4        # of a directory
    MOST_BITS = 28
    FEW = 32            # entries that are sorted by comparing them
    EACH_BITS = 3       # entries that the bits of a part leave together, as a power of two
    WIDEST = 14         # bits that a part is put in order by at once


cdef int grow(Part* part, Py_ssize_t room) except -1 nogil:
    """Make room for more entries."""
    room = max(room, 4)
    entries = <Entry*>realloc(part.entries, room * sizeof(Entry))
    if entries == NULL:
        raise MemoryError
    part.entries, part.room = entries, room
    return 0


cdef class Filing:
    """Entries of key and row, in parts by the first bits of the key."""

    def __dealloc__(self):
        cdef int part
        for part in range(PARTS):
            free(self.parts[part].entries)

    def __len__(self):
        return self.count

    def add(self, const uint64_t[::1] keys, const int32_t[::1] rows):
        """File rows under keys."""
        cdef Py_ssize_t at
        for at in range(min(len(keys), len(rows))):
            self.put(keys[at], rows[at])

    def add_filing(self, Filing other, int32_t first):
        """File what another filing holds, with rows counted from ``first``."""
        cdef Part* mine
        cdef Part* more
        cdef Py_ssize_t at
        cdef int part
        for part in range(PARTS):
            mine, more = &self.parts[part], &other.parts[part]
            if mine.size + more.size > mine.room:
                grow(mine, max(mine.size + more.size, mine.room * 3 // 2))
            for at in range(more.size):
                mine.entries[mine.size + at] = Entry(more.entries[at].key, more.entries[at].row + first)
            mine.size += more.size
            self.count += more.size

    def add_filed(
        self, const uint64_t[::1] keys, const int32_t[::1] starts, const int32_t[::1] rows, const int32_t[::1] numbers
    ):
        """File what was filed before, with rows renumbered (old row → new row, -1 to drop; no numbers: as they are)."""
        cdef Py_ssize_t key, at
        cdef int32_t row
        for key in range(len(keys)):
            for at in range(starts[key], starts[key + 1]):
                row = rows[at]
                if len(numbers):
                    row = numbers[row]
                if row >= 0:
                    self.put(keys[key], row)

    def keys(self):
        """The keys of all entries."""
        out = np.empty(self.count, dtype=np.uint64)
        cdef uint64_t[::1] keys = out
        cdef Py_ssize_t at, place = 0
        cdef int part
        for part in range(PARTS):
            for at in range(self.parts[part].size):
                keys[place] = self.parts[part].entries[at].key
                place += 1
        return out

    def filed(self):
        """Every key once, in order; where its rows begin; the rows; and where keys of one beginning stand.

        The entries are gone from here.
        """
        cdef Lists out = Lists(self.count)
        cdef int part
        for part in range(PARTS):
            out.put_part(&self.parts[part])
        self.count = 0
        return out.arrays()


cdef class Lists:
    """The sorted arrays, as they grow."""

    cdef uint64_t* keys
    cdef int32_t* starts
    cdef int32_t* rows
    cdef Py_ssize_t size, room, filed

    def __cinit__(self, Py_ssize_t entries):
        self.rows = <int32_t*>malloc(max(entries, 1) * sizeof(int32_t))
        if self.rows == NULL:
            raise MemoryError
        self.make_room(entries // 4)

    def __dealloc__(self):
        free(self.keys)
        free(self.starts)
        free(self.rows)

    cdef int make_room(self, Py_ssize_t more) except -1:
        if self.size + more < self.room:
            return 0
        self.room = max(self.size + more, self.room * 3 // 2) + 1
        keys = <uint64_t*>realloc(self.keys, self.room * sizeof(uint64_t))
        self.keys = keys if keys != NULL else self.keys
        starts = <int32_t*>realloc(self.starts, self.room * sizeof(int32_t))
        self.starts = starts if starts != NULL else self.starts
        if keys == NULL or starts == NULL:
            raise MemoryError
        return 0

    cdef int put_part(self, Part* part) except -1:
        """Put the entries of one part behind those of the parts before it, and free it."""
        cdef Py_ssize_t at
        cdef uint64_t last = 0
        if part.size == 0:
            return 0
        self.make_room(part.size)
        order(part)
        for at in range(part.size):
            if part.entries[at].key != last:
                last = part.entries[at].key
                self.keys[self.size] = last
                self.starts[self.size] = self.filed
                self.size += 1
            self.rows[self.filed] = part.entries[at].row
            self.filed += 1
        free(part.entries)
        part.entries, part.size, part.room = NULL, 0, 0
        return 0

    cdef tuple arrays(self):
        """The arrays, which own the memory from here on."""
        self.make_room(1)
        self.starts[self.size] = self.filed
        keys = owned(<char*>self.keys, self.size * sizeof(uint64_t), np.uint64)
        self.keys = NULL
        starts = owned(<char*>self.starts, (self.size + 1) * sizeof(int32_t), np.int32)
        self.starts = NULL
        rows = owned(<char*>self.rows, self.filed * sizeof(int32_t), np.int32)
        self.rows = NULL
        return keys, starts, rows, directory(keys)


cdef object owned(char* data, Py_ssize_t size, object dtype):
    """An array of memory that it frees; what is beyond ``size`` bytes is given back."""
    cdef Py_ssize_t kept = max(size, 16)
    shrunk = <char*>realloc(data, kept)
    cdef array held = <char[:kept]>(shrunk if shrunk != NULL else data)
    held.free_data = True
    return np.frombuffer(held, dtype=dtype, count=size // np.dtype(dtype).itemsize)


def directory(const uint64_t[::1] keys):
    """Where the keys that begin with each number of so many bits start, as many numbers as there are keys or more."""
    cdef int bits = min(max((<object>len(keys)).bit_length(), FEW_BITS), MOST_BITS)
    cdef int shift = 64 - bits
    cdef Py_ssize_t slot, at = 0, size = len(keys), slots = (<Py_ssize_t>1) << bits
    out = np.empty(slots + 1, dtype=np.int32)
    cdef int32_t[::1] places = out
    for slot in range(slots):
        while at < size and keys[at] >> shift < <uint64_t>slot:
            at += 1
        places[slot] = at
    places[slots] = size
    return out


cdef int order(Part* part) except -1 nogil:
    """Sort the entries of a part: by as many bits as leave a few together, then by comparing these."""
    cdef Py_ssize_t heads[(1 << WIDEST) + 1]
    cdef Py_ssize_t at, total = 0, count
    cdef int bits = 0, shift, value
    cdef Entry* sorted_
    while bits < WIDEST and part.size >> (bits + EACH_BITS) > 0:
        bits += 1
    shift = 56 - bits
    if bits:
        sorted_ = <Entry*>malloc(part.size * sizeof(Entry))
        if sorted_ == NULL:
            raise MemoryError
        memset(heads, 0, sizeof(Py_ssize_t) << bits)
        for at in range(part.size):
            heads[part.entries[at].key >> shift & ((1 << bits) - 1)] += 1
        for value in range(1 << bits):
            count = heads[value]
            heads[value] = total
            total += count
        for at in range(part.size):
            value = part.entries[at].key >> shift & ((1 << bits) - 1)
            sorted_[heads[value]] = part.entries[at]
            heads[value] += 1
        free(part.entries)
        part.entries, part.room = sorted_, part.size
    at = 0
    for value in range(1 << bits):
        total = heads[value] if bits else part.size
        compare(part.entries + at, total - at, shift)
        at = total
    return 0


cdef void compare(Entry* entries, Py_ssize_t size, int shift) noexcept nogil:
    """Sort entries that have all bits from ``shift`` up in common; many are parted by the bits below, in place."""
    cdef Py_ssize_t at, place, low = 0, high = size
    cdef Entry entry
    if size > FEW and shift > 0:
        for at in range(1, size):
            if entries[at].key != entries[0].key:
                break
        else:
            return
        while low < high:
            if entries[low].key >> (shift - 1) & 1:
                high -= 1
                entries[low], entries[high] = entries[high], entries[low]
            else:
                low += 1
        compare(entries, low, shift - 1)
        compare(entries + low, size - low, shift - 1)
        return
    for at in range(1, size):
        entry = entries[at]
        place = at
        while place > 0 and entries[place - 1].key > entry.key:
            entries[place] = entries[place - 1]
            place -= 1
        entries[place] = entry
