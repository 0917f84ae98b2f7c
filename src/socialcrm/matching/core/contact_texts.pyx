"""The normal forms of contacts, one contact after another: all that is done to texts before hashes take over."""

import cython

from functools import lru_cache

from libc.stdint cimport uint8_t

from socialcrm.matching.core.own_words cimport LOOSE, NAMED, TABLED, UNREAD, own_word
from socialcrm.matching.core.email cimport read_email
from socialcrm.matching.core.texts cimport PyUnicode_IS_COMPACT_ASCII, Text, exact, is_digit, read

from socialcrm.matching.columns import ContactRow
from socialcrm.matching.core.person import ascii_name
from socialcrm.matching.facts import Key
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.keys import SCRIPTS, normal, squash
from socialcrm.matching.names import parse_name
from socialcrm.matching.web import email_domain, email_key, local_part, parse_site, phone_key
from socialcrm.matching.words import CAMPAIGN, COMPANY_FORMS, OFFICES, ROLE_WORDS, ROLES_NUMBERED

cdef enum:
    LONGEST_NAME = 128  # characters of a name as it is shown
    MOST = 5            # addresses of a kind
    MOST_HANDLES = 20   # of one platform
    SHORT = 3           # letters of an address that are too few to find anybody by
    MOST_SCRIPTS = 32
    LONGEST_PHONE = 64
    FEWEST_DIGITS = 8
    DIGITS = 9

cdef enum:
    HOST = 0            # places in a `Site`
    SITE_DOMAIN = 1
    LABEL = 2
    PAGE_OF = 3
    ACCOUNT = 4

cdef struct Script:
    Py_UCS4 low, high
    bint latin
    int spelling

cdef Script TABLE[MOST_SCRIPTS]
cdef int SCRIPT_COUNT = 0
cdef tuple NO_SITE = ("", "", 0)
cdef object EMAIL = Key.EMAIL, PHONE = Key.PHONE, SITE_ACCOUNT = Key.SITE_ACCOUNT, PAGE = Key.PAGE, DOMAIN = Key.DOMAIN
cdef int OFFICE = sum(1 << ROLES_NUMBERED[role] for role in OFFICES), CAMPAIGNS = 1 << ROLES_NUMBERED[CAMPAIGN]
cdef dict SPELLINGS = {"Latin": TABLED, "Hangul": TABLED, "Han": UNREAD, "Kana": UNREAD}
"""How well it is known how a name in these letters is written in Latin ones: 純 is Jun, Sumi, Atsushi."""


cdef void _fill() except *:
    global SCRIPT_COUNT
    if len(SCRIPTS) > MOST_SCRIPTS:
        raise ValueError(f"{len(SCRIPTS)} scripts: make room for them")
    for low, high, name in SCRIPTS:
        TABLE[SCRIPT_COUNT] = Script(low, high, name == "Latin", SPELLINGS.get(name, LOOSE))
        SCRIPT_COUNT += 1

_fill()


