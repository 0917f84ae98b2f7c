"""What texts look like: `socialcrm.matching.keys.skeleton`."""

from libc.stdint cimport uint32_t, uint8_t

from socialcrm.matching.core.normal cimport LIMIT
from socialcrm.matching.core.texts cimport Text, read
from socialcrm.matching.lookalikes import LOOKALIKE, PAIRS

cdef enum:
    HIGHEST = 0x2000    # letters that resemble Latin ones are below; none takes three bytes below 0x1000

cdef uint8_t SHAPE[128]     # the Latin letter that each character resembles, 0 for signs, which are dropped
cdef uint8_t RESEMBLES[HIGHEST]
cdef uint8_t PAIR[3][3]     # two letters that look like one, and that one


cdef void _fill() except *:
    cdef int at
    for at in range(128):
        letter = chr(at).lower()
        SHAPE[at] = ord(LOOKALIKE.get(ord(letter), letter)) if letter.isalnum() else 0
    for at, letter in LOOKALIKE.items():
        if at >= HIGHEST or 0x800 <= at < 0x1000:
            raise ValueError("a look-alike beyond the table: make room for it")
        RESEMBLES[at] = ord(letter)
    for at, (pair, letter) in enumerate(PAIRS):
        PAIR[at][0], PAIR[at][1], PAIR[at][2] = ord(pair[0]), ord(pair[1]), ord(letter)

_fill()


cdef Py_ssize_t skeleton_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Write the skeleton of a text of ASCII to ``out``, which has room for `LIMIT`; returns its size."""
    cdef Py_ssize_t at, written = 0, end
    cdef int pair
    for at in range(min(size, LIMIT)):
        if SHAPE[text[at]]:
            out[written] = SHAPE[text[at]]
            written += 1
    return _pairs(out, written)


cdef Py_ssize_t _pairs(uint8_t* out, Py_ssize_t size) noexcept nogil:
    """Write one letter for every two that look like it, in place; returns the new size."""
    cdef Py_ssize_t at, end, written = size
    cdef int pair
    for pair in range(3):
        at, end, written = 0, written, 0
        while at < end:
            if at + 1 < end and out[at] == PAIR[pair][0] and out[at + 1] == PAIR[pair][1]:
                out[written] = PAIR[pair][2]
                at += 1
            else:
                out[written] = out[at]
            at += 1
            written += 1
    return written


cdef Py_ssize_t skeleton_of_normal(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Write the skeleton of a text that is in normal form without spaces, in UTF-8; ``out`` has room for as much."""
    cdef Py_ssize_t at = 0, written = 0
    cdef uint32_t code
    while at < size:
        if text[at] < 128:
            code = text[at]
            out[written] = RESEMBLES[code] if RESEMBLES[code] else code
            written, at = written + 1, at + 1
            continue
        code = 0
        if at + 1 < size and text[at] < 0xE0:
            code = (text[at] & 0x1F) << 6 | text[at + 1] & 0x3F
        elif at + 2 < size and text[at] == 0xE1:
            code = 0x1000 | (text[at + 1] & 0x3F) << 6 | text[at + 2] & 0x3F
        if 0 < code < HIGHEST and RESEMBLES[code]:
            out[written] = RESEMBLES[code]
            written, at = written + 1, at + (2 if code < 0x800 else 3)
            continue
        out[written] = text[at]
        written, at = written + 1, at + 1
        while at < size and text[at] & 0xC0 == 0x80:
            out[written] = text[at]
            written, at = written + 1, at + 1
    return _pairs(out, written)


def ascii_skeleton(str text):
    """The skeleton of a text of ASCII."""
    cdef uint8_t out[LIMIT]
    cdef Text found
    keep = read(text, &found)
    cdef Py_ssize_t size = skeleton_bytes(found.data, found.size, out)
    return out[:size].decode("ascii")
