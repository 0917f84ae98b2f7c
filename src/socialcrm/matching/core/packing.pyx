"""Records of contacts as JSON in one block of memory: a tenth of what as many objects take."""

from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

import json

import numpy as np

from socialcrm.matching.core.texts cimport Text, read

from socialcrm.matching.columns import ContactRow

cdef tuple TEXTS = ("id", "first_name", "last_name", "full_name", "title", "company", "city", "region", "country", "lang")
cdef tuple LISTS = ("emails", "phones", "websites")
cdef tuple TEXT_PLACES = tuple([ContactRow._fields.index(name) for name in TEXTS])
cdef tuple LIST_PLACES = tuple([ContactRow._fields.index(name) for name in LISTS])
cdef tuple TEXT_NAMES = tuple([f'"{name}":'.encode() for name in TEXTS])
cdef tuple LIST_NAMES = tuple([f'"{name}":'.encode() for name in LISTS])
cdef int HANDLES = ContactRow._fields.index("handles"), SHY = ContactRow._fields.index("do_not_profile")


cdef uint8_t ESCAPED[256]   # bytes of a text that is left to the library: signs, and what may begin a lone surrogate
for _byte in range(256):
    ESCAPED[_byte] = _byte < 32 or _byte in b'"\\\xed'


cdef class Pack:
    """JSON records one behind the other, and where each ends; the first member of each is its id."""

    cdef uint8_t* _data
    cdef Py_ssize_t _size, _room
    cdef int64_t* _ends
    cdef Py_ssize_t _count, _ends_room

    def __dealloc__(self):
        free(self._data)
        free(self._ends)

    def __len__(self):
        return self._count

    def __getitem__(self, Py_ssize_t row):
        if not 0 <= row < self._count:
            raise IndexError(row)
        cdef int64_t start = self._ends[row - 1] if row else 0
        return (<char*>self._data)[start : self._ends[row]]

    def add(self, bytes record):
        """Add a record."""
        self._put(<const uint8_t*><const char*>record, len(record))
        self._end()

    def add_rows(self, contacts):
        """Add contacts of a table, without what is empty."""
        for contact in contacts:
            self._add_row(<tuple>contact)

    def wipe(self, Py_ssize_t row):
        """Overwrite a record with blanks; the room it takes stays."""
        if not 0 <= row < self._count:
            raise IndexError(row)
        cdef int64_t start = self._ends[row - 1] if row else 0
        memset(self._data + start, 32, self._ends[row] - start)

    def data(self):
        """A copy of all bytes."""
        out = np.empty(self._size, dtype=np.uint8)
        cdef uint8_t[::1] bytes_ = out
        if self._size:
            memcpy(&bytes_[0], self._data, self._size)
        return out

    def ends(self):
        """Where each record ends."""
        out = np.empty(self._count, dtype=np.int64)
        cdef int64_t[::1] ends = out
        if self._count:
            memcpy(&ends[0], self._ends, self._count * sizeof(int64_t))
        return out

    cdef int _put(self, const uint8_t* data, Py_ssize_t size) except -1:
        if self._size + size > self._room:
            room = max(self._size + size, self._room * 3 // 2, 256)
            grown = <uint8_t*>realloc(self._data, room)
            if grown == NULL:
                raise MemoryError
            self._data, self._room = grown, room
        memcpy(self._data + self._size, data, size)
        self._size += size
        return 0

    cdef int _end(self) except -1:
        """The record ends here."""
        if self._count == self._ends_room:
            room = max(self._ends_room * 3 // 2, 64)
            grown = <int64_t*>realloc(self._ends, room * sizeof(int64_t))
            if grown == NULL:
                raise MemoryError
            self._ends, self._ends_room = grown, room
        self._ends[self._count] = self._size
        self._count += 1
        return 0

    cdef int _put_raw(self, bytes text) except -1:
        return self._put(<const uint8_t*><const char*>text, len(text))

    cdef int _put_text(self, str text) except -1:
        """Put a text in quotes; what JSON wants escaped is rare and left to the library."""
        cdef Text found
        cdef Py_ssize_t at
        keep = read(text, &found)
        for at in range(found.size):
            if ESCAPED[found.data[at]]:
                return self._put_raw(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
        self._put(b'"', 1)
        self._put(found.data, found.size)
        return self._put(b'"', 1)

    cdef int _add_row(self, tuple contact) except -1:
        cdef Py_ssize_t at, before = self._size
        try:
            for at in range(len(TEXT_PLACES)):
                text = contact[<Py_ssize_t>TEXT_PLACES[at]]
                if text:
                    self._put(b"{" if self._size == before else b",", 1)
                    self._put_raw(<bytes>TEXT_NAMES[at])
                    self._put_text(text)
            for at in range(len(LIST_PLACES)):
                texts = contact[<Py_ssize_t>LIST_PLACES[at]]
                if texts:
                    self._put_list(<bytes>LIST_NAMES[at], texts)
            if contact[HANDLES]:
                self._put_raw(b',"handles":')
                self._put_raw(json.dumps(dict(contact[HANDLES]), ensure_ascii=False).encode("utf-8", "replace"))
            if contact[SHY]:
                self._put_raw(b',"do_not_profile":true')
            self._put(b"}", 1)
            return self._end()
        except BaseException:
            self._size = before
            raise

    cdef int _put_list(self, bytes name, texts) except -1:
        cdef bint more = False
        self._put(b",", 1)
        self._put_raw(name)
        self._put(b"[", 1)
        for text in texts:
            if more:
                self._put(b",", 1)
            more = True
            self._put_text(text)
        return self._put(b"]", 1)
