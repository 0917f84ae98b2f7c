"""Web addresses, e-mail addresses and phone numbers, reduced to what identifies somebody."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from socialcrm.matching.handles import known_key
from socialcrm.matching.keys import LIMIT
from socialcrm.matching.words import MAIL_HOSTS, ROLES, SHARED_HOSTS, SOCIAL_HOSTS, words

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"\+?\d[\d\s().-]{6,18}\d")


class Site(NamedTuple):
    """A web address: host, registrable name (``acme`` of www.acme.co.uk), its own page, and a social account.

    ``page`` is empty on hosts where strangers live side by side unless a path or label tells them apart.
    ``account`` is (platform, known key) when the address is an account on a social network.
    """

    host: str = ""
    domain: str = ""
    label: str = ""
    page: str = ""
    account: tuple[str, str] | None = None


@cache
def _suffixes() -> Any:
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


_BLOG_HOSTS = words("blogspot wordpress over-blog hatenablog livejournal typepad")
_NOBODYS = words("www m d blog blogs post cafe sites site view user users profile people in pub home id author authors")
_NOBODYS |= {""}
"""Parts of an address below a host or in a path that name nobody."""


def _first_own(path: str) -> str:
    """The first part of a path that may name somebody."""
    return next((part.lstrip("@~") for part in path.split("/") if part not in _NOBODYS), "")


@lru_cache(maxsize=10_000)
def parse_site(address: str) -> Site:
    """Read a web address without ever visiting it; anything unreadable gives an empty `Site`."""
    text = address.strip()[: LIMIT * 2]
    if not text or " " in text or "\\" in text or "." not in text:
        return Site()
    try:
        parts = urlsplit(text if "//" in text else "//" + text)
        host = (parts.hostname or "").casefold().removeprefix("www.").rstrip(".")
        path = parts.path.strip("/").casefold()
    except ValueError:
        return Site()
    if "." not in host or parts.username is not None or parts.scheme not in ("", "http", "https"):
        return Site()
    if host in SOCIAL_HOSTS:
        key = known_key(SOCIAL_HOSTS[host], text) if path else ""
        return Site(host, host, "", f"{host}/{path}" if key else "", (SOCIAL_HOSTS[host], key) if key else None)
    found = _suffixes()(host, include_psl_private_domains=True)
    if found.is_private:  # hosted: github.io and the like are suffixes below which strangers live
        label = found.domain or _first_own(path)
        return Site(host, "", label, f"{host}/{path}" if (label or path) else "")
    known = bool(found.domain and found.suffix)
    domain = f"{found.domain}.{found.suffix}" if known else ".".join(host.split(".")[-2:])
    if host in SHARED_HOSTS or domain in SHARED_HOSTS or found.domain in _BLOG_HOSTS:
        below = host.removesuffix(domain).rstrip(".").split(".")[-1]
        label = below if below not in _NOBODYS else _first_own(path)
        return Site(host, "", label, f"{host}/{path}" if (label or path) else "")
    label = domain.split(".")[0]
    if path.startswith("@") and "/" not in path:
        return Site(host, domain, label, f"{host}/{path}", ("mastodon", f"{path.lstrip('@')}@{host}"))
    return Site(host, domain, label, f"{host}/{path}".rstrip("/"))


def email_key(address: str) -> str:
    """An e-mail address in the form in which two are equal, or an empty text if it is none."""
    text = address.strip().casefold()[:LIMIT]
    return text if _EMAIL.fullmatch(text) else ""


def local_part(key: str) -> str:
    """The letters and digits before the ``@`` of a key, without a ``+tag``; empty for role addresses."""
    local = key.split("@")[0].split("+")[0]
    return "" if local in ROLES else "".join(filter(str.isalnum, local))


def email_domain(address: str) -> str:
    """The domain of an address at an organisation's own host; empty for public mail hosts."""
    key = address.strip().casefold()[:LIMIT]
    domain = key.rpartition("@")[2]
    return "" if domain in MAIL_HOSTS else domain


def emails_in(text: str) -> list[str]:
    """The e-mail addresses written in a text."""
    return [found.casefold() for found in _EMAIL.findall(text[:2000])[:5]] if "@" in text else []


@lru_cache(maxsize=10_000)
def phone_key(number: str) -> str:
    """The last nine digits of a number with at least eight: equal for national and international writing."""
    digits = re.sub(r"\D", "", number[:64])
    return digits[-9:].lstrip("0") if len(digits) >= 8 else ""


def phones_in(text: str) -> list[str]:
    """Keys of the phone numbers written in a text."""
    return [key for key in map(phone_key, _PHONE.findall(text[:2000])[:5]) if key]
