"""What a display name asks the index for, and what it says."""

from libc.stdint cimport uint64_t

from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport FORMS, GivenNames
from socialcrm.matching.core.hashing cimport concat, hash_bytes
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.shown_name cimport SHOWN
from socialcrm.matching.core.sound cimport hash_sound
from socialcrm.matching.core.texts cimport Text, read
from socialcrm.matching.facts import Key
from socialcrm.matching.romanise import surname_forms

cdef enum:
    NAMED_BY = 4        # so many of them are tried as given name and surname
    SPELLINGS = 4       # ways to write one surname in Latin letters
    RUN = 3             # words written together that are said as one

cdef int WORD = Key.WORD, SOUND_WORD = Key.SOUND_WORD, INITIAL = Key.INITIAL, FIRST_WORD = Key.FIRST_WORD
cdef int LAST_WORD = Key.LAST_WORD, CANON = Key.CANON, SURNAME = Key.SURNAME, SOUND = Key.SOUND, NAME = Key.NAME
cdef int VARIANT = Key.VARIANT

cdef struct Word:
    uint64_t roman, sound
    Py_ssize_t size                 # bytes in Latin letters
    bint known                      # a word of a contact's name
    const uint64_t* forms           # base forms as a given name, or NULL
    int spellings
    uint64_t surname[SPELLINGS]
    uint64_t surname_sound[SPELLINGS]
    bint borne[SPELLINGS]           # which spellings are words of a contact's name


cdef int name_clues(
    const Text* written, const Text* roman, int size, HashTable known, GivenNames names, Clues clues
) except -1:
    """Ask and say what a display name does; its words stand in normal form and in Latin letters.

    ``known`` are the words of all contacts' names.
    """
    cdef Word words[SHOWN]
    cdef int at, other
    for at in range(size):
        _analyse(written[at], roman[at], &words[at], known, names)
    for at in range(size):
        if words[at].known:
            clues.ask_named(SURNAME, words[at].roman)
        _say(&words[at], clues)
        _say_runs(words, at, size, clues)
    if size:
        clues.say(FIRST_WORD, words[0].roman)
        clues.say(LAST_WORD, words[size - 1].roman)
    for at in range(min(size, NAMED_BY)):
        for other in range(min(size, NAMED_BY)):
            if at != other:
                _ask_pair(&words[at], &words[other], clues)
    return 0


cdef int _analyse(Text written, Text roman, Word* word, HashTable known, GivenNames names) except -1:
    """Hash a word: in Latin letters, as it sounds, by base form, and as a surname in every usual spelling."""
    cdef Text text
    cdef int at
    word.roman, word.size, word.sound = hash_bytes(roman.data, roman.size), roman.size, hash_sound(roman)
    word.known = word.size > 1 and known.find(word.roman) >= 0
    word.forms = names.forms(word.roman)
    word.spellings = 0
    # Only names in other scripts have several spellings, or another one than their Latin letters.
    if not _is_ascii(written):
        spellings = surname_forms(written.data[: written.size].decode("utf-8", "surrogatepass"))
        word.spellings = <int>min(len(spellings), SPELLINGS)
        for at in range(word.spellings):
            keep = read(spellings[at], &text)
            word.surname[at], word.surname_sound[at] = hash_bytes(text.data, text.size), hash_sound(text)
    if word.spellings == 0:
        word.spellings, word.surname[0], word.surname_sound[0] = 1, word.roman, word.sound
    for at in range(word.spellings):
        word.borne[at] = known.find(word.surname[at]) >= 0
    return 0


cdef bint _is_ascii(Text text) noexcept:
    cdef Py_ssize_t at
    for at in range(text.size):
        if text.data[at] >= 128:
            return False
    return True


cdef int _ask_pair(const Word* given, const Word* surname, Clues clues) except -1:
    """Ask for two words as given name and surname, by base form, and as they sound."""
    cdef int at, form
    clues.ask_named(SOUND, given.sound + surname.surname_sound[0])
    for at in range(surname.spellings):
        if not surname.borne[at]:
            continue
        clues.ask_named(NAME, given.roman + surname.surname[at])
        form = 0
        while given.forms != NULL and form < FORMS and given.forms[form]:
            clues.ask_named(VARIANT, given.forms[form] + surname.surname[at])
            form += 1
    return 0


cdef int _say(const Word* word, Clues clues) except -1:
    """Say a word: as written, as it sounds, and by base form."""
    cdef int at
    clues.say(WORD, word.roman)
    clues.say(SOUND_WORD, word.sound)
    if word.size == 1:
        clues.say(INITIAL, word.roman)
    for at in range(word.spellings):
        clues.say(WORD, word.surname[at])
        clues.say(SOUND_WORD, word.surname_sound[at])
    at = 0
    while word.forms != NULL and at < FORMS and word.forms[at]:
        clues.say(CANON, word.forms[at])
        at += 1
    return 0


cdef int _say_runs(const Word* words, int first, int size, Clues clues) except -1:
    """Say a word together with the one or two that follow, as one word."""
    cdef uint64_t run = words[first].roman
    cdef int at
    for at in range(first + 1, min(first + RUN, size)):
        run = concat(run, words[at].roman, words[at].size)
        clues.say(WORD, run)
    return 0
