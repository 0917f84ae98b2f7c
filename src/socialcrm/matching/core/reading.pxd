"""The best reading of a handle as pieces of a name, and the longest run of letters that two texts share."""

from libc.stdint cimport int32_t, uint8_t

from socialcrm.matching.core.pair cimport Pair, Places, Reading

cdef enum:
    GIVEN = 0
    MIDDLE = 1
    FAMILY = 2

cdef int length_of(const uint8_t* text, int width) noexcept nogil
cdef int32_t read_handle(const uint8_t* handle, int size, const uint8_t** words) noexcept nogil
cdef Reading* reading_of(Pair* pair) noexcept nogil
cdef void place(Places* places, const uint8_t* text, int size) noexcept nogil
cdef const Places* places_of(Pair* pair) noexcept nogil
cdef int letters_in_order(const Places* left, const uint8_t* right, int size, int half, int* of_half) noexcept nogil
cdef int longest_run(const Places* left, const uint8_t* right, int size) noexcept nogil
