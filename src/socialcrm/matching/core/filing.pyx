"""Rows filed under 64-bit keys: collected as they come, sorted in place when they are asked for.

A million contacts are filed under eighteen million keys. Keys are hashes, so their bits spread them evenly: the first
eight bits part all entries in place (the “American flag” way, by swapping), a part is put in order by its next bits,
and what these cannot tell apart is a few entries. Parts go into the arrays from the last to the first and their memory
is given back at once, so filing needs little more than the entries themselves.
"""

from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memmove, memset

import numpy as np

from cython.view cimport array

cdef enum:
    FEW_BITS = 4        # of a directory
    MOST_BITS = 28
    MOST_ENTRIES = 0x7FFFFFFF
    PARTS = 256
    FEW = 32            # entries that are sorted by comparing them
    EACH_BITS = 3       # entries that the bits of a part leave together, as a power of two
    WIDEST = 14         # bits that a part is put in order by at once


cdef class Filing:
    """Entries of key and row."""

    def __dealloc__(self):
        free(self.entries)

    def __len__(self):
        return self.size

    cdef int reserve(self, Py_ssize_t more) except -1:
        """Make room for more entries; the system moves large blocks without copying."""
        if self.size + more <= self.room:
            return 0
        room = max(self.size + more, self.room * 2, 64)
        entries = <Entry*>realloc(self.entries, room * sizeof(Entry))
        if entries == NULL:
            raise MemoryError
        self.entries, self.room = entries, room
        return 0

    def add(self, const uint64_t[::1] keys, const int32_t[::1] rows):
        """File rows under keys."""
        cdef Py_ssize_t at
        for at in range(min(len(keys), len(rows))):
            self.put(keys[at], rows[at])

    def add_filing(self, Filing other, int32_t first):
        """File what another filing holds, with rows counted from ``first``."""
        cdef Py_ssize_t at
        self.reserve(other.size)
        for at in range(other.size):
            self.entries[self.size + at] = Entry(other.entries[at].key, other.entries[at].row + first)
        self.size += other.size

    def add_filed(
        self, const uint64_t[::1] keys, const int32_t[::1] starts, const int32_t[::1] rows, const int32_t[::1] numbers
    ):
        """File what was filed before, with rows renumbered (old row → new row, -1 to drop; no numbers: as they are).

        Raises `ValueError` for what was read from damaged files.
        """
        cdef Py_ssize_t key, at
        cdef int32_t row
        if len(starts) != len(keys) + 1:
            raise ValueError("postings say for each key where its rows begin")
        self.reserve(len(rows))
        for key in range(len(keys)):
            if not 0 <= starts[key] <= starts[key + 1] <= len(rows):
                raise ValueError("the rows of postings stand key by key")
            for at in range(starts[key], starts[key + 1]):
                row = rows[at]
                if len(numbers):
                    if not 0 <= row < len(numbers):
                        raise ValueError("postings name a row that is none")
                    row = numbers[row]
                if row >= 0:
                    self.put(keys[key], row)

    def keys(self):
        """The keys of all entries."""
        out = np.empty(self.size, dtype=np.uint64)
        cdef uint64_t[::1] keys = out
        cdef Py_ssize_t at
        for at in range(self.size):
            keys[at] = self.entries[at].key
        return out

    def filed(self):
        """Every key once, in order; where its rows begin; the rows; and where keys of one beginning stand.

        The entries are gone from here.
        """
        if self.size > MOST_ENTRIES:
            raise OverflowError(f"an index files contacts under {MOST_ENTRIES} keys at most: shard it")
        cdef Lists out = Lists(self.size)
        cdef Py_ssize_t starts[PARTS + 1]
        cdef int part
        with nogil:
            divide(self.entries, self.size, starts)
        for part in range(PARTS - 1, -1, -1):
            out.put_part(self.entries + starts[part], starts[part + 1] - starts[part])
            self.size = starts[part]
            if part % 16 == 0 and self.size:
                shrunk = <Entry*>realloc(self.entries, self.size * sizeof(Entry))
                if shrunk != NULL:
                    self.entries, self.room = shrunk, self.size
        free(self.entries)
        self.entries, self.size, self.room = NULL, 0, 0
        return out.arrays()


