"""Which addresses are merely somebody's name: what any namesake would write, or an invention of one's own."""

from libc.stdint cimport uint8_t
from libc.string cimport memcmp

from socialcrm.matching.core.sound cimport fold_bytes
from socialcrm.matching.core.texts cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_IS_COMPACT_ASCII

from rapidfuzz.fuzz import ratio

from socialcrm.matching.core.sound import fold
from socialcrm.matching.vocabulary import common_shares
from socialcrm.matching.words import ROLE_AFFIXES

cdef enum:
    GIVEN = 0       # places in a `Name`
    MIDDLE = 1
    SURNAMES = 2
    PARTS = 3
    SYLLABLES = 6

cdef enum:
    SOUND = 1024    # bytes of a text as it sounds: twice as many as there are letters
    MOST = 128      # roles
    STATES = 96     # ways to take roles off one text that are looked at
    LONG = 3        # letters of a word of a name that is looked for
    OWN_DIGITS = 5  # as many digits at its end make a text one's own

cdef struct Piece:
    const uint8_t* text
    Py_ssize_t size

cdef tuple ROLES = tuple([role.encode() for role in ROLE_AFFIXES])
cdef Piece ROLE[MOST]
cdef int ROLE_COUNT = 0
cdef Piece NOTHING = Piece(<const uint8_t*>"", 0)
cdef dict _COMMON = None


cdef dict common_given():
    """The commonest given names, read when they are first asked for."""
    global _COMMON
    if _COMMON is None:
        _COMMON = common_shares("given")[0]
    return _COMMON


cdef void _fill() except *:
    global ROLE_COUNT
    if len(ROLES) > MOST:
        raise ValueError(f"{len(ROLES)} roles: make room for them")
    for role in ROLES:
        ROLE[ROLE_COUNT] = piece(role)
        ROLE_COUNT += 1

_fill()


cdef int own_word(str text, tuple name, int spelling=TABLED) except -1:
    """What a text is to the name beside it, as bits: `MERELY`, `NAMED`, `NUMBERED`, `LIKE`."""
    if text.isascii() and is_merely_piece(spelt(text), name):
        return MERELY | NAMED | (NUMBERED if len(text) > 1 and text[len(text) - 2 :].isdigit() else 0)
    return (NAMED if holds_name(text, name) else 0) | (LIKE if spelling and may_be(text, name, spelling) else 0)


cdef bint may_be(str text, tuple name, int spelling) except -1:
    """Whether a text may be a name in a spelling or reading that no table knows."""
    letters = text.rstrip("0123456789")
    if spelling == UNREAD and letters.isalpha() and len(text) - len(letters) < 2:
        return True
    given, surname, heard = bare(name[GIVEN]), bare(name[SURNAMES][0] if name[SURNAMES] else ""), bare(text)
    return max(ratio(heard, given + surname), ratio(heard, surname + given)) >= ALIKE


cdef str bare(str text):
    """How a text sounds, without any h."""
    return fold(text).replace("h", "")


cdef double ALIKE = 70.0
"""Of 100: from here on, a text is much like another."""


def is_merely(str text, name):
    """Whether a text is only the name beside it, as a namesake would write it too.

    Five digits make a text one's own; fewer, or a title or role at either end, do not.
    """
    return own_word(text, <tuple>name) & MERELY != 0


def is_named(str text, name):
    """Whether a text holds the given name or surname beside it, begins one, or is a common given name."""
    return own_word(text, <tuple>name) & NAMED != 0


cdef inline Piece piece(bytes text) noexcept:
    return Piece(<const uint8_t*>text, len(text))


cdef inline Piece spelt(str word) noexcept:
    """The bytes of a word in ASCII, which last as long as the word."""
    if not PyUnicode_IS_COMPACT_ASCII(word):
        return NOTHING
    return Piece(<const uint8_t*>PyUnicode_DATA(word), PyUnicode_GET_LENGTH(word))


