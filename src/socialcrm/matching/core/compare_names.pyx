"""Comparisons by the words of a name: display name, handle, and how rare the words are that agree.

Levels are numbered as the kinds of the same names in `socialcrm.matching.evidence` list them.
"""

from libc.math cimport log2
from libc.stdint cimport int8_t, int32_t, uint64_t

from socialcrm.matching.core.facts cimport (
    CLUE_WHOLE_NAME, KEY_CANON, KEY_FIRST_WORD, KEY_FORM, KEY_INITIAL, KEY_LAST_WORD, KEY_NICKNAMED, KEY_PIECE,
    KEY_PIECE_CANON, KEY_SOUND_FORM, KEY_SOUND_WORD, KEY_WORD,
)
from socialcrm.matching.core.pair cimport (
    Pair, beside, clue, given_of, says, says_canon, says_surname, sounds_joined, surname_of, word,
)
from socialcrm.matching.core.rows cimport CANONS, SURNAMES, WordRow

cdef enum:
    LONG = 3                # letters that a word needs more of, or as many, to tell anything
    MOST_SHARES = 32

cdef double COMMON_WEIGHT = 4000.0  # so many contacts of the CRM count as much as the shipped frequencies
cdef double RARE_BITS = 17.0
cdef double INITIAL_BITS = 4.0


cdef int8_t compare_name(Pair* pair) noexcept nogil:
    """The display name against given name and surname; see `evidence.name`."""
    cdef const WordRow* given = given_of(pair)
    cdef const WordRow* surname = surname_of(pair)
    cdef int32_t words = pair.profile.words
    cdef bint known = words > 0 and given.hash != 0, complete = known and surname.hash != 0
    cdef bint family = complete and says_surname(pair, KEY_WORD), whole = complete and clue(pair, CLUE_WHOLE_NAME)
    cdef bint first, middle, variant, extra
    if not known:
        return 0
    first, middle = says(pair, KEY_WORD, given.hash), says(pair, KEY_WORD, word(pair, pair.contact.middle).hash)
    extra = words > 1 + pair.contact.surname_words + middle
    if family and first and not extra:
        return 1 if turned(pair, given, surname) else 2     # turned, full
    if whole:
        return 2                                            # full
    if family and first:
        return 3 if word_last(pair, given) else 4           # more, longer
    variant = says_canon(pair, KEY_CANON, given)
    if family and variant:
        return 5                                            # variant
    if family and middle:
        return 6                                            # middle
    if complete and sounds(pair, family, first):
        return 7                                            # sound
    return less_of_the_name(pair, family, first, variant)


cdef int8_t less_of_the_name(Pair* pair, bint family, bint first, bint variant) noexcept nogil:
    """The levels of a display name that does not hold the whole name, of a pair where both sides have a name."""
    cdef const WordRow* given = given_of(pair)
    cdef const WordRow* surname = surname_of(pair)
    cdef int32_t words = pair.profile.words
    cdef bint complete = surname.hash != 0
    if family and says(pair, KEY_INITIAL, given.initial):
        return 8                                            # initial
    if complete and first and says(pair, KEY_INITIAL, surname.initial):
        return 9                                            # surname_initial
    if family and words == 1:
        return 10                                           # surname
    if family and (pair.contact.family_first or says_surname(pair, KEY_LAST_WORD)):
        return 11                                           # other_given
    if (first or variant) and words == 1:
        return 12                                           # given
    if complete and (first or variant):
        return 13                                           # other_surname
    return 14 if complete and words > 1 else 15             # different, alias


cdef bint turned(const Pair* pair, const WordRow* given, const WordRow* surname) noexcept nogil:
    """Whether the surname is shown first and the given name last, and the record has it otherwise."""
    return (
        not pair.contact.family_first
        and says(pair, KEY_FIRST_WORD, surname.hash)
        and says(pair, KEY_LAST_WORD, given.hash)
    )


