"""The row of each contact, and what it is filed under: hashes of name words, of texts and of what joins them."""

from libc.stdint cimport int32_t, uint8_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from socialcrm.matching.core.filing cimport Filing
from socialcrm.matching.core.hashing cimport concat, hash_bytes, joint, mix
from socialcrm.matching.core.letters cimport ROOM, skeleton, written
from socialcrm.matching.core.own_words cimport LIKE, MERELY, NAMED, NUMBERED, own_word
from socialcrm.matching.core.pair cimport sounds_joined
from socialcrm.matching.core.rows cimport CANONS, OWN, SURNAMES, TEXT, ContactRow, WordRow
from socialcrm.matching.core.texts cimport Text, hash_str, read
from socialcrm.matching.core.vocabulary cimport WORDS

from socialcrm.matching.core.rows import SIZES
from socialcrm.matching.facts import Key
from socialcrm.matching.keys import skeleton as skeleton_of
from socialcrm.matching.lands import home_of, land_of

cdef enum:
    SHORT = 3       # bytes of a word that are too few to stand beside an initial

cdef int NAME = Key.NAME, VARIANT = Key.VARIANT, SOUND = Key.SOUND, FORM = Key.FORM, SOUND_FORM = Key.SOUND_FORM
cdef int SURNAME = Key.SURNAME, AT_WORK = Key.SURNAME_AT_WORK, AT_HOME = Key.NAME_AT_HOME
cdef int SHAPE = Key.SHAPE, COMPANY = Key.COMPANY, CITY = Key.CITY
cdef int OF_WORDS[2][4]
OF_WORDS[0][:] = [Key.LOCAL_OWN, Key.LOCAL_NAME, Key.LOCAL_NUMBERED, Key.LOCAL_LIKE]
OF_WORDS[1][:] = [Key.SITE_OWN, Key.SITE_NAME, Key.SITE_NUMBERED, Key.SITE_LIKE]


cdef ContactRow* contact_rows(object table) except? NULL:
    """The rows of a table of contacts; NULL if it has none."""
    if not len(table):
        return NULL
    if table.dtype.itemsize != SIZES["contact"]:
        raise TypeError("a table of contacts has rows of another size")
    cdef uint8_t[::1] data = table.view(np.uint8)
    return <ContactRow*>&data[0]


def fill_names(table, const int32_t[:, ::1] numbers, list names, list wholes, list foreign, list roles):
    """Fill in the words of the names and how they stand; contacts with one ``name`` are namesakes in every way."""
    cdef ContactRow* rows = contact_rows(table)
    cdef ContactRow* row
    cdef Py_ssize_t at, word
    cdef uint64_t key
    for at in range(len(names)):
        row = &rows[at]
        row.given, row.middle = numbers[at, 0], numbers[at, 1]
        for word in range(SURNAMES):
            row.surname[word] = numbers[at, 2 + word]
        for word in range(2):
            row.part[word], row.piece[word] = numbers[at, 5 + word], numbers[at, 7 + word]
        row.surname_words = (<tuple>names[at])[5]
        row.family_first = (<tuple>names[at])[4]
        row.foreign, row.roles, row.alive = foreign[at], roles[at], True
        key = row.surname_words * 4 + row.family_first * 2 + row.foreign
        key = concat(hash_str(<str>wholes[at]), key + 1, 1)
        for word in range(WORDS):
            key = mix(concat(key, <uint64_t>numbers[at, word] + 1, 1), 0)
        row.name = key


def fill_context(table, list ids, list context):
    """Fill in what the contacts hold besides names: as hashes, and region and country as a handle may say them."""
    cdef ContactRow* rows = contact_rows(table)
    cdef ContactRow* row
    cdef Py_ssize_t at
    cdef tuple held
    cdef bytes home
    for at in range(len(ids)):
        row, held = &rows[at], <tuple>context[at]
        row.order = hash_str(<str>ids[at])
        row.company, row.title, row.city = hash_str(<str>held[0]), hash_str(<str>held[1]), hash_str(<str>held[2])
        row.region, row.country = hash_str(<str>held[3]), hash_str(<str>held[4])
        row.lang, row.domain = hash_str(<str>held[5]), hash_str(<str>held[6])
        row.land = land_of(held[4])
        home = home_of(held[3]).encode()[:TEXT] if held[3] else b""
        memcpy(row.home, <const char*>home, len(home))


def fill_own_words(table, list own, list names, list spellings):
    """Fill in the first own address and site of each, cut to their columns, and if they are the contact's name.

    Returns what each address is to the name: see `own_word`.
    """
    found = np.zeros(len(own), dtype=np.uint8)
    cdef uint8_t[::1] flags = found
    cdef ContactRow* rows = contact_rows(table)
    cdef ContactRow* row
    cdef Py_ssize_t at, size
    cdef str local, whole
    for at in range(len(own)):
        row = &rows[at]
        local, whole, size = <tuple>own[at]
        row.label_size = min(size, OWN)
        if local:
            copy(local, row.local)
            flags[at] = own_word(local, <tuple>names[at], spellings[at])
            row.local_named = _named(flags[at])
        if size:
            copy(whole, row.label)
            row.label_named = _named(own_word(whole[:size], <tuple>names[at], spellings[at]))
    return found


