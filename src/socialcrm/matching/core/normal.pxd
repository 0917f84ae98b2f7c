"""Normal forms of bytes of ASCII, where no `str` is made of them."""

from libc.stdint cimport uint8_t

from socialcrm.matching.core.letters cimport LIMIT, Written, normal_form
from socialcrm.matching.core.texts cimport is_digit, is_letter, is_small, is_upper, lower


cdef inline Py_ssize_t normal_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) except -2:
    """Write the normal form of a text of ASCII to ``out``, which has room for `LIMIT` bytes; returns its size."""
    cdef Written written
    written.kind, written.data, written.size = 1, text, size
    return normal_form(written, out)
