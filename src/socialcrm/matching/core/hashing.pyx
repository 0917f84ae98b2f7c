"""Stable 64-bit hashes of texts: a polynomial over the UTF-8 bytes modulo 2**64.

The hash of two texts written together follows from their hashes (`concat`) without building the text. Hashes are
equal in every process, which indexes on disk and shards rely on.
"""

import numpy as np

from cpython.unicode cimport PyUnicode_AsUTF8AndSize

cdef uint64_t BASE = 0x9E3779B97F4A7C15

cdef void _fill() noexcept:
    cdef Py_ssize_t at
    POWER[0] = 1
    for at in range(LONGEST):
        POWER[at + 1] = POWER[at] * BASE

_fill()


cdef uint64_t hash_bytes(const uint8_t* data, Py_ssize_t size) noexcept nogil:
    """Hash one text; the empty text hashes to 0. What is longer than `LONGEST` bytes is cut."""
    cdef uint64_t value = 0
    cdef Py_ssize_t at
    if size > LONGEST:
        size = LONGEST
    for at in range(size):
        value = value * BASE + data[at] + 1
    return value


cdef uint64_t hash_one(str text) except? 0:
    cdef Py_ssize_t size = 0
    cdef const char* data
    cdef bytes raw
    if len(text) == 0:
        return 0
    try:
        data = PyUnicode_AsUTF8AndSize(text, &size)
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "surrogatepass")
        return hash_bytes(<const uint8_t*>raw, len(raw))
    return hash_bytes(<const uint8_t*>data, size)


def hash_text(str text):
    """Hash one text."""
    return hash_one(text)


MOST_BYTES = LONGEST
"""Bytes of a text that its hash looks at."""


def mix_all(values, uint64_t salt):
    """Make keys of one kind: `mix` of each hash of an array."""
    out = np.array(values, dtype=np.uint64)
    cdef uint64_t[::1] keys = out
    cdef Py_ssize_t at
    for at in range(len(keys)):
        keys[at] = mix(keys[at], salt)
    return out


def hash_texts(texts):
    """Hash many texts at once: an array of uint64."""
    cdef list every = list(texts)
    out = np.empty(len(every), dtype=np.uint64)
    cdef uint64_t[::1] values = out
    cdef Py_ssize_t at
    for at in range(len(every)):
        values[at] = hash_one(every[at])
    return out
