"""What an account is for, as handles say it at their end: ``annleeforohio``, ``annlee4rugby``, ``AnnLeeNY``."""

from libc.stdint cimport uint8_t
from libc.string cimport memcmp

from socialcrm.matching.core.texts cimport is_digit, is_letter, is_small, is_upper

cdef enum:
    DIGITS = 4      # digits that may follow what an account is for


cdef Py_ssize_t letters_end(const uint8_t* text, Py_ssize_t size) noexcept:
    """Where the letters at the end of a handle end, before up to four digits; -1 if there are more."""
    cdef Py_ssize_t end
    if size and text[size - 1] == 10:
        size -= 1
    end = size
    while end and is_digit(text[end - 1]):
        end -= 1
    return end if size - end <= DIGITS else -1


cdef bint _three_letters(const uint8_t* text, Py_ssize_t end) noexcept:
    """Whether three letters stand before a place."""
    return end >= 3 and is_letter(text[end - 1]) and is_letter(text[end - 2]) and is_letter(text[end - 3])


cdef bint after_for(const uint8_t* text, Py_ssize_t end, Py_ssize_t* mark, Py_ssize_t* start) noexcept:
    """What follows ``for`` or ``4`` after three letters: where the word "for" stands, and what follows it."""
    cdef Py_ssize_t first = end, size, at
    while first and is_letter(text[first - 1]):
        first -= 1
    if end - first < 2:
        return False
    size = _sign(text, first)
    if size and _three_letters(text, first - size):
        mark[0], start[0] = first - size, first
        return True
    for at in range(first + 3, end - 4):
        if text[at + 1] == b"o" and text[at + 2] == b"r" and (text[at] == b"f" or text[at] == b"F"):
            mark[0], start[0] = at, at + 3
            return True
    return False


cdef Py_ssize_t _sign(const uint8_t* text, Py_ssize_t end) noexcept:
    """The length of ``4``, ``_4_``, ``_for_`` or ``-for-`` before a place, 0 if none stands there."""
    if end >= 1 and text[end - 1] == b"4":
        return 1
    if end >= 3 and not memcmp(text + end - 3, b"_4_", 3):
        return 3
    if end >= 5 and (not memcmp(text + end - 5, b"_for_", 5) or not memcmp(text + end - 5, b"-for-", 5)):
        return 5
    return 0


cdef bint capitals(const uint8_t* text, Py_ssize_t end, Py_ssize_t* mark, Py_ssize_t* start) noexcept:
    """Two to four capitals at the end after a small letter: a place, a party."""
    cdef Py_ssize_t first = end
    while first and is_upper(text[first - 1]):
        first -= 1
    mark[0] = start[0] = first
    return 2 <= end - first <= 4 and first > 0 and is_small(text[first - 1])
