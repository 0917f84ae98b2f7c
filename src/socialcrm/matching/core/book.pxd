"""An index as the core sees it."""

from socialcrm.matching.core.pair cimport Book
from socialcrm.matching.core.postings cimport Filing

cdef class OpenBook:
    cdef Book book
    cdef readonly Filing filing
    cdef object held
