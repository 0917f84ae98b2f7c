"""Given names by their hashes: base forms, and which are common."""

import cython
import numpy as np

from socialcrm.matching.core.hashtable import HashTable


@cython.final
cdef class GivenNames:
    """The given names of which forms are known, with the hashes of their base forms, and the commonest of all.

    ``forms`` has a row for each of the ``names``, with zeros after the last form.
    """

    def __init__(self, names, forms, common):
        if forms.shape != (len(names), FORMS):
            raise ValueError(f"forms of {len(names)} names have the shape {forms.shape}")
        self._formed, self._common = HashTable(names), HashTable(common)
        self._forms = np.ascontiguousarray(forms, dtype=np.uint64)

    cdef const uint64_t* forms(self, uint64_t name) noexcept nogil:
        """The base forms of a given name, or NULL."""
        cdef int place = self._formed.find(name)
        return &self._forms[place, 0] if place >= 0 else NULL

    cdef bint is_common(self, uint64_t name) noexcept nogil:
        """Whether a name is among the commonest given names."""
        return self._common.find(name) >= 0
