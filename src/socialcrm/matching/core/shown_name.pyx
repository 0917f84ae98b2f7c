"""The words of display names of ASCII: `socialcrm.matching.names.display_words` for most names there are."""

from libc.stdint cimport int32_t, uint8_t
from libc.string cimport memcpy

from socialcrm.matching.core.hashing cimport hash_bytes
from socialcrm.matching.core.normal cimport LIMIT, is_digit, normal_bytes
from socialcrm.matching.core.special_words cimport CAUTION, NAME_TOO, PLACEHOLDER, TITLE, special
from socialcrm.matching.core.texts cimport Text, is_space, stripped

cdef enum:
    MOST = LIMIT // 2 + 1       # words of a text in normal form


cdef int shown_words(Text text, uint8_t* letters, Text* words) noexcept:
    """Find up to `SHOWN` words without titles, cautions, numbers, and asides in brackets.

    ``letters`` has room for `LIMIT` bytes; ``words`` point into it. Returns how many there are: none if all are
    placeholders.
    """
    cdef Text found[MOST]
    cdef int32_t kinds[MOST]
    cdef int count, at, start, end, kept = 0
    cdef bint named = False
    count = _split(letters, _normal_main(text, letters), found, kinds)
    start, end = _without_titles(kinds, count)
    for at in range(start, end):
        if kinds[at] & CAUTION or _is_number(found[at]):
            continue
        named = named or not kinds[at] & PLACEHOLDER
        if kept < SHOWN:
            words[kept] = found[at]
            kept += 1
    return kept if named else 0


cdef int32_t kinds_of_words(Text normal) noexcept:
    """What the words of a text in normal form mean, all kinds together."""
    cdef Py_ssize_t start = 0, at
    cdef int32_t kinds = 0
    for at in range(normal.size + 1):
        if at == normal.size or normal.data[at] == 32:
            kinds |= special(hash_bytes(normal.data + start, at - start)).kinds
            start = at + 1
    return kinds


cdef int _split(const uint8_t* text, Py_ssize_t size, Text* words, int32_t* kinds) noexcept:
    cdef Py_ssize_t start = 0, at
    cdef int count = 0
    for at in range(size + 1):
        if at > start and (at == size or text[at] == 32):
            words[count].data, words[count].size = text + start, at - start
            kinds[count] = special(hash_bytes(text + start, at - start)).kinds
            count += 1
            start = at + 1
    return count


cdef (int, int) _without_titles(const int32_t* kinds, int count) noexcept:
    """Where the words begin and end that are left without titles; one that is a name too stays beside one other."""
    cdef int start = 0, end = count
    while start < end and kinds[start] & TITLE:
        start += 1
    while end > start and kinds[end - 1] & TITLE:
        end -= 1
    if end - start == 1 and start and kinds[start - 1] & NAME_TOO:
        start -= 1
    return start, end


cdef bint _is_number(Text word) noexcept:
    cdef Py_ssize_t at
    for at in range(word.size):
        if not is_digit(word.data[at]):
            return False
    return True


cdef Py_ssize_t _normal_main(Text text, uint8_t* out) noexcept:
    """Write the normal form of a name without what stands beside it, unless nothing else is there."""
    cdef uint8_t main[LIMIT]
    cdef uint8_t unquoted[LIMIT]
    cdef Py_ssize_t at
    text.size = min(text.size, LIMIT)
    for at in range(text.size):
        unquoted[at] = 32 if text.data[at] == b'"' else text.data[at]
    text.data = unquoted
    cdef Py_ssize_t size = _without_asides(stripped(text), main)
    if size == 0:
        memcpy(main, unquoted, text.size)
        size = text.size
    return normal_bytes(main, size, out)


cdef Py_ssize_t _without_asides(Text text, uint8_t* out) noexcept:
    """Leave out what stands in brackets or after a bar, slash or dash, to the end of its line."""
    cdef Py_ssize_t at = 0, written = 0, skipped
    cdef const uint8_t* here
    while at < text.size:
        here = text.data + at
        skipped = 0
        if here[0] in (b"(", b"[", b"{", b"|", b"/"):
            skipped = 1
        elif at + 2 < text.size and is_space(here[0]) and here[1] == b"-" and is_space(here[2]):
            skipped = 3
        if not skipped:
            out[written] = here[0]
            written += 1
            at += 1
            continue
        at += skipped
        while at < text.size and text.data[at] != 10:
            at += 1
    return written
