"""Contacts from a CSV file, row by row: what is wrong is named and left out, the rest is imported."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Protocol

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel

from socialcrm.errors import ConfigError
from socialcrm.model import Contact

PLAIN = ("first_name", "last_name", "full_name", "title", "company", "city", "region", "country")
COLUMNS = ("contact_id", *PLAIN, "email", "phone", "website", "extra")
NAMED_BY = frozenset({"first_name", "last_name", "full_name", "email"})

# What other programs call the columns; case, spaces, hyphens and underscores do not count.
SYNONYMS: Mapping[str, str] = {
    **{name.replace("_", ""): name for name in COLUMNS},
    **dict.fromkeys(("id", "customerid", "recordid"), "contact_id"),
    **dict.fromkeys(("firstname", "givenname", "forename"), "first_name"),
    **dict.fromkeys(("surname", "familyname"), "last_name"),
    **dict.fromkeys(("name", "displayname"), "full_name"),
    **dict.fromkeys(("emails", "mail", "emailaddress"), "email"),
    **dict.fromkeys(("phones", "phonenumber", "telephone", "tel", "mobile"), "phone"),
    **dict.fromkeys(("jobtitle", "position"), "title"),
    **dict.fromkeys(("organisation", "organization", "account", "accountname", "employer"), "company"),
    **dict.fromkeys(("websites", "url", "web", "homepage"), "website"),
    **dict.fromkeys(("town", "mailingcity"), "city"),
    **dict.fromkeys(("state", "province", "mailingstate"), "region"),
    **dict.fromkeys(("mailingcountry",), "country"),
}

MULTIPLE = frozenset({"email", "phone", "website"})
LONGEST_CELL = 10_000
LONGEST_ID = 1024
LISTED = 1000

_DELIMITERS = ",;\t"
_NOT_LETTERS = re.compile(r"[\W_]+")
_NO = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something about a row that is wrong; ``row`` is its first line in the file, the header being line 1.

    A ``kept`` row was imported without what is wrong with it. The value itself is never repeated.
    """

    row: int
    column: str
    reason: str
    kept: bool = False


class ImportReport(BaseModel):
    """What an import did; only the first 1,000 of what is ``bad`` are listed.

    Of the ``imported`` contacts, ``changed`` were new or differed from what the CRM had. ``notes`` counts
    bad values of rows that were imported without them.
    """

    rows: int = 0
    empty: int = 0
    imported: int = 0
    changed: int = 0
    left_out: int = 0
    notes: int = 0
    unknown_extra: int = 0
    unknown_columns: tuple[str, ...] = ()
    bad: list[BadRow] = []


class ContactSink(Protocol):
    """What can take contacts, such as `socialcrm.crm.sql.SQLCRM`."""

    def put_contacts(self, contacts: Iterable[Contact]) -> int:
        """Add or replace contacts and return how many were new or differed."""
        ...


def import_contacts(source: str | Path | Iterable[str], crm: ContactSink, *, default_region: str = "") -> ImportReport:
    """Read contacts from CSV and put them into a CRM, batch by batch.

    Raises what `read_contacts` and the CRM raise; what was read before stays imported, and importing
    the mended file again changes nothing twice.
    """
    report = ImportReport()
    items = read_contacts(source, default_region=default_region, report=report)
    report.changed = crm.put_contacts(_good(items, report))
    return report


def read_contacts(
    source: str | Path | Iterable[str], *, default_region: str = "", report: ImportReport | None = None
) -> Iterator[Contact | BadRow]:
    """Read contacts from a path or an open text file in UTF-8, separated by comma, semicolon or tab.

    Cells of ``email``, ``phone`` and ``website`` may hold several values separated by ``;``, ``extra``
    holds ``key=value`` pairs separated by ``|``: ``handles=x:ann;instagram:ann.lee`` and
    ``do_not_profile=1``. Phone numbers become E.164, read as in the row's country or else in
    ``default_region`` (ISO 3166). ``report`` counts rows, empty rows and unknown names.

    Raises `ConfigError` when the file cannot be read or its header lacks a column that is needed.
    """
    region = _region(default_region)
    if default_region and not region:
        raise ConfigError("default_region is not a country; write its ISO 3166 code, such as GB")
    with _opened(source) as stream:
        try:
            yield from _Reader(stream, region, report or ImportReport()).items()
        except UnicodeDecodeError:
            raise ConfigError("the contacts are not in UTF-8; save them as CSV UTF-8 and import them again") from None


def _opened(source: str | Path | Iterable[str]) -> AbstractContextManager[Iterable[str]]:
    if not isinstance(source, (str, Path)):
        return nullcontext(source)
    try:
        return Path(source).open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}") from None


def _good(items: Iterable[Contact | BadRow], report: ImportReport) -> Iterator[Contact]:
    for item in items:
        if isinstance(item, Contact):
            report.imported += 1
            yield item
            continue
        report.notes += item.kept
        report.left_out += not item.kept
        if len(report.bad) < LISTED:
            report.bad.append(item)


