"""Reading contacts, leads and person accounts: what changed since a cursor, deleted, merged and converted ones too.

Sources: Object Reference, Contact, Lead, Individual; SOQL guide (``SystemModstamp`` rises with every change, by
triggers too); REST API guide, "QueryAll" (deleted rows). A person account is a contact here: its ``PersonContactId``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simple_salesforce.format import format_soql

from socialcrm.crm.base import ContactGone, ContactPage
from socialcrm.crm.salesforce import personas
from socialcrm.crm.salesforce.bulk import BulkJobs
from socialcrm.crm.salesforce.connection import Connection, Refused, Row, records
from socialcrm.crm.salesforce.ids import is_id, long_id
from socialcrm.crm.salesforce.layout import columns_of
from socialcrm.crm.salesforce.owners import chunks, heir, truth
from socialcrm.crm.salesforce.record import instant, written
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.errors import ConfigError
from socialcrm.model import Contact

# A transaction's stamps are older than its commit: what was written meanwhile is looked for again.
OVERLAP = timedelta(minutes=10)
REMEMBERED = 2000
OPTED_OUT = ("HasOptedOutProfiling", "HasOptedOutProcessing", "ShouldForget")
PERSON_HEIR = "Account.MasterRecord.PersonContactId"  # person accounts are merged as accounts
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEVERAL = re.compile(r"[;,\n]")

Table = Mapping[str, tuple[str, ...]]
FIELDS: Mapping[str, Table] = {
    "Contact": {
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "full_name": ("Name",),
        "emails": ("Email",),
        "phones": ("Phone", "MobilePhone", "HomePhone", "OtherPhone"),
        "title": ("Title",),
        "company": ("Account.Name",),
        "city": ("MailingCity",),
        "region": ("MailingState",),
        "country": ("MailingCountry",),
        "gone": ("IsDeleted", "MasterRecordId"),
    },
    "Lead": {
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "full_name": ("Name",),
        "emails": ("Email",),
        "phones": ("Phone", "MobilePhone"),
        "title": ("Title",),
        "company": ("Company",),
        "websites": ("Website",),
        "city": ("City",),
        "region": ("State",),
        "country": ("Country",),
        "gone": ("IsDeleted", "MasterRecordId", "IsConverted", "ConvertedContactId"),
    },
}
_STARTS = {"Contact": "003", "Lead": "00Q"}
_MANY = frozenset({"emails", "phones", "websites"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading one object stands: the newest stamp, and what was given of the time just before it.

    ``seen`` maps an id to the stamp and a hash of what was given: stamps are whole seconds, so a row may change
    twice under one stamp.
    """

    at: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def since(self) -> datetime:
        return _at(self.at) - OVERLAP if self.at else _EPOCH

    def after(self, given: Sequence[Given]) -> Place:
        """The place after these changes; those too old to be met again are forgotten."""
        at = max([self.at, *(one.stamp for one in given)], key=_at)
        oldest = Place(at).since
        marks = {**self.seen, **{one.change.id: one.mark for one in given}}
        near = [(one, mark) for one, mark in marks.items() if _at(mark.partition(" ")[0]) >= oldest]
        return Place(at, dict(sorted(near, key=lambda one: _at(one[1].partition(" ")[0]))[-REMEMBERED:]))

    def knows(self, given: Given) -> bool:
        return self.seen.get(given.change.id) == given.mark


@dataclass(frozen=True, slots=True)
class Given:
    """A change, and the stamp that tells its place in the order."""

    stamp: str
    change: Contact | ContactGone

    @property
    def mark(self) -> str:
        return f"{self.stamp} {hashlib.sha256(repr(self.change).encode()).hexdigest()[:16]}"


