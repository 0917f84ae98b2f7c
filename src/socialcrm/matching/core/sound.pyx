"""How romanised names sound: the spellings that schools of romanisation disagree on fall together."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_AsUCS4Copy, PyUnicode_FromKindAndData
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from socialcrm.matching.core.hashing cimport hash_bytes
from socialcrm.matching.core.texts cimport Text, hash_str, read

_SPELLINGS = {
    "shch": "s", "sch": "s", "sh": "s", "sz": "s", "tsch": "j", "tch": "j", "ch": "j", "cz": "j", "dzh": "j",
    "dj": "j", "zh": "j", "ph": "f", "tz": "s", "ts": "s", "zz": "s", "kh": "g", "gh": "g", "ck": "g", "q": "g",
    "x": "gs", "oe": "e", "oi": "e", "woo": "u", "wu": "u", "yoo": "iu", "yeo": "iu", "eo": "u", "ou": "u", "oo": "u",
    "uh": "u", "oh": "u", "eu": "u", "ue": "u", "ae": "e", "ai": "e", "ay": "e", "ei": "e", "ey": "e", "ee": "i",
    "ie": "i", "iy": "i", "yi": "i", "ui": "i", "ij": "i", "y": "i", "w": "v", "o": "u",
}
_SOUNDS = {"c": "g", "k": "g", "p": "b", "t": "d", "z": "s", "r": "l"}

cdef struct Spelling:
    int size
    uint8_t text[4]
    int sound_size
    uint8_t sound[2]

cdef enum:
    MOST = 64
    SHORT = 128     # letters of a text that is folded without asking for memory

ctypedef fused letter:
    uint8_t
    uint32_t

cdef Spelling SPELLINGS[MOST]       # by first letter, the longest first
cdef int FIRST[27]                  # where those of each letter of the alphabet begin
cdef uint8_t SOUND[128]


cdef void _fill() except *:
    if len(_SPELLINGS) > MOST:
        raise ValueError(f"{len(_SPELLINGS)} spellings: make room for them")
    written = sorted(_SPELLINGS, key=lambda text: (text[0], -len(text)))
    cdef int at, place
    for at, text in enumerate(written):
        sound = _SPELLINGS[text]
        SPELLINGS[at].size, SPELLINGS[at].sound_size = len(text), len(sound)
        for place in range(len(text)):
            SPELLINGS[at].text[place] = ord(text[place])
        for place in range(len(sound)):
            SPELLINGS[at].sound[place] = ord(sound[place])
    for at in range(27):
        FIRST[at] = sum(ord(text[0]) - 97 < at for text in written)
    for at in range(128):
        SOUND[at] = ord(_SOUNDS.get(chr(at), chr(at)))

_fill()


cdef inline const Spelling* _spelling(const letter* text, Py_ssize_t size) noexcept nogil:
    """The longest spelling of the table that a text begins with, or none."""
    cdef int at, place
    if not 97 <= text[0] <= 122:
        return NULL
    for at in range(FIRST[text[0] - 97], FIRST[text[0] - 96]):
        if SPELLINGS[at].size > size:
            continue
        place = 1
        while place < SPELLINGS[at].size and text[place] == SPELLINGS[at].text[place]:
            place += 1
        if place == SPELLINGS[at].size:
            return &SPELLINGS[at]
    return NULL


cdef inline Py_ssize_t _put(letter one, letter* out, Py_ssize_t size) noexcept nogil:
    """Add a letter: an h counts where it begins a word, a letter doubled counts once. Returns the new size."""
    if one < 128:
        one = SOUND[one]
    if size and (one == 104 or (one == out[size - 1] and one != 10)):
        return size
    out[size] = one
    return size + 1


cdef Py_ssize_t _fold(const letter* text, Py_ssize_t size, letter* out) noexcept nogil:
    """Write how a text sounds to ``out``, which has room for twice its letters; returns how many there are."""
    cdef Py_ssize_t at = 0, written = 0
    cdef int place
    cdef const Spelling* found
    while at < size:
        found = _spelling(text + at, size - at)
        if found == NULL:
            written = _put(text[at], out, written)
            at += 1
            continue
        for place in range(found.sound_size):
            written = _put(<letter>found.sound[place], out, written)
        at += found.size
    return written


cdef Py_ssize_t fold_bytes(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept nogil:
    """`fold` for ASCII: write the sound to ``out``, which has room for twice the letters; returns its size."""
    return _fold(text, size, out)


cdef uint64_t hash_sound(Text roman) except? 0:
    """The hash of how a romanised name sounds."""
    cdef uint8_t out[2 * SHORT]
    if roman.size > SHORT:
        return hash_str(_fold_long(roman.data[: roman.size].decode("ascii", "replace")))
    return hash_bytes(out, _fold(roman.data, roman.size, out))


def fold(str roman):
    """A coarse sound of a romanised name.

    ``keunwoo`` and ``geunu``, ``schulz`` and ``shults``, ``yusupov`` and ``iusupov`` each fold to one form.
    """
    cdef uint8_t out[2 * SHORT]
    cdef Py_ssize_t size = len(roman)
    cdef Text text
    if size <= SHORT and roman.isascii():
        keep = read(roman, &text)
        size = _fold(text.data, text.size, out)
        return out[:size].decode("ascii")
    return _fold_long(roman)


cdef str _fold_long(str roman):
    """The same for texts of any length and alphabet."""
    cdef Py_ssize_t size = len(roman)
    cdef uint32_t* text = <uint32_t*>PyUnicode_AsUCS4Copy(roman)
    cdef uint32_t* out = <uint32_t*>PyMem_Malloc((2 * size + 1) * sizeof(uint32_t))
    try:
        if text == NULL or out == NULL:
            raise MemoryError
        size = _fold(text, size, out)
        return PyUnicode_FromKindAndData(4, out, size)
    finally:
        PyMem_Free(text)
        PyMem_Free(out)