cdef bint word_last(const Pair* pair, const WordRow* given) noexcept nogil:
    """Whether a word of the contact's name is shown last."""
    return says_surname(pair, KEY_LAST_WORD) or says(pair, KEY_LAST_WORD, given.hash)


cdef bint sounds(const Pair* pair, bint family, bint first) noexcept nogil:
    """Whether surname and given name agree, by letters or by sound."""
    cdef int at
    if not first and not says(pair, KEY_SOUND_WORD, given_of(pair).sound):
        return False
    for at in range(SURNAMES):
        family = family or says(pair, KEY_SOUND_WORD, word(pair, pair.contact.surname[at]).sound)
    return family


cdef int8_t name_level(Pair* pair) noexcept nogil:
    """The level of the display name, found once for all contacts of the name."""
    if pair.namesake.name < 0:
        pair.namesake.name = compare_name(pair)
    return pair.namesake.name


cdef int8_t compare_handle(Pair* pair) noexcept nogil:
    """The handle against the ways people write their name into one; see `evidence.handle`."""
    cdef const WordRow* given = given_of(pair)
    cdef const WordRow* surname = surname_of(pair)
    cdef bint complete = given.hash != 0 and surname.hash != 0, written, first
    if complete and spelt(pair, given):
        return 1                                            # full
    if complete and surname.length >= LONG and nicknamed(pair, given):
        return 2                                            # nickname
    written, first = says_surname(pair, KEY_PIECE), says(pair, KEY_PIECE, given.hash)
    if complete and written and first and surname.length >= LONG and given.length >= LONG:
        return 3                                            # more
    if (
        complete and written and surname.length >= LONG
        and says_canon(pair, KEY_PIECE_CANON, given) and not one_word_for_both(given, surname)
    ):
        return 4                                            # variant
    if complete and initial_and_surname(pair, given, surname):
        return 5                                            # initial
    if complete and given.length > LONG and says(pair, KEY_FORM, beside(given.hash, surname.initial, 1)):
        return 6                                            # given_initial
    if complete and sounds_alike(pair, given):
        return 7                                            # sound
    if surname.hash == 0 and says(pair, KEY_FORM, given.hash):
        return 8                                            # sole
    if written and surname.length >= LONG + 1:
        return 9                                            # surname
    if first and given.length >= pair.profile.core_length:
        return 10                                           # given
    if first and given.length > LONG:
        return 11                                           # given_more
    return 12 if pair.profile.core_length > 0 and given.hash != 0 else 0    # nothing


cdef bint spelt(const Pair* pair, const WordRow* given) noexcept nogil:
    """Whether the whole handle is given name and surname, in either order."""
    cdef const WordRow* surname
    cdef int at
    for at in range(SURNAMES):
        surname = word(pair, pair.contact.surname[at])
        if surname.hash == 0:
            continue
        if says(pair, KEY_FORM, beside(given.hash, surname.hash, surname.length)):
            return True
        if says(pair, KEY_FORM, beside(surname.hash, given.hash, given.length)):
            return True
    return False


cdef bint one_word_for_both(const WordRow* given, const WordRow* surname) noexcept nogil:
    """Whether the surname is a form of the given name, so that one word in the handle would count as both."""
    cdef int one, other
    for one in range(CANONS):
        for other in range(CANONS):
            if given.canon[one] and given.canon[one] == surname.canon[other]:
                return True
    return False


cdef bint nicknamed(const Pair* pair, const WordRow* given) noexcept nogil:
    """Whether the whole handle is a usual form of the given name and the surname, in either order."""
    cdef const WordRow* surname
    cdef int at, form
    for form in range(CANONS):
        if not given.canon[form]:
            continue
        for at in range(SURNAMES):
            surname = word(pair, pair.contact.surname[at])
            if surname.hash and says(pair, KEY_NICKNAMED, beside(given.canon[form], surname.hash, surname.length)):
                return True
    return False


