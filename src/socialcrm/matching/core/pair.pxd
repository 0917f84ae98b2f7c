"""A profile beside a contact it may belong to, as every comparison sees it, and what comparisons ask of it."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint32_t, uint64_t

from socialcrm.matching.core.hashing cimport LONGEST, POWER, mark
from socialcrm.matching.core.postings cimport Shelf
from socialcrm.matching.core.rows cimport CANONS, SURNAMES, ContactRow, ProfileRow, WordRow

cdef enum:
    MOST_KINDS = 64
    MOST_LEVELS = 128
    SPELLINGS = SURNAMES + 2    # of a surname: those of the whole and its words

cdef struct Book:
    # What pairs are compared within: the contacts, the words of their names, and how many share a value.
    const ContactRow* contacts
    int64_t rows
    const WordRow* words
    int64_t word_count
    const Shelf* shelf
    double size             # living contacts

cdef struct Said:
    # What one profile says, as a hash table of tagged keys; 0 marks a free place.
    uint64_t* slots
    uint64_t mask
    bint zero

cdef struct Places:
    # Where each letter stands in the letters and digits of a profile's handle: a bit for each place.
    uint32_t of[256]
    int size                # letters; less than 0 until they are looked at

cdef struct Reading:
    # The best reading of a handle: letters left over, letters used of given name, middle name and surname.
    bint readable
    int left
    int used[3]
    int size[3]
    bint turned
    bint by_sound
    int32_t chosen          # the spelling or word of the surname that it is by
    int uses                # which of the uses it is, see `compare_letters`

cdef struct Namesake:
    # What was found out about a profile and one name: the same for all contacts that bear it.
    const ContactRow* contact
    int8_t levels[MOST_KINDS]
    double cheap
    double dear
    bint kept
    int8_t name             # levels that others ask for; less than 0 until they are known
    int8_t handle
    bint read
    Reading reading

cdef struct Pair:
    const Book* book
    const ProfileRow* profile
    const ContactRow* contact
    const Said* said
    Places* places
    int64_t bits
    Namesake* namesake

ctypedef int8_t (*Compare)(Pair*) noexcept nogil
ctypedef double (*More)(Pair*) noexcept nogil


cdef inline const WordRow* word(const Pair* pair, int32_t number) noexcept nogil:
    """What the vocabulary knows of a word; number 0 is the empty word."""
    return &pair.book.words[number if 0 <= number < pair.book.word_count else 0]


cdef inline const WordRow* given_of(const Pair* pair) noexcept nogil:
    return word(pair, pair.contact.given)


cdef inline const WordRow* surname_of(const Pair* pair) noexcept nogil:
    """The surname in its commonest spelling."""
    return word(pair, pair.contact.surname[0])


cdef inline int32_t spelling(const Pair* pair, int number) noexcept nogil:
    """One of the `SPELLINGS` of the surname, as a number of the vocabulary: of the whole, then its words."""
    return pair.contact.surname[number] if number < SURNAMES else pair.contact.part[number - SURNAMES]


cdef inline bint clue(const Pair* pair, int number) noexcept nogil:
    """Whether the pair agrees in a clue."""
    return (pair.bits >> number) & 1


cdef inline bint holds(const Said* said, uint64_t tagged) noexcept nogil:
    """Whether a set holds a tagged key."""
    cdef uint64_t place = ((tagged * <uint64_t>0xA24BAED4963EE407) >> 29) & said.mask
    if tagged == 0:
        return said.zero
    while said.slots[place]:
        if said.slots[place] == tagged:
            return True
        place = (place + 1) & said.mask
    return False


cdef inline bint says(const Pair* pair, int key, uint64_t hashed) noexcept nogil:
    """Whether the profile says what the contact holds; what is empty (0) agrees with nothing."""
    return hashed != 0 and holds(pair.said, hashed ^ mark(key))


cdef inline bint says_canon(const Pair* pair, int key, const WordRow* given) noexcept nogil:
    """Whether the profile says one of the base forms of a given name."""
    cdef int at
    for at in range(CANONS):
        if says(pair, key, given.canon[at]):
            return True
    return False


cdef inline bint says_surname(const Pair* pair, int key) noexcept nogil:
    """Whether the profile says the surname, in any spelling, or a word of it."""
    cdef int at
    for at in range(SPELLINGS):
        if says(pair, key, word(pair, spelling(pair, at)).hash):
            return True
    return False


cdef inline uint64_t beside(uint64_t left, uint64_t right, int64_t length) noexcept nogil:
    """The hash of two texts written together; ``length`` counts the bytes of the second."""
    return left * POWER[length if 0 <= length <= LONGEST else LONGEST] + right


cdef inline uint64_t sounds_joined(const WordRow* left, const WordRow* right) noexcept nogil:
    """The hash of how two words written together sound: a letter doubled at the seam counts once."""
    cdef bint seam = left.sound_last == right.sound_first and right.sound_length > 0
    return beside(left.sound, right.sound_tail if seam else right.sound, right.sound_length - seam)
