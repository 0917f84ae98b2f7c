from libc.stdint cimport int32_t, uint16_t, uint32_t, uint64_t

cdef enum:
    TITLE = 1
    NAME_TOO = 2
    CAUTION = 4
    PLACEHOLDER = 8
    AFFIX = 16
    ORGANISATION = 32
    ASKS_FOR_VOTES = 64

cdef struct Special:
    int32_t kinds       # the above, added up
    uint16_t roles      # one bit for each role that the word says
    uint32_t lands      # one bit for each country that has the office it names

cdef Special special(uint64_t word) noexcept nogil
