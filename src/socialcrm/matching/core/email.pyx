"""E-mail addresses of ASCII, which most are: `email_key`, `local_part` and `email_domain` in one go."""

from libc.stdint cimport uint8_t

from socialcrm.matching.core.letters cimport LIMIT
from socialcrm.matching.core.texts cimport (
    PyUnicode_IS_COMPACT_ASCII, Text, is_digit, is_letter, lower, read, stripped,
)

from socialcrm.matching.words import MAIL_HOSTS, ROLES

cdef enum:
    LONGEST_LOCAL = 64
    LONGEST_LABEL = 63
    MOST_LABELS = 6

cdef frozenset _ROLES = ROLES, _MAIL_HOSTS = MAIL_HOSTS


def ascii_email(str address):
    """An address as (key, local part, domain); None where it is none, or the rules for other texts are needed."""
    return read_email(address)


cdef tuple read_email(str address):
    """`ascii_email` for compiled code."""
    cdef uint8_t letters[LIMIT]
    cdef Text text
    cdef Py_ssize_t at, sign, end, plain = 0
    cdef str key, local, domain
    if not PyUnicode_IS_COMPACT_ASCII(address):
        return None
    keep = read(address, &text)
    text = stripped(text)
    if text.size > LIMIT:
        return None
    for at in range(text.size):
        letters[at] = lower(text.data[at])
    sign = _local_end(letters, text.size)
    if sign < 0 or not _is_domain(letters + sign + 1, text.size - sign - 1):
        return None
    key, domain = letters[: text.size].decode("ascii"), letters[sign + 1 : text.size].decode("ascii")
    end = 0
    while end < sign and letters[end] != c"+":
        end += 1
    local = letters[:end].decode("ascii")
    if local in _ROLES:
        local = ""
    else:
        for at in range(end):
            if is_letter(letters[at]) or is_digit(letters[at]):
                letters[plain] = letters[at]
                plain += 1
        if plain < end:
            local = letters[:plain].decode("ascii")
    return key, local, "" if domain in _MAIL_HOSTS else domain


cdef Py_ssize_t _local_end(const uint8_t* text, Py_ssize_t size) noexcept:
    """Where the ``@`` stands after a local part; -1 if there is none."""
    cdef Py_ssize_t at
    for at in range(min(size, LONGEST_LOCAL + 1)):
        if text[at] == c"@":
            return at if at else -1
        if not (_is_word(text[at]) or text[at] in (c".", c"+", c"-")):
            return -1
    return -1


cdef bint _is_domain(const uint8_t* text, Py_ssize_t size) noexcept:
    """Whether a text is two labels to six, parted by points."""
    cdef Py_ssize_t at, start = 0
    cdef int labels = 0
    for at in range(size + 1):
        if at == size or text[at] == c".":
            if at == start or at - start > LONGEST_LABEL:
                return False
            labels += 1
            start = at + 1
        elif not (_is_word(text[at]) or text[at] == c"-"):
            return False
    return 2 <= labels <= MOST_LABELS


cdef inline bint _is_word(uint8_t letter) noexcept:
    return is_letter(letter) or is_digit(letter) or letter == c"_"
