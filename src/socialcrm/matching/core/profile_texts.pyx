"""The normal forms of profiles, one profile after another.

They are read letter by letter; the few texts of which letters change each other are left to the functions that say
what the rules are: `normal`, `display_words`, `known_key`, `skeleton`.
"""

import cython

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memcpy

from socialcrm.matching.core.arena cimport Arena, Span
from socialcrm.matching.core.handle cimport HandleReader
from socialcrm.matching.core.hashing cimport LONGEST
from socialcrm.matching.core.letters cimport LIMIT, ROOM, Written, mixes_scripts, normal_form, written
from socialcrm.matching.core.letters cimport skeleton as skeleton_form
from socialcrm.matching.core.phrases cimport Phrases
from socialcrm.matching.core.shown_name cimport SHOWN, kinds_of_words, shown_words
from socialcrm.matching.core.special_words cimport CAUTION, ORGANISATION
from socialcrm.matching.core.texts cimport (
    PyUnicode_IS_COMPACT_ASCII, Text, exact, is_digit, is_space, lower, read, stripped,
)
from socialcrm.matching.employers import aside, says_employer
from socialcrm.matching.facts import Clue, Key
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.keys import normal, skeleton
from socialcrm.matching.names import display_words, in_both, in_parts
from socialcrm.matching.web import email_key, emails_in, local_part, parse_site, phones_in
from socialcrm.matching.words import BIO_CAUTIONS, WORKSHOPS

cdef enum:
    LONGEST_BIO = 1024
    LONGEST_NAME = 128      # characters of a display name that a look-alike is told by
    PHONE = 8               # digits of a phone number, at least
    MOST_URLS = 5

cdef Phrases CAUTIONS_IN_BIO = Phrases(BIO_CAUTIONS)


