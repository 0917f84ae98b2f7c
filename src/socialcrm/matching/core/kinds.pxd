"""The kinds of evidence that the core compares, by number."""

from libc.stdint cimport int8_t

from socialcrm.matching.core.pair cimport MOST_KINDS, MOST_LEVELS, Compare, More

cdef struct Both:
    # Two kinds that are weighed together: the bin of each level of either, 0 for none.
    int left
    int right
    int8_t left_bins[MOST_LEVELS]
    int8_t right_bins[MOST_LEVELS]
    int width

cdef Compare COMPARE[MOST_KINDS]
cdef More MORE[MOST_KINDS]
cdef Both BOTH[MOST_KINDS]
cdef int KINDS

cdef int8_t together(int kind, const int8_t* levels) noexcept nogil
