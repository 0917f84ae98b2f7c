from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    LONGEST = 65536

cdef uint64_t POWER[LONGEST + 1]

cdef uint64_t hash_bytes(const uint8_t* data, Py_ssize_t size) noexcept nogil

cdef inline uint64_t concat(uint64_t left, uint64_t right, Py_ssize_t right_length) noexcept nogil:
    """The hash of two texts written together; ``right_length`` counts the bytes of the second."""
    return left * POWER[right_length] + right

cdef inline uint64_t mark(uint64_t salt) noexcept nogil:
    """What tells hashes of one kind apart from those of others."""
    return salt * <uint64_t>0xD6E8FEB86659FD93

cdef inline uint64_t mix(uint64_t value, uint64_t salt) noexcept nogil:
    """A key of one kind: the splitmix64 finaliser over hash and salt. The absent value 0 stays 0."""
    cdef uint64_t x = value ^ mark(salt)
    if value == 0:
        return 0
    x ^= x >> 30
    x *= <uint64_t>0xBF58476D1CE4E5B9
    x ^= x >> 27
    x *= <uint64_t>0x94D049BB133111EB
    x ^= x >> 31
    return x

cdef inline uint64_t joint(uint64_t one, uint64_t other) noexcept nogil:
    """The hash of two things that hold together."""
    return one * <uint64_t>0xD1342543DE82EF95 + other