@cython.final
cdef class ProfileTexts:
    """What a block of profiles says, in normal form."""

    def __init__(self, profiles):
        cdef Py_ssize_t row
        cdef list every = list(profiles)
        PyMem_Free(self.rows)
        self.rows, self.count = NULL, 0
        self.platforms, self.sparse, self._numbers = [], [], {}
        self.arena, self._handle = Arena(), HandleReader()
        self.rows = <ProfileText*>PyMem_Calloc(max(len(every), 1), sizeof(ProfileText))
        if self.rows == NULL:
            raise MemoryError
        self.count = len(every)
        for row, profile in enumerate(every):
            self._read(row, profile)

    def __dealloc__(self):
        PyMem_Free(self.rows)

    def __len__(self):
        """How many profiles there are."""
        return self.count

    def known(self, Py_ssize_t row):
        """The handle in the one form in which two of them may be called equal."""
        return self.arena.text(self.rows[row].known) if 0 <= row < self.count else ""

    def bio(self, Py_ssize_t row):
        """The bio."""
        return self.arena.text(self.rows[row].bio) if 0 <= row < self.count else ""

    def shown(self, Py_ssize_t row):
        """The words of the display name, each as (normal form, Latin letters)."""
        if not 0 <= row < self.count:
            return []
        cdef ProfileText* out = &self.rows[row]
        return [(self.arena.text(out.written[at]), self.arena.text(out.roman[at])) for at in range(out.shown)]

    cdef int _read(self, Py_ssize_t row, profile) except -1:
        cdef ProfileText* out = &self.rows[row]
        cdef str handle = exact(profile.handle), name = exact(profile.display_name), bio = exact(profile.bio)
        cdef str platform, beside
        cdef Text text
        out.platform = self._platform(exact(profile.platform))
        platform = self.platforms[out.platform]
        self._account(out, platform, handle, exact(profile.id))
        self._read_handle(out, platform, handle)
        self._read_name(out, name)
        beside = aside(name)
        self._add_bio(f"{bio} {beside}" if beside else bio, &out.bio)
        out.employed = says_employer(bio, name)
        text = self.arena.at(out.bio)
        out.caution_bio = CAUTIONS_IN_BIO.stand_in(text.data, text.size)
        self._add_normal(exact(profile.location), &out.place)
        self._add_lower(exact(profile.lang).partition("-")[0], &out.lang)
        out.workshop = platform in WORKSHOPS
        if not (PyUnicode_IS_COMPACT_ASCII(name) and PyUnicode_IS_COMPACT_ASCII(handle)):
            out.mixed = mixes_scripts(written(name)) or mixes_scripts(written(handle))
        if platform == "bluesky" and "." in self.known(row):
            self.sparse.append((row, Key.DOMAIN, Clue.SITE_HOST, self.known(row)))
        return self._addresses(row, profile, bio)

    cdef int _platform(self, str written) except -1:
        """The number of a platform."""
        number = self._numbers.get(written)
        if number is None:
            number = self._numbers[written] = len(self.platforms)
            self.platforms.append(platform_key(written))
        return number

    cdef int _account(self, ProfileText* out, str platform, str handle, str account_id) except -1:
        """The account as records hold it, what it looks like, and its id."""
        if PyUnicode_IS_COMPACT_ASCII(handle) and "/" not in handle:
            self._add_known(handle, platform == "bluesky", &out.known)
        else:
            self.arena.add_text(known_key(platform, handle), &out.known)
        self._add_skeleton(self.arena.text(out.known), &out.known_shape)
        return self._add_lower(account_id, &out.account_id)

    cdef int _add_known(self, str handle, bint hosted, Span* out) except -1:
        """`known_key` of a handle of ASCII that is no address."""
        cdef Text text
        cdef Py_ssize_t at, size
        cdef uint8_t* free = self.arena.reserve(LIMIT + len(HOST))
        cdef bint named = False
        keep = read(handle, &text)
        text = stripped(text)
        size = min(text.size, LIMIT)
        while size and text.data[0] == b"@":
            text.data, size = text.data + 1, size - 1
        for at in range(size):
            if is_space(text.data[at]):
                size = 0
                break
            named = named or text.data[at] == b"." or text.data[at] == b":"
            free[at] = lower(text.data[at])
        if hosted and size and not named:
            memcpy(free + size, <const char*>HOST, len(HOST))
            size += len(HOST)
        out[0] = self.arena.take(size)
        return 0

    cdef int _read_handle(self, ProfileText* out, str platform, str handle) except -1:
        cdef HandleReader found = self._handle
        cdef int at
        found.read(platform, handle)
        self.arena.add(found.whole_text.data, found.whole_text.size, &out.whole)
        self.arena.add(found.letters.data, found.letters.size, &out.letters)
        self.arena.add(found.core.data, found.core.size, &out.core)
        self.arena.add(found.sound.data, found.sound.size, &out.sound)
        self.arena.add(found.purpose.data, found.purpose.size, &out.purpose)
        self.arena.add(found.place.data, found.place.size, &out.end)
        out.office_lands, out.place_lands = found.office_lands, found.place_lands
        out.words, out.roles, out.caution_handle = found.words, found.roles, found.cautioned
        out.parted = found.words > 1
        for at in range(found.words):
            self.arena.add(found.word[at].data, found.word[at].size, &out.word[at])
        return 0

    cdef int _read_name(self, ProfileText* out, str name) except -1:
        cdef Text words[SHOWN]
        cdef uint8_t letters[ROOM]
        cdef Span whole
        cdef int32_t kinds
        cdef int at, count = shown_words(written(name), letters, words)
        if count < 0:
            self._add_pairs(out, display_words(name))
        elif count == 1 and words[0].data[0] >= 128:
            self._add_pairs(out, map(in_both, in_parts([words[0].data[: words[0].size].decode()])))
        else:
            for at in range(count):
                self._add_word(out, words[at])
        self._add_skeleton(name[:LONGEST_NAME], &out.shape)
        self._add_normal(name, &whole)
        kinds = kinds_of_words(self.arena.at(whole))
        out.organisation, out.caution_name = (kinds & ORGANISATION) != 0, (kinds & CAUTION) != 0
        if not PyUnicode_IS_COMPACT_ASCII(name):
            self._add_whole(name[:LONGEST_NAME], &out.whole_name)
        return 0

    cdef int _add_word(self, ProfileText* out, Text word) except -1:
        """Add a word of a display name: of ASCII it is its own writing in Latin letters."""
        cdef Py_ssize_t at
        for at in range(word.size):
            if word.data[at] >= 128:
                return self._add_pairs(out, (in_both(word.data[: word.size].decode()),))
        self.arena.add(word.data, word.size, &out.written[out.shown])
        out.roman[out.shown] = out.written[out.shown]
        out.shown += 1
        return 0

    cdef int _add_pairs(self, ProfileText* out, pairs) except -1:
        """Add words in normal form and in Latin letters, of which there must be some."""
        for one, roman in pairs:
            if roman and out.shown < SHOWN:
                self.arena.add_text(one, &out.written[out.shown])
                self.arena.add_text(roman, &out.roman[out.shown])
                out.shown += 1
        return 0

    cdef int _add_whole(self, str name, Span* out) except -1:
        """Add a name outside ASCII letter by letter: its normal form without spaces."""
        cdef Text text
        cdef Py_ssize_t at, size = 0
        cdef uint8_t* free
        if name.isascii():
            return 0
        self._add_normal(name, out)
        text = self.arena.at(out[0])
        free = self.arena.reserve(text.size)
        text = self.arena.at(out[0])
        for at in range(text.size):
            free[size] = text.data[at]
            size += text.data[at] != 32
        out[0] = self.arena.take(size)
        return 0

    cdef int _add_skeleton(self, str text, Span* out) except -1:
        """Add what a text looks like."""
        cdef Py_ssize_t size = skeleton_form(written(text), self.arena.reserve(ROOM))
        if size < 0:
            return self.arena.add_text(skeleton(text), out)
        out[0] = self.arena.take(size)
        return 0

    cdef int _add_normal(self, str text, Span* out) except -1:
        """Add the normal form of a text."""
        cdef Py_ssize_t size = normal_form(written(text), self.arena.reserve(ROOM))
        if size < 0:
            return self.arena.add_text(normal(text), out)
        out[0] = self.arena.take(size)
        return 0

    cdef int _add_bio(self, str bio, Span* out) except -1:
        """Add the normal form of a text that may be longer."""
        cdef Py_ssize_t start, size = 0, part
        cdef Written whole = written(bio), some
        cdef uint8_t* free = self.arena.reserve((LONGEST_BIO // LIMIT) * (ROOM + 1))
        for start in range(0, min(whole.size, LONGEST_BIO), LIMIT):
            some = whole
            some.data, some.size = <const char*>whole.data + start * whole.kind, whole.size - start
            part = normal_form(some, free + size + 1)
            if part < 0:
                parts = [bio[at : at + LIMIT] for at in range(0, min(len(bio), LONGEST_BIO), LIMIT)]
                return self.arena.add_text(" ".join(filter(None, map(normal, parts))), out)
            if part:
                free[size] = 32
                size += part + 1
        if size:
            out[0] = self.arena.take(size)
            out.start, out.size = out.start + 1, out.size - 1
        return 0

    cdef int _add_lower(self, str text, Span* out) except -1:
        """Add a text without case."""
        cdef Text found
        cdef Py_ssize_t at
        cdef uint8_t* free
        if not PyUnicode_IS_COMPACT_ASCII(text):
            return self.arena.add_text(text.casefold(), out)
        keep = read(text, &found)
        found.size = min(found.size, LONGEST)
        free = self.arena.reserve(found.size)
        for at in range(found.size):
            free[at] = lower(found.data[at])
        out[0] = self.arena.take(found.size)
        return 0

    cdef int _addresses(self, Py_ssize_t row, profile, str bio) except -1:
        """Addresses, phone numbers and pages, which few profiles have."""
        email, urls = profile.email, profile.urls
        if email and local_part(email):
            self._add_sparse(row, Key.EMAIL, Clue.EMAIL_VOUCHED, email_key(email))
        if bio and "@" in bio:
            for one in emails_in(bio):
                self._add_sparse(row, Key.EMAIL, Clue.EMAIL_IN_BIO, one if local_part(one) else "")
        if bio and _may_hold_phone(bio):
            for number in phones_in(bio):
                self._add_sparse(row, Key.PHONE, Clue.PHONE, number)
        for address in urls[:MOST_URLS] if urls else ():
            self._add_sparse(row, Key.PAGE, Clue.PAGE, parse_site(address).page)
        return 0

    cdef int _add_sparse(self, Py_ssize_t row, key, clue, str text) except -1:
        if text:
            self.sparse.append((row, key, clue, text))
        return 0


cdef bytes HOST = b".bsky.social"


cdef bint _may_hold_phone(str text) except -1:
    """Whether a text has as many digits as a phone number, so that looking for one is worth the while."""
    cdef Text found
    cdef Py_ssize_t at, digits = 0
    if not PyUnicode_IS_COMPACT_ASCII(text):
        return True
    keep = read(text, &found)
    for at in range(found.size):
        digits += is_digit(found.data[at])
    return digits >= PHONE
