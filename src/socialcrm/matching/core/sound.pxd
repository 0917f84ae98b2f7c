from libc.stdint cimport uint8_t, uint64_t

from socialcrm.matching.core.texts cimport Text

cdef Py_ssize_t fold_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil
cdef uint64_t hash_sound(Text roman) except? 0
