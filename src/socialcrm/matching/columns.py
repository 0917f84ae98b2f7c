"""Contacts and profiles as columns of text: rows for millions, without an object of the model for each.

A row has the fields of the model's class of the same name and is read by the same code, so both
roads give the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from socialcrm.model import Contact, Profile
from socialcrm.text import clean

Columns = Mapping[str, Sequence[str]]
"""Column name → values, all of one length; columns that are missing are empty."""

_NO_HANDLES: Mapping[str, tuple[str, ...]] = {}


class ContactRow(NamedTuple):
    """One contact of a table; the fields are those of `Contact`."""

    id: str
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    title: str = ""
    company: str = ""
    websites: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    country: str = ""
    lang: str = ""
    handles: Mapping[str, tuple[str, ...]] = _NO_HANDLES
    do_not_profile: bool = False

    @property
    def name(self) -> str:
        """The name as a person would read it."""
        return self.full_name or f"{self.first_name} {self.last_name}".strip()


class ProfileRow(NamedTuple):
    """One profile of a table; the fields are those of `Profile` that matching reads."""

    platform: str
    id: str
    handle: str = ""
    display_name: str = ""
    bio: str = ""
    urls: tuple[str, ...] = ()
    location: str = ""
    lang: str = ""
    email: str = ""


AnyContact = Contact | ContactRow
AnyProfile = Profile | ProfileRow


def contact_rows(columns: Columns) -> Iterator[ContactRow]:
    """Read a table with the columns contact_id, first_name, …, country, lang and extra.

    ``extra`` may hold ``handles=x:jsmith;instagram:j.smith``. Rows without an id raise `ValueError`.
    """
    ids = columns["contact_id"]
    column = _columns(columns, len(ids))
    rows = zip(
        ids, column("first_name"), column("last_name"), column("full_name"), map(_one, column("email")),
        map(_one, column("phone")), column("title"), column("company"), map(_one, column("website")), column("city"),
        column("region"), column("country"), column("lang"), map(given_handles, column("extra")),
        strict=True,
    )  # fmt: skip
    return map(ContactRow._make, ((*row, False) for row in rows if row[0] or _nameless("contact_id")))


def profile_rows(columns: Columns) -> Iterator[ProfileRow]:
    """Read a table with the columns profile_id, platform, handle, display_name, bio, url, location, lang and email."""
    ids = columns["profile_id"]
    column = _columns(columns, len(ids))
    rows = zip(
        column("platform"), ids, column("handle"), column("display_name"), column("bio"), map(_one, column("url")),
        column("location"), column("lang"), column("email"),
        strict=True,
    )  # fmt: skip
    return map(ProfileRow._make, (row for row in rows if row[1] or _nameless("profile_id")))


def given_handles(extra: str) -> Mapping[str, tuple[str, ...]]:
    """The handles written in a contact's ``extra``; whatever else stands there is left alone."""
    if "handles=" not in extra:
        return _NO_HANDLES
    found: dict[str, tuple[str, ...]] = {}
    for entry in extra.partition("handles=")[2].split(";"):
        platform, _, handle = entry.partition(":")
        if platform.strip() and handle.strip():
            found[platform.strip()] = (*found.get(platform.strip(), ()), handle.strip())
    return found


def packed(contact: AnyContact) -> bytes:
    """A contact as JSON, without what is empty; `Contact` reads it back."""
    if isinstance(contact, Contact):
        return contact.model_dump_json(exclude_defaults=True).encode()
    fields = {name: value for name, value in zip(ContactRow._fields, contact, strict=True) if value}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _columns(columns: Columns, size: int) -> Callable[[str], Any]:
    def column(name: str) -> Any:
        return map(clean, columns[name]) if name in columns else repeat("", size)

    return column


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _nameless(column: str) -> bool:
    raise ValueError(f"a row has no {column}")