cdef class Lists:
    """The sorted arrays as they grow, from their ends to their beginnings."""

    cdef uint64_t* keys
    cdef int32_t* starts
    cdef int32_t* rows
    cdef Entry* room
    cdef Py_ssize_t entries, distinct, filed, room_size

    def __cinit__(self, Py_ssize_t entries):
        self.entries = self.filed = entries
        self.keys = <uint64_t*>malloc((entries + 1) * sizeof(uint64_t))
        self.starts = <int32_t*>malloc((entries + 1) * sizeof(int32_t))
        self.rows = <int32_t*>malloc((entries + 1) * sizeof(int32_t))
        if self.keys == NULL or self.starts == NULL or self.rows == NULL:
            raise MemoryError
        self.starts[entries] = entries

    def __dealloc__(self):
        free(self.keys)
        free(self.starts)
        free(self.rows)
        free(self.room)

    cdef int put_part(self, const Entry* part, Py_ssize_t size) except -1:
        """Put the entries of one part before those of the parts after it."""
        cdef Py_ssize_t at, place
        if size == 0:
            return 0
        if size > self.room_size:
            free(self.room)
            self.room_size = size + size // 8
            self.room = <Entry*>malloc(self.room_size * sizeof(Entry))
            if self.room == NULL:
                self.room_size = 0
                raise MemoryError
        with nogil:
            order(part, size, self.room)
            place = self.entries - self.distinct
            for at in range(size - 1, -1, -1):
                if at == size - 1 or self.room[at].key != self.keys[place]:
                    place -= 1
                    self.keys[place] = self.room[at].key
                self.filed -= 1
                self.rows[self.filed] = self.room[at].row
                self.starts[place] = self.filed
            self.distinct = self.entries - place
        return 0

    cdef tuple arrays(self):
        """The arrays, which own the memory from here on."""
        cdef Py_ssize_t unused = self.entries - self.distinct
        memmove(self.keys, self.keys + unused, self.distinct * sizeof(uint64_t))
        memmove(self.starts, self.starts + unused, (self.distinct + 1) * sizeof(int32_t))
        keys = owned(<char*>self.keys, self.distinct * sizeof(uint64_t), np.uint64)
        self.keys = NULL
        starts = owned(<char*>self.starts, (self.distinct + 1) * sizeof(int32_t), np.int32)
        self.starts = NULL
        rows = owned(<char*>self.rows, self.entries * sizeof(int32_t), np.int32)
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


cdef void divide(Entry* entries, Py_ssize_t size, Py_ssize_t* starts) noexcept nogil:
    """Part entries by the first eight bits of their keys: every entry is swapped to where its part fills up."""
    cdef Py_ssize_t heads[PARTS]
    cdef Py_ssize_t at, total = 0
    cdef int part, home
    cdef Entry entry, other
    memset(heads, 0, sizeof(heads))
    for at in range(size):
        heads[entries[at].key >> 56] += 1
    for part in range(PARTS):
        starts[part] = total
        total += heads[part]
        heads[part] = starts[part]
    starts[PARTS] = size
    for part in range(PARTS):
        while heads[part] < starts[part + 1]:
            entry = entries[heads[part]]
            home = entry.key >> 56
            while home != part:
                other = entries[heads[home]]
                entries[heads[home]] = entry
                heads[home] += 1
                entry = other
                home = entry.key >> 56
            entries[heads[part]] = entry
            heads[part] += 1


cdef void order(const Entry* part, Py_ssize_t size, Entry* out) noexcept nogil:
    """Sort the entries of a part: by as many bits as leave a few together, then by comparing these."""
    cdef Py_ssize_t heads[1 << WIDEST]
    cdef Py_ssize_t at, total = 0, count
    cdef int bits = 0, shift, value
    while bits < WIDEST and size >> (bits + EACH_BITS) > 0:
        bits += 1
    shift = 56 - bits
    memset(heads, 0, sizeof(Py_ssize_t) << bits)
    for at in range(size):
        heads[part[at].key >> shift & ((1 << bits) - 1)] += 1
    for value in range(1 << bits):
        count = heads[value]
        heads[value] = total
        total += count
    for at in range(size):
        value = part[at].key >> shift & ((1 << bits) - 1)
        out[heads[value]] = part[at]
        heads[value] += 1
    at = 0
    for value in range(1 << bits):
        compare(out + at, heads[value] - at, shift)
        at = heads[value]


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
