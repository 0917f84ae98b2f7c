from libc.stdint cimport int32_t, uint64_t

cdef packed struct Entry:
    uint64_t key
    int32_t row


cdef class Filing:
    cdef Entry* entries
    cdef Py_ssize_t size, room
    cdef int reserve(self, Py_ssize_t more) except -1

    cdef inline int put(self, uint64_t key, int32_t row) except -1:
        """File a row under a key; 0 is no key."""
        if key == 0:
            return 0
        if self.size == self.room:
            self.reserve(1)
        self.entries[self.size] = Entry(key, row)
        self.size += 1
        return 0
