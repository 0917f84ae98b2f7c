"""The pairs of one profile after another, with what namesakes share."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from socialcrm.matching.core.pair cimport Book, Namesake, Pair, Places, Said
from socialcrm.matching.core.rows cimport ProfileRow

cdef class Asking:
    cdef const ProfileRow* profiles
    cdef const uint64_t[::1] keys
    cdef const int64_t[::1] starts
    cdef object held
    cdef readonly Py_ssize_t size

cdef struct Run:
    # The pairs of one profile: which of ``names`` each has, and what the profile says.
    Py_ssize_t start
    Py_ssize_t size
    Py_ssize_t named
    Py_ssize_t room
    Py_ssize_t contacts     # how far these were fetched, and the words of their names
    Py_ssize_t words
    Said said
    Places places
    Namesake* names
    int32_t* which
    int32_t* slots
    uint64_t mask

cdef class Pairing:
    cdef const Book* book
    cdef Asking asking
    cdef const int64_t[::1] p
    cdef const int64_t[::1] c
    cdef const int64_t[::1] bits
    cdef Run run
    cdef object held
    cdef bint next(self) except *
    cdef void fetch(self, Py_ssize_t stop) noexcept nogil
    cdef void group(self) noexcept nogil
    cdef void pair(self, Py_ssize_t at, Pair* pair) noexcept nogil
