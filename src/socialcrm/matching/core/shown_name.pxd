from libc.stdint cimport int32_t, uint8_t

from socialcrm.matching.core.normal cimport LIMIT
from socialcrm.matching.core.texts cimport Text

cdef enum:
    SHOWN = 8       # words of a display name that are kept

cdef int shown_words(Text text, uint8_t* letters, Text* words) noexcept
cdef int32_t kinds_of_words(Text normal) noexcept