class ContactReader:
    """Reads the contacts of one org."""

    def __init__(self, connection: Connection, config: SalesforceConfig, bulk: BulkJobs) -> None:
        self._connection, self._config, self._bulk = connection, config, bulk

    def pages(self, since: str | None) -> Iterator[ContactPage]:
        """Yield what changed after a cursor of ours, object by object, oldest change first.

        Raises `ConfigError` where no object has a configured field: a flag out of sight protects nobody.
        """
        places = _places(since)
        known = self._describe()
        persons = "personcontactid" in known.pop("Account", ())
        if lacking := self.lacking(known.values()):
            raise ConfigError(
                f"salesforce: no field {', '.join(lacking)} on {' or '.join(known)}, or it is not visible to the "
                "app's user; run: socialcrm check"
            )
        for name, columns in known.items():
            fields = self.fields(name, columns)
            if persons and name == "Contact":
                fields["gone"] = (*fields["gone"], PERSON_HEIR)
            yield from self._object(name, fields, places)

    def _describe(self) -> dict[str, set[str]]:
        """The fields of each object, and of Account where the app's user may see it: all in one call."""
        for names in ((*self._config.contacts, "Account"), self._config.contacts):
            try:
                described = self._connection.get([f"sobjects/{name}/describe" for name in names])
            except Refused:
                if "Account" not in names:
                    raise
            else:
                return {name: set(columns_of(one)) for name, one in zip(names, described, strict=True)}
        return {}

    def lacking(self, known: Iterable[set[str]]) -> list[str]:
        """Configured fields that none of these objects has."""
        paths = [path for part in self._configured().values() for path in part]
        return sorted({path for path in paths if not any(there(path, names) for names in known)})

    def fields(self, name: str, known: set[str]) -> dict[str, tuple[str, ...]]:
        """The fields to read for each part of a contact: standard and configured ones, as far as the object has them.

        A consent that an object cannot hold is the empty field: nobody there has given it.
        """
        flags = {"do_not_profile": tuple(f"Individual.{flag}" for flag in OPTED_OUT if self._config.individual)}
        table: dict[str, tuple[str, ...]] = {}
        for source in (FIELDS[name], flags, self._configured()):
            for part, paths in source.items():
                table[part] = (*table.get(part, ()), *(path for path in paths if there(path, known)))
        if self._config.consent and not table["consent"]:
            table["consent"] = ("",)
        return table

    def _configured(self) -> Table:
        config = self._config
        return {
            "websites": config.websites,
            "lang": (config.language,) if config.language else (),
            "do_not_profile": config.do_not_profile,
            "consent": (config.consent,) if config.consent else (),
            **{f"handle:{platform}": paths for platform, paths in config.handles.items()},
        }

    def _object(self, name: str, fields: Table, places: dict[str, Place]) -> Iterator[ContactPage]:
        for source, condition, stamp in self._sources(name, fields):
            before = after = places.get(source, Place())
            for rows, ordered in self._read(name, fields, condition, stamp, before):
                given = [Given(_stamp(row, stamp), change(row, fields)) for row in rows]
                fresh = [one.change for one in given if not before.knows(one)]
                after = after.after(given)
                if ordered:
                    places[source] = after
                if fresh:
                    yield ContactPage(fresh, _cursor(places))
            if after != places.get(source, Place()):
                # Pages came in no order: only now is everything up to the newest of them known.
                places[source] = after
                yield ContactPage((), _cursor(places))

    def probe(self, name: str, known: set[str]) -> None:
        """Read one row with everything that is wanted of it; raises what reading all of them would."""
        for _, condition, stamp in self._sources(name, self.fields(name, known)):
            if condition:
                where = condition.format(written(_EPOCH))
                soql = f"SELECT {self._chosen(self.fields(name, known), stamp)} FROM {name} WHERE {where} LIMIT 1"  # noqa: S608
                self._connection.first_page(soql)

    def _sources(self, name: str, fields: Table) -> list[tuple[str, str, str]]:
        """The object itself; and people of whom another record changed: their Individual, their personas."""
        sources = [(name, "SystemModstamp >= {}", "SystemModstamp")]
        if any(path.startswith("Individual.") for path in fields["do_not_profile"]):
            sources.append((f"{name}.Individual", "Individual.SystemModstamp >= {}", "Individual.SystemModstamp"))
        if self._config.personas:
            sources.append((f"{name}.SocialPersona", "", personas.STAMP))
        return sources

    def _read(
        self, name: str, fields: Table, condition: str, stamp: str, place: Place
    ) -> Iterator[tuple[list[Row], bool]]:
        """Yield pages of rows, and whether they come oldest change first."""
        since = written(place.since)
        if not condition:
            found = self._by_persona(name, fields, since)
        else:
            soql = f"SELECT {self._chosen(fields, stamp)} FROM {name} WHERE {condition.format(since)}"  # noqa: S608
            found = self._by_stamp(soql, stamp)
        for rows, ordered in found:
            yield (personas.with_handles(self._connection, rows) if self._config.personas else rows), ordered

    def _by_stamp(self, soql: str, stamp: str) -> Iterator[tuple[list[Row], bool]]:
        """A large read is a bulk query, and one that sorts cannot be cut into parts by Salesforce."""
        page: Row | None = self._connection.first_page(f"{soql} ORDER BY {stamp}, Id")
        if page is not None and _size(page) > self._config.bulk_read_above:
            yield from ((rows, False) for rows in self._bulk.query(soql))
            return
        while page is not None:
            yield records(page), True
            page = self._connection.more(page)

    def _by_persona(self, name: str, fields: Table, since: str) -> Iterator[tuple[list[Row], bool]]:
        soql = f"SELECT {self._chosen(fields)} FROM {name} WHERE Id IN {{}}"  # noqa: S608
        for stamps in personas.changed(self._connection, since, _STARTS[name]):
            asked = [format_soql(soql, list(part)) for part in chunks(sorted(stamps), REMEMBERED)]
            rows = [row for answer in self._connection.queries(asked) for row in answer]
            yield [{**row, personas.STAMP: stamps.get(_identity(row))} for row in rows], True

    def _chosen(self, fields: Table, stamp: str = "") -> str:
        paths = ["Id", "SystemModstamp", *(path for part in fields.values() for path in part), stamp]
        return ", ".join(dict.fromkeys(filter(None, paths)))


