from libc.stdint cimport uint8_t, uint16_t, uint32_t

from socialcrm.matching.core.letters cimport LIMIT
from socialcrm.matching.core.special_words cimport Special
from socialcrm.matching.core.texts cimport Text

cdef enum:
    WORDS = 8           # words of a handle that are kept
    LETTERS = 64        # letters of a handle, written together, that are kept

cdef struct Split:
    # The words of a handle, written together, and where each ends.
    uint8_t* letters
    Py_ssize_t* ends
    Py_ssize_t size, count, room


cdef class HandleReader:
    cdef uint8_t whole[LETTERS]
    cdef uint8_t _purpose[LIMIT]
    cdef bint affixed
    cdef Text whole_text, letters, core, sound, purpose
    cdef int words
    cdef Text word[WORDS]
    cdef bint cautioned
    cdef uint16_t roles
    cdef uint32_t office_lands, place_lands
    cdef Text place
    cdef uint8_t _place[LETTERS]

    cdef Split _all, _before
    cdef uint8_t* _scratch
    cdef Py_ssize_t _room
    cdef Split* _named
    cdef Py_ssize_t _first, _last

    cdef int read(self, platform, str handle) except -1
    cdef int _read(self, const uint8_t* text, Py_ssize_t size) except -1
    cdef void _cut(self, const uint8_t* text, Py_ssize_t size) noexcept
    cdef int _find_purpose(self, const uint8_t* text, Py_ssize_t size) except -1
    cdef void _without_roles(self, Split* words) noexcept
    cdef Text _names(self) noexcept
    cdef void _note(self, Special meaning) noexcept
    cdef int _strip(self) except -1
    cdef int _keep(self) except -1
    cdef int _find_place(self) except -1
    cdef int _sound(self) except -1
