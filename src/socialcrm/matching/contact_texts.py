"""The normal forms of contacts, one contact after another: all that is done to texts before arrays take over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from socialcrm.matching.columns import AnyContact
from socialcrm.matching.facts import Key
from socialcrm.matching.handles import known_key, platform_key
from socialcrm.matching.keys import normal, scripts
from socialcrm.matching.names import Name, parse_name
from socialcrm.matching.web import Site, email_domain, email_key, local_part, parse_site, phone_key
from socialcrm.matching.words import COMPANY_FORMS, ROLE_WORDS, ROLES_NUMBERED

_NOWHERE = Site()
_ROLE_BITS = {word: 1 << ROLES_NUMBERED[role] for word, role in ROLE_WORDS.items()}


class ContactTexts:
    """What some contacts hold, in normal form, column by column.

    ``context`` has company, title, city, region, country, language and domain; ``sparse`` texts that
    are keys as they are, as (kind, text, row); ``words`` the local parts of addresses and the names
    of hosts, as (of a host?, text, row); ``own`` the first of each and where its name ends.
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
        written = [frozenset[str]() if name.isascii() else scripts(name) for name in self.shown]
        self.foreign = [bool(some - {"Latin"}) for some in written]
        for row, contact in enumerate(contacts):
            self._read(row, contact)

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
        site = self._sites(row, contact) if contact.websites else _NOWHERE
        if not site.host and domain:
            site = parse_site(domain)
        label = site.account[1].split("@")[0] if site.account else site.label
        suffix = "" if site.account or not site.domain else site.domain.removeprefix(site.label)
        label = _plain(label)
        self.own.append((local, label + _plain(suffix), len(label)))
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

    def _sites(self, row: int, contact: AnyContact) -> Site:
        sites = [parse_site(address) for address in contact.websites[:5]]
        for site in sites:
            label = _plain(site.label)
            if site.account:
                self._add(Key.SITE_ACCOUNT, " ".join(site.account), row)
            elif len(label) > 3:
                self.words.append((True, label, row))
            self._add(Key.PAGE, site.page, row)
            if site.domain and site.host == site.page and not site.account:
                self._add(Key.DOMAIN, site.host, row)
        return sites[0]


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
    return sum({_ROLE_BITS[word] for word in words if word in _ROLE_BITS})


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
