"""An index as the core sees it."""

from socialcrm.matching.core.pair cimport Book
from socialcrm.matching.core.postings cimport Lookup

cdef class OpenBook:
    cdef Book book
    cdef readonly Lookup lookup
    cdef object held
