"""Rows filed under sorted keys: the arrays of `socialcrm.matching.postings` as the core reads them."""

from libc.stdint cimport int32_t, int64_t, uint64_t

cdef struct Part:
    # Keys once each, in order; where the rows of each begin; and where keys of one beginning stand.
    const uint64_t* keys
    const int32_t* starts
    const int32_t* rows
    const int32_t* directory
    Py_ssize_t size
    Py_ssize_t filed
    int shift

cdef struct Range:
    # The rows of one key in one part: the first, and how many.
    int64_t begin
    int64_t count

cdef struct Shelf:
    Part part[2]
    int parts
    const uint64_t* dead
    Py_ssize_t dead_size

cdef Range locate(const Part* part, uint64_t key) noexcept nogil
cdef int64_t locate_all(const Shelf* shelf, uint64_t key, Range* found) noexcept nogil

cdef class Lookup:
    cdef Shelf shelf
    cdef list held
    cdef void hold(
        self, const uint64_t[::1] keys, const int32_t[::1] starts, const int32_t[::1] rows, const int32_t[::1] directory
    )
