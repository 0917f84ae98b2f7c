"""Profiles in normal form to arrays: a row of the table for each, and its clues."""

import cython

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport GivenNames
from socialcrm.matching.core.handle_clues cimport handle_clues
from socialcrm.matching.core.hashing cimport LONGEST, concat, hash_bytes
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.name_clues cimport name_clues
from socialcrm.matching.core.rows cimport ProfileRow
from socialcrm.matching.core.shape cimport hash_skeleton
from socialcrm.matching.core.texts cimport Text, hash_after, hash_str, read
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

    def encode(self, texts, uint8_t[::1] table):
        """Fill the rows of a table of profiles, and write down their clues."""
        cdef Py_ssize_t row, count = len(texts)
        if table.shape[0] != count * <Py_ssize_t>sizeof(ProfileRow):
            raise ValueError(f"the table has {table.shape[0]} bytes for {count} profiles")
        cdef ProfileRow* rows = <ProfileRow*>&table[0] if count else NULL
        cdef dict heads = {name: hash_str(f"{name} ") for name in set(texts.platforms)}
        sparse = iter(zip(texts.sparse.rows, texts.sparse.questions, texts.sparse.texts, strict=True))
        asked = next(sparse, None)
        for row in range(count):
            handle = texts.handles[row]
            self._accounts(heads[texts.platforms[row]], texts.known[row], texts.ids[row])
            while asked is not None and asked[0] == row:
                self.clues.ask(asked[1][0], asked[1][1], hash_str(asked[2]))
                asked = next(sparse, None)
            self._own(handle.whole, texts.display_names[row], texts.whole_names[row])
            self._runs(texts.bios[row], PHRASE, PHRASE_WORDS)
            self._runs(texts.places[row], PLACE, PLACE_WORDS)
            name_clues(texts.shown[row], self.known, self.names, self.clues)
            self._handle(handle, &rows[row])
            rows[row].platform = self.platforms.get(texts.platforms[row], -1)
            rows[row].lang = hash_str(texts.langs[row])
            _flags(texts.flags[row], &rows[row])
            self.clues.end()

    cdef int _accounts(self, uint64_t head, str known, str account_id) except -1:
        """Ask for the account, as records may hold it."""
        cdef uint64_t account = hash_after(head, known)
        self.clues.ask(KNOWN, _HANDLE, account)
        self.clues.ask(SITE_ACCOUNT, _SITE_ACCOUNT, account)
        self.clues.ask(KNOWN, _ACCOUNT_ID, hash_after(head, account_id))
        self.clues.ask(KNOWN_SHAPE, _HANDLE_SHAPE, hash_skeleton(head, known))
        return 0

    cdef int _own(self, str whole, str display_name, str whole_name) except -1:
        """Ask for addresses that are the handle, and for what the display name looks like."""
        cdef uint64_t written = hash_str(whole) if len(whole) >= SHORTEST_OWN else 0
        self.clues.ask(LOCAL_OWN, _LOCAL_OWN, written)
        self.clues.ask(LOCAL_NAME, _LOCAL_NAME, written)
        self.clues.ask(SITE_OWN, _SITE_OWN, written)
        self.clues.ask(SITE_NAME, _SITE_NAME, written)
        self.clues.ask(SHAPE, _NAME_SHAPE, hash_skeleton(0, display_name))
        self.clues.ask(WHOLE_NAME, _WHOLE_NAME, hash_str(whole_name))
        return 0

    cdef int _runs(self, str text, int key, int longest) except -1:
        """Say every run of up to ``longest`` words that may be a company, a title or a place."""
        cdef uint64_t runs[PHRASE_WORDS]    # the runs of 1, 2, 3, … words that end with the word before
        cdef uint64_t run, word
        cdef Py_ssize_t start = 0, end
        cdef int words = 0, size
        cdef Text found
        keep = read(text, &found)
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

    cdef int _handle(self, handle, ProfileRow* row) except -1:
        cdef int begins = handle_clues(
            handle.letters, handle.core, handle.whole, handle.words, handle.purpose,
            self.known, self.names, self.clues,
        )
        _copy(handle.core, row.begins, min(begins, BEGINS))
        _copy(handle.letters, row.letters, sizeof(row.letters))
        _copy(handle.core, row.core, sizeof(row.core))
        _copy(handle.sound, row.sound, sizeof(row.sound))
        _copy(handle.whole, row.whole, sizeof(row.whole))
        return 0


cdef int _copy(str text, uint8_t* column, Py_ssize_t width) except -1:
    """Write the beginning of a text into a column of zeros."""
    cdef Text found
    keep = read(text, &found)
    memcpy(column, found.data, min(found.size, width))
    return 0


cdef int _flags(tuple flags, ProfileRow* row) except -1:
    (
        row.roles, row.parted, row.workshop, row.words, row.core_length, row.has_place, row.mixed, row.organisation,
        row.caution_name, row.caution_handle, row.caution_bio,
    ) = flags
    return 0
