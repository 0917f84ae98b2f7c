"""Handles, cut into the words they were made of and freed of what people write around their name.

Read are bytes: letters and digits of ASCII, and anything else as a sign that parts words.
"""

import cython

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport uint8_t, uint16_t
from libc.string cimport memcpy

from socialcrm.matching.core.hashing cimport hash_bytes
from socialcrm.matching.core.letters cimport LIMIT, Written, normal_form
from socialcrm.matching.core.phrases cimport Phrase, Phrases
from socialcrm.matching.core.purpose cimport after_for, capitals, letters_end
from socialcrm.matching.core.sound cimport fold_bytes
from socialcrm.matching.core.special_words cimport AFFIX, ASKS_FOR_VOTES, CAUTION, TITLE, Special, special
from socialcrm.matching.core.texts cimport (
    PyUnicode_IS_COMPACT_ASCII, Text, is_digit, is_letter, is_small, is_upper, lower, read, stripped,
)
from socialcrm.matching.lands import ENDS
from socialcrm.matching.words import CAMPAIGN, HANDLE_PREFIXES, HANDLE_SUFFIXES, LONG_CAUTIONS, ROLES_NUMBERED

cdef enum:
    CORE = 5            # letters of a handle that affixes leave
    APART = 5           # letters of an affix that is taken off although signs part words
    LONG_AFFIX = 4      # letters of an affix after which another round is worth it
    NOISE = 5           # letters and digits of a number that a site added, at least

cdef uint16_t CAMPAIGN_ROLE = 1 << ROLES_NUMBERED[CAMPAIGN]
cdef Phrases PREFIXES = Phrases([affix for affix in HANDLE_PREFIXES if affix != "_"])
cdef Phrases SUFFIXES = Phrases(HANDLE_SUFFIXES, by_end=True)
cdef Phrases CAUTIONS_ANYWHERE = Phrases(LONG_CAUTIONS)


cdef int _clear(Split* words, Py_ssize_t room) except -1:
    """Make a split empty, with room for so many letters."""
    words.size = words.count = 0
    if words.room < room:
        words.letters = <uint8_t*>_grown(words.letters, room)
        words.ends = <Py_ssize_t*>_grown(words.ends, room * sizeof(Py_ssize_t))
        words.room = room
    return 0


cdef void* _grown(void* old, Py_ssize_t size) except NULL:
    cdef void* out = PyMem_Realloc(old, size)
    if out == NULL:
        raise MemoryError
    return out


cdef inline Py_ssize_t _start(const Split* words, Py_ssize_t number) noexcept:
    return words.ends[number - 1] if number else 0


cdef inline Text _word(const Split* words, Py_ssize_t number) noexcept:
    cdef Text out
    out.data, out.size = words.letters + _start(words, number), words.ends[number] - _start(words, number)
    return out


cdef inline Special _meaning(Text word) noexcept:
    return special(hash_bytes(word.data, word.size))


cdef inline bint _camel(const uint8_t* text, Py_ssize_t at, Py_ssize_t size) noexcept:
    """Whether a word begins at a letter after a letter: ``maritOx`` and ``NYOxen`` have one at the O of Ox."""
    if not is_upper(text[at]):
        return False
    return is_small(text[at - 1]) or (is_upper(text[at - 1]) and at + 1 < size and is_small(text[at + 1]))


cdef void _split(const uint8_t* text, Py_ssize_t size, Split* words) noexcept:
    """Add the words of a text in lower case: all but letters parts them, and so do capitals."""
    cdef Py_ssize_t at
    cdef bint open_ = False
    for at in range(size):
        if not is_letter(text[at]):
            open_ = False
            continue
        if not open_ or _camel(text, at, size):
            words.ends[words.count] = words.size
            words.count += 1
            open_ = True
        words.letters[words.size] = lower(text[at])
        words.size += 1
        words.ends[words.count - 1] = words.size


cdef inline bint _alphanumeric(uint8_t letter) noexcept:
    return is_letter(letter) or is_digit(letter)


cdef inline bint _is_party(const uint8_t* text) noexcept:
    """MdB, MdL and how else members of German parliaments write it: no camel case."""
    return text[0] == b"M" and (text[1] == b"d" or text[1] == b"D") and (text[2] == b"B" or text[2] == b"L")


cdef Py_ssize_t _piece(const uint8_t* text, Py_ssize_t size, uint8_t* out) noexcept:
    """Write a piece without signs as it is to be cut at its capitals; returns the size, one more than before at most."""
    cdef Py_ssize_t at, written = 0, end = size
    if size >= 3 and _is_party(text) and (size == 3 or is_upper(text[3])):
        for at in range(3):
            out[at] = lower(text[at])
        out[3] = b"_"
        written, text, end = 4, text + 3, size - 3
    for at in range(end):
        out[written + at] = text[at]
    if end >= 4 and is_small(text[end - 4]) and _is_party(text + end - 3):
        out[written + end - 2], out[written + end - 1] = lower(text[end - 2]), lower(text[end - 1])
    return written + end


