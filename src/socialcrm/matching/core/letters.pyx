"""What each letter is in normal form, what it looks like, and what it does in a name.

The rules are those of `socialcrm.matching.keys`, which are asked once for every letter that is met. Texts of letters
that depend on those beside them (combining marks, parts of Hangul syllables) are left to the rules themselves.
"""

import unicodedata

from libc.stdint cimport uint8_t
from libc.string cimport memcpy

from socialcrm.matching.lookalikes import LOOKALIKE, PAIRS

cdef extern from "Python.h":
    unsigned int PyUnicode_READ(int kind, const void* data, Py_ssize_t at)
    const void* PyUnicode_DATA(object)
    int PyUnicode_KIND(object)
    Py_ssize_t PyUnicode_GET_LENGTH(object)

cdef Letter LETTERS[COVERED]
cdef Letter BEYOND              # any letter that has no place in the table
cdef uint8_t PAIR[3][3]         # two letters that look like one, and that one

_ALIKE = {"Latin": 1, "Cyrillic": 2, "Greek": 4, "Armenian": 8}
_ASIDE = frozenset("([{（【「|/•·–—")
_QUOTES = frozenset("\"“”„«»")
_POINTS = frozenset("·‧・•")
_LONGEST_DECOMPOSED = 4

for _at, (_pair, _letter) in enumerate(PAIRS):
    PAIR[_at][0], PAIR[_at][1], PAIR[_at][2] = ord(_pair[0]), ord(_pair[1]), ord(_letter)


cdef Written written(str text):
    """The letters of a text, which must outlive them."""
    cdef Written out
    out.kind, out.data, out.size = PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
    return out


cdef unsigned int code_at(Written text, Py_ssize_t at) noexcept:
    """The code point at a place."""
    return PyUnicode_READ(text.kind, text.data, at)


cdef const Letter* letter_of(unsigned int code) except NULL:
    """What is known of a letter."""
    if code < COVERED:
        if not LETTERS[code].flags & KNOWN:
            _learn(chr(code), &LETTERS[code])
        return &LETTERS[code]
    _learn(chr(code), &BEYOND)
    return &BEYOND


cdef int _learn(str letter, Letter* out) except -1:
    """Ask the rules about a letter; ``out`` is written at once, since another thread may be reading it."""
    from socialcrm.matching.keys import letters_of, script_of  # which reads texts by this module

    cdef str form = letters_of(letter)
    cdef str composed = unicodedata.normalize("NFKC", letter)
    cdef bytes raw = form.encode("utf-8", "surrogatepass")
    cdef bytes shape = form.translate(LOOKALIKE).encode("utf-8", "surrogatepass")
    cdef Letter found
    found.letters, found.size, found.shape_size = min(len(form), 255), 0, 0
    found.alike = _ALIKE.get(script_of(letter), 0) if letter.isalpha() else 0
    found.flags = KNOWN | _in_name(letter, composed)
    if not letter.isalnum():
        found.flags |= PARTS_AS_WRITTEN
    if form and not any([_in_word(one) for one in form]):
        found.flags |= PARTS
    elif not all([_in_word(one) for one in form]) or max(len(raw), len(shape)) > LONGEST_FORM:
        found.flags |= ODD
    else:
        found.size, found.shape_size = len(raw), len(shape)
        memcpy(found.form, <const char*>raw, len(raw))
        memcpy(found.shape, <const char*>shape, len(shape))
    if _depends(letter, composed) or (not form.isascii() and any([one.isdigit() for one in form])):
        found.flags |= ODD
    if ord(letter) >= COVERED:
        found.flags |= ODD
    out[0] = found
    return 0


cdef bint _in_word(str letter):
    return letter.isalnum()


cdef bint _depends(str letter, str composed) except -1:
    """Whether a letter may change the one before it, or is many, or invisible ones in disguise."""
    from socialcrm.matching.keys import visible

    if not visible(letter):
        return False
    cdef str parts = unicodedata.normalize("NFKD", letter)
    joins = unicodedata.category(parts[0]).startswith("M") or "\u1160" <= parts[0] <= "\u11ff"
    return joins or len(parts) > _LONGEST_DECOMPOSED or visible(composed) != composed


