from libc.stdint cimport uint16_t, uint64_t


cdef class Clues:
    cdef object _ask, _what, _said, _context      # numpy arrays behind the views below
    cdef uint64_t[::1] _asks, _says, _contexts
    cdef uint16_t[::1] _whats
    cdef uint64_t _kinds
    cdef bint _beside
    cdef Py_ssize_t _asked, _spoken, _around
    cdef list _ask_ends, _said_ends

    cdef int ask(self, int key, int clue, uint64_t value) except -1
    cdef int ask_named(self, int key, uint64_t value) except -1
    cdef int say(self, int key, uint64_t value) except -1
    cdef int stands_beside(self, uint64_t value) except -1
