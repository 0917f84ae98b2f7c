"""A few phrases, looked for at the beginning, at the end or anywhere in short texts."""

import cython

from libc.string cimport memcmp

from socialcrm.matching.core.texts cimport hash_str


@cython.final
cdef class Phrases:
    """Phrases of ASCII by their first letter, or by their last with ``by_end``, in the order in which they came."""

    def __init__(self, phrases, *, by_end=False):
        place = -1 if by_end else 0
        self._by_end = by_end
        ordered = sorted(phrases, key=lambda phrase: ord(phrase[place]))
        if len(ordered) > MOST or max(map(len, ordered)) > LONGEST_PHRASE:
            raise ValueError("too many phrases, or one is too long: make room for them")
        for at, phrase in enumerate(ordered):
            self._phrases[at].size, self._phrases[at].hash = len(phrase), hash_str(phrase)
            for place_in_it, letter in enumerate(phrase):
                self._phrases[at].text[place_in_it] = ord(letter)
        for at in range(129):
            self._first[at] = sum(ord(phrase[place]) < at for phrase in ordered)

    cdef const Phrase* begins(self, const uint8_t* text, Py_ssize_t size, Py_ssize_t least, Py_ssize_t most) noexcept:
        """The first phrase of ``least`` to ``most`` letters that a text of ASCII begins with, or NULL."""
        cdef int at
        cdef const Phrase* phrase
        if size == 0:
            return NULL
        for at in range(self._first[text[0]], self._first[text[0] + 1]):
            phrase = &self._phrases[at]
            if least <= phrase.size <= min(most, size) and not memcmp(text, phrase.text, phrase.size):
                return phrase
        return NULL

    cdef const Phrase* ends(self, const uint8_t* text, Py_ssize_t size, Py_ssize_t least, Py_ssize_t most) noexcept:
        """The first phrase of ``least`` to ``most`` letters that a text of ASCII ends with, or NULL."""
        cdef int at
        cdef const Phrase* phrase
        if size == 0:
            return NULL
        for at in range(self._first[text[size - 1]], self._first[text[size - 1] + 1]):
            phrase = &self._phrases[at]
            if least <= phrase.size <= min(most, size) and not memcmp(
                text + size - phrase.size, phrase.text, phrase.size
            ):
                return phrase
        return NULL

    cdef bint stand_in(self, const uint8_t* text, Py_ssize_t size) noexcept:
        """Whether any phrase stands anywhere in a text; bytes that are no ASCII are in none."""
        cdef Py_ssize_t at
        for at in range(size):
            if text[at] < 128 and self._first[text[at]] < self._first[text[at] + 1]:
                if self.begins(text + at, size - at, 1, size) != NULL:
                    return True
        return False