cdef Py_ssize_t _without_noise(const uint8_t* text, Py_ssize_t size) noexcept:
    """How much of a handle is left without the number that a site added to its words, as in ``ann-lee-5217a7103``."""
    cdef Py_ssize_t at, pieces = 0, last = 0, end = 0
    cdef bint digits = False
    for at in range(size):
        if not _alphanumeric(text[at]):
            continue
        if at == 0 or not _alphanumeric(text[at - 1]):
            pieces, last, digits = pieces + 1, at, False
        digits = digits or is_digit(text[at])
        end = at + 1
    return last if pieces > 2 and digits and end - last >= NOISE else size


@cython.final
cdef class HandleReader:
    """Reads one handle after another; what it holds of one is gone with the next.

    ``whole_text`` has letters and digits, ``letters`` letters alone; ``core`` is without affixes, ``sound`` how the
    core sounds. ``word`` holds the words, without titles and those that impostors wear (``cautioned``). ``roles``
    has a bit for each role; ``purpose`` is what follows "for" or "4", or capitals at the end. ``office_lands`` and
    ``place_lands`` are the countries that the office and the end point to, as bits; ``place`` is that end in letters.
    """

    def __dealloc__(self):
        PyMem_Free(self._all.letters)
        PyMem_Free(self._all.ends)
        PyMem_Free(self._before.letters)
        PyMem_Free(self._before.ends)
        PyMem_Free(self._scratch)

    cdef int read(self, platform, str handle) except -1:
        """Read a handle of a platform, which is in its usual name."""
        cdef Text text
        if PyUnicode_IS_COMPACT_ASCII(handle):
            keep = read(handle, &text)
            text = _chosen(text, platform == "bluesky")
        else:
            from socialcrm.matching.handles import in_latin  # which reads handles by this module

            keep = read(in_latin(platform, handle), &text)
        return self._read(text.data, text.size)

    cdef int _read(self, const uint8_t* text, Py_ssize_t size) except -1:
        cdef bint has_purpose
        cdef Py_ssize_t room = 2 * size + LIMIT
        _clear(&self._all, room)
        _clear(&self._before, room)
        if self._room < 2 * room:
            self._scratch, self._room = <uint8_t*>_grown(self._scratch, 2 * room), 2 * room
        self._cut(text, size)
        self.purpose.data, self.purpose.size = self._purpose, 0
        self.letters.data, self.letters.size = self._all.letters, min(self._all.size, LETTERS)
        has_purpose = self._find_purpose(text, size)
        self.roles = CAMPAIGN_ROLE if has_purpose else 0
        self.cautioned, self.office_lands = False, 0
        self._strip()
        self._keep()
        self._find_place()
        return self._sound()

    cdef void _cut(self, const uint8_t* text, Py_ssize_t size) noexcept:
        """Find the words, and the letters and digits."""
        cdef Py_ssize_t at = 0, end, place, whole = 0
        size = _without_noise(text, size)
        while at < size:
            end = at
            while end < size and _alphanumeric(text[end]):
                end += 1
            for place in range(at, min(end, at + LETTERS - whole)):
                self.whole[whole] = lower(text[place])
                whole += 1
            _split(self._scratch, _piece(text + at, end - at, self._scratch), &self._all)
            at = end + 1
        self.whole_text.data, self.whole_text.size = self.whole, whole

    cdef int _find_purpose(self, const uint8_t* text, Py_ssize_t size) except -1:
        """Tell names from what the account is for: ``annleeforohio``, ``annlee4rugby``, ``AnnLeeNY``.

        Returns whether something stands after "for" or "4". Names are words without roles at both ends.
        """
        cdef Written purpose
        cdef Py_ssize_t start = 0, mark, at, spaced = 0
        cdef Py_ssize_t end = letters_end(text, size)
        cdef bint found = end >= 0 and after_for(text, end, &mark, &start)
        cdef bint named = found or (end >= 0 and capitals(text, end, &mark, &start))
        for at in range(mark if named else 0):
            named = named and text[at] < 128
        if named:
            _split(text, mark, &self._before)
            self._without_roles(&self._before)
            named = self._names().size > 2 and not _meaning(_word(&self._before, self._first)).kinds & AFFIX
        if not named:
            self._without_roles(&self._all)
            return found
        for at in range(start, end):
            if at > start and _camel(text, at, end):
                self._scratch[spaced] = 32
                spaced += 1
            self._scratch[spaced] = text[at]
            spaced += 1
        purpose.kind, purpose.data, purpose.size = 1, self._scratch, spaced
        self.purpose.size = normal_form(purpose, self._purpose)
        return found

    cdef void _without_roles(self, Split* words) noexcept:
        """Take as names all words but titles and roles at either end, as long as something is left."""
        self._named, self._first, self._last = words, 0, words.count
        while self._last - self._first > 1 and _meaning(_word(words, self._first)).kinds & AFFIX:
            self._first += 1
        while self._last - self._first > 1 and _meaning(_word(words, self._last - 1)).kinds & AFFIX:
            self._last -= 1

    cdef Text _names(self) noexcept:
        """The names, written together."""
        cdef Text out
        cdef Py_ssize_t start = _start(self._named, self._first)
        out.data, out.size = self._named.letters + start, _start(self._named, self._last) - start
        return out

    cdef int _strip(self) except -1:
        """Take affixes off either end; one of few letters is no affix inside a word that signs part off."""
        cdef int least = APART if self._last - self._first > 1 else 1, turn
        cdef const Phrase* prefix
        cdef const Phrase* suffix
        cdef Py_ssize_t room
        self.core, self.affixed = self._names(), False
        self.core.size = min(self.core.size, LETTERS)
        for turn in range(2):
            room = self.core.size - CORE
            prefix = PREFIXES.begins(self.core.data, self.core.size, least, room)
            if prefix != NULL:
                room -= prefix.size
            suffix = SUFFIXES.ends(self.core.data, self.core.size, least, room)
            if prefix != NULL:
                self.core.data, self.core.size = self.core.data + prefix.size, self.core.size - prefix.size
                self._note(special(prefix.hash))
            if suffix != NULL:
                self.core.size -= suffix.size
                self._note(special(suffix.hash))
            self.affixed = self.affixed or prefix != NULL or suffix != NULL
            if not (prefix != NULL and prefix.size >= LONG_AFFIX) and not (
                suffix != NULL and suffix.size >= LONG_AFFIX
            ):
                break
        return 0

    cdef void _note(self, Special meaning) noexcept:
        """Note what a word or an affix says."""
        self.roles |= meaning.roles
        self.office_lands |= meaning.lands
        if meaning.kinds & ASKS_FOR_VOTES:
            self.roles |= CAMPAIGN_ROLE
        if meaning.kinds & CAUTION:
            self.cautioned = True

    cdef int _keep(self) except -1:
        """Keep the words that may be names, and note what the others say."""
        cdef Py_ssize_t at
        cdef Special meaning
        self.words = 0
        for at in range(self._all.count):
            meaning = _meaning(_word(&self._all, at))
            self._note(meaning)
            if not meaning.kinds & (TITLE | CAUTION) and self.words < WORDS:
                self.word[self.words] = _word(&self._all, at)
                self.words += 1
        self.cautioned = self.cautioned or CAUTIONS_ANYWHERE.stand_in(self.letters.data, self.letters.size)
        return 0

    cdef int _find_place(self) except -1:
        """Find the countries that the end of the handle names, and the place in letters: a state by its whole name.

        What follows "for" or "4", or capitals at the end, are a place unless they name an office; else the last of
        several words is, if it names a country or state.
        """
        cdef Text last
        cdef Py_ssize_t at
        cdef bytes name
        self.place.data, self.place.size, self.place_lands = self._place, 0, 0
        for at in range(self.purpose.size):
            if self.purpose.data[at] != 32 and self.place.size < LETTERS:
                self._place[self.place.size] = self.purpose.data[at]
                self.place.size += 1
        last = self.place
        if not last.size and self._all.count > 1:
            last = _word(&self._all, self._all.count - 1)
        if not last.size:
            return 0
        found = ENDS.get(last.data[: last.size])
        if found is not None:
            self.place_lands, name = found
            if name:
                self.place.size = len(name)
                memcpy(self._place, <const char*>name, len(name))
                return 0
        if self.place.size and _meaning(self.place).lands:
            self.place.size = 0
        return 0

    cdef int _sound(self) except -1:
        """How the names sound, word by word where signs or capitals part them and no affix was taken off."""
        cdef Py_ssize_t at, size = 0
        cdef Text word
        if self._last - self._first > 1 and not self.affixed:
            for at in range(self._first, self._last):
                word = _word(self._named, at)
                size += fold_bytes(word.data, word.size, self._scratch + size)
        if size == 0:
            size = fold_bytes(self.core.data, self.core.size, self._scratch)
        self.sound.data, self.sound.size = self._scratch, size
        return 0


cdef Text _chosen(Text text, bint hosted) noexcept:
    """The part of a handle of ASCII that a person chose: see `socialcrm.matching.handles.local_name`."""
    cdef Py_ssize_t at
    text = stripped(text)
    text.size = min(text.size, LIMIT)
    while text.size and text.data[0] == b"@":
        text.data, text.size = text.data + 1, text.size - 1
    for at in range(text.size):
        if text.data[at] == b"@":
            text.size = at
            break
    if hosted:
        for at in range(text.size):
            if text.data[at] == b".":
                text.size = at
                break
    return text


def handle_parts(str platform, str handle):
    """A handle's readings, as `socialcrm.matching.handles.Handle` has them."""
    cdef HandleReader reader = HandleReader()
    reader.read(platform, handle)
    words = tuple([_text(reader.word[at]) for at in range(reader.words)])
    return (
        _text(reader.whole_text), _text(reader.letters), _text(reader.core), words, bool(reader.cautioned),
        int(reader.roles), _text(reader.sound), _text(reader.purpose), int(reader.office_lands), int(reader.place_lands),
        _text(reader.place),
    )


cdef str _text(Text text):
    return text.data[: text.size].decode("ascii")
