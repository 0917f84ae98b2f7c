from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    MOST = 128
    LONGEST_PHRASE = 20

cdef struct Phrase:
    Py_ssize_t size
    uint8_t text[LONGEST_PHRASE]
    uint64_t hash


cdef class Phrases:
    cdef Phrase _phrases[MOST]
    cdef int _first[129]
    cdef bint _by_end

    cdef const Phrase* begins(self, const uint8_t* text, Py_ssize_t size, Py_ssize_t least, Py_ssize_t most) noexcept
    cdef const Phrase* ends(self, const uint8_t* text, Py_ssize_t size, Py_ssize_t least, Py_ssize_t most) noexcept
    cdef bint stand_in(self, const uint8_t* text, Py_ssize_t size) noexcept
