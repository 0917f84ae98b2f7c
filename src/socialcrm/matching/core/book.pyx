"""An index as the core sees it: pointers into its arrays, which are held while this lives."""

import cython

from libc.stdint cimport uint8_t

from socialcrm.matching.core.postings cimport Lookup
from socialcrm.matching.core.rows cimport ContactRow, WordRow


@cython.final
cdef class OpenBook:
    """The contacts of one index and the words of their names, for as long as no array of it is put in another's place."""

    def __cinit__(self, table, words, Lookup lookup not None, Py_ssize_t size):
        """``table`` and ``words`` are the tables of rows; ``size`` counts the living contacts."""
        if table.dtype.itemsize != sizeof(ContactRow) or words.dtype.itemsize != sizeof(WordRow) or not len(words):
            raise ValueError("tables of contacts and words have the rows that the core was built for")
        cdef const uint8_t[::1] contacts = table.view("u1") if len(table) else None
        cdef const uint8_t[::1] analysed = words.view("u1")
        self.held, self.lookup = (table, words), lookup
        self.book.contacts = <const ContactRow*>&contacts[0] if len(table) else NULL
        self.book.rows, self.book.size = len(table), size
        self.book.words = <const WordRow*>&analysed[0]
        self.book.word_count = len(words)
        self.book.shelf = &lookup.shelf
