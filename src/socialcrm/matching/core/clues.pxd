from libc.stdint cimport uint64_t

cdef struct Numbers:
    uint64_t* data
    Py_ssize_t size, room


cdef class Clues:
    cdef Numbers _asks, _says, _beside      # _beside: what stands beside the names of the profile that is read
    cdef Numbers _whats                     # for each question, its kind and clue
    cdef Numbers _ask_ends, _said_ends
    cdef uint64_t _kinds
    cdef bint _asks_beside

    cdef int ask(self, int key, int clue, uint64_t value) except -1
    cdef int ask_named(self, int key, uint64_t value) except -1
    cdef int say(self, int key, uint64_t value) except -1
    cdef int stands_beside(self, uint64_t value) except -1
    cdef int end(self) except -1