cdef int _in_name(str letter, str composed) except -1:
    """What a letter does in a display name, which is composed before it is cut."""
    if letter in _QUOTES:
        return QUOTE
    cdef int flags = (POINT if letter in _POINTS else 0) | (ASIAN if _is_asian(ord(letter)) else 0)
    if len(composed) != 1:
        return flags | (ODD if any([one in _ASIDE or one == "-" or one.isspace() for one in composed]) else 0)
    flags |= ASIDE if composed in _ASIDE else 0
    flags |= HYPHEN if composed == "-" else 0
    flags |= NEWLINE if composed == "\n" else 0
    return flags | (SPACE if composed.isspace() else 0)


cdef bint _is_asian(unsigned int code) noexcept:
    return 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF


cdef Py_ssize_t normal_form(Written text, uint8_t* out) except -2:
    """Write the normal form of a text to ``out``, which has `ROOM`; returns its size, -1 if it is left to the rules."""
    cdef Py_ssize_t at, size = 0, letters = 0
    cdef const Letter* one
    cdef bint parted = False
    for at in range(min(text.size, LIMIT)):
        one = letter_of(code_at(text, at))
        if one.flags & ODD:
            return -1
        if one.flags & PARTS:
            parted = size > 0
            continue
        if not one.size:
            continue
        letters += one.letters + parted
        if letters > LIMIT:
            return -1
        if parted:
            out[size] = 32
            size, parted = size + 1, False
        memcpy(out + size, one.form, one.size)
        size += one.size
    return size


cdef Py_ssize_t skeleton(Written text, uint8_t* out) except -2:
    """Write what a text looks like to ``out``, which has `ROOM`; returns its size, -1 if it is left to the rules."""
    cdef Py_ssize_t at, size = 0, letters = 0
    cdef const Letter* one
    for at in range(min(text.size, LIMIT)):
        one = letter_of(code_at(text, at))
        letters += max(one.letters, 1)
        if one.flags & ODD or letters > LIMIT:
            return -1
        memcpy(out + size, one.shape, one.shape_size)
        size += one.shape_size
    return _without_pairs(out, size)


cdef Py_ssize_t _without_pairs(uint8_t* text, Py_ssize_t size) noexcept:
    """Replace two letters that look like one; returns how much is left."""
    cdef Py_ssize_t at, written = size
    cdef int pair
    for pair in range(3):
        at, size, written = 0, written, 0
        while at < size:
            if at + 1 < size and text[at] == PAIR[pair][0] and text[at + 1] == PAIR[pair][1]:
                text[written] = PAIR[pair][2]
                at += 1
            else:
                text[written] = text[at]
            at += 1
            written += 1
    return written


cdef bint mixes_scripts(Written text) except -1:
    """`mixed_script` for compiled code."""
    cdef Py_ssize_t at
    cdef const Letter* one
    cdef int scripts = 0
    for at in range(min(text.size, LIMIT)):
        one = letter_of(code_at(text, at))
        scripts = 0 if one.flags & PARTS_AS_WRITTEN else scripts | one.alike
        if scripts & (scripts - 1):
            return True
    return False


def normal_by_letter(str text):
    """The normal form of a text, or None if it must be left to the rules."""
    cdef uint8_t out[ROOM]
    cdef Py_ssize_t size = normal_form(written(text), out)
    return None if size < 0 else out[:size].decode("utf-8", "surrogatepass")


def skeleton_by_letter(str text):
    """What a text looks like, or None if it must be left to the rules."""
    cdef uint8_t out[ROOM]
    cdef Py_ssize_t size = skeleton(written(text), out)
    return None if size < 0 else out[:size].decode("utf-8", "surrogatepass")


def mixed_script(str text):
    """True if one word mixes scripts whose letters look alike, as no honest name does."""
    return not text.isascii() and mixes_scripts(written(text))
