"""Sending records by sObject collections, 200 in a call, and reading the result of every single one.

Sources: REST API guide, "Upsert Records Using sObject Collections" (up to 200, one result for each record in
the order of the request, status 200 even where records failed), "Update …", "Delete Records Using …".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from socialcrm.crm.salesforce.connection import Connection, Refused, Row
from socialcrm.crm.salesforce.errors import Fault, Trouble, fault
from socialcrm.crm.salesforce.ids import is_id, long_id
from socialcrm.errors import BadResponse, ConfigError

SIZE = 200
STALE = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})  # of all records: a field of ours is gone
FORBIDDEN = frozenset({"INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY"})
_WHOLE = frozenset({"NOT_FOUND", "INVALID_TYPE"}) | STALE


@dataclass(frozen=True, slots=True)
class Sent:
    """What Salesforce says of one record: its id, whether it is new, or what is wrong."""

    id: str = ""
    created: bool = False
    fault: Fault | None = None


def upsert(connection: Connection, object_name: str, key: str, records: Sequence[Row], size: int = SIZE) -> list[Sent]:
    """Upsert records by their external id ``key``, in order; no two of them may have the same one.

    A call that is too large, or that cannot be read, is halved until the record that spoils it is alone.
    """
    sent: list[Sent] = []
    for start in range(0, len(records), size):
        sent += _upsert(connection, object_name, key, records[start : start + size])
    return sent


def update(connection: Connection, object_name: str, records: Mapping[str, Row]) -> list[Sent]:
    """Update records by their ids."""
    items = [{"attributes": {"type": object_name}, "id": one, **row} for one, row in records.items()]
    sent: list[Sent] = []
    for start in range(0, len(items), SIZE):
        body = {"allOrNone": False, "records": items[start : start + SIZE]}
        sent += _results(connection.ask("PATCH", "composite/sobjects", json=body), len(body["records"]))  # type: ignore[arg-type]
    return sent


def delete(connection: Connection, ids: Sequence[str]) -> list[Sent]:
    """Move records to the recycle bin; those that are gone already count as deleted."""
    sent: list[Sent] = []
    for start in range(0, len(ids), SIZE):
        part = ids[start : start + SIZE]
        answer = connection.ask("DELETE", "composite/sobjects", params={"ids": ",".join(part), "allOrNone": "false"})
        sent += _results(answer, len(part))
    return [Sent(one.id) if one.fault is not None and one.fault.code == "ENTITY_IS_DELETED" else one for one in sent]


def _upsert(connection: Connection, object_name: str, key: str, records: Sequence[Row]) -> list[Sent]:
    items = [{"attributes": {"type": object_name}, **row} for row in records]
    path = f"composite/sobjects/{object_name}/{key}"
    try:
        answer = connection.ask("PATCH", path, json={"allOrNone": False, "records": items})
    except Refused as error:
        if error.fault.code in _WHOLE:
            raise ConfigError(f"{error}; run: socialcrm check") from None
        if len(records) == 1:
            return [Sent(fault=error.fault)]
        if error.fault.trouble is not Trouble.SPLIT and error.fault.code != "JSON_PARSER_ERROR":
            raise
        half = len(records) // 2
        return [part for one in (records[:half], records[half:]) for part in _upsert(connection, object_name, key, one)]
    return _results(answer, len(records))


def _results(answer: Any, count: int) -> list[Sent]:
    if not isinstance(answer, list) or len(answer) != count:
        raise BadResponse(
            "salesforce: there is not one result for each record; what was written is looked up next time"
        )
    return [_result(item) for item in answer]


def _result(item: Any) -> Sent:
    if not isinstance(item, dict):
        return Sent(fault=Fault("UNKNOWN_EXCEPTION", "no result"))
    identity = item.get("id")
    named = long_id(identity) if isinstance(identity, str) and is_id(identity) else ""
    if item.get("success") is True:
        return Sent(named, created=item.get("created") is True)
    errors = item.get("errors")
    found = [fault(one) for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return Sent(named, fault=_worst(found))


def _worst(faults: Sequence[Fault]) -> Fault:
    """A record may have several errors; one that is for good outweighs one that may pass."""
    lasting = [one for one in faults if one.trouble is Trouble.RECORD]
    return (lasting or list(faults) or [Fault("UNKNOWN_EXCEPTION", "a failure without an error")])[0]
