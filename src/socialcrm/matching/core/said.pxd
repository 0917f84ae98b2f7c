"""Fills the set of what a profile says."""

from libc.stdint cimport uint64_t

from socialcrm.matching.core.pair cimport Said

cdef bint fill(Said* said, const uint64_t* keys, Py_ssize_t size) noexcept nogil
cdef void free_said(Said* said) noexcept nogil
