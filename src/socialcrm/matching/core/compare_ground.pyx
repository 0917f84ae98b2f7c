"""Comparisons of what a handle says besides the name: a country, a place, a likeness to the contact's site."""

from libc.stdint cimport int8_t, uint8_t, uint32_t

from socialcrm.matching.core.pair cimport Pair, Places, Reading
from socialcrm.matching.core.reading cimport length_of, letters_in_order, longest_run, place, places_of, reading_of
from socialcrm.matching.core.rows cimport OWN, TEXT

cdef enum:
    SHORTEST = 3
    LONGEST = 6
    COVERS = 3
    OTHER = 1 + (LONGEST - SHORTEST + 1) * COVERS
    PERCENTS = 9

cdef int PERCENT[PERCENTS]      # from how much in common on: a level
PERCENT[:] = [20, 30, 40, 50, 60, 70, 80, 90, 99]


cdef int8_t lands(uint32_t ours, uint32_t theirs) noexcept nogil:
    """Whether the countries of a handle are the contact's, or others, or nobody knows: 0 without any."""
    if not theirs:
        return 0
    return 3 if not ours else 1 if ours & theirs else 2


cdef int8_t compare_office_land(Pair* pair) noexcept nogil:
    """The countries that have the office in the handle against the contact's; see `evidence.ground`."""
    return lands(pair.contact.land, pair.profile.office_lands)


cdef int8_t compare_place_land(Pair* pair) noexcept nogil:
    """The country or state at the end of the handle against the contact's country."""
    return lands(pair.contact.land, pair.profile.place_lands)


cdef int8_t compare_ground(Pair* pair) noexcept nogil:
    """Letters of the contact's region in the handle: in what it says for a place, or in all that the name leaves."""
    cdef const Reading* reading
    cdef bint said = pair.profile.place[0] != 0
    cdef const uint8_t* where = pair.profile.letters
    cdef Places places
    cdef int size, run, room
    if not pair.contact.home[0] or not pair.profile.letters[0]:
        return 0
    if said:
        where = pair.profile.place
    size = length_of(where, TEXT)
    place(&places, where, size)
    run = longest_run(&places, pair.contact.home, length_of(pair.contact.home, TEXT))
    room = size
    if not said:
        reading = reading_of(pair)
        room -= reading.used[0] + reading.used[1] + reading.used[2]
    if SHORTEST <= run <= room:
        return 1 + (min(run, LONGEST) - SHORTEST) * COVERS + (2 * run >= room) + (run >= room)
    return OTHER if said else 0


cdef int8_t compare_alike_site(Pair* pair) noexcept nogil:
    """How alike the handle and the name of the contact's own site are, with the domain's end or without."""
    cdef const Places* whole = places_of(pair)
    cdef int size = length_of(pair.contact.label, OWN), bare = min(size, max(pair.contact.label_size, 0))
    cdef int percent, common, of_bare = 0, at = 0
    if not whole.size or not size or pair.contact.label_named:
        return 0
    common = letters_in_order(whole, pair.contact.label, size, bare, &of_bare)
    percent = max(200 * common // (whole.size + size), 200 * of_bare // (whole.size + bare))
    while at < PERCENTS and PERCENT[at] <= percent:
        at += 1
    return 1 + at