class _BadCellError(Exception):
    """The row cannot be imported."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class _Reader:
    """Reads one file; remembers its columns and the ids it has seen."""

    def __init__(self, stream: Iterable[str], region: str, report: ImportReport) -> None:
        lines = iter(stream)
        first = next(lines, "").removeprefix("\ufeff")
        delimiter = max(_DELIMITERS, key=first.count)
        self._rows = csv.reader(chain([first], lines), delimiter=delimiter)
        self._region = region
        self._report = report
        self._seen: set[str] = set()
        self._notes: list[tuple[str, str]] = []
        self._columns = self._header()

    def items(self) -> Iterator[Contact | BadRow]:
        """Yield what each row gives: notes and the contact, or the one reason why there is none."""
        while True:
            number = self._rows.line_num + 1
            try:
                cells = next(self._rows, None)
                if cells is None:
                    return
                contact = self._contact(cells)
            except csv.Error:
                self._report.rows += 1
                yield BadRow(number, "", "a cell is too long; a quotation mark may never be closed")
            except _BadCellError as bad:
                yield BadRow(number, bad.column, bad.reason)
            else:
                yield from (BadRow(number, column, reason, kept=True) for column, reason in self._notes)
                if contact is not None:
                    yield contact

    def _header(self) -> list[str]:
        try:
            names = next(self._rows, [])
        except csv.Error:
            names = []
        columns = [SYNONYMS.get(_NOT_LETTERS.sub("", name).casefold(), "") for name in names]
        self._report.unknown_columns = tuple(name for name, known in zip(names, columns, strict=True) if not known)
        if "contact_id" not in columns:
            raise ConfigError("the contacts lack the column contact_id")
        if not NAMED_BY & set(columns):
            raise ConfigError(f"the contacts need one of the columns {', '.join(sorted(NAMED_BY))}")
        twice = {name for name in columns if name and columns.count(name) > 1} - MULTIPLE
        if twice:
            raise ConfigError(f"the contacts have more than one column for {', '.join(sorted(twice))}; keep one")
        return columns

    def _contact(self, cells: Sequence[str]) -> Contact | None:
        self._notes.clear()
        self._report.rows += 1
        if not any(cell.strip() for cell in cells):
            self._report.empty += 1
            return None
        row = self._cells(cells)
        identity = row["contact_id"]
        if not identity:
            raise _BadCellError("contact_id", "is empty")
        if identity in self._seen:
            raise _BadCellError("contact_id", "is the same as in an earlier row")
        if not any(row[name] for name in NAMED_BY):
            raise _BadCellError("full_name", "is empty, and so are the other names and the e-mail address")
        handles, do_not_profile = self._extra(row["extra"])
        contact = Contact(
            id=identity,
            emails=tuple(_email(value) for value in _split(row["email"])),
            phones=tuple(self._phones(row)),
            websites=tuple(_split(row["website"])),
            handles=handles,
            do_not_profile=do_not_profile,
            **{name: row[name] for name in PLAIN},
        )
        self._seen.add(identity)
        return contact

    def _cells(self, cells: Sequence[str]) -> dict[str, str]:
        """Name the cells of a row; several columns of one meaning are joined."""
        if len(cells) < len(self._columns):
            raise _BadCellError("", f"has {len(cells)} cells, the header {len(self._columns)}")
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            raise _BadCellError(
                "", f"has {len(cells)} cells, the header {len(self._columns)}; quote cells that hold separators"
            )
        row = dict.fromkeys(COLUMNS, "")
        for name, cell in zip(self._columns, cells, strict=False):
            if "\x00" in cell:
                raise _BadCellError(name, "holds a NUL character")
            if len(cell) > (LONGEST_ID if name == "contact_id" else LONGEST_CELL):
                raise _BadCellError(name, "is too long")
            if name:
                row[name] = f"{row[name]};{cell}" if row[name] else cell.strip()
        return row

    def _phones(self, row: Mapping[str, str]) -> Iterator[str]:
        region = _region(row["country"]) or self._region
        for value in _split(row["phone"]):
            try:
                number = phonenumbers.parse(value, region or None)
            except phonenumbers.NumberParseException:
                number = None
            if number is not None and phonenumbers.is_possible_number(number):
                yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            else:
                hint = "" if region or value.startswith("+") else "; its country is not known"
                self._notes.append(("phone", f"is not a phone number{hint}"))

    def _extra(self, cell: str) -> tuple[dict[str, tuple[str, ...]], bool]:
        handles: dict[str, tuple[str, ...]] = {}
        do_not_profile = False
        for pair in filter(None, map(str.strip, cell.split("|"))):
            key, _, value = pair.partition("=")
            match key.strip().casefold():
                case "handles":
                    handles = self._handles(value)
                case "do_not_profile":
                    # Whatever is written there, unless it is a plain no, somebody meant yes.
                    do_not_profile = value.strip().casefold() not in _NO
                case _:
                    self._report.unknown_extra += 1
        return handles, do_not_profile

    def _handles(self, value: str) -> dict[str, tuple[str, ...]]:
        handles: dict[str, tuple[str, ...]] = {}
        for item in _split(value):
            platform, _, name = (part.strip() for part in item.partition(":"))
            if platform and name.lstrip("@"):
                handles[platform.casefold()] = (*handles.get(platform.casefold(), ()), name.lstrip("@"))
            else:
                self._notes.append(("extra", "has a handle that is not written platform:name"))
        return handles


def _split(cell: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, cell.split(";")))))


def _email(value: str) -> str:
    """Check the form alone: whether a domain exists or is reserved does not make an address malformed."""
    try:
        found = validate_email(value, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise _BadCellError("email", "is not an e-mail address") from None
    if "." not in found.domain:
        raise _BadCellError("email", "is not an e-mail address: its domain has no dot")
    return found.normalized


def _region(country: str) -> str:
    """Find the ISO 3166 code of a country given by code or by name in any of its languages, or nothing."""
    return _regions().get(country.strip().casefold(), "")


@cache
def _regions() -> Mapping[str, str]:
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = {
        name.casefold(): code
        for code, by_language in LOCALE_DATA.items()
        for name in by_language.values()
        if code in phonenumbers.SUPPORTED_REGIONS and not name.startswith("*")
    }
    codes = {code.casefold(): code for code in phonenumbers.SUPPORTED_REGIONS}
    return {**names, **codes, "uk": "GB", "usa": "US", "u.s.": "US", "u.s.a.": "US", "england": "GB", "scotland": "GB"}
