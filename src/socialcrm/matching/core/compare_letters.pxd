"""Comparisons letter by letter: readings of the handle, and what it shares with addresses and sites."""

from libc.stdint cimport int8_t

from socialcrm.matching.core.pair cimport Pair

cdef int8_t compare_pieces(Pair* pair) noexcept nogil
cdef int8_t compare_foreign(Pair* pair) noexcept nogil
cdef int8_t compare_length(Pair* pair) noexcept nogil
cdef int8_t compare_surprise(Pair* pair) noexcept nogil
cdef int8_t compare_bounds(Pair* pair) noexcept nogil
cdef int8_t compare_spelling(Pair* pair) noexcept nogil
cdef int8_t compare_middle(Pair* pair) noexcept nogil
cdef int8_t compare_office(Pair* pair) noexcept nogil
cdef int8_t compare_begins(Pair* pair) noexcept nogil
cdef int8_t compare_near_site(Pair* pair) noexcept nogil
cdef int8_t compare_near_address(Pair* pair) noexcept nogil
