"""The set of what one profile says, filled anew for each."""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memset

cdef enum:
    FEWEST = 64


cdef bint fill(Said* said, const uint64_t* keys, Py_ssize_t size) noexcept nogil:
    """Hold these keys and no others; false if there is no memory for them. Half of the places stay free at least."""
    cdef uint64_t places = FEWEST, place
    cdef Py_ssize_t at
    cdef uint64_t* slots
    while places < <uint64_t>size * 2 + 2:
        places *= 2
    if said.slots == NULL or places > said.mask + 1:
        slots = <uint64_t*>realloc(said.slots, places * sizeof(uint64_t))
        if slots == NULL:
            return False
        said.slots = slots
    said.mask, said.zero = places - 1, False
    memset(said.slots, 0, places * sizeof(uint64_t))
    for at in range(size):
        if keys[at] == 0:
            said.zero = True
            continue
        place = ((keys[at] * <uint64_t>0xA24BAED4963EE407) >> 29) & said.mask
        while said.slots[place] and said.slots[place] != keys[at]:
            place = (place + 1) & said.mask
        said.slots[place] = keys[at]
    return True


cdef void free_said(Said* said) noexcept nogil:
    """Give the memory of a set back."""
    free(said.slots)
    said.slots = NULL
    said.mask = 0
