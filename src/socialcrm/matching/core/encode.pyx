"""Profiles in normal form to arrays: a row of the table for each, and its clues."""

import cython

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.handle cimport WORDS
from socialcrm.matching.core.handle_clues cimport handle_clues
from socialcrm.matching.core.hashing cimport LONGEST, concat, hash_bytes
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.name_clues cimport name_clues
from socialcrm.matching.core.profile_texts cimport ProfileText, ProfileTexts
from socialcrm.matching.core.rows cimport TEXT, ProfileRow
from socialcrm.matching.core.shown_name cimport SHOWN
from socialcrm.matching.core.texts cimport Text, hash_after, hash_str
from socialcrm.matching.facts import Clue, Key

cdef enum:
    PHRASE_WORDS = 5        # words of a bio in a row that may be a company or title
    PLACE_WORDS = 4
    SHORTEST_OWN = 4        # letters and digits of a handle that may be the contact's own address
    BEGINS = 15

cdef int PHRASE = Key.PHRASE, PLACE = Key.PLACE, KNOWN = Key.KNOWN, KNOWN_SHAPE = Key.KNOWN_SHAPE
cdef int SITE_ACCOUNT = Key.SITE_ACCOUNT, SHAPE = Key.SHAPE, WHOLE_NAME = Key.WHOLE_NAME
cdef int LOCAL_OWN = Key.LOCAL_OWN, LOCAL_NAME = Key.LOCAL_NAME, SITE_OWN = Key.SITE_OWN, SITE_NAME = Key.SITE_NAME
cdef int _HANDLE = Clue.HANDLE, _ACCOUNT_ID = Clue.ACCOUNT_ID, _HANDLE_SHAPE = Clue.HANDLE_SHAPE
cdef int _SITE_ACCOUNT = Clue.SITE_ACCOUNT, _NAME_SHAPE = Clue.NAME_SHAPE, _WHOLE_NAME = Clue.WHOLE_NAME
cdef int _LOCAL_OWN = Clue.LOCAL_OWN, _LOCAL_NAME = Clue.LOCAL_NAME
cdef int _SITE_OWN = Clue.SITE_OWN, _SITE_NAME = Clue.SITE_NAME
cdef uint64_t SPACE = hash_str(" ")


