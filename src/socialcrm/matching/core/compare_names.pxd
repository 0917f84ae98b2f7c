"""Comparisons by the words of a name: display name, handle, and how rare the words are that agree."""

from libc.stdint cimport int8_t, int32_t

from socialcrm.matching.core.pair cimport Pair

cdef int8_t compare_name(Pair* pair) noexcept nogil
cdef int8_t compare_handle(Pair* pair) noexcept nogil
cdef int8_t compare_rarity(Pair* pair) noexcept nogil
cdef double rarity_bits(Pair* pair) noexcept nogil
cdef int8_t name_level(Pair* pair) noexcept nogil
cdef double surprise(const Pair* pair, int32_t number, bint family) noexcept nogil
