"""Comparisons of what a handle says besides the name: a country, a place, a likeness to the contact's site."""

from libc.stdint cimport int8_t

from socialcrm.matching.core.pair cimport Pair

cdef int8_t compare_office_land(Pair* pair) noexcept nogil
cdef int8_t compare_place_land(Pair* pair) noexcept nogil
cdef int8_t compare_ground(Pair* pair) noexcept nogil
cdef int8_t compare_alike_site(Pair* pair) noexcept nogil
