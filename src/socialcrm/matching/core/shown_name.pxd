from libc.stdint cimport int32_t, uint8_t

from socialcrm.matching.core.letters cimport Written
from socialcrm.matching.core.texts cimport Text

cdef enum:
    SHOWN = 8       # words of a display name that are kept

cdef int shown_words(Written name, uint8_t* letters, Text* words) except -2
cdef int32_t kinds_of_words(Text normal) noexcept
