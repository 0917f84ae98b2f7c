"""Handles: compared as they are written, and cut into the words they were made of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from socialcrm.matching.keys import LIMIT, normal
from socialcrm.matching.lands import lands_of, place_of
from socialcrm.matching.romanise import fold, romanise
from socialcrm.matching.words import (
    CAMPAIGN,
    CAUTIONS,
    HANDLE_PREFIXES,
    HANDLE_SUFFIXES,
    PLATFORM_ALIASES,
    ROLE_AFFIXES,
    TITLES,
)

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PART = re.compile(r"[^a-z]+")
_NOISE = re.compile(r"^(?=.*\d)[0-9a-z]{5,}$")
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?[^/\s]+\.[^/\s]+/(?P<rest>.+)$", re.IGNORECASE)
_CAMPAIGNS = {"vote", "votefor", "elect", "reelect", "forcongress", "forsenate", "forgovernor"}
_ABBREVIATION = re.compile(r"^M[dD][BL](?=[A-Z.]|$)|(?<=[a-z])M[dD][BL]$")
_PURPOSE = re.compile(r"(?<=[A-Za-z]{3})(?:[Ff]or|_for_|-for-|_4_|4)(?P<purpose>[A-Za-z]{2,}?)(?:\d{0,4})$")
_CAPITALS = re.compile(r"(?<=[a-z])(?P<letters>[A-Z]{2,4})\d{0,4}$")
_PATHS = ("in/", "profile/", "users/", "user/", "u/", "pub/", "c/", "channel/")


class Handle(NamedTuple):
    """A handle's readings: ``whole`` letters and digits, ``letters`` alone, ``core`` without affixes, and its words.

    ``affixes`` are the titles, roles and cities taken off; ``cautions`` the words that impostors wear.
    ``purpose`` is what follows "for" or "4", or capitals at the end: a place, a party, an office.
    ``office_lands`` and ``place_lands`` are the countries that its office and its end point to, as bits;
    ``place`` is that end in letters.
    """

    whole: str = ""
    letters: str = ""
    core: str = ""
    words: tuple[str, ...] = ()
    affixes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    sound: str = ""
    purpose: str = ""
    office_lands: int = 0
    place_lands: int = 0
    place: str = ""


def platform_key(platform: str) -> str:
    """A platform's usual name: ``twitter`` is ``x``."""
    key = platform.strip().casefold()
    return PLATFORM_ALIASES.get(key, key)


def known_key(platform: str, handle: str) -> str:
    """A handle in the one form in which two of them may be called equal, or an empty text.

    Addresses are reduced to the account in them, the leading ``@`` and case go; nothing else: a
    letter that merely looks alike, an accent or a dot makes another account.
    """
    text = handle.strip()[:LIMIT]
    address = _ADDRESS.match(text)
    if address:
        host = text.split("//")[-1].split("/")[0].casefold().removeprefix("www.")
        rest = address["rest"].split("?")[0].split("#")[0]
        for path in _PATHS:
            rest = rest.removeprefix(path)
        text = rest.split("/")[0]
        if platform_key(platform) == "mastodon" and "@" not in text.lstrip("@"):
            text = f"{text}@{host}"
    text = _lower(text.lstrip("@").rstrip("/"))
    if not text or any(character.isspace() for character in text):
        return ""
    if platform_key(platform) == "bluesky" and "." not in text and ":" not in text:
        text += ".bsky.social"
    return text


def _lower(text: str) -> str:
    """Lower case, without making one of letters that are two: ſ and s, the Kelvin sign and k, ß and ss."""
    if text.isascii():
        return text.lower()
    return "".join(small if (small := letter.lower()).upper() == letter else letter for letter in text)


def local_name(platform: str, handle: str) -> str:
    """The part of a handle that a person chose: without server, hosting domain and leading ``@``."""
    text = handle.strip()[:LIMIT].lstrip("@")
    if "@" in text:
        text = text.split("@")[0]
    if platform_key(platform) == "bluesky" and "." in text:
        text = text.removesuffix(".bsky.social")
        labels = text.split(".")
        text = labels[-2] if len(labels) == 2 else labels[0]
    return text


