from libc.stdint cimport int32_t, uint64_t

cdef enum:
    PARTS = 256     # by the first eight bits of a key

cdef packed struct Entry:
    uint64_t key
    int32_t row

cdef struct Part:
    Entry* entries
    Py_ssize_t size
    Py_ssize_t room


cdef int grow(Part* part, Py_ssize_t room) except -1 nogil


cdef class Filing:
    cdef Part parts[PARTS]
    cdef Py_ssize_t count

    cdef inline int put(self, uint64_t key, int32_t row) except -1 nogil:
        """File a row under a key; 0 is no key."""
        cdef Part* part = &self.parts[key >> 56]
        if key == 0:
            return 0
        if part.size == part.room:
            grow(part, part.room * 2)
        part.entries[part.size] = Entry(key, row)
        part.size += 1
        self.count += 1
        return 0