@cython.final
cdef class ContactTexts:
    """What some contacts hold, in normal form, column by column.

    ``context`` has company, title, city, region, country, language and domain; ``sparse`` texts that
    are keys as they are, as (kind, text, row); ``words`` the local parts of addresses and the names
    of sites, as (of a site?, text, row); ``own`` the first of each and where its name ends; ``wholes``
    names outside ASCII, letter by letter; ``spellings`` how well it is known how a name is written in Latin letters.
    """

    cdef readonly list ids, shown, wholes, names, context, known, sparse, words, own, roles, foreign, spellings

    def __init__(self, contacts):
        self.ids, self.shown, self.wholes, self.names, self.context, self.known = [], [], [], [], [], []
        self.sparse, self.words, self.own, self.roles, self.foreign, self.spellings = [], [], [], [], [], []
        for contact in contacts:
            self._read(_fields(contact))

    def __len__(self):
        """How many contacts there are."""
        return len(self.ids)

    cdef int _read(self, tuple fields) except -1:
        cdef str first = exact(fields[1]), last = exact(fields[2]), full = exact(fields[3])
        cdef str title = exact(fields[6]), company = exact(fields[7]), country = exact(fields[11])
        cdef str local = "", domain = "", lang = exact(fields[12])
        emails, phones, websites, handles = fields[4], fields[5], fields[8], fields[13]
        self.ids.append(exact(fields[0]))
        self._show(full or f"{first} {last}".strip())
        name = ascii_name(first, last, full, country)
        self.names.append(parse_name(first, last, full, country) if name is None else name)
        if emails:
            local, domain = self._emails(emails)
        self.context.append((
            company_phrase(company) if company else "", normal(title) if title else "",
            normal(exact(fields[9])) if fields[9] else "", normal(exact(fields[10])) if fields[10] else "",
            normal(country) if country else "", lang.partition("-")[0].casefold() if lang else "", domain,
        ))
        self.roles.append(_roles(title, company))
        self.known.append(_known(handles) if handles else [])
        self._sites(local, domain, websites)
        for number in phones[:MOST] if phones else ():
            self._add(PHONE, _phone(exact(number)))
        return 0

    cdef int _show(self, str name) except -1:
        """The name as a person would read it, and which letters it is written in."""
        cdef Py_UCS4 letter
        cdef int at
        cdef bint foreign = False
        cdef int spelling = TABLED
        name = name[:LONGEST_NAME]
        self.shown.append(name)
        if PyUnicode_IS_COMPACT_ASCII(name):
            self.wholes.append("")
        else:
            self.wholes.append(squash(name))
            for letter in name:
                if not letter.isalpha():
                    continue
                for at in range(SCRIPT_COUNT):
                    if TABLE[at].low <= letter <= TABLE[at].high:
                        foreign, spelling = foreign or not TABLE[at].latin, max(spelling, TABLE[at].spelling)
                        break
                else:
                    foreign, spelling = True, max(spelling, <int>LOOSE)
        self.foreign.append(foreign)
        self.spellings.append(spelling)
        return 0

    cdef int _add(self, key, str text) except -1:
        if text:
            self.sparse.append((key, text, len(self.ids) - 1))
        return 0

    cdef tuple _emails(self, emails):
        """Put down the addresses; returns the letters before the ``@`` of the first, and its domain."""
        cdef str key, local, written
        cdef tuple found, first = None
        for address in emails[:MOST]:
            written = exact(address)
            found = read_email(written)
            if found is None:
                key = email_key(written)
                found = (key, local_part(key), email_domain(written))
            key, local = found[0], found[1]
            self._add(EMAIL, key)
            if len(local) > SHORT:
                self.words.append((False, local, len(self.ids) - 1))
            if first is None:
                first = (local, found[2])
        return first

    cdef int _sites(self, str local, str domain, websites) except -1:
        """Put down the pages, and the first of them as the contact's own, with what it is called."""
        cdef str word
        cdef tuple name = <tuple>self.names[len(self.names) - 1], own = None
        cdef list sites = [parse_site(address) for address in websites[:MOST]] if websites else []
        for site in sites:
            self._add_page(<tuple>site)
        if sites and (<tuple>sites[0])[HOST]:
            own = _called(<tuple>sites[0], name)
        elif domain:
            own = _of_domain(domain) or _called(<tuple>parse_site(domain), name)
        if own is None or own[0] == local:  # says nothing besides the address
            own = NO_SITE
        self.own.append((local, own[1], own[2]))
        for site in sites:
            word = _plain(_site_name(<tuple>site, name))
            if len(word) > SHORT:
                self.words.append((True, word, len(self.ids) - 1))
        return 0

    cdef int _add_page(self, tuple site) except -1:
        if site[ACCOUNT]:
            self._add(SITE_ACCOUNT, " ".join(site[ACCOUNT]))
        self._add(PAGE, <str>site[PAGE_OF])
        if site[SITE_DOMAIN] and site[HOST] == site[PAGE_OF] and not site[ACCOUNT]:
            self._add(DOMAIN, <str>site[HOST])
        return 0


