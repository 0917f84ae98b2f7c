"""The pairs of one profile after another, with what namesakes share."""

import cython

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from socialcrm.matching.core.book cimport OpenBook
from socialcrm.matching.core.pair cimport Namesake, Pair
from socialcrm.matching.core.rows cimport ContactRow, ProfileRow, WordRow
from socialcrm.matching.core.said cimport fill, free_said


cdef extern from *:
    void prefetch "__builtin_prefetch"(const void* address) noexcept nogil

cdef enum:
    CONTACTS = 40           # pairs ahead whose contacts are fetched, and, nearer, the words of their names
    WORDS = 16


cdef inline void touch(const void* row, Py_ssize_t size) noexcept nogil:
    """Fetch a row before it is looked at, by lines of 64 bytes."""
    cdef Py_ssize_t at
    for at in range(0, size, 64):
        prefetch(<const char*>row + at)
    prefetch(<const char*>row + size - 1)


@cython.final
cdef class Asking:
    """The profiles of one block, and what each says."""

    def __cinit__(self, table, const uint64_t[::1] said, const int64_t[::1] said_starts):
        """``said`` holds tagged keys, profile by profile; those of profile ``n`` begin at ``said_starts[n]``."""
        cdef Py_ssize_t size = len(table), at
        if table.dtype.itemsize != sizeof(ProfileRow) or len(said_starts) != size + 1:
            raise ValueError("a table of profiles has the rows that the core was built for")
        for at in range(size):
            if not 0 <= said_starts[at] <= said_starts[at + 1] <= len(said):
                raise ValueError("what profiles say stands profile by profile")
        cdef const uint8_t[::1] rows = table.view("u1") if size else None
        self.held, self.keys, self.starts, self.size = table, said, said_starts, size
        self.profiles = <const ProfileRow*>&rows[0] if size else NULL


@cython.final
cdef class Pairing:
    """Pairs of a block, walked profile by profile; pairs of one profile that stand together make a run."""

    def __cinit__(
        self, OpenBook book not None, Asking asking not None,
        const int64_t[::1] p, const int64_t[::1] c, const int64_t[::1] bits,
    ):
        """``p`` are the rows of the profiles, ``c`` those of the contacts, ``bits`` the clues found by key."""
        cdef Py_ssize_t at, start = 0, longest = 0, size = len(p)
        if len(c) != size or len(bits) != size:
            raise ValueError("pairs have a profile, a contact and clues each")
        for at in range(size):
            if not (0 <= p[at] < asking.size and 0 <= c[at] < book.book.rows):
                raise IndexError("a pair names a row that is in no table")
            if p[at] != p[start]:
                start = at
            longest = max(longest, at - start + 1)
        self.held, self.book, self.asking = book, &book.book, asking
        self.p, self.c, self.bits = p, c, bits
        self.run.room = longest
        self.run.mask = 1
        while self.run.mask < <uint64_t>longest * 2:
            self.run.mask *= 2
        self.run.names = <Namesake*>malloc((longest + 1) * sizeof(Namesake))
        self.run.which = <int32_t*>malloc((longest + 1) * sizeof(int32_t))
        self.run.slots = <int32_t*>malloc(self.run.mask * sizeof(int32_t))
        self.run.mask -= 1
        if not self.run.names or not self.run.which or not self.run.slots:
            raise MemoryError

    def __dealloc__(self):
        free(self.run.names)
        free(self.run.which)
        free(self.run.slots)
        free_said(&self.run.said)

    cdef bint next(self) except *:
        """Go to the pairs of the next profile; false after the last."""
        cdef Run* run = &self.run
        cdef Py_ssize_t stop
        cdef int64_t profile, first, last
        run.start += run.size
        stop = run.start
        if stop >= len(self.p):
            return False
        profile = self.p[stop]
        while stop < len(self.p) and self.p[stop] == profile:
            stop += 1
        run.size = stop - run.start
        first, last = self.asking.starts[profile], self.asking.starts[profile + 1]
        if not fill(&run.said, &self.asking.keys[0] + first if last > first else NULL, last - first):
            raise MemoryError
        run.places.size = -1
        self.fetch(stop)
        self.group()
        return True

    cdef void fetch(self, Py_ssize_t stop) noexcept nogil:
        """Fetch the contacts of pairs after these, and the words of their names: most time goes by waiting for them."""
        cdef Py_ssize_t size = len(self.p)
        cdef const ContactRow* contact
        while self.run.contacts < min(stop + CONTACTS, size):
            touch(&self.book.contacts[self.c[self.run.contacts]], sizeof(ContactRow))
            self.run.contacts += 1
        while self.run.words < min(stop + WORDS, size):
            contact = &self.book.contacts[self.c[self.run.words]]
            if 0 <= contact.given < self.book.word_count and 0 <= contact.surname[0] < self.book.word_count:
                touch(&self.book.words[contact.given], sizeof(WordRow))
                touch(&self.book.words[contact.surname[0]], sizeof(WordRow))
            self.run.words += 1

    cdef void group(self) noexcept nogil:
        """Find out which pairs have a name in common: what is compared by name is compared once for them."""
        cdef Run* run = &self.run
        cdef Py_ssize_t at
        cdef uint64_t place
        cdef const ContactRow* contact
        cdef Namesake* found
        run.named = 0
        memset(run.slots, 0xFF, (run.mask + 1) * sizeof(int32_t))
        for at in range(run.size):
            contact = &self.book.contacts[self.c[run.start + at]]
            place = (contact.name >> 17) & run.mask
            while run.slots[place] >= 0 and run.names[run.slots[place]].contact.name != contact.name:
                place = (place + 1) & run.mask
            if run.slots[place] < 0:
                run.slots[place] = <int32_t>run.named
                found = &run.names[run.named]
                memset(found, 0, sizeof(Namesake))
                found.contact, found.name, found.handle = contact, -1, -1
                run.named += 1
            run.which[at] = run.slots[place]

    cdef void pair(self, Py_ssize_t at, Pair* pair) noexcept nogil:
        """One of the pairs of the run."""
        cdef Py_ssize_t place = self.run.start + at
        pair.book, pair.said, pair.places = self.book, &self.run.said, &self.run.places
        pair.profile, pair.contact = &self.asking.profiles[self.p[place]], &self.book.contacts[self.c[place]]
        pair.bits, pair.namesake = self.bits[place], &self.run.names[self.run.which[at]]
