"""Queries over HTTP: pages of up to 2,000 rows, and the address of the next one.

Sources: REST API guide, "Query", "QueryAll", "Query Options Header" (200 to 2,000 rows), "Limits".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from socialcrm.testing.salesforce.calls import Call, answer
from socialcrm.testing.salesforce.cursors import Kept
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.query import Query
from socialcrm.testing.salesforce.records import Row
from socialcrm.testing.salesforce.values import shown
from socialcrm.testing.server import Answer

SMALLEST_PAGE = 200
CURSOR_LIVES = timedelta(days=2)
LOCATOR = re.compile(r"([0-9A-Za-z]{15,18})-(\d+)")


def query(call: Call, *, everything: bool = False) -> Answer:
    """Answer ``/query`` or, with everything, ``/queryAll``."""
    text = call.params.get("q")
    if text is None:
        raise ApiError("MALFORMED_QUERY", "The query parameter q is required")
    asked = Query(call.org, text, everything=everything)
    rows = asked.rows()
    if not asked.select.fields:
        return answer({"totalSize": len(rows), "done": True, "records": []})
    size = _page_size(call)
    if len(rows) <= size:
        return answer({"totalSize": len(rows), "done": True, "records": _shown(call, asked, rows)})
    kept = Kept(asked, rows, size, call.org.now() + CURSOR_LIVES)
    return _page(call, kept, call.org.cursors.keep(kept), 0, "queryAll" if everything else "query")


def query_all(call: Call) -> Answer:
    return query(call, everything=True)


def more(call: Call, name: str, place: str) -> Answer:
    """Answer an address of a next page."""
    found = LOCATOR.fullmatch(place)
    kept = call.org.cursors.kept.get(found[1]) if found else None
    if kept is None or found is None or kept.until <= call.org.now():
        raise ApiError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(call, kept, found[1], int(found[2]), name)


def limits(call: Call) -> Answer:
    records = sum(len(table.rows) for table in call.org.db.tables.values())
    return answer(call.org.limits.report(records))


def _page(call: Call, kept: Kept, locator: str, start: int, name: str) -> Answer:
    after = start + kept.size
    body: dict[str, Any] = {"totalSize": len(kept.rows), "done": after >= len(kept.rows)}
    if not body["done"]:
        body["nextRecordsUrl"] = f"{call.root}/{name}/{locator}-{after}"
    return answer(body | {"records": _shown(call, kept.query, kept.rows[start:after])})


def _page_size(call: Call) -> int:
    wanted = re.search(r"batchSize=(\d+)", call.headers.get("sforce-query-options", ""))
    size = int(wanted[1]) if wanted else call.org.cursors.page
    return max(min(SMALLEST_PAGE, call.org.cursors.page), min(size, call.org.cursors.page))


def _shown(call: Call, asked: Query, rows: Sequence[Row]) -> list[dict[str, Any]]:
    name = asked.table.described.name
    return [_record(call, asked, name, row) for row in rows]


def _record(call: Call, asked: Query, name: str, row: Row) -> dict[str, Any]:
    record: dict[str, Any] = {"attributes": {"type": name, "url": call.url_of(name, str(row["Id"]))}}
    for path, getter in asked.columns:
        value = shown(getter(row))
        if len(path) == 1:
            record[path[0]] = value
        elif asked.related(row, path) is None:
            record[path[0]] = None
        else:
            nest = record
            for step in path[:-1]:
                nest = nest.setdefault(step, {})
            nest[path[-1]] = value
    return record
