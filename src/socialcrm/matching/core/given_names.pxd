from libc.stdint cimport uint64_t

from socialcrm.matching.core.hashtable cimport HashTable

cdef enum:
    FORMS = 7       # base forms of one given name, itself among them


cdef class GivenNames:
    cdef HashTable _formed, _common
    cdef const uint64_t[:, ::1] _forms

    cdef const uint64_t* forms(self, uint64_t name) noexcept nogil
    cdef bint is_common(self, uint64_t name) noexcept nogil
