"""The words of `socialcrm.matching.words` by their hashes: what each means, all at once."""

from socialcrm.matching import words as tables
from socialcrm.matching.core.hashing import hash_texts
from socialcrm.matching.core.hashtable import HashTable
from socialcrm.matching.core.hashtable cimport HashTable
from socialcrm.matching.lands import OFFICES

cdef enum:
    MOST = 1024

_TABLES = (
    (TITLE, tables.TITLES), (NAME_TOO, tables.NAMES_TOO), (CAUTION, tables.CAUTIONS),
    (PLACEHOLDER, tables.PLACEHOLDERS), (AFFIX, tables.AFFIX_WORDS), (ORGANISATION, tables.ORGANISATION),
    (ASKS_FOR_VOTES, tables.CAMPAIGNS),
)

cdef Special SPECIALS[MOST]
cdef Special NOTHING
cdef HashTable NUMBERS


cdef void _fill() except *:
    global NUMBERS
    every = sorted(set(tables.ROLE_AFFIXES).union(OFFICES, *(words for _, words in _TABLES)))
    if len(every) > MOST:
        raise ValueError(f"{len(every)} words with a meaning: make room for them")
    for at, word in enumerate(every):
        SPECIALS[at].kinds = sum(kind for kind, words in _TABLES if word in words)
        role = tables.ROLE_AFFIXES.get(word)
        SPECIALS[at].roles = 1 << tables.ROLES_NUMBERED[role] if role else 0
        SPECIALS[at].lands = OFFICES.get(word, 0)
    NOTHING.kinds, NOTHING.roles, NOTHING.lands = 0, 0, 0
    NUMBERS = HashTable(hash_texts(every))

_fill()


cdef Special special(uint64_t word) noexcept nogil:
    """What a word means, given by its hash."""
    cdef int32_t number = NUMBERS.find(word)
    return SPECIALS[number] if number >= 0 else NOTHING