cdef Piece heard(Piece word, uint8_t* room) noexcept:
    """How a word sounds, without any h: `fold` keeps one that begins a word, and here words are written together.

    ``room`` takes `SOUND` bytes; of a longer word the beginning is heard.
    """
    cdef Py_ssize_t at, size = 0, whole = fold_bytes(word.text, min(word.size, SOUND // 2), room)
    for at in range(whole):
        if room[at] != c"h":
            room[size] = room[at]
            size += 1
    return Piece(room, size)


cdef bint is_merely_piece(Piece text, tuple name) except -1:
    """`is_merely` for a text in ASCII: with whatever roles at its ends taken off, one after the other."""
    cdef Piece todo[STATES]
    cdef Piece letters, rest, one
    cdef int role
    cdef Py_ssize_t at = 0, count = 1, digits
    todo[0] = text
    while at < count:
        letters = todo[at]
        at += 1
        digits = letters.size
        while letters.size and c"0" <= letters.text[letters.size - 1] <= c"9":
            letters.size -= 1
        if digits - letters.size < OWN_DIGITS and is_written(letters, name):
            return True
        for role in range(ROLE_COUNT):
            one = ROLE[role]
            if letters.size <= one.size + 2:
                continue
            rest.size = letters.size - one.size
            if starts(letters.text, one):
                rest.text = letters.text + one.size
                count = put(todo, count, rest)
            if starts(letters.text + rest.size, one):
                rest.text = letters.text
                count = put(todo, count, rest)
    return False


cdef inline bint starts(const uint8_t* text, Piece word) noexcept:
    """Whether a text that is no shorter begins with a word."""
    return text[0] == word.text[0] and memcmp(text, word.text, word.size) == 0


cdef Py_ssize_t put(Piece* todo, Py_ssize_t count, Piece rest) noexcept:
    """Put a part of a text among those to be looked at, once."""
    cdef Py_ssize_t at
    for at in range(count):
        if todo[at].text == rest.text and todo[at].size == rest.size:
            return count
    if count < STATES:
        todo[count] = rest
        count += 1
    return count


cdef bint is_written(Piece text, tuple name) except -1:
    """Whether a text is a way to write a name as one word, by its letters or as it sounds.

    Two words written together may sound otherwise than each alone (anatolieberth), so letters come first.
    """
    cdef Piece first = spelt(<str>name[GIVEN]), second = spelt(<str>name[MIDDLE])
    cdef uint8_t rooms[4][SOUND]
    cdef tuple family = <tuple>name[SURNAMES] + <tuple>name[PARTS]
    cdef str word
    if is_given(text, first, second, False):
        return True
    for word in family:
        if is_full(text, first, second, spelt(word), False):
            return True
    text, first, second = heard(text, rooms[3]), heard(first, rooms[0]), heard(second, rooms[1])
    if is_given(text, first, second, True):
        return True
    for word in family:
        if is_full(text, first, second, heard(spelt(word), rooms[2]), True):
            return True
    return False


cdef inline bint is_given(Piece text, Piece given, Piece middle, bint seam) noexcept:
    """Whether a text is a given name, a middle name or both."""
    return is_two(text, given, NOTHING, False) or is_two(text, middle, NOTHING, False) or is_two(
        text, given, middle, seam
    )


cdef bint is_full(Piece text, Piece given, Piece middle, Piece surname, bint seam) noexcept:
    """Whether a text is a surname, with given name, initials or nothing beside it."""
    cdef Piece first = head(given), second = head(middle)
    return (
        is_two(text, surname, NOTHING, False)
        or is_two(text, given, surname, seam) or is_two(text, surname, given, seam)
        or is_two(text, first, surname, seam) or is_two(text, surname, first, seam)
        or is_two(text, given, head(surname), seam) or is_two(text, head(surname), given, seam)
        or is_three(text, first, second, surname, False, seam) or is_three(
            text, surname, first, second, seam, seam and not first.size
        )
        or middle.size > 0 and (
            is_three(text, given, middle, surname, seam, seam) or is_three(text, given, second, surname, False, False)
        )
    )


cdef inline Piece head(Piece word) noexcept:
    """The first letter of a word."""
    return Piece(word.text, min(word.size, 1))


cdef inline Py_ssize_t follow(Piece text, Py_ssize_t at, Piece word, bint seam) noexcept:
    """Where a word ends that stands at a place in a text, or -1; at a ``seam`` a letter doubled counts once."""
    cdef Py_ssize_t skip
    if at < 0:
        return -1
    skip = seam and at > 0 and word.size > 0 and text.text[at - 1] == word.text[0]
    if word.size - skip > text.size - at:
        return -1
    if word.size > skip and memcmp(text.text + at, word.text + skip, word.size - skip) != 0:
        return -1
    return at + word.size - skip


cdef inline bint is_two(Piece text, Piece one, Piece other, bint seam) noexcept:
    """Whether a text is two words written together."""
    return follow(text, follow(text, 0, one, False), other, seam) == text.size


cdef inline bint is_three(Piece text, Piece one, Piece two, Piece three, bint seam, bint last) noexcept:
    """Whether a text is three words written together, with a seam before the second and ``last`` of them."""
    return follow(text, follow(text, follow(text, 0, one, False), two, seam), three, last) == text.size


cdef bint holds_name(str text, tuple name) except -1:
    """`is_named`, for a text that is not merely the name."""
    cdef uint8_t rooms[2][SOUND]
    cdef Piece whole
    cdef str word
    cdef bytes raw
    if text in common_given():
        return True
    if text.isascii():
        whole = heard(spelt(text), rooms[0])
    else:
        raw = bare(text).encode("utf-8", "surrogatepass")
        whole = Piece(<const uint8_t*>raw, len(raw))
    if has(whole, <str>name[GIVEN], rooms[1]):
        return True
    for field in (SURNAMES, PARTS, SYLLABLES):
        for word in <tuple>name[field]:
            if has(whole, word, rooms[1]):
                return True
    return False


cdef bint has(Piece text, str name, uint8_t* room) noexcept:
    """Whether a text, as it sounds, holds a word of a name or begins one."""
    cdef Piece word
    cdef Py_ssize_t at
    if len(name) < LONG:
        return False
    word = heard(spelt(name), room)
    if word.size < LONG:
        return False
    if text.size <= word.size and memcmp(word.text, text.text, text.size) == 0:
        return True
    for at in range(text.size - word.size + 1):
        if text.text[at] == word.text[0] and memcmp(text.text + at, word.text, word.size) == 0:
            return True
    return False
