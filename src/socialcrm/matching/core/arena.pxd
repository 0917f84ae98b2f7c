from libc.stdint cimport uint8_t

from socialcrm.matching.core.texts cimport Text


cdef struct Span:
    Py_ssize_t start
    Py_ssize_t size


cdef class Arena:
    cdef uint8_t* _data
    cdef Py_ssize_t _size, _room

    cdef uint8_t* reserve(self, Py_ssize_t size) except NULL
    cdef Span take(self, Py_ssize_t size) noexcept
    cdef int add(self, const uint8_t* data, Py_ssize_t size, Span* out) except -1
    cdef int add_text(self, str text, Span* out) except -1
    cdef Text at(self, Span span) noexcept
    cdef str text(self, Span span)
