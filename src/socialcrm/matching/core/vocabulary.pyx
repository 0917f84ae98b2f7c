"""The words of names by number."""

from libc.stdint cimport int32_t

import numpy as np

from cpython.dict cimport PyDict_GetItem

from socialcrm.matching.core.rows cimport SURNAMES


cdef inline int32_t intern(str word, dict ids, list new) except -1:
    """The number of a word; a word that has none yet is put down as ``new``."""
    cdef void* found = <void*>PyDict_GetItem(ids, word)
    if found != NULL:
        return <object>found
    number = len(ids)
    ids[word] = number
    new.append(word)
    return number


def number_words(list names, dict ids, list new):
    """The words of each name as numbers: given, middle, three spellings of the surname, two parts and two pieces."""
    out = np.zeros((len(names), WORDS), dtype=np.int32)
    cdef int32_t[:, ::1] numbers = out
    cdef Py_ssize_t row, at
    cdef tuple name, surnames, parts, syllables
    for row in range(len(names)):
        name = <tuple>names[row]
        surnames, parts, syllables = <tuple>name[2], <tuple>name[3], <tuple>name[6]
        numbers[row, 0] = intern(<str>name[0], ids, new)
        numbers[row, 1] = intern(<str>name[1], ids, new)
        for at in range(min(len(surnames), SURNAMES)):
            numbers[row, 2 + at] = intern(<str>surnames[at], ids, new)
        for at in range(min(len(parts), 2)):
            numbers[row, 5 + at] = intern(<str>parts[max(len(parts) - 2, 0) + at], ids, new)
        numbers[row, 7], numbers[row, 8] = numbers[row, 0], numbers[row, 1]
        for at in range(min(len(syllables), 2)):
            numbers[row, 7 + at] = intern(<str>syllables[at], ids, new)
    return out
