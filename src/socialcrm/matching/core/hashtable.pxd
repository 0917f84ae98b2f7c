from libc.stdint cimport int32_t, uint8_t, uint64_t


cdef class HashTable:
    cdef uint64_t[::1] _keys
    cdef int32_t[::1] _numbers
    cdef uint8_t[::1] _maybe
    cdef int _shift
    cdef Py_ssize_t _size

    cdef int32_t find(self, uint64_t wanted) noexcept nogil
    cdef int _grow(self, Py_ssize_t wanted) except -1
    cdef void _put(self, uint64_t key, int32_t number) noexcept nogil
