"""The candidates of profiles: whom the index files under the keys that they ask for."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free, qsort, realloc
from libc.string cimport memset

from socialcrm.matching.core.book cimport OpenBook
from socialcrm.matching.core.pair cimport Book
from socialcrm.matching.core.postings cimport Part, Range, Shelf, locate_all

cdef extern from *:
    void prefetch "__builtin_prefetch"(const void* address) noexcept nogil

cdef enum:
    PARTS = 2
    FEW = 24                # so many are sorted by insertion
    # How far ahead memory is fetched, question by question: most of the time goes by waiting for it.
    DIRECTORY = 24
    KEYS = 12
    ROWS = 24
    CONTACTS = 12

cdef uint64_t SPREAD = 0x9FB21C651E98DF25   # ids that differ in the last letter differ in the last bits of their hash

cdef struct Candidate:
    uint64_t order
    int64_t bits
    int32_t row

cdef struct Crowd:
    # The candidates of one profile, each once, and a hash table of their rows.
    Candidate* found
    Py_ssize_t size
    Py_ssize_t room
    int32_t* slots
    uint64_t mask


cdef bint make_room(Crowd* crowd, Py_ssize_t most) noexcept nogil:
    """Empty the crowd, with room for so many; false without memory."""
    cdef uint64_t places = 64
    cdef void* grown
    while places < <uint64_t>most * 2:
        places *= 2
    if crowd.found == NULL or most > crowd.room:
        grown = realloc(crowd.found, (most + 1) * sizeof(Candidate))
        if grown == NULL:
            return False
        crowd.found, crowd.room = <Candidate*>grown, most
    if crowd.slots == NULL or places > crowd.mask + 1:
        grown = realloc(crowd.slots, places * sizeof(int32_t))
        if grown == NULL:
            return False
        crowd.slots = <int32_t*>grown
    crowd.size, crowd.mask = 0, places - 1
    memset(crowd.slots, 0xFF, places * sizeof(int32_t))
    return True


cdef void propose(Crowd* crowd, const Book* book, int64_t row, int64_t bits) noexcept nogil:
    """Add a contact, or what else it agrees in; the dead are passed over."""
    cdef uint64_t place = (<uint64_t>row * SPREAD >> 33) & crowd.mask
    if not 0 <= row < book.rows or not book.contacts[row].alive:
        return
    while crowd.slots[place] >= 0:
        if crowd.found[crowd.slots[place]].row == row:
            crowd.found[crowd.slots[place]].bits |= bits
            return
        place = (place + 1) & crowd.mask
    crowd.slots[place] = <int32_t>crowd.size
    crowd.found[crowd.size].row, crowd.found[crowd.size].bits = <int32_t>row, bits
    crowd.found[crowd.size].order = book.contacts[row].order * SPREAD >> 20
    crowd.size += 1


cdef int compare_order(const void* left, const void* right) noexcept nogil:
    """By order, then by row."""
    cdef const Candidate* one = <const Candidate*>left
    cdef const Candidate* other = <const Candidate*>right
    if one.order != other.order:
        return 1 if one.order > other.order else -1
    return (one.row > other.row) - (one.row < other.row)

cdef void fetch_keys(const Part* part, uint64_t key) noexcept nogil:
    """Fetch the keys where one would stand, and where the rows of these begin."""
    cdef int64_t place = part.directory[key >> part.shift]
    prefetch(&part.keys[place])
    prefetch(&part.starts[place])


cdef class Search:
    """Looks up what profiles ask for, and collects the contacts found for one after the other."""

    cdef const Book* book
    cdef Range* ranges
    cdef Py_ssize_t questions
    cdef Crowd crowd
    cdef object held

    def __cinit__(self, OpenBook book not None, Py_ssize_t questions):
        self.held, self.book, self.questions = book, &book.book, questions
        self.ranges = <Range*>calloc(max(questions, 1), PARTS * sizeof(Range))
        if self.ranges == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.ranges)
        free(self.crowd.found)
        free(self.crowd.slots)

    cdef int64_t locate(self, const uint64_t[::1] keys, const int32_t[::1] caps) noexcept nogil:
        """Find where the rows of each key stand; none of a key that more living contacts share than its cap.

        Returns how many rows there are.
        """
        cdef const Shelf* shelf = self.book.shelf
        cdef Py_ssize_t at
        cdef int part
        cdef Range* found = self.ranges
        cdef int64_t size = 0
        for at in range(len(keys)):
            for part in range(shelf.parts):
                if at + DIRECTORY < len(keys):
                    prefetch(&shelf.part[part].directory[keys[at + DIRECTORY] >> shelf.part[part].shift])
                if at + KEYS < len(keys):
                    fetch_keys(&shelf.part[part], keys[at + KEYS])
            if locate_all(shelf, keys[at], found) > caps[at]:
                found[0].count = found[1].count = 0
            size += found[0].count + found[1].count
            found += PARTS
        return size

    cdef bint gather(self, Py_ssize_t first, Py_ssize_t last, const int64_t[::1] clues, Py_ssize_t more) noexcept nogil:
        """Propose whom some questions found; room is left for so many more. False without memory."""
        cdef Py_ssize_t at
        cdef int64_t row, size = more
        cdef int part
        cdef const Range* found
        cdef const Part* filed
        for at in range(first * PARTS, last * PARTS):
            size += self.ranges[at].count
        if not make_room(&self.crowd, size):
            return False
        for at in range(first, last):
            self.fetch(at)
            for part in range(self.book.shelf.parts):
                found, filed = &self.ranges[at * PARTS + part], &self.book.shelf.part[part]
                for row in range(found.begin, found.begin + found.count):
                    propose(&self.crowd, self.book, filed.rows[row], <int64_t>1 << clues[at])
        return True

    cdef void fetch(self, Py_ssize_t at) noexcept nogil:
        """Fetch what the questions after this one found: the numbers of rows, and later the rows."""
        cdef const Range* found
        cdef int part
        cdef int64_t row
        for part in range(self.book.shelf.parts):
            if at + ROWS < self.questions:
                found = &self.ranges[(at + ROWS) * PARTS + part]
                if found.count:
                    prefetch(&self.book.shelf.part[part].rows[found.begin])
            if at + CONTACTS < self.questions:
                found = &self.ranges[(at + CONTACTS) * PARTS + part]
                for row in range(found.begin, found.begin + found.count):
                    prefetch(&self.book.contacts[self.book.shelf.part[part].rows[row]].alive)

    cdef void sort(self) noexcept nogil:
        """Put those who were proposed in the order of a hash of their ids."""
        cdef Candidate* found = self.crowd.found
        cdef Candidate moved
        cdef Py_ssize_t at, place
        if self.crowd.size > FEW:
            qsort(found, self.crowd.size, sizeof(Candidate), compare_order)
            return
        for at in range(1, self.crowd.size):
            moved, place = found[at], at
            while place > 0 and compare_order(&found[place - 1], &moved) > 0:
                found[place] = found[place - 1]
                place -= 1
            found[place] = moved


def candidates(
    OpenBook book, const uint64_t[::1] keys, const int64_t[::1] clues, const int32_t[::1] caps,
    const int64_t[::1] starts, const int64_t[::1] near, const int64_t[::1] near_starts, int64_t near_bit,
):
    """The candidates of profiles, each once with the bits of its clues: by profile, then by a hash of the contact's id.

    The questions of profile ``n`` (keys with clue and cap) begin at ``starts[n]``, the rows that letters propose for it
    at ``near_starts[n]`` of ``near``.
    """
    _check(starts, len(keys), len(clues), len(caps))
    _check(near_starts, len(near), len(near), len(near))
    if len(starts) != len(near_starts):
        raise ValueError("questions and what letters propose are those of the same profiles")
    cdef Search search = Search(book, len(keys))
    cdef int64_t most = search.locate(keys, caps) + len(near)
    out = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    cdef int64_t[::1] p = out[0], c = out[1], bits = out[2]
    cdef Py_ssize_t profile, at, size = 0
    cdef const Candidate* found
    for profile in range(len(starts) - 1):
        at = near_starts[profile + 1] - near_starts[profile]
        if not search.gather(starts[profile], starts[profile + 1], clues, at):
            raise MemoryError
        for at in range(near_starts[profile], near_starts[profile + 1]):
            propose(&search.crowd, search.book, near[at], near_bit)
        search.sort()
        for at in range(search.crowd.size):
            found = &search.crowd.found[at]
            p[size], c[size], bits[size] = profile, found.row, found.bits
            size += 1
    return out[0][:size], out[1][:size], out[2][:size]


def _check(const int64_t[::1] starts, Py_ssize_t size, Py_ssize_t one, Py_ssize_t other):
    cdef Py_ssize_t at
    if one != size or other != size or not len(starts):
        raise ValueError("every question has a key, a clue and a cap")
    for at in range(len(starts) - 1):
        if not 0 <= starts[at] <= starts[at + 1] <= size:
            raise ValueError("questions stand profile by profile")
