"""Groups of letters that a handle and a contact have in common, and the contacts that have the rarest with it."""

from libc.math cimport log2, rint
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

import cython
import numpy as np

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc

from socialcrm.matching.core.filing cimport Filing
from socialcrm.matching.core.hashing cimport mix
from socialcrm.matching.core.postings cimport Lookup, Range, locate_all
from socialcrm.matching.core.rows cimport OWN, SURNAMES, TEXT, WORD, ContactRow, ProfileRow, WordRow

from socialcrm.matching.core.rows import SIZES
from socialcrm.matching.facts import Key

cdef enum:
    RUN = 0
    FIRST_TWO = 1
    FIRST_THREE = 2
    LAST_TWO = 3
    APART = 4
    TWO_INITIALS = 5
    THREE_INITIALS = 6
    KINDS = 7

cdef enum:
    SALT = 40           # bits of the letters of a group
    SLOTS = 4096        # of the table that keeps groups apart; no text has half as many
    MOST = 2000         # groups of one profile or contact that are looked at
    PLACES = 16         # bits, for the places of as many contacts as are compared by letters
    HIGHEST = 32767     # points that count

cdef int POINTS[KINDS]
POINTS[:] = [16, 40, 16, 24, 8, 32, 32]
"""What each kind of group counts for every bit by which it singles out, in sixteenths."""
cdef int GRAM = Key.GRAM

cdef struct Groups:
    uint64_t keys[MOST]
    int8_t kinds[MOST]
    uint64_t slots[SLOTS]
    int count


cdef void put(Groups* out, int kind, uint64_t one, uint64_t two, uint64_t three, bint of_three) noexcept nogil:
    """Add a group once, if all its letters are there."""
    cdef uint64_t key
    cdef int slot
    if not one or not two or (of_three and not three) or out.count == MOST:
        return
    key = mix((<uint64_t>kind << SALT) | one | two << 8 | (three << 16 if of_three else 0), GRAM)
    slot = key & (SLOTS - 1)
    while out.slots[slot]:
        if out.slots[slot] == key:
            return
        slot = (slot + 1) & (SLOTS - 1)
    out.slots[slot] = key
    out.keys[out.count] = key
    out.kinds[out.count] = kind
    out.count += 1


cdef void clear(Groups* out) noexcept nogil:
    memset(out.slots, 0, sizeof(out.slots))
    out.count = 0


cdef void read(const uint8_t* text, int width, bint of_handle, Groups* out) noexcept nogil:
    """Add the groups of a text; a handle may hold two letters closer together, and initials at either end."""
    cdef int at, size = 0
    while size < width and text[size]:
        size += 1
    for at in range(size - 2):
        put(out, RUN, text[at], text[at + 1], text[at + 2], True)
        put(out, APART, text[at], text[at + 2], 0, False)
    if size < 2:
        return
    put(out, FIRST_TWO, text[0], text[1], 0, False)
    put(out, LAST_TWO, text[size - 2], text[size - 1], 0, False)
    if size > 2:
        put(out, FIRST_THREE, text[0], text[1], text[2], True)
    if not of_handle:
        return
    for at in range(size - 1):
        put(out, APART, text[at], text[at + 1], 0, False)
    put(out, TWO_INITIALS, text[0], text[1], 0, False)
    put(out, TWO_INITIALS, text[size - 2], text[size - 1], 0, False)
    if size > 2:
        put(out, THREE_INITIALS, text[0], text[1], text[2], True)
        put(out, THREE_INITIALS, text[size - 3], text[size - 2], text[size - 1], True)


cdef struct Words:
    const WordRow* rows
    Py_ssize_t size


cdef const WordRow* word(const Words* words, int32_t number) noexcept nogil:
    """A word by its number; the empty word for a number that is none, which a damaged file may hold."""
    return &words.rows[number if 0 <= number < words.size else 0]


cdef void read_word(const WordRow* word, Groups* out) noexcept nogil:
    """Add the groups of a word of a name, by its letters and as it sounds."""
    read(word.text, WORD, False, out)
    read(word.sound_text, WORD, False, out)


cdef void read_contact(const ContactRow* contact, const Words* words, Groups* out) noexcept nogil:
    """Add the groups of a contact: of its name's words, its own address and site, and of initials in usual orders."""
    cdef uint64_t given = word(words, contact.piece[0]).text[0], second = word(words, contact.piece[1]).text[0]
    cdef uint64_t middle = word(words, contact.middle).text[0], surname = word(words, contact.surname[0]).text[0]
    cdef int at
    put(out, TWO_INITIALS, given, surname, 0, False)
    put(out, TWO_INITIALS, surname, given, 0, False)
    put(out, TWO_INITIALS, given, second, 0, False)
    put(out, THREE_INITIALS, given, middle, surname, True)
    put(out, THREE_INITIALS, surname, given, middle, True)
    put(out, THREE_INITIALS, given, second, surname, True)
    put(out, THREE_INITIALS, surname, given, second, True)
    read_word(word(words, contact.given), out)
    read_word(word(words, contact.middle), out)
    for at in range(SURNAMES):
        read_word(word(words, contact.surname[at]), out)
    for at in range(2):
        read_word(word(words, contact.part[at]), out)
        read_word(word(words, contact.piece[at]), out)
    read(contact.local, OWN, False, out)
    read(contact.label, OWN, False, out)


cdef const uint8_t[::1] as_bytes(table, str kind):
    """The bytes of a table, whose rows must be those that are read here."""
    if table.dtype.itemsize != SIZES[kind]:
        raise TypeError(f"a table of rows of another size than a {kind}'s")
    return np.ascontiguousarray(table).view(np.uint8)


