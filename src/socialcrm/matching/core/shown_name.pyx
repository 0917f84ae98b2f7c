"""The words of display names, letter by letter: see `socialcrm.matching.names.display_words`."""

from libc.stdint cimport int32_t, uint8_t, uint32_t

from socialcrm.matching.core.hashing cimport hash_bytes
from socialcrm.matching.core.letters cimport (
    ASIAN, ASIDE, HYPHEN, LIMIT, NEWLINE, ODD, POINT, QUOTE, SPACE, Letter, Written, code_at, letter_of, normal_form,
)
from socialcrm.matching.core.special_words cimport CAUTION, NAME_TOO, PLACEHOLDER, TITLE, special
from socialcrm.matching.core.texts cimport Text, is_digit

cdef enum:
    MOST = LIMIT // 2 + 1       # words of a text in normal form
    SURELY_WHOLE = LIMIT // 4   # letters of a name that, composed anew, are not too many


cdef int shown_words(Written name, uint8_t* letters, Text* words) except -2:
    """Find up to `SHOWN` words without titles, cautions, numbers, and asides in brackets.

    ``letters`` has `ROOM`; ``words`` point into it. Returns how many there are: none if all are placeholders, -1 if
    the name is left to the rules.
    """
    cdef Text found[MOST]
    cdef int32_t kinds[MOST]
    cdef int count, at, start, end, kept = 0
    cdef bint named = False
    cdef Py_ssize_t size = _normal_main(name, letters)
    if size < 0:
        return -1
    count = _split(letters, size, found, kinds)
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


cdef Py_ssize_t _normal_main(Written name, uint8_t* out) except -2:
    """Write the normal form of a name without what stands beside it, unless nothing else is there; -1 if it is odd."""
    cdef uint32_t whole[LIMIT]
    cdef uint32_t main[LIMIT]
    cdef const Letter* one
    cdef Py_ssize_t at, start = 0
    cdef Written text
    if name.kind > 1 and name.size > SURELY_WHOLE:
        return -1
    text.kind, text.data, text.size = 4, whole, min(name.size, LIMIT)
    for at in range(text.size):
        one = letter_of(code_at(name, at))
        if one.flags & ODD:
            return -1
        whole[at] = 32 if one.flags & QUOTE or _between_words(name, at, text.size) else code_at(name, at)
    while start < text.size and letter_of(whole[start]).flags & SPACE:
        start += 1
    at = text.size
    while at > start and letter_of(whole[at - 1]).flags & SPACE:
        at -= 1
    at = _without_asides(whole + start, at - start, main)
    if at:
        text.data, text.size = main, at
    return normal_form(text, out)


cdef bint _between_words(Written name, Py_ssize_t at, Py_ssize_t size) except -1:
    """Whether a point stands between words of a foreign name in Han or Kana, which stand in their own order."""
    if not letter_of(code_at(name, at)).flags & POINT or at == 0 or at + 1 >= size:
        return False
    return letter_of(code_at(name, at - 1)).flags & ASIAN and letter_of(code_at(name, at + 1)).flags & ASIAN


cdef Py_ssize_t _without_asides(const uint32_t* text, Py_ssize_t size, uint32_t* out) except -1:
    """Leave out what stands in brackets or after a bar, slash or dash, to the end of its line."""
    cdef Py_ssize_t at = 0, written = 0, skipped
    while at < size:
        skipped = 0
        if letter_of(text[at]).flags & ASIDE:
            skipped = 1
        elif at + 2 < size and _is_dash(text + at):
            skipped = 3
        if not skipped:
            out[written] = text[at]
            written += 1
            at += 1
            continue
        at += skipped
        while at < size and not letter_of(text[at]).flags & NEWLINE:
            at += 1
    return written


cdef bint _is_dash(const uint32_t* text) except -1:
    """Whether a hyphen stands between spaces."""
    if not letter_of(text[0]).flags & SPACE or not letter_of(text[1]).flags & HYPHEN:
        return False
    return letter_of(text[2]).flags & SPACE
