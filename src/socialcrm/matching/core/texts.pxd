"""Texts as bytes: what compiled code reads of a `str`."""

from libc.stdint cimport uint8_t, uint64_t

from socialcrm.matching.core.hashing cimport LONGEST, concat, hash_bytes

cdef extern from "Python.h":
    bint PyUnicode_IS_COMPACT_ASCII(object)
    const void* PyUnicode_DATA(object)
    Py_ssize_t PyUnicode_GET_LENGTH(object)


cdef struct Text:
    const uint8_t* data
    Py_ssize_t size


cdef inline object read(str text, Text* out):
    """Point to the UTF-8 bytes of a text; they live as long as the object returned."""
    cdef bytes raw
    if PyUnicode_IS_COMPACT_ASCII(text):
        out.data, out.size = <const uint8_t*>PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
        return text
    raw = text.encode("utf-8", "surrogatepass")
    out.data, out.size = <const uint8_t*><const char*>raw, len(raw)
    return raw


cdef inline str exact(text):
    """A `str`, where somebody has a text of a class of their own."""
    return text if type(text) is str else str.__str__(text)


cdef inline bint is_space(uint8_t letter) noexcept nogil:
    """What `str.strip` takes off a text of ASCII."""
    return letter == 32 or 9 <= letter <= 13 or 28 <= letter <= 31


cdef inline bint is_digit(uint8_t letter) noexcept nogil:
    return 48 <= letter <= 57


cdef inline bint is_upper(uint8_t letter) noexcept nogil:
    return 65 <= letter <= 90


cdef inline bint is_small(uint8_t letter) noexcept nogil:
    return 97 <= letter <= 122


cdef inline bint is_letter(uint8_t letter) noexcept nogil:
    return is_small(letter) or is_upper(letter)


cdef inline uint8_t lower(uint8_t letter) noexcept nogil:
    return letter + 32 if is_upper(letter) else letter


cdef inline Text stripped(Text text) noexcept nogil:
    """A text of ASCII without space around it."""
    while text.size and is_space(text.data[0]):
        text.data, text.size = text.data + 1, text.size - 1
    while text.size and is_space(text.data[text.size - 1]):
        text.size -= 1
    return text


cdef inline uint64_t hash_str(str text):
    """Hash one text."""
    cdef Text found
    keep = read(text, &found)
    return hash_bytes(found.data, found.size)


cdef inline uint64_t hash_after(uint64_t head, Text text) noexcept nogil:
    """The hash of a text written after one of the hash ``head``; 0 if the text is empty."""
    cdef uint64_t value = hash_bytes(text.data, text.size)
    return concat(head, value, min(text.size, LONGEST)) if value else 0
