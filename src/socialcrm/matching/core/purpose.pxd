from libc.stdint cimport uint8_t

cdef Py_ssize_t letters_end(const uint8_t* text, Py_ssize_t size) noexcept
cdef bint after_for(const uint8_t* text, Py_ssize_t end, Py_ssize_t* mark, Py_ssize_t* start) noexcept
cdef bint capitals(const uint8_t* text, Py_ssize_t end, Py_ssize_t* mark, Py_ssize_t* start) noexcept
