from libc.stdint cimport uint8_t, uint64_t

cdef uint64_t hash_sound(str roman)
cdef Py_ssize_t fold_ascii(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil
