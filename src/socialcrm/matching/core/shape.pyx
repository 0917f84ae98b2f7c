"""What texts look like: the ASCII half of `socialcrm.matching.keys.skeleton`."""

from libc.stdint cimport uint8_t

from socialcrm.matching.core.hashing cimport concat, hash_bytes
from socialcrm.matching.core.texts cimport PyUnicode_IS_COMPACT_ASCII, Text, hash_after, read
from socialcrm.matching.lookalikes import LOOKALIKE, PAIRS

cdef enum:
    LIMIT = 256     # characters of a text that matter, as in `socialcrm.matching.keys`

cdef uint8_t SHAPE[128]     # the Latin letter that each character resembles, 0 for signs, which are dropped
cdef uint8_t PAIR[3][3]     # two letters that look like one, and that one


cdef void _fill() except *:
    cdef int at
    for at in range(128):
        letter = chr(at).lower()
        SHAPE[at] = ord(LOOKALIKE.get(ord(letter), letter)) if letter.isalnum() else 0
    for at, (pair, letter) in enumerate(PAIRS):
        PAIR[at][0], PAIR[at][1], PAIR[at][2] = ord(pair[0]), ord(pair[1]), ord(letter)

_fill()


cdef Py_ssize_t _skeleton(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """Write the skeleton of a text of ASCII to ``out``, which has room for `LIMIT`; returns its size."""
    cdef Py_ssize_t at, written = 0, end
    cdef int pair
    for at in range(min(size, LIMIT)):
        if SHAPE[text[at]]:
            out[written] = SHAPE[text[at]]
            written += 1
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


def ascii_skeleton(str text):
    """The skeleton of a text of ASCII."""
    cdef uint8_t out[LIMIT]
    cdef Text found
    keep = read(text, &found)
    cdef Py_ssize_t size = _skeleton(found.data, found.size, out)
    return out[:size].decode("ascii")


cdef uint64_t hash_skeleton(uint64_t head, str text) except? 0:
    """The hash of what any text looks like, written after a text of the hash ``head``; 0 if it has no shape."""
    cdef uint8_t out[LIMIT]
    cdef Text found
    cdef Py_ssize_t size
    if not PyUnicode_IS_COMPACT_ASCII(text):
        from socialcrm.matching.keys import skeleton  # which reads this module for ASCII

        return hash_after(head, skeleton(text))
    keep = read(text, &found)
    size = _skeleton(found.data, found.size, out)
    return concat(head, hash_bytes(out, size), size) if size else 0
