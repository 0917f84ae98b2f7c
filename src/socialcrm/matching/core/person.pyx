"""Names of ASCII without brackets, quotes and commas, which most are: `socialcrm.matching.names.parse_name` for them."""

from libc.stdint cimport uint8_t

from socialcrm.matching.core.letters cimport LIMIT, ROOM, normal_form, written
from socialcrm.matching.core.texts cimport PyUnicode_IS_COMPACT_ASCII, Text, is_digit, is_letter, read

from socialcrm.matching.name import FAMILY_FIRST_COUNTRIES, Name
from socialcrm.matching.words import CAUTIONS, NAMES_TOO, PARTICLES, PLACEHOLDERS, TITLES

cdef enum:
    LONGEST = 64        # letters of a word that are kept
    LONG = 2            # letters of a word of a surname that are too few to stand for it
    MOST = 9            # words of a surname that are counted

cdef frozenset _TITLES = TITLES, _CAUTIONS = CAUTIONS, _PLACEHOLDERS = PLACEHOLDERS
cdef frozenset _NAMES_TOO = NAMES_TOO, _PARTICLES = PARTICLES
cdef object _new = tuple.__new__
cdef object EMPTY = Name()


def ascii_name(str first, str last, str full, str country):
    """The name of three fields as `parse_name` reads it; None where its other rules are needed."""
    cdef bint given = _has_letters(first), family = _has_letters(last)
    cdef str text
    cdef list words
    cdef Py_ssize_t cut
    if not (_is_plain(first) and _is_plain(last)):
        return None
    if given and family:
        return _build(_words(first), _words(last))
    if not _is_plain(full):
        return None
    text = full if _has_letters(full) else first if given else last
    words = _words(text)
    if not words or _all_among(words, _PLACEHOLDERS, _CAUTIONS):
        return EMPTY
    cut = len(words) - 1
    if cut == 0:
        return _build(words, [])
    if country and (not PyUnicode_IS_COMPACT_ASCII(country) or _normal(country) in FAMILY_FIRST_COUNTRIES):
        return None
    while cut > 1 and words[cut - 1] in _PARTICLES:
        cut -= 1
    return _build(words[:cut], words[cut:])


cdef bint _has_letters(str text) except -1:
    """Whether there is anything but space."""
    return len(text) > 0 and not text.isspace()


cdef bint _is_plain(str text) except -1:
    """Whether a text has only letters, digits, space, points, apostrophes, and hyphens within words."""
    cdef Text found
    cdef Py_ssize_t at
    cdef uint8_t letter
    if not PyUnicode_IS_COMPACT_ASCII(text) or len(text) > LIMIT // 2:
        return False
    keep = read(text, &found)
    for at in range(found.size):
        letter = found.data[at]
        if is_letter(letter) or is_digit(letter) or letter in (32, c".", c"'"):
            continue
        if letter != c"-" or at > 0 and found.data[at - 1] == 32:
            return False
    return True


cdef str _normal(str text):
    """The normal form of a text of ASCII."""
    cdef uint8_t out[ROOM]
    cdef Py_ssize_t size = normal_form(written(text), out)
    return out[:size].decode("ascii")


cdef list _words(str text):
    """The words of a name without titles around them."""
    cdef list words = _normal(text).split()
    cdef Py_ssize_t start = 0, end = len(words)
    while start < end and words[start] in _TITLES:
        start += 1
    while end > start and words[end - 1] in _TITLES:
        end -= 1
    if end - start == 1 and start and words[start - 1] in _NAMES_TOO:
        start -= 1
    return words if end - start == len(words) else words[start:end]


cdef bint _all_among(list words, frozenset one, frozenset other) except -1:
    for word in words:
        if word not in one and word not in other:
            return False
    return True


cdef object _build(list given, list family):
    """A name of words in Latin letters, the given names first."""
    cdef list names = [word for word in given if not (<str>word).isdigit()]
    cdef tuple surnames = (), parts = ()
    if _all_among(names, _PLACEHOLDERS, _PLACEHOLDERS) and _all_among(family, _PLACEHOLDERS, _PLACEHOLDERS):
        return EMPTY
    if len(family) == 1:
        surnames = ((<str>family[0])[:LONGEST],)
    elif family:
        surnames = ("".join(family)[:LONGEST],)
        parts = tuple([(<str>word)[:LONGEST] for word in family if len(<str>word) > LONG])
    return _new(Name, (
        (<str>names[0])[:LONGEST] if names else "", (<str>names[1])[:LONGEST] if len(names) > 1 else "",
        surnames, parts, False, min(MOST, max(1, len(family))), (),
    ))
