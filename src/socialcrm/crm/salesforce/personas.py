"""Account names that an org's social features know: ``SocialPersona``, a snapshot of a person's profile on a network.

Source: Object Reference, SocialPersona (``ParentId``, ``Provider``, ``Name``, ``ExternalId``: the id on the network).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simple_salesforce.format import format_soql

from socialcrm.crm.salesforce.connection import Connection, Row, records
from socialcrm.crm.salesforce.ids import is_id, long_id
from socialcrm.crm.salesforce.owners import chunks

OBJECT = "SocialPersona"
HANDLES = "SocialPersona handles"
STAMP = "SocialPersona.SystemModstamp"
PLATFORMS: Mapping[str, str] = {"twitter": "x"}  # the others are called here as there
_PER_QUERY = 3000
_OF = "SELECT ParentId, Provider, Name, ExternalId FROM SocialPersona WHERE IsDeleted = false AND ParentId IN {}"
_SINCE = "SELECT Id, ParentId, SystemModstamp FROM SocialPersona WHERE SystemModstamp >= {} ORDER BY SystemModstamp, Id"


def with_handles(connection: Connection, rows: Sequence[Row]) -> list[Row]:
    """Add to rows of people the names and ids of their accounts, by platform."""
    ids = sorted({long_id(str(row.get("Id"))) for row in rows})
    soqls = [format_soql(_OF, list(part)) for part in chunks(ids, _PER_QUERY)]
    found: dict[str, dict[str, list[str]]] = {}
    for answer in connection.queries(soqls):
        for row in answer:
            provider = str(row.get("Provider") or "").lower()
            names = [name for name in (row.get("Name"), row.get("ExternalId")) if isinstance(name, str) and name]
            mine = found.setdefault(long_id(str(row.get("ParentId"))), {})
            mine.setdefault(PLATFORMS.get(provider, provider), []).extend(names)
    return [{**row, HANDLES: found.get(long_id(str(row.get("Id"))), {})} for row in rows]


def changed(connection: Connection, since: str, start: str) -> Iterator[dict[str, str]]:
    """Yield pages of people whose personas changed, each with the newest stamp; ``start`` begins their ids."""
    page: Row | None = connection.first_page(_SINCE.format(since))
    while page is not None:
        rows = [row for row in records(page) if str(row.get("ParentId")).startswith(start)]
        found = {long_id(str(row["ParentId"])): str(row.get("SystemModstamp") or "") for row in rows}
        yield {one: stamp for one, stamp in found.items() if is_id(one)}
        page = connection.more(page)
