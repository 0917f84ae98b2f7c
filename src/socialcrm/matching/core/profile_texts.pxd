from libc.stdint cimport int32_t, uint16_t, uint32_t, uint8_t

from socialcrm.matching.core.arena cimport Arena, Span
from socialcrm.matching.core.handle cimport WORDS, HandleReader
from socialcrm.matching.core.shown_name cimport SHOWN
from socialcrm.matching.core.texts cimport Text

cdef struct ProfileText:
    # One profile in normal form; texts stand in the arena.
    int32_t platform                        # its number among the platforms of the block
    Span known, known_shape, account_id     # the account, what it looks like, and its id
    Span whole, letters, core, sound, purpose, end
    Span shape, whole_name                  # what the display name looks like; a name outside ASCII, letter by letter
    Span lang, bio, place
    int32_t words, shown
    Span word[WORDS]                        # of the handle
    Span written[SHOWN]                     # of the display name, in normal form
    Span roman[SHOWN]                       # the same in Latin letters
    uint32_t office_lands, place_lands      # countries that the handle points to
    uint16_t roles
    uint8_t parted, workshop, mixed, organisation, caution_name, caution_handle, caution_bio


cdef class ProfileTexts:
    cdef readonly list platforms            # names of platforms
    cdef readonly list sparse               # what few profiles have: (row, kind of key, clue, text)
    cdef Arena arena
    cdef ProfileText* rows
    cdef Py_ssize_t count
    cdef dict _numbers
    cdef HandleReader _handle

    cdef int _read(self, Py_ssize_t row, profile) except -1
    cdef int _platform(self, str written) except -1
    cdef int _account(self, ProfileText* out, str platform, str handle, str account_id) except -1
    cdef int _add_known(self, str handle, bint hosted, Span* out) except -1
    cdef int _read_handle(self, ProfileText* out, str platform, str handle) except -1
    cdef int _read_name(self, ProfileText* out, str name) except -1
    cdef int _add_word(self, ProfileText* out, Text word) except -1
    cdef int _add_pairs(self, ProfileText* out, pairs) except -1
    cdef int _add_whole(self, str name, Span* out) except -1
    cdef int _add_skeleton(self, str text, Span* out) except -1
    cdef int _add_normal(self, str text, Span* out) except -1
    cdef int _add_bio(self, str bio, Span* out) except -1
    cdef int _addresses(self, Py_ssize_t row, profile, str bio) except -1
    cdef int _add_lower(self, str text, Span* out) except -1
    cdef int _add_sparse(self, Py_ssize_t row, key, clue, str text) except -1
