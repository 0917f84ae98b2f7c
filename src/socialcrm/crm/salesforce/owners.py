"""Where entries for a contact go today: merged contacts and converted leads are followed to who is alive.

Sources: Apex guide, "Merge" (the loser is deleted with ``MasterRecordId``); Object Reference, Lead
(``ConvertedContactId``); REST guide, "QueryAll" (deleted rows are found by it alone).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simple_salesforce.format import format_soql

from socialcrm.crm.salesforce.connection import Connection, Row
from socialcrm.crm.salesforce.ids import is_id, long_id, prefix

UNKNOWN = "the CRM has no such contact, or the app's user may not see it"
DELETED = "the contact was deleted in the CRM"
_IDS_PER_QUERY = 3000
_ASK = {
    "003": "SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE Id IN {}",
    "00Q": "SELECT Id, IsDeleted, MasterRecordId, IsConverted, ConvertedContactId FROM Lead WHERE Id IN {}",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Where entries for a contact go: to ``id``, or nowhere for ``reason``."""

    id: str
    reason: str = ""


def questions(ids: Iterable[str]) -> list[str]:
    """The queries that tell what became of these contacts; what is no id of a contact or lead is not asked for."""
    asked = sorted({long_id(one) for one in ids if is_id(one)})
    return [
        format_soql(soql, list(part))
        for start, soql in _ASK.items()
        for part in chunks([one for one in asked if prefix(one) == start], _IDS_PER_QUERY)
    ]


def follow(connection: Connection, ids: Iterable[str], rows: Iterable[Row]) -> dict[str, Owner]:
    """Say for each id where its entries go, from the ``rows`` that answered its `questions`.

    Winners of merges are asked for, however long the chain is; a circle ends nowhere.
    """
    wanted = {one: long_id(one) for one in ids}
    known: dict[str, Row | None] = dict.fromkeys(wanted.values())
    found = list(rows)
    while found:
        known.update({long_id(str(row.get("Id"))): row for row in found})
        asked = {target for row in known.values() if row is not None and (target := heir(row))} - known.keys()
        known.update(dict.fromkeys(asked))
        found = [row for page in connection.queries(questions(asked)) for row in page] if asked else []
    return {given: _end(one, known) for given, one in wanted.items()}


def heir(row: Row) -> str | None:
    """The contact that a merged contact or lead, or a converted lead, went into."""
    merged = row.get("MasterRecordId") if truth(row.get("IsDeleted")) else None
    target = merged or (row.get("ConvertedContactId") if truth(row.get("IsConverted")) else None)
    return long_id(target) if isinstance(target, str) and is_id(target) else None


def truth(value: Any) -> bool:
    """Read a flag as JSON or CSV has it."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def chunks(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """Cut a sequence into pieces."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _end(one: str, known: Mapping[str, Row | None]) -> Owner:
    seen: set[str] = set()
    while (row := known.get(one)) is not None:
        target = heir(row)
        if target is None:
            return Owner(one, DELETED if truth(row.get("IsDeleted")) else "")
        seen.add(one)
        if target in seen:
            return Owner(one, DELETED)
        one = target
    return Owner(one, UNKNOWN if not seen else DELETED)