@lru_cache(maxsize=20_000)
def parse_handle(platform: str, handle: str) -> Handle:
    """Cut a handle into words and take off what people write around their name."""
    text = local_name(platform, handle)
    if not text.isascii():
        text = " ".join(romanise(word) or word for word in normal(text).split())
    pieces = [piece for piece in re.split(r"[^A-Za-z0-9]+", text) if piece]
    if len(pieces) > 2 and _NOISE.match(pieces[-1].lower()):
        pieces.pop()
    cased = " ".join(_CAMEL.sub(" ", _ABBREVIATION.sub(_lowered, piece)) for piece in pieces).lower()
    words = [word for word in _PART.split(cased) if word]
    whole = "".join(pieces).lower()[:64]
    letters = "".join(words)[:64]
    named, purpose = _without_purpose(text, words)
    core, affixes = _strip("".join(named)[:64], named)
    cautions = tuple(word for word in words if word in CAUTIONS)
    cautions += tuple(a for a in affixes if a in CAUTIONS and a not in cautions)
    cautions += tuple(c for c in _LONG_CAUTIONS if c in letters and c not in cautions)
    kept = tuple(word for word in words if word not in TITLES and word not in CAUTIONS)
    roles = frozenset(ROLE_AFFIXES[a] for a in (*affixes, *words) if a in ROLE_AFFIXES)
    if _PURPOSE.search(text) or not _CAMPAIGNS.isdisjoint((*affixes, *words)):
        roles |= {CAMPAIGN}
    sound = "".join(map(fold, named)) if len(named) > 1 and not affixes else ""
    lands = (lands_of((*affixes, *words)), *place_of(words, purpose))
    return Handle(whole, letters, core, kept[:8], affixes, cautions, roles, sound or fold(core), purpose, *lands)


def _lowered(found: re.Match[str]) -> str:
    return f"{found[0].capitalize()}" if found.start() else f"{found[0].lower()}_"


def _without_purpose(text: str, words: list[str]) -> tuple[list[str], str]:
    """The words without roles and without what the account is for, and the latter in normal form."""
    found = _PURPOSE.search(text) or _CAPITALS.search(text)
    if found and text[: found.start()].isascii():
        left = [w for piece in re.split(r"[^A-Za-z]+", text[: found.start()]) for w in _CAMEL.sub(" ", piece).split()]
        named = _without_roles([word.lower() for word in left])
        if len("".join(named)) > 2 and named[0] not in _AFFIX_WORDS:
            return named, normal(_CAMEL.sub(" ", found[1]))
    return _without_roles(words), ""


def _without_roles(words: list[str]) -> list[str]:
    """The words without titles and roles at either end, as long as something is left."""
    start, end = 0, len(words)
    while end - start > 1 and words[start] in _AFFIX_WORDS:
        start += 1
    while end - start > 1 and words[end - 1] in _AFFIX_WORDS:
        end -= 1
    return words[start:end]


_AFFIX_WORDS = {word for word in (*HANDLE_PREFIXES, *HANDLE_SUFFIXES, *ROLE_AFFIXES) if len(word) > 1} - {"real", "art"}


_LONG_CAUTIONS = (
    "giveaway",
    "fanpage",
    "parody",
    "unofficial",
    "fanclub",
    "official",
    "helpdesk",
    "notreal",
    "airdrop",
)


def _strip(letters: str, named: list[str]) -> tuple[str, tuple[str, ...]]:
    """The letters without affixes at either end; one of few letters is no affix inside a word that signs part off."""
    core, affixes = letters, []
    least = 5 if len(named) > 1 else 1
    for _ in range(2):
        # Most handles have no affix; asking for all at once is what keeps a million of them cheap.
        if not core.startswith(HANDLE_PREFIXES) and not core.endswith(HANDLE_SUFFIXES):
            break
        room = len(core) - 5
        heads = HANDLE_PREFIXES if core.startswith(HANDLE_PREFIXES) else ()
        prefix = next((p for p in heads if core.startswith(p) and room >= len(p) >= least), "")
        room -= len(prefix)
        tails = HANDLE_SUFFIXES if core.endswith(HANDLE_SUFFIXES) else ()
        suffix = next((s for s in tails if core.endswith(s) and room >= len(s) >= least), "")
        core = core[len(prefix) : len(core) - len(suffix)]
        found = [affix for affix in (prefix, suffix) if affix]
        affixes += found
        if not any(len(affix) > 3 for affix in found):
            break
    return core, tuple(affixes)
