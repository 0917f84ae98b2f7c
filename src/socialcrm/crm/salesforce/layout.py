"""What the org says of itself before anything is written: fields and their lengths, its zone, its closed status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from socialcrm.crm.salesforce.connection import Connection, Row, records
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.crm.salesforce.targets import CLOSED, Target, target_of
from socialcrm.errors import ConfigError

_STATUSES = "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder LIMIT 1"
_ZONE = "SELECT TimeZoneSidKey FROM Organization LIMIT 1"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the target object, as describe tells it."""

    name: str
    type: str = ""
    length: int = 0
    createable: bool = True
    updateable: bool = True
    external_id: bool = False
    unique: bool = False
    filterable: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """A target as it is in this org. ``columns`` holds the described field of every part."""

    object: str
    columns: Mapping[str, Column]
    values: Mapping[str, Any]
    zone: ZoneInfo
    missing: Mapping[str, str]

    @property
    def key(self) -> str:
        """The name of the external id field."""
        return self.columns["key"].name


def read_layout(connection: Connection, config: SalesforceConfig) -> Layout:
    """Describe the target and read zone and status, in one call; parts without a field are ``missing``.

    Raises `ConfigError` where the org has no such object.
    """
    target = target_of(config)
    paths = [f"sobjects/{target.object}/describe"]
    if not config.time_zone:
        paths.append(f"query?q={quote(_ZONE)}")
    if CLOSED in target.values.values():
        paths.append(f"query?q={quote(_STATUSES)}")
    described, *pages = connection.get(paths)
    rows = [(records(page) if isinstance(page, dict) else []) for page in pages]
    zone = config.time_zone or _first(rows[0], "TimeZoneSidKey") or "UTC"
    columns, missing = _columns(target, described)
    values = dict(target.values)
    if CLOSED in values.values():
        closed = _first(rows[-1], "ApiName") or "Completed"
        values = {name: closed if value == CLOSED else value for name, value in values.items()}
    return Layout(target.object, columns, values, _zone(zone), missing)


def columns_of(described: Any) -> dict[str, Column]:
    """Read the answer of describe: its fields by name in lower case."""
    fields = described.get("fields") if isinstance(described, dict) else None
    if not isinstance(fields, list):
        raise ConfigError("salesforce: the answer describes no fields; is the object readable?")
    found = (_column(one) for one in fields if isinstance(one, dict) and isinstance(one.get("name"), str))
    return {column.name.lower(): column for column in found}


def _columns(target: Target, described: Any) -> tuple[dict[str, Column], dict[str, str]]:
    known = columns_of(described)
    present = {part: known[name.lower()] for part, name in target.fields.items() if name.lower() in known}
    return present, {part: name for part, name in target.fields.items() if part not in present}


def _column(raw: Row) -> Column:
    length = raw.get("length")
    return Column(
        name=raw["name"],
        type=str(raw.get("type", "")),
        length=length if isinstance(length, int) and length > 0 else 0,
        createable=raw.get("createable") is True,
        updateable=raw.get("updateable") is True,
        external_id=raw.get("externalId") is True,
        unique=raw.get("unique") is True,
        filterable=raw.get("filterable") is not False,
    )


def _first(rows: list[Row], name: str) -> str:
    value = rows[0].get(name) if rows else None
    return value if isinstance(value, str) else ""


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f"salesforce: the org's time zone {name[:40]!r} is not known; set time_zone") from None
