"""The normal forms of contacts, one contact after another: all that is done to texts before arrays take over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.facts import Key
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.keys import normal, scripts, squash
from socialcrm.matching.lands import land_of
from socialcrm.matching.names import Name, parse_name
from socialcrm.matching.own_words import are_of
from socialcrm.matching.romanise import romanise
from socialcrm.matching.web import Site, email_domain, email_key, local_part, parse_site, phone_key
from socialcrm.matching.words import CAMPAIGN, COMPANY_FORMS, OFFICES, ROLE_WORDS, ROLES_NUMBERED

_NOWHERE = Site()


# How a name in these is read nobody can tell from its letters: 純 is Jun, Sumi, Atsushi.
UNREAD = frozenset({"Han", "Hiragana", "Katakana"})


class ContactTexts:
    """What some contacts hold, in normal form, column by column.

    ``context`` has company, title, city, region, country, language and domain; ``sparse`` texts that
    are keys as they are, as (kind, text, row); ``words`` the local parts of addresses and the names
    of sites, as (of a site?, text, row); ``own`` the first of each and where its name ends; ``wholes``
    names outside ASCII, letter by letter.
    """

    def __init__(self, contacts: Sequence[AnyContact]) -> None:
        self.ids = [contact.id for contact in contacts]
        self.shown = [contact.name[:128] for contact in contacts]
        self.names: list[Name] = []
        self.context: list[tuple[str, ...]] = []
        self.known: list[list[tuple[str, str]]] = []
        self.sparse: list[tuple[Key, str, int]] = []
        self.words: list[tuple[bool, str, int]] = []
        self.own: list[tuple[str, str, int]] = []
        self.roles: list[int] = []
        self.homes = ["".join(map(romanise, normal(contact.region).split())) for contact in contacts]
        self.lands = [land_of(contact.country) for contact in contacts]
        self.wholes = ["" if name.isascii() else squash(name) for name in self.shown]
        self._sites: list[tuple[str, Site, Sequence[Site]]] = []
        written = [frozenset[str]() if name.isascii() else scripts(name) for name in self.shown]
        self.foreign = [bool(some - {"Latin"}) for some in written]
        self.unread = [not some.isdisjoint(UNREAD) for some in written]
        for row, contact in enumerate(contacts):
            self._read(row, contact)
        self._name_sites()

    def __len__(self) -> int:
        return len(self.ids)

    def _read(self, row: int, contact: AnyContact) -> None:
        self.names.append(parse_name(contact.first_name, contact.last_name, contact.full_name, contact.country))
        domain = email_domain(contact.emails[0]) if contact.emails else ""
        self.context.append(
            (
                company_phrase(contact.company), normal(contact.title), normal(contact.city), normal(contact.region),
                normal(contact.country), contact.lang.split("-")[0].casefold(), domain,
            )
        )  # fmt: skip
        self.roles.append(_roles(contact.title, contact.company) if contact.title or contact.company else 0)
        self.known.append(_known(contact) if contact.handles else [])
        local = self._emails(row, contact) if contact.emails else ""
        sites = self._pages(row, contact) if contact.websites else ()
        own = sites[0] if sites else _NOWHERE
        if not own.host and domain:
            own = parse_site(domain)
        self._sites.append((local, own, sites))
        for number in contact.phones[:5]:
            self._add(Key.PHONE, phone_key(number), row)

    def _add(self, key: Key, text: str, row: int) -> None:
        if text:
            self.sparse.append((key, text, row))

    def _emails(self, row: int, contact: AnyContact) -> str:
        first = ""
        for number, address in enumerate(contact.emails[:5]):
            key = email_key(address)
            local = local_part(key)
            self._add(Key.EMAIL, key, row)
            if len(local) > 3:
                self.words.append((False, local, row))
            first = first if number else local
        return first

    def _pages(self, row: int, contact: AnyContact) -> Sequence[Site]:
        sites = [parse_site(address) for address in contact.websites[:5]]
        for site in sites:
            if site.account:
                self._add(Key.SITE_ACCOUNT, " ".join(site.account), row)
            self._add(Key.PAGE, site.page, row)
            if site.domain and site.host == site.page and not site.account:
                self._add(Key.DOMAIN, site.host, row)
        return sites

    def _name_sites(self) -> None:
        """Tell what sites are called, all at once: few hosts have a part below their domain to ask about."""
        all_sites = ((row, site) for row, (_, own, sites) in enumerate(self._sites) for site in (own, *sites))
        asked = list(dict.fromkeys((row, site) for row, site in all_sites if site.domain and _below(site)))
        names = [self.names[row] for row, _ in asked] * 2
        named = are_of([*(_below(site) for _, site in asked), *(site.label for _, site in asked)], names)[1].tolist()
        mine = zip(asked, named[: len(asked)], named[len(asked) :], strict=True)
        below = {one for one, of_host, of_domain in mine if of_host and not of_domain}
        for row, (local, own, sites) in enumerate(self._sites):
            if own is _NOWHERE and not sites:
                self.own.append((local, "", 0))
                continue
            label = _site_name(own, (row, own) in below)
            if label == local:
                own, label = _NOWHERE, ""  # says nothing besides the address
            suffix = "" if label != own.label or not own.domain else own.domain.removeprefix(own.label)
            label = _plain(label)
            self.own.append((local, label + _plain(suffix), len(label)))
            for site in sites:
                word = _plain(_site_name(site, (row, site) in below))
                if len(word) > 3:
                    self.words.append((True, word, row))


def _site_name(site: Site, below: bool) -> str:
    """What a site is called: the account that it is, the part of its host that is the contact's name, or its domain."""
    return site.account[1].split("@")[0] if site.account else _below(site) if below else site.label


def _below(site: Site) -> str:
    """The part of a host right below its domain, where it may name somebody."""
    if site.host == site.domain or not site.domain or site.account:
        return ""
    found = site.host.removesuffix(site.domain).rstrip(".").rpartition(".")[2]
    return found if len(found) > 2 else ""


@lru_cache(maxsize=20_000)
def company_phrase(company: str) -> str:
    """A company's name without its legal form, as it would stand in a bio; empty if too short to say anything."""
    words = normal(company.split(",")[0]).split()
    while words and words[-1] in COMPANY_FORMS:
        words.pop()
    phrase = " ".join(words[:5])
    return phrase if len(phrase) > 2 else ""


@lru_cache(maxsize=20_000)
def _roles(title: str, company: str) -> int:
    words = {*normal(title).split(), *normal(company).split()}
    held = {ROLE_WORDS[word] for word in words if word in ROLE_WORDS}
    return sum(1 << ROLES_NUMBERED[role] for role in (held if held.isdisjoint(OFFICES) else held | {CAMPAIGN}))


def _known(contact: AnyContact) -> list[tuple[str, str]]:
    """The accounts that the customer gave, as (platform, key)."""
    keys = [
        (platform_key(platform), known_key(platform, handle))
        for platform, handles in contact.handles.items()
        for handle in handles[:20]
    ]
    return [(platform, key) for platform, key in keys if key]


def _plain(text: str) -> str:
    return text if text.isalnum() else "".join(filter(str.isalnum, text))
