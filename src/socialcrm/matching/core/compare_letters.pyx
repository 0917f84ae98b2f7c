"""Comparisons letter by letter: readings of the handle, and what it shares with addresses and sites.

What a reading uses of a name makes nine uses, from given name and surname to hardly anything. Levels are numbered
use by use, as `socialcrm.matching.evidence.pieces` lists them.
"""

from libc.math cimport log2
from libc.stdint cimport int8_t, int32_t, uint8_t

from socialcrm.matching.core.compare_context cimport compare_role
from socialcrm.matching.core.compare_names cimport rarity_bits, surprise
from socialcrm.matching.core.facts cimport CLUE_SITE_NAME, CLUE_SITE_NUMBERED, KEY_BEGINS_CANON, KEY_HANDLE_SOUND
from socialcrm.matching.core.pair cimport (
    SPELLINGS, Pair, Places, Reading, clue, given_of, says, says_canon, spelling, word,
)
from socialcrm.matching.core.reading cimport FAMILY, GIVEN, MIDDLE, length_of, longest_run, places_of, reading_of
from socialcrm.matching.core.rows cimport OWN, SURNAMES, TEXT, WORD, ContactRow

cdef enum:
    STEPS = 7
    SIZES = 11
    ROLES = 6               # levels of the role besides silence
    LITTLE = 7              # the use of a reading that holds hardly anything
    SOLE = 8
    SHORTEST = 3
    RUNS = 6

cdef int LEFT[STEPS]        # from how many letters left over on, from which length on, from how many bits on: a level
LEFT[:] = [1, 2, 3, 4, 5, 6, 8]
cdef int LENGTHS[SIZES]
LENGTHS[:] = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
cdef int BITS[SIZES]
BITS[:] = [6, 9, 12, 14, 16, 18, 20, 22, 24, 27, 30]
cdef double PER_LETTER = 3.3        # the surprise of one letter of a name, in bits, at most
cdef double SYLLABLE_BITS = 4.5     # a syllable of a Korean or Chinese given name is one of a few dozen usual ones


cdef int steps(const int* table, int size, double value) noexcept nogil:
    """How many steps of a rising table a value has reached."""
    cdef int at = 0
    while at < size and table[at] <= value:
        at += 1
    return at


cdef int cut(int used, int size) noexcept nogil:
    """How much of a word is used: 0 nothing, 1 to 3 that many letters or more, 4 all of it."""
    return 4 if used > 1 and used >= size else min(used, 3)


cdef int uses_of(Pair* pair) noexcept nogil:
    """What the best reading uses, as one of nine uses; two syllables count as one given name."""
    cdef Reading* reading = reading_of(pair)
    cdef bint syllabic = pair.contact.family_first and reading.size[MIDDLE] > 0
    cdef int family = cut(reading.used[FAMILY], reading.size[FAMILY]), given
    if reading.uses >= 0:
        return reading.uses
    if syllabic:
        given = cut(reading.used[GIVEN] + reading.used[MIDDLE], reading.size[GIVEN] + reading.size[MIDDLE])
    else:
        given = cut(reading.used[GIVEN], reading.size[GIVEN])
        if reading.size[MIDDLE] > 2 and cut(reading.used[MIDDLE], reading.size[MIDDLE]) == 4:
            given = 4
    reading.uses = SOLE if given == 4 and reading.size[FAMILY] == 0 else use(family, given)
    return reading.uses


cdef int use(int family, int given) noexcept nogil:
    """The use by how much of surname and given name is used."""
    if family == 4:
        return 0 if given == 4 else 1 if given else 2
    if given == 4:
        return 3 if family else 4
    return 5 if family >= 3 else 6 if given >= 3 else LITTLE


cdef int8_t by_use(Pair* pair, int number, int width) noexcept nogil:
    """The level of a number below ``width`` for the use of the best reading; silence where there is nothing to read."""
    return 1 + uses_of(pair) * width + number if reading_of(pair).readable else 0


cdef int8_t compare_pieces(Pair* pair) noexcept nogil:
    """What the best reading uses, and how many letters it leaves over."""
    return by_use(pair, steps(LEFT, STEPS, reading_of(pair).left), STEPS + 1)


cdef int8_t compare_foreign(Pair* pair) noexcept nogil:
    """The same anew, where the contact's name is not in Latin letters."""
    return compare_pieces(pair) if pair.contact.foreign else 0


cdef int8_t compare_length(Pair* pair) noexcept nogil:
    """How many letters the handle has: short ones agree by chance."""
    return by_use(pair, steps(LENGTHS, SIZES, length_of(pair.profile.letters, TEXT)), SIZES + 1)