cdef bint initial_and_surname(const Pair* pair, const WordRow* given, const WordRow* surname) noexcept nogil:
    """Whether the whole handle is the initial, with that of the middle name or without, and the surname."""
    cdef const WordRow* middle = word(pair, pair.contact.middle)
    cdef uint64_t initials
    if surname.length <= LONG:
        return False
    if says(pair, KEY_FORM, beside(given.initial, surname.hash, surname.length)):
        return True
    if says(pair, KEY_FORM, beside(surname.hash, given.initial, 1)):
        return True
    initials = beside(given.initial, middle.initial, 1)
    return middle.hash != 0 and says(pair, KEY_FORM, beside(initials, surname.hash, surname.length))


cdef bint sounds_alike(const Pair* pair, const WordRow* given) noexcept nogil:
    """Whether the whole handle sounds like given name and surname, in either order."""
    cdef const WordRow* surname
    cdef int at
    for at in range(SURNAMES):
        surname = word(pair, pair.contact.surname[at])
        if surname.hash == 0:
            continue
        if says(pair, KEY_SOUND_FORM, sounds_joined(given, surname)):
            return True
        if says(pair, KEY_SOUND_FORM, sounds_joined(surname, given)):
            return True
    return False


cdef int8_t handle_level(Pair* pair) noexcept nogil:
    """The level of the handle, found once for all contacts of the name."""
    if pair.namesake.handle < 0:
        pair.namesake.handle = compare_handle(pair)
    return pair.namesake.handle


cdef double surprise(const Pair* pair, int32_t number, bint family) noexcept nogil:
    """How surprising a word is as a given name or surname, in bits.

    The share among the other contacts is blended with a shipped share of the commonest names, so
    that a small CRM does not make Smith a rare name.
    """
    cdef const WordRow* row = word(pair, number)
    cdef int32_t others = (row.as_surname if family else row.as_given) - 1
    cdef float common = <float>COMMON_WEIGHT * (row.surname_prior if family else row.given_prior)
    cdef double share = (<double>max(others, 0) + <double>common) / (pair.book.size + COMMON_WEIGHT)
    return 0.0 if number == 0 else -log2(max(share, 1e-7))


# Of each level of name and handle: the share of given name and surname that agrees, less than 0 for the initial.
cdef double NAME_SHARES[MOST_SHARES][2]
cdef double HANDLE_SHARES[MOST_SHARES][2]


def set_shares(names, handles):
    """Take over what each level of name and handle says of given name and surname, from `evidence.rarity`."""
    cdef int level
    if max(len(names), len(handles)) > MOST_SHARES:
        raise ValueError(f"name and handle have more than {MOST_SHARES} levels")
    for level, row in enumerate(names):
        NAME_SHARES[level][0], NAME_SHARES[level][1] = row
    for level, row in enumerate(handles):
        HANDLE_SHARES[level][0], HANDLE_SHARES[level][1] = row


cdef double told(double share, double bits) noexcept nogil:
    """The bits of a word of which a share agrees, or its initial."""
    return bits * share if share >= 0 else min(INITIAL_BITS, bits)


cdef double rarity_bits(Pair* pair) noexcept nogil:
    """The surprise, in bits, of the words in which the pair agrees by display name or handle, counted once."""
    cdef int name = name_level(pair), handle = handle_level(pair)
    cdef double given = surprise(pair, pair.contact.given, False)
    cdef double family = surprise(pair, pair.contact.surname[0], True)
    return (
        max(told(NAME_SHARES[name][0], given), told(HANDLE_SHARES[handle][0], given))
        + max(told(NAME_SHARES[name][1], family), told(HANDLE_SHARES[handle][1], family))
    )


cdef int8_t compare_rarity(Pair* pair) noexcept nogil:
    """How rare the agreeing words of the name are; see `evidence.rarity`."""
    cdef double bits = rarity_bits(pair)
    return 1 if bits >= RARE_BITS else 2 if bits > 0 else 0
