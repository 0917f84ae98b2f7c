"""Many short texts in one block of memory."""

import cython

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.string cimport memcpy

from socialcrm.matching.core.hashing cimport LONGEST
from socialcrm.matching.core.texts cimport read

cdef enum:
    ROOM = 4096     # bytes at first


@cython.final
cdef class Arena:
    """Texts written one after another, each found again by its `Span`; the block moves when it grows."""

    def __dealloc__(self):
        PyMem_Free(self._data)

    cdef uint8_t* reserve(self, Py_ssize_t size) except NULL:
        """Where the next so many bytes may be written; what was written becomes a text by `take`."""
        cdef Py_ssize_t room
        cdef uint8_t* data
        if self._data == NULL or self._room - self._size < size:
            room = max(ROOM, 2 * (self._size + size))
            data = <uint8_t*>PyMem_Realloc(self._data, room)
            if data == NULL:
                raise MemoryError
            self._data, self._room = data, room
        return self._data + self._size

    cdef Span take(self, Py_ssize_t size) noexcept:
        """The bytes written where `reserve` said, as a text."""
        cdef Span out
        out.start, out.size = self._size, size
        self._size += size
        return out

    cdef int add(self, const uint8_t* data, Py_ssize_t size, Span* out) except -1:
        """Copy a text; ``out`` is its place."""
        cdef uint8_t* free = self.reserve(size)
        if size:
            memcpy(free, data, size)
        out[0] = self.take(size)
        return 0

    cdef int add_text(self, str text, Span* out) except -1:
        """Copy a text, as far as its hash looks at it."""
        cdef Text found
        keep = read(text, &found)
        self.add(found.data, min(found.size, LONGEST), out)
        return 0

    cdef Text at(self, Span span) noexcept:
        """The bytes of a text, until something is added."""
        cdef Text out
        out.data, out.size = self._data + span.start, span.size
        return out

    cdef str text(self, Span span):
        """A text as a `str`."""
        return self._data[span.start : span.start + span.size].decode("utf-8", "surrogatepass")