cdef int8_t compare_surprise(Pair* pair) noexcept nogil:
    """How few people's handles would hold these pieces; among many other letters, they have many places to stand in."""
    cdef Reading* reading = reading_of(pair)
    cdef double total = 0, places = log2(1.0 + reading.left), bits
    cdef int piece, used
    cdef int32_t number
    for piece in range(3):
        used = reading.used[piece]
        if not used:
            continue
        number = pair.contact.surname[0] if piece == FAMILY else pair.contact.piece[piece]
        bits = surprise(pair, number, piece == FAMILY)
        if piece != FAMILY and pair.contact.family_first and pair.contact.piece[MIDDLE]:
            bits = min(bits, SYLLABLE_BITS)
        total -= places
        total += bits if used >= reading.size[piece] else min(bits, PER_LETTER * used)
    return by_use(pair, steps(BITS, SIZES, total), SIZES + 1) if total > 0 else 0


cdef int8_t compare_bounds(Pair* pair) noexcept nogil:
    """Whether surname and given name stand in the handle as words, parted by a sign or a capital."""
    cdef bint family = False, given
    cdef int at
    if not pair.profile.parted:
        return 0
    for at in range(SURNAMES):
        family = family or says(pair, KEY_HANDLE_SOUND, word(pair, pair.contact.surname[at]).sound)
    given = says(pair, KEY_HANDLE_SOUND, given_of(pair).sound)
    return by_use(pair, family * 2 + given, 4)


cdef int8_t compare_spelling(Pair* pair) noexcept nogil:
    """How the pieces are written: by their sound only, or surname first."""
    cdef Reading* reading = reading_of(pair)
    if not reading.by_sound and not reading.turned:
        return 0
    return by_use(pair, 3 - min(reading.left, 2) if reading.by_sound else 0, 4)


cdef int8_t compare_middle(Pair* pair) noexcept nogil:
    """Whether the middle name stands beside the others, or one letter there is not its initial; else, of a surname
    of several words, which of them stands there."""
    cdef Reading* reading = reading_of(pair)
    cdef int used = reading.used[MIDDLE]
    cdef bint has = reading.size[MIDDLE] > 0 and not pair.contact.family_first
    if has and reading.used[GIVEN] > 0 and reading.used[FAMILY] > 2:
        if used or reading.left == 1:
            return 1 if used > 1 else 2 if used else 3      # word, initial, other
    if reading.chosen and reading.used[FAMILY] > 2:
        return 4 if reading.chosen == pair.contact.part[1] else 5 if reading.chosen == pair.contact.part[0] else 0
    return 0


cdef int8_t compare_office(Pair* pair) noexcept nogil:
    """A title or trade in the handle by what else of the name it holds."""
    cdef int role = compare_role(pair)
    return by_use(pair, role - 1, ROLES) if role > 0 else 0


cdef int8_t compare_begins(Pair* pair) noexcept nogil:
    """Whether the handle begins with a given name that is none of the contact's words, nor part of one."""
    cdef const ContactRow* contact = pair.contact
    cdef int at
    if not pair.profile.begins[0] or reading_of(pair).left <= 0 or not reading_of(pair).readable:
        return 0
    if says_canon(pair, KEY_BEGINS_CANON, given_of(pair)):
        return 0
    if begun(pair, contact.given) or begun(pair, contact.middle):
        return 0
    for at in range(SPELLINGS):
        if begun(pair, spelling(pair, at)):
            return 0
    if begun(pair, contact.piece[0]) or begun(pair, contact.piece[1]):
        return 0
    return 1 + uses_of(pair)


cdef bint begun(const Pair* pair, int32_t number) noexcept nogil:
    """Whether a word and the given name that the handle begins with are alike as far as the shorter of them goes."""
    cdef const uint8_t* text = word(pair, number).text
    cdef const uint8_t* begins = pair.profile.begins
    cdef int at = 0
    if not text[0]:
        return False
    while at < WORD and text[at] and begins[at]:
        if text[at] != begins[at]:
            return False
        at += 1
    return True


cdef int8_t compare_near_site(Pair* pair) noexcept nogil:
    """The letters that the handle has in common with the name of the contact's site, unless they are told as equal."""
    if clue(pair, CLUE_SITE_NAME) or clue(pair, CLUE_SITE_NUMBERED):
        return 0
    return near(pair, pair.contact.label, pair.contact.label_size, pair.contact.label_named)


cdef int8_t compare_near_address(Pair* pair) noexcept nogil:
    """The letters that the handle has in common with the local part of the contact's e-mail address."""
    return near(pair, pair.contact.local, length_of(pair.contact.local, OWN), pair.contact.local_named)


cdef int8_t near(Pair* pair, const uint8_t* text, int size, int named) noexcept nogil:
    """The level by the length of the common run, whether it is all of the handle or of the address, and whether the
    address is merely the name; where it may be (2), it is taken for the name if the name agrees already."""
    cdef const Places* whole = places_of(pair)
    cdef int run, cover
    if not whole.size or not text[0]:
        return 0
    run = longest_run(whole, text, length_of(text, OWN))
    if run < SHORTEST:
        return 0
    cover = (run >= whole.size) + 2 * (run >= size)
    return 1 + (min(run - SHORTEST, RUNS - 1) * 4 + cover) * 2 + (
        named == 1 or (named == 2 and rarity_bits(pair) > 0)
    )
