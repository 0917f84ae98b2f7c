from libc.stdint cimport uint64_t

cdef uint64_t hash_skeleton(uint64_t head, str text) except? 0
