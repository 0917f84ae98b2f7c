"""The kinds of evidence that the core compares, by number."""

from socialcrm.matching.core.pair cimport MOST_KINDS, Compare, More

cdef Compare COMPARE[MOST_KINDS]
cdef More MORE[MOST_KINDS]
cdef int KINDS
