"""Handles: compared as they are written, and cut into the words they were made of."""

from __future__ import annotations

import re
from typing import NamedTuple

from socialcrm.matching.core.handle import handle_parts
from socialcrm.matching.keys import LIMIT, normal
from socialcrm.matching.romanise import romanise
from socialcrm.matching.words import PLATFORM_ALIASES, ROLES_NUMBERED

_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?[^/\s]+\.[^/\s]+/(?P<rest>.+)$", re.IGNORECASE)
_PATHS = ("in/", "profile/", "users/", "user/", "u/", "pub/", "c/", "channel/")


class Handle(NamedTuple):
    """A handle's readings: ``whole`` letters and digits, ``letters`` alone, ``core`` without affixes, and its words.

    ``cautioned`` says that a word or affix is one that impostors wear. ``purpose`` is what follows "for" or "4", or
    capitals at the end: a place, a party, an office. ``office_lands`` and ``place_lands`` are the countries that its
    office and its end point to, as bits; ``place`` is that end in letters.
    """

    whole: str = ""
    letters: str = ""
    core: str = ""
    words: tuple[str, ...] = ()
    cautioned: bool = False
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


def in_latin(platform: str, handle: str) -> str:
    """The part of a handle that a person chose, in Latin letters as far as it can be read."""
    text = local_name(platform, handle)
    return text if text.isascii() else " ".join(romanise(word) or word for word in normal(text).split())


def parse_handle(platform: str, handle: str) -> Handle:
    """Cut a handle into words and take off what people write around their name."""
    whole, letters, core, words, cautioned, bits, sound, purpose, office_lands, place_lands, place = handle_parts(
        platform_key(platform), handle
    )
    roles = frozenset(role for role, number in ROLES_NUMBERED.items() if bits >> number & 1)
    return Handle(whole, letters, core, words, cautioned, roles, sound, purpose, office_lands, place_lands, place)