@cython.final
cdef class Encoder:
    """Reads profiles against the words, platforms and holdings of one index.

    ``known`` are the words of all contacts' names. Of words in a row, those count of which ``held`` (a byte for each
    number that hashes end in) knows something; all do where it is None.
    """

    cdef HashTable known
    cdef GivenNames names
    cdef dict platforms
    cdef Clues clues
    cdef bint anything
    cdef const uint8_t[::1] held

    def __init__(self, known, names, platforms, held, clues):
        self.known, self.names, self.platforms, self.clues = known, names, platforms, clues
        self.anything = held is None
        self.held = held

    def encode(self, ProfileTexts texts, uint8_t[::1] table):
        """Fill the rows of a table of profiles, and write down their clues."""
        cdef Py_ssize_t row, next_sparse = 0, count = texts.count
        cdef list sparse = texts.sparse
        cdef int platform
        if table.shape[0] != count * <Py_ssize_t>sizeof(ProfileRow):
            raise ValueError(f"the table has {table.shape[0]} bytes for {count} profiles")
        cdef ProfileRow* rows = <ProfileRow*>&table[0] if count else NULL
        cdef list heads = [hash_str(f"{name} ") for name in texts.platforms]
        cdef list numbers = [self.platforms.get(name, -1) for name in texts.platforms]
        for row in range(count):
            platform = texts.rows[row].platform
            rows[row].platform = numbers[platform]
            self._accounts(heads[platform], texts, &texts.rows[row])
            while next_sparse < len(sparse) and sparse[next_sparse][0] == row:
                _, key, clue, text = sparse[next_sparse]
                self.clues.ask(key, clue, hash_str(text))
                next_sparse += 1
            self._runs(texts.arena.at(texts.rows[row].bio), PHRASE, PHRASE_WORDS)
            self._runs(texts.arena.at(texts.rows[row].place), PLACE, PLACE_WORDS)
            self._names(texts, &texts.rows[row])
            self._handle(texts, &texts.rows[row], &rows[row])
            _flags(texts, &texts.rows[row], &rows[row])
            self.clues.end()

    cdef int _accounts(self, uint64_t head, ProfileTexts texts, const ProfileText* said) except -1:
        """Ask for the account as records may hold it, and for addresses that are the handle."""
        cdef Text whole = texts.arena.at(said.whole)
        cdef uint64_t account = hash_after(head, texts.arena.at(said.known))
        cdef uint64_t written = hash_bytes(whole.data, whole.size) if whole.size >= SHORTEST_OWN else 0
        self.clues.ask(KNOWN, _HANDLE, account)
        self.clues.ask(SITE_ACCOUNT, _SITE_ACCOUNT, account)
        self.clues.ask(KNOWN, _ACCOUNT_ID, hash_after(head, texts.arena.at(said.account_id)))
        self.clues.ask(KNOWN_SHAPE, _HANDLE_SHAPE, hash_after(head, texts.arena.at(said.known_shape)))
        self.clues.ask(LOCAL_OWN, _LOCAL_OWN, written)
        self.clues.ask(LOCAL_NAME, _LOCAL_NAME, written)
        self.clues.ask(SITE_OWN, _SITE_OWN, written)
        self.clues.ask(SITE_NAME, _SITE_NAME, written)
        return 0

    cdef int _names(self, ProfileTexts texts, const ProfileText* said) except -1:
        """Ask and say what the display name does."""
        cdef Text written[SHOWN]
        cdef Text roman[SHOWN]
        cdef int at
        for at in range(said.shown):
            written[at], roman[at] = texts.arena.at(said.written[at]), texts.arena.at(said.roman[at])
        self.clues.ask(SHAPE, _NAME_SHAPE, hash_after(0, texts.arena.at(said.shape)))
        self.clues.ask(WHOLE_NAME, _WHOLE_NAME, hash_after(0, texts.arena.at(said.whole_name)))
        return name_clues(written, roman, said.shown, self.known, self.names, self.clues)

    cdef int _runs(self, Text found, int key, int longest) except -1:
        """Say every run of up to ``longest`` words that may be a company, a title or a place."""
        cdef uint64_t runs[PHRASE_WORDS]    # the runs of 1, 2, 3, … words that end with the word before
        cdef uint64_t run, word
        cdef Py_ssize_t start = 0, end
        cdef int words = 0, size
        while start < found.size:
            end = start
            while end < found.size and found.data[end] != 32:
                end += 1
            word = hash_bytes(found.data + start, end - start)
            words = min(words + 1, longest)
            for size in range(words - 1, -1, -1):
                run = concat(concat(runs[size - 1], SPACE, 1), word, min(end - start, LONGEST)) if size else word
                runs[size] = run
                self._run(run, key)
            start = end + 1
        return 0

    cdef int _run(self, uint64_t run, int key) except -1:
        if self.anything or (self.held.shape[0] and self.held[run & (self.held.shape[0] - 1)]):
            self.clues.say(key, run)
            self.clues.stands_beside(run)
        return 0

    cdef int _handle(self, ProfileTexts texts, const ProfileText* said, ProfileRow* row) except -1:
        """Ask and say what the handle does, and fill its columns."""
        cdef Text words[WORDS]
        cdef Text core = texts.arena.at(said.core), letters = texts.arena.at(said.letters)
        cdef Text whole = texts.arena.at(said.whole)
        cdef int at, begins
        for at in range(said.words):
            words[at] = texts.arena.at(said.word[at])
        begins = handle_clues(letters, core, whole, words, said.words, self.known, self.names, self.clues)
        self.clues.say(PLACE, hash_after(0, texts.arena.at(said.purpose)))
        memcpy(row.begins, core.data, min(begins, BEGINS))
        _copy(core, row.core)
        _copy(letters, row.letters)
        _copy(whole, row.whole)
        _copy(texts.arena.at(said.sound), row.sound)
        _copy(texts.arena.at(said.end), row.place)
        row.core_length = core.size
        return 0


cdef void _copy(Text text, uint8_t* column) noexcept:
    """Write the beginning of a text into a column of zeros."""
    memcpy(column, text.data, min(text.size, TEXT))


cdef void _flags(ProfileTexts texts, const ProfileText* said, ProfileRow* row) noexcept:
    row.lang = hash_after(0, texts.arena.at(said.lang))
    row.words, row.roles, row.has_place = said.shown, said.roles, said.place.size > 0
    row.office_lands, row.place_lands = said.office_lands, said.place_lands
    row.parted, row.workshop, row.mixed = said.parted, said.workshop, said.mixed
    row.organisation, row.caution_name = said.organisation, said.caution_name
    row.caution_handle, row.caution_bio = said.caution_handle, said.caution_bio
