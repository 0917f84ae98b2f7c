from libc.stdint cimport uint8_t

cdef enum:
    LIMIT = 256     # characters of a text that matter, as in `socialcrm.matching.keys`

cdef Py_ssize_t normal_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil
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
