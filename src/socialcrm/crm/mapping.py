"""From a CRM's JSON to our words, by tables: dotted paths into a record, and what each holds."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from socialcrm.errors import BadRecord
from socialcrm.model import Contact, Interaction
from socialcrm.text import shorten

logger = logging.getLogger("socialcrm.crm")

Paths = str | Sequence[str]

SINGLE = ("first_name", "last_name", "full_name", "title", "company", "city", "region", "country", "lang", "version")
MULTIPLE = ("emails", "phones", "websites")
MAPPED = (*SINGLE, *MULTIPLE)

_NO = frozenset({"", "0", "false", "no", "none", "null"})
_WORD = re.compile(r"\w{4,}")
_SENTENCE = 300


def every(raw: Any, path: str) -> list[Any]:
    """Find everything at a dotted path; ``emails[].value`` walks through a list, ``tags.0`` takes one of it."""
    found = [raw]
    for part in path.split("."):
        name, spread = part.removesuffix("[]"), part.endswith("[]")
        found = [value for one in found if (value := _step(one, name)) is not None]
        if spread:
            found = [value for one in found if isinstance(one, list) for value in one]
    return [value for value in found if value is not None]


def _step(value: Any, name: str) -> Any:
    if isinstance(value, list) and name.isdecimal():
        return value[int(name)] if int(name) < len(value) else None
    return value.get(name) if isinstance(value, dict) else None


def item(raw: Any, path: str) -> Any:
    """The one value at a path, or the whole for an empty path; ``None`` where nothing is."""
    return next(iter(every(raw, path)), None) if path else raw


def texts(raw: Any, paths: Paths) -> list[str]:
    """List the texts and whole numbers at one path or several, each once; other types are no text."""
    wanted = [paths] if isinstance(paths, str) else paths
    values = (value for path in wanted for value in every(raw, path))
    said = (str(value).strip() for value in values if isinstance(value, str | int) and not isinstance(value, bool))
    return list(dict.fromkeys(filter(None, said)))


def identity(raw: Any, path: str) -> str:
    """Read an id; raises `BadRecord` for a missing one and for a float, which has lost digits."""
    found = every(raw, path)
    if len(found) != 1 or isinstance(found[0], bool) or not isinstance(found[0], str | int) or found[0] == "":
        raise BadRecord(f"the record has no usable id at {path}")
    return str(found[0])


def flag(raw: Any, path: str) -> bool:
    """Tell whether a field says yes: anything but an empty or plainly negative value does."""
    return any(str(value).strip().casefold() not in _NO for value in every(raw, path))


def contact(
    raw: Any,
    *,
    id_path: str,
    fields: Mapping[str, Paths],
    handles: Mapping[str, Paths],
    do_not_profile: str = "",
    more_handles: Mapping[str, Sequence[str]] | None = None,
) -> Contact:
    """Read a contact by tables of paths; raises `BadRecord` where it has no id or a value is impossible."""
    known = {platform: tuple(texts(raw, paths)) for platform, paths in handles.items()}
    for platform, names in (more_handles or {}).items():
        known[platform] = tuple(dict.fromkeys((*known.get(platform, ()), *names)))
    try:
        return Contact(
            id=identity(raw, id_path),
            handles={platform: names for platform, names in known.items() if names},
            do_not_profile=bool(do_not_profile) and flag(raw, do_not_profile),
            **{name: next(iter(texts(raw, fields[name])), "") for name in SINGLE if name in fields},
            **{name: tuple(texts(raw, fields[name])) for name in MULTIPLE if name in fields},
        )
    except ValidationError:
        raise BadRecord("the record cannot be read as a contact") from None


def sentence(message: str, entry: Interaction | None = None) -> str:
    """The CRM's own words about a refusal, short and free of anything the post says."""
    said = f"{entry.subject} {entry.body} {entry.author} {entry.url}" if entry else ""
    private = {word.casefold() for word in _WORD.findall(said)}
    words = _WORD.sub(lambda word: "…" if word[0].casefold() in private else word[0], " ".join(message.split()))
    return shorten(words, _SENTENCE) or "the CRM gave no reason"