def change(row: Row, fields: Table) -> Contact | ContactGone:
    """Read one row: a contact, or what became of one that is gone."""
    identity = _identity(row)
    into = heir(row) or _person_heir(row)
    if truth(row.get("IsDeleted")) or into is not None:
        return ContactGone(identity, into)
    values: dict[str, Any] = {part: _part(row, part, paths) for part, paths in fields.items() if part in _SIMPLE}
    handles = {
        part.removeprefix("handle:"): found
        for part, paths in fields.items()
        if part.startswith("handle:") and (found := _several(row, paths))
    }
    for platform, names in row.get(personas.HANDLES, {}).items():
        handles[platform] = tuple(dict.fromkeys((*handles.get(platform, ()), *names)))
    refused = bool(fields["consent"]) and not any(truth(value_at(row, path)) for path in fields["consent"])
    flagged = any(truth(value_at(row, path)) for path in fields["do_not_profile"])
    return Contact(
        id=identity,
        handles=handles,
        do_not_profile=flagged or refused,
        version=_stamp(row),
        **values,
    )


def _person_heir(row: Row) -> str | None:
    """The contact of the person account that this one's account was merged into."""
    found = value_at(row, PERSON_HEIR) if truth(row.get("IsDeleted")) else None
    return long_id(found) if isinstance(found, str) and is_id(found) else None


def value_at(row: Row, path: str) -> Any:
    """Follow ``Account.Name`` into a row of JSON, or find it as a column of CSV."""
    if path in row:
        return row[path]
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def there(path: str, known: set[str]) -> bool:
    """Tell whether an object has a field, or the reference that a path begins with."""
    first, dot, _ = path.partition(".")
    name = (first.removesuffix("__r") + "__c" if first.endswith("__r") else f"{first}Id") if dot else first
    return name.lower() in known


_SIMPLE = frozenset(
    {"first_name", "last_name", "full_name", "title", "company", "city", "region", "country", "lang"} | _MANY
)


def _part(row: Row, part: str, paths: Sequence[str]) -> Any:
    if part in _MANY:
        return _several(row, paths)
    value = value_at(row, paths[0]) if paths else None
    return value if isinstance(value, str) else ""


def _several(row: Row, paths: Sequence[str]) -> tuple[str, ...]:
    found = (value for path in paths if isinstance(value := value_at(row, path), str))
    split = (one.strip() for value in found for one in _SEVERAL.split(value))
    return tuple(dict.fromkeys(one for one in split if one))


def _identity(row: Row) -> str:
    return long_id(str(row.get("Id")))


def _stamp(row: Row, path: str = "SystemModstamp") -> str:
    """A stamp in one form, whether it came in JSON or in CSV."""
    found = instant(value_at(row, path))
    return "" if found is None else written(found)


def _at(stamp: str) -> datetime:
    return instant(stamp) or _EPOCH


def _size(page: Row) -> int:
    size = page.get("totalSize")
    return size if isinstance(size, int) else 0


def _places(since: str | None) -> dict[str, Place]:
    """Read a cursor; one that is not ours counts as none."""
    try:
        raw = json.loads(since) if since else {}
        return {
            str(source): Place(
                str(one["at"]), {str(key): str(stamp) for key, stamp in one["seen"].items() if is_id(key)}
            )
            for source, one in raw.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _cursor(places: Mapping[str, Place]) -> str:
    return json.dumps({source: {"at": place.at, "seen": dict(place.seen)} for source, place in places.items()})