cdef tuple _fields(contact):
    """The fields of a contact, in the order of `ContactRow`."""
    if type(contact) is ContactRow:
        return <tuple>contact
    return tuple([getattr(contact, name) for name in ContactRow._fields])


@lru_cache(maxsize=20_000)
def _of_domain(domain):
    """`_called` of a domain by itself, which is the same whatever the contact's name is; None if it is not."""
    cdef tuple site = <tuple>parse_site(domain)
    return None if site[ACCOUNT] or _below(site) else _called(site, ())


cdef tuple _called(tuple site, tuple name):
    """What a site is called, the letters of that and of what follows in its host, and how many are of the former."""
    cdef str label = _site_name(site, name), plain = _plain(label), suffix = ""
    if label == site[LABEL] and site[SITE_DOMAIN]:
        suffix = (<str>site[SITE_DOMAIN]).removeprefix(site[LABEL])
    return label, plain + _plain(suffix), len(plain)


cdef str _site_name(tuple site, tuple name):
    """What a site is called: the account that it is, the part of its host that is the contact's name, or its domain."""
    cdef str below
    if site[ACCOUNT]:
        return (<str>(<tuple>site[ACCOUNT])[1]).split("@")[0]
    below = _below(site)
    if below and own_word(below, name) & NAMED and not own_word(<str>site[LABEL], name) & NAMED:
        return below
    return <str>site[LABEL]


cdef str _below(tuple site):
    """The part of a host right below its domain, where it may name somebody."""
    cdef str host = <str>site[HOST], domain = <str>site[SITE_DOMAIN], found
    if host == domain or not domain or site[ACCOUNT]:
        return ""
    found = host.removesuffix(domain).rstrip(".").rpartition(".")[2]
    return found if len(found) > 2 else ""


@lru_cache(maxsize=20_000)
def company_phrase(company):
    """A company's name without its legal form, as it would stand in a bio; empty if too short to say anything."""
    words = normal(company.split(",")[0]).split()
    while words and words[len(words) - 1] in COMPANY_FORMS:
        words.pop()
    phrase = " ".join(words[:5])
    return phrase if len(phrase) > 2 else ""


cdef int _roles(str title, str company) except -1:
    """The roles that title and employer say, as bits; who holds an office campaigns."""
    cdef int held = (_roles_said(title) if title else 0) | (_roles_said(company) if company else 0)
    return held | CAMPAIGNS if held & OFFICE else held


@lru_cache(maxsize=20_000)
def _roles_said(text):
    return sum({1 << ROLES_NUMBERED[ROLE_WORDS[word]] for word in normal(text).split() if word in ROLE_WORDS})


cdef list _known(handles):
    """The accounts that the customer gave, as (platform, key)."""
    keys = [
        (platform_key(platform), known_key(platform, handle))
        for platform, names in handles.items()
        for handle in names[:MOST_HANDLES]
    ]
    return [(platform, key) for platform, key in keys if key]


cdef str _phone(str number):
    """`phone_key`, read here where it is ASCII."""
    cdef uint8_t digits[LONGEST_PHONE]
    cdef Text text
    cdef Py_ssize_t at, count = 0, start
    if not PyUnicode_IS_COMPACT_ASCII(number):
        return phone_key(number)
    keep = read(number, &text)
    for at in range(min(text.size, LONGEST_PHONE)):
        if is_digit(text.data[at]):
            digits[count] = text.data[at]
            count += 1
    start = max(count - DIGITS, 0)
    while start < count and digits[start] == c"0":
        start += 1
    return digits[start:count].decode("ascii") if count >= FEWEST_DIGITS else ""


cdef str _plain(str text):
    return text if text.isalnum() else "".join(filter(str.isalnum, text))
