"""The normal form of ASCII: `socialcrm.matching.keys.normal` for most texts there are."""

from socialcrm.matching.core.texts cimport Text, read

cdef enum:
    VANISHES = 1    # apostrophes part no words
    PARTS = 0

cdef uint8_t FORM[256]      # the letter or digit in lower case, or one of the above


cdef void _fill() except *:
    cdef int at
    for at in range(256):
        letter = chr(at)
        FORM[at] = ord(letter.lower()) if at < 128 and letter.isalnum() else VANISHES if letter in "'`" else PARTS

_fill()


cdef Py_ssize_t normal_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Write the normal form of a text of ASCII to ``out``, which has room for `LIMIT` bytes; returns its size."""
    cdef Py_ssize_t at, written = 0
    cdef uint8_t form
    cdef bint parted = False
    for at in range(min(size, LIMIT)):
        form = FORM[text[at]]
        if form == PARTS:
            parted = written > 0
        elif form != VANISHES:
            if parted:
                out[written] = 32
                written += 1
                parted = False
            out[written] = form
            written += 1
    return written


def ascii_normal(str text):
    """The normal form of a text of ASCII."""
    cdef uint8_t out[LIMIT]
    cdef Text found
    keep = read(text, &found)
    cdef Py_ssize_t size = normal_bytes(found.data, found.size, out)
    return out[:size].decode("ascii")
