"""Where a profile says that somebody works, in the bio or beside the display name."""

from __future__ import annotations

import re

_BIO, _SHOWN = 1024, 128
_CAPITAL = "[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]"
_ASIDE = re.compile(r"[(\[{（【|•·].*|\s[-–—]\s.*", re.DOTALL)
_EMPLOYED = re.compile(rf"(?:\b(?:at|bei|chez|presso|works? for)|@)\s+(?:the\s+)?{_CAPITAL}\w")
_COMPANY_ASIDE = re.compile(rf"[(\[]\s*{_CAPITAL}\w+ [A-Z]\w+[^)\]]*[)\]]")


def aside(display_name: str) -> str:
    """What stands beside the name, in brackets or after a stroke: a company or a trade, mostly."""
    found = None if display_name.isalpha() else _ASIDE.search(display_name[:_SHOWN])
    return found[0] if found else ""


def says_employer(bio: str, display_name: str) -> bool:
    """Whether bio or display name say where somebody works: “at Acme”, “@ Acme”, “(Acme Foods)”."""
    return bool((bio and _EMPLOYED.search(bio[:_BIO])) or _COMPANY_ASIDE.search(display_name[:_SHOWN]))
