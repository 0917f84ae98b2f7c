"""Comparisons of what is on the record and in the bio besides the name."""

from libc.stdint cimport int8_t

from socialcrm.matching.core.pair cimport Pair

cdef int8_t compare_known(Pair* pair) noexcept nogil
cdef int8_t compare_email(Pair* pair) noexcept nogil
cdef int8_t compare_website(Pair* pair) noexcept nogil
cdef int8_t compare_phone(Pair* pair) noexcept nogil
cdef int8_t compare_employer(Pair* pair) noexcept nogil
cdef int8_t compare_role(Pair* pair) noexcept nogil
cdef int8_t compare_platform(Pair* pair) noexcept nogil
cdef int8_t compare_title(Pair* pair) noexcept nogil
cdef int8_t compare_place(Pair* pair) noexcept nogil
cdef int8_t compare_language(Pair* pair) noexcept nogil
cdef int8_t compare_caution(Pair* pair) noexcept nogil
cdef double rare_employer(Pair* pair) noexcept nogil
cdef double rare_city(Pair* pair) noexcept nogil