cdef inline int _named(int found) noexcept:
    """Whether an own word has to do with the name: 0 no, 1 yes, 2 it may."""
    return 1 if found & NAMED else 2 if found & LIKE else 0


cdef int copy(str text, uint8_t* column) except -1:
    """Copy the beginning of a text into a column of `OWN` bytes that holds zeros."""
    cdef Text found
    keep = read(text, &found)
    memcpy(column, found.data, min(found.size, OWN))
    return 0


def file_texts(int key, list texts, Filing filing):
    """File contacts under texts, one each; empty ones are no keys."""
    cdef Py_ssize_t row
    for row in range(len(texts)):
        filing.put(mix(hash_str(<str>texts[row]), key), row)


def file_shapes(list shown, Filing filing):
    """File contacts under what their names look like."""
    cdef uint8_t out[ROOM]
    cdef Py_ssize_t row, size
    for row in range(len(shown)):
        size = skeleton(written(<str>shown[row]), out)
        filing.put(mix(hash_bytes(out, size) if size >= 0 else hash_str(skeleton_of(shown[row])), SHAPE), row)


def file_sparse(list sparse, Filing filing):
    """File contacts under texts, as (kind, text, row); returns the kinds as a mask."""
    cdef uint64_t kinds = 0
    cdef int kind
    for key, text, row in sparse:
        kind = key
        filing.put(mix(hash_str(<str>text), kind), row)
        kinds |= <uint64_t>1 << kind
    return kinds


def file_words(list words, list own, const uint8_t[::1] flags, list names, list spellings, Filing filing):
    """File contacts under their addresses and sites, as (of a site?, text, row); returns the kinds as a mask.

    ``flags`` says what the first of the ``own`` of each is to its name.
    """
    cdef uint64_t kinds = 0
    cdef bint of_site
    cdef int kind, found
    cdef Py_ssize_t row
    for of_host, text, number in words:
        of_site, row = of_host, number
        if text is (<tuple>own[row])[0]:
            found = flags[row]
        else:
            found = own_word(<str>text, <tuple>names[row], spellings[row])
        kind = OF_WORDS[of_site][2 if found & NUMBERED else 1 if found & MERELY else 3 if found & LIKE else 0]
        filing.put(mix(hash_str(<str>text), kind), row)
        kinds |= <uint64_t>1 << kind
    return kinds


def file_names(table, words, Filing filing):
    """File contacts under their names, written in every usual way, and under what tells namesakes apart."""
    cdef ContactRow* rows = contact_rows(table)
    cdef int32_t row
    if len(words) and words.dtype.itemsize != SIZES["word"]:
        raise TypeError("a table of words has rows of another size")
    cdef const uint8_t[::1] data = words.view(np.uint8)
    cdef const WordRow* word = <const WordRow*>&data[0]
    for row in range(len(table)):
        file_one(&rows[row], row, word, filing)


cdef int file_one(const ContactRow* contact, int32_t row, const WordRow* words, Filing filing) except -1:
    """File one contact under its name and where it is."""
    cdef const WordRow* given = &words[contact.given]
    cdef const WordRow* surname
    cdef uint64_t part
    cdef int place
    filing.put(mix(contact.company, COMPANY), row)
    filing.put(mix(contact.city, CITY), row)
    for place in range(SURNAMES):
        if contact.surname[place] == 0:
            continue
        surname = &words[contact.surname[place]]
        filing.put(mix(surname.hash, SURNAME), row)
        if contact.company:
            filing.put(mix(joint(surname.hash, contact.company), AT_WORK), row)
        if contact.given:
            file_full(given, &words[contact.middle], surname, row, filing)
            if contact.city:
                filing.put(mix(joint(given.hash + surname.hash, contact.city), AT_HOME), row)
    for place in range(2):
        if contact.part[place]:
            part = words[contact.part[place]].hash
            filing.put(mix(part, SURNAME), row)
            if contact.given:
                filing.put(mix(given.hash + part, NAME), row)
    if contact.surname[0] == 0:
        filing.put(mix(given.hash, FORM), row)
    return 0


cdef int file_full(
    const WordRow* given, const WordRow* middle, const WordRow* surname, int32_t row, Filing filing
) except -1:
    """File a contact under given name and surname: in any order, as handles have them, by sound and by base form."""
    cdef uint64_t g = given.hash, s = surname.hash, m = middle.hash
    cdef int place
    filing.put(mix(concat(g, s, surname.length), FORM), row)
    filing.put(mix(concat(s, g, given.length), FORM), row)
    if surname.length > SHORT:
        filing.put(mix(concat(given.initial, s, surname.length), FORM), row)
        filing.put(mix(concat(s, given.initial, 1), FORM), row)
    if given.length > SHORT:
        filing.put(mix(concat(g, surname.initial, 1), FORM), row)
    if m:
        filing.put(mix(concat(concat(given.initial, middle.initial, 1), s, surname.length), FORM), row)
        filing.put(mix(m + s, NAME), row)
    filing.put(mix(g + s, NAME), row)
    filing.put(mix(given.sound + surname.sound, SOUND), row)
    filing.put(mix(sounds_joined(given, surname), SOUND_FORM), row)
    filing.put(mix(sounds_joined(surname, given), SOUND_FORM), row)
    for place in range(CANONS):
        if given.canon[place]:
            filing.put(mix(given.canon[place] + s, VARIANT), row)
    return 0
