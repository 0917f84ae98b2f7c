"""What a handle asks the index for, and what it says: as a whole, and by its parts."""

from libc.stdint cimport uint64_t

from socialcrm.matching.core.clues cimport Clues
from socialcrm.matching.core.given_names cimport FORMS, GivenNames
from socialcrm.matching.core.handle cimport LETTERS
from socialcrm.matching.core.hashing cimport concat, hash_bytes
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.core.sound cimport hash_sound
from socialcrm.matching.core.texts cimport Text
from socialcrm.matching.facts import Key

cdef enum:
    SHORTEST = 5            # letters of a beginning or end that is asked for
    GIVEN_FROM = 4          # letters of a common given name that a handle begins with
    GIVEN_TO = 12
    NICKNAME_FROM = 2
    NICKNAME_TO = 11
    REST = 3                # letters that a handle has besides a nickname, at least

cdef struct Ends:
    Py_ssize_t size
    uint64_t begin[LETTERS + 1]    # the hash of the first 0, 1, 2, … letters
    uint64_t end[LETTERS + 1]      # the hash of the last

cdef int FORM = Key.FORM, SOUND_FORM = Key.SOUND_FORM, SURNAME = Key.SURNAME, PIECE = Key.PIECE
cdef int PIECE_CANON = Key.PIECE_CANON, BEGINS_CANON = Key.BEGINS_CANON, NICKNAMED = Key.NICKNAMED
cdef int HANDLE_SOUND = Key.HANDLE_SOUND


cdef int handle_clues(
    Text letters, Text core, Text whole, const Text* words, int count, HashTable known, GivenNames names, Clues clues
) except -1:
    """Ask and say what a handle does; returns how long the common given name is that it begins with, 0 without one.

    ``known`` are the words of all contacts' names.
    """
    cdef Ends ends
    cdef int begins
    _wholes(letters, core, whole, clues)
    _cut(core, &ends)
    _ask_parts(&ends, known, clues)
    begins = _common_given(&ends, names)
    _say_parts(&ends, known, names, clues)
    _nicknames(&ends, begins, names, clues)
    if hash_bytes(letters.data, letters.size) != ends.begin[ends.size]:
        _cut(letters, &ends)
        _say_parts(&ends, known, names, clues)
    _words(words, count, known, names, clues)
    return begins


cdef int _wholes(Text letters, Text core, Text whole, Clues clues) except -1:
    """The handle without what people write around their name, with it, and with digits."""
    cdef uint64_t as_core = hash_bytes(core.data, core.size), as_whole = hash_bytes(whole.data, whole.size)
    cdef uint64_t as_letters = hash_bytes(letters.data, letters.size)
    cdef Py_ssize_t size = letters.size
    _whole(core, as_core, size > 2, size > 3, clues)
    if as_letters != as_core:
        _whole(letters, as_letters, size > 2, size > 3, clues)
    if as_whole != as_core and as_whole != as_letters:
        _whole(whole, as_whole, size > 2, False, clues)
    return 0


cdef int _whole(Text text, uint64_t written, bint asked, bint heard, Clues clues) except -1:
    cdef uint64_t sound = hash_sound(text)
    clues.say(FORM, written)
    clues.say(SOUND_FORM, sound)
    if asked:
        clues.ask_named(FORM, written)
    if heard:
        clues.ask_named(SOUND_FORM, sound)
    return 0


cdef void _cut(Text text, Ends* ends) noexcept:
    """Hash every beginning and every end of a text, without writing one of them."""
    cdef Py_ssize_t at
    ends.size = min(text.size, LETTERS)
    ends.begin[0] = ends.end[0] = 0
    for at in range(ends.size):
        ends.begin[at + 1] = concat(ends.begin[at], hash_bytes(text.data + at, 1), 1)
        ends.end[at + 1] = concat(hash_bytes(text.data + ends.size - 1 - at, 1), ends.end[at], at)


cdef int _ask_parts(const Ends* ends, HashTable known, Clues clues) except -1:
    """Beginnings and ends of a handle, as handles of others and as surnames; the whole of it as a surname."""
    cdef Py_ssize_t size
    cdef uint64_t part
    cdef int end
    for size in range(SHORTEST, ends.size):
        for end in range(2):
            part = ends.end[size] if end else ends.begin[size]
            clues.ask_named(FORM, part)
            if known.find(part) >= 0:
                clues.ask_named(SURNAME, part)
    if known.find(ends.begin[ends.size]) >= 0:
        clues.ask_named(SURNAME, ends.begin[ends.size])
    return 0


cdef int _say_parts(const Ends* ends, HashTable known, GivenNames names, Clues clues) except -1:
    """Beginnings and ends that are words of contacts' names, and base forms of those that are given names."""
    cdef Py_ssize_t size
    cdef uint64_t part
    cdef int end
    for size in range(2, ends.size + 1):
        for end in range(1 if size == ends.size else 2):
            part = ends.end[size] if end else ends.begin[size]
            if known.find(part) >= 0:
                clues.say(PIECE, part)
            _say_forms(PIECE_CANON, part, names, clues)
    return 0


cdef int _say_forms(int key, uint64_t name, GivenNames names, Clues clues) except -1:
    cdef const uint64_t* forms = names.forms(name)
    cdef int at = 0
    if forms != NULL:
        while at < FORMS and forms[at]:
            clues.say(key, forms[at])
            at += 1
    return 0


cdef int _common_given(const Ends* ends, GivenNames names) noexcept:
    """The length of the longest common given name that a handle begins with, 0 without one."""
    cdef int size = <int>min(ends.size, GIVEN_TO)
    while size >= GIVEN_FROM and not names.is_common(ends.begin[size]):
        size -= 1
    return size if size >= GIVEN_FROM else 0


cdef int _nicknames(const Ends* ends, int begins, GivenNames names, Clues clues) except -1:
    """Base forms of the given names that a handle begins or ends with.

    ``begins`` letters are a common given name: said are base forms of what begins it. Short names are said written
    together with what is left of the handle.
    """
    cdef Py_ssize_t size, left
    for size in range(2, begins + 1):
        _say_forms(BEGINS_CANON, ends.begin[size], names, clues)
    for size in range(NICKNAME_FROM, min(ends.size - REST, NICKNAME_TO) + 1):
        left = ends.size - size
        _nicknamed(names.forms(ends.begin[size]), ends.end[left], left, clues)
        _nicknamed(names.forms(ends.end[size]), ends.begin[left], left, clues)
    return 0


cdef int _nicknamed(const uint64_t* forms, uint64_t rest, Py_ssize_t size, Clues clues) except -1:
    cdef int at = 0
    while forms != NULL and at < FORMS and forms[at]:
        clues.say(NICKNAMED, concat(forms[at], rest, size))
        at += 1
    return 0


cdef int _words(const Text* words, int count, HashTable known, GivenNames names, Clues clues) except -1:
    """The words of a handle, as surnames and given names; how they sound, where signs or capitals part them."""
    cdef uint64_t written
    cdef int at
    for at in range(count):
        written = hash_bytes(words[at].data, words[at].size)
        if known.find(written) >= 0:
            clues.ask_named(SURNAME, written)
            clues.say(PIECE, written)
        _say_forms(PIECE_CANON, written, names, clues)
        if count > 1:
            clues.say(HANDLE_SOUND, hash_sound(words[at]))
    return 0