def file_groups(table, words, Filing filing):
    """File the groups of contacts under their place in the table; returns how many each has."""
    held = np.zeros(len(table), dtype=np.int32)
    if not len(table):
        return held
    if not len(words):
        raise ValueError("a table of words begins with the empty word")
    cdef const uint8_t[::1] rows = as_bytes(table, "contact"), of_words = as_bytes(words, "word")
    cdef int32_t[::1] counts = held
    cdef Py_ssize_t row, count = len(table)
    cdef int at
    cdef Words analysed = Words(<const WordRow*>&of_words[0], len(words))
    cdef Groups* out = <Groups*>PyMem_Malloc(sizeof(Groups))
    if out == NULL:
        raise MemoryError
    try:
        for row in range(count):
            clear(out)
            read_contact(&(<const ContactRow*>&rows[0])[row], &analysed, out)
            for at in range(out.count):
                filing.put(out.keys[at], row)
            counts[row] = out.count
    finally:
        PyMem_Free(out)
    return held


@cython.final
cdef class Finder:
    """The contacts of one index, with room to add up points."""

    cdef Lookup lookup
    cdef const int32_t[::1] wordy, place
    cdef const uint8_t[::1] office
    cdef Groups* groups
    cdef int32_t* points
    cdef int32_t* touched
    cdef int32_t* ranked
    cdef Py_ssize_t contacts
    cdef int64_t widest
    cdef int best

    def __cinit__(self, Lookup lookup, wordy, office, place, int64_t widest, int best):
        self.lookup, self.wordy, self.office, self.place = lookup, wordy, office, place
        self.contacts, self.widest, self.best = min(len(wordy), len(office), len(place)), widest, best
        self.groups = <Groups*>PyMem_Malloc(sizeof(Groups))
        self.points = <int32_t*>PyMem_Calloc(self.contacts + 1, sizeof(int32_t))
        self.touched = <int32_t*>PyMem_Malloc((self.contacts + 1) * sizeof(int32_t))
        self.ranked = <int32_t*>PyMem_Malloc((self.contacts + 1) * sizeof(int32_t))
        if self.groups == NULL or self.points == NULL or self.touched == NULL or self.ranked == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.groups)
        PyMem_Free(self.points)
        PyMem_Free(self.touched)
        PyMem_Free(self.ranked)

    cdef Py_ssize_t find(self, const ProfileRow* profile) noexcept nogil:
        """Rank the best contacts for a profile in ``ranked``; returns how many there are."""
        cdef Py_ssize_t met, kept = 0, at
        cdef int32_t row, total
        clear(self.groups)
        read(profile.letters, TEXT, True, self.groups)
        read(profile.sound, TEXT, True, self.groups)
        read(profile.whole, TEXT, True, self.groups)
        read(profile.core, TEXT, True, self.groups)
        met = self.add_up()
        for at in range(met):
            row = self.touched[at]
            total = min(max(self.points[row] - self.wordy[row], 1), HIGHEST)
            self.points[row] = 0
            if profile.workshop and self.office[row]:
                continue
            self.ranked[kept] = total << PLACES | self.place[row]
            kept += 1
        return select(self.ranked, kept, self.best)

    cdef Py_ssize_t add_up(self) noexcept nogil:
        """Add up the points of all contacts that hold a group that singles out; returns how many there are."""
        cdef Range found[2]
        cdef Py_ssize_t met = 0
        cdef int64_t count, at
        cdef int32_t points, row
        cdef int group, part
        for group in range(self.groups.count):
            count = locate_all(&self.lookup.shelf, self.groups.keys[group], found)
            if count <= 0 or count > self.widest:
                continue
            points = <int32_t>rint(POINTS[self.groups.kinds[group]] * log2(<double>(self.contacts + 1) / count))
            if points <= 0:
                continue
            for part in range(self.lookup.shelf.parts):
                for at in range(found[part].begin, found[part].begin + found[part].count):
                    row = self.lookup.shelf.part[part].rows[at]
                    if not 0 <= row < self.contacts:
                        continue
                    if self.points[row] == 0:
                        self.touched[met] = row
                        met += 1
                    self.points[row] += points
        return met


cdef Py_ssize_t select(int32_t* values, Py_ssize_t size, Py_ssize_t best) noexcept nogil:
    """Bring the greatest values to the front; returns how many of ``best`` there are."""
    cdef Py_ssize_t low = 0, high = size - 1, left, right
    cdef int32_t pivot
    while size > best and low < high:
        pivot = values[low + (high - low) // 2]
        left, right = low, high
        while left <= right:
            while values[left] > pivot:
                left += 1
            while values[right] < pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left, right = left + 1, right - 1
        if best <= right:
            high = right
        elif best >= left:
            low = left
        else:
            break
    return min(size, best)


def find_best(profiles, Lookup lookup, contacts, int64_t widest, int best):
    """The best contacts for each profile, as (profile, contact's place in the order of ids).

    ``contacts`` has for each contact what is taken off its points, whether it holds an office, and its place. On a
    platform of people who write software, who holds an office is not looked for by letters.
    """
    if not len(profiles):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    wordy, office, place = contacts
    cdef Finder finder = Finder(lookup, wordy, office.view(np.uint8), place, widest, best)
    cdef const uint8_t[::1] rows = as_bytes(profiles, "profile")
    cdef Py_ssize_t row, at, count, size = 0, number = len(profiles)
    cdef int64_t[::1] owners, places
    whose, which = np.empty(number * best, dtype=np.int64), np.empty(number * best, dtype=np.int64)
    owners, places = whose, which
    for row in range(number):
        count = finder.find(&(<const ProfileRow*>&rows[0])[row])
        for at in range(count):
            owners[size], places[size] = row, finder.ranked[at] & ((1 << PLACES) - 1)
            size += 1
    return whose[:size], which[:size]
