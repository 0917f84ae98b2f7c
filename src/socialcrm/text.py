"""Text at the boundary: cleaned once, otherwise unmodified."""

from __future__ import annotations

import html
import re
import unicodedata

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br\s*/?|/p\s*|/div\s*|/li\s*)>", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean(value: str) -> str:
    """Take out what no database or encoder accepts: NUL characters and lone surrogates."""
    return value if value.isascii() and "\x00" not in value else _UNSTORABLE.sub("", value)


def plain(markup: str) -> str:
    """Turn a platform's HTML into plain text: breaks become newlines, tags go, entities are resolved."""
    text = _TAG.sub("", _BREAK.sub("\n", markup))
    return clean(html.unescape(text)).strip()


def shorten(value: str, limit: int, tail: str = "…") -> str:
    """Cut a text to at most ``limit`` characters without splitting a grapheme; ``tail`` marks the cut.

    Keeps combining marks, emoji sequences (joiners, modifiers, variation selectors) and flag pairs
    whole, after the cluster rules of Unicode Standard Annex 29.
    """
    if len(value) <= limit:
        return value
    end = max(0, limit - len(tail))
    while end > 0 and not _boundary(value, end):
        end -= 1
    return (value[:end].rstrip() + tail)[:limit]


def _boundary(value: str, at: int) -> bool:
    before, after = value[at - 1], value[at]
    if before == "\u200d" or after == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or (before == "\r" and after == "\n"):
        return False
    if _regional(before) and _regional(after):
        run = at
        while run > 0 and _regional(value[run - 1]):
            run -= 1
        return (at - run) % 2 == 0
    return True


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def printable(value: str) -> str:
    """Take out what a terminal would obey: control characters other than line breaks and tabs."""
    return _CONTROL.sub("", value)


def inert(cell: str) -> str:
    """Prefix a text that a spreadsheet would run as a formula (OWASP, CSV injection)."""
    return "'" + cell if cell.startswith(_FORMULA) else cell
