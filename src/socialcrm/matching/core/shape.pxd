from libc.stdint cimport uint8_t

cdef Py_ssize_t skeleton_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil
cdef Py_ssize_t skeleton_of_normal(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil
