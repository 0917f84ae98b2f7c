"""Bulk API 2.0: ingest jobs for large batches, query jobs for large reads.

Source: Bulk API 2.0 guide: states Open, UploadComplete, InProgress, JobComplete, Failed, Aborted; a job that is
complete may have failed records, one that failed may have written some; result rows come in any order; an empty
cell leaves a field alone, ``#N/A`` empties it; up to 100 MB in one upload.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from socialcrm.clock import Clock
from socialcrm.crm.salesforce.connection import Connection, Refused, Row
from socialcrm.crm.salesforce.errors import Fault
from socialcrm.crm.salesforce.ids import long_id
from socialcrm.crm.salesforce.layout import Layout
from socialcrm.crm.salesforce.leftovers import stop_leftovers
from socialcrm.crm.salesforce.writing import Sent
from socialcrm.errors import BadResponse, SocialCRMError, Transient

ROWS, BYTES = 10_000, 50_000_000  # rows of one internal batch; well under the 100 MB of an upload
PAGE = 20_000
NULL = "#N/A"
_DONE = frozenset({"JobComplete", "Failed", "Aborted"})
_UNPROCESSED = Fault("UNPROCESSED", "the job ended before this record", (), 503)
_LONGEST_CELL = 1_000_000


class BulkJobs:
    """Jobs of one org, waited for at most ``patience`` seconds each."""

    def __init__(self, connection: Connection, clock: Clock, *, patience: float) -> None:
        self._connection, self._clock, self._patience = connection, clock, patience
        self._leftovers = True  # another process may have been killed over a job, or this one not reached its end

    def stop_leftovers(self, layout: Layout) -> None:
        """Stop what may still be under way from before, once; called before anything is looked up."""
        if self._leftovers:
            stop_leftovers(self._connection, layout)
            self._leftovers = False

    def carries(self, row: Row) -> bool:
        """Tell whether CSV can say it: a text that is literally ``#N/A`` would empty its field."""
        return not any(isinstance(value, str) and value.strip().upper() == NULL for value in row.values())

    def upsert(self, layout: Layout, rows: Mapping[str, Row]) -> dict[str, Sent]:
        """Upsert rows by key, in jobs one after the other so that no two write to one contact at once."""
        return self._ingest({"operation": "upsert", "externalIdFieldName": layout.key}, layout.object, layout.key, rows)

    def hard_delete(self, object_name: str, ids: Sequence[str]) -> dict[str, Sent]:
        """Delete records past the recycle bin; needs the permission "Bulk API Hard Delete"."""
        return self._ingest({"operation": "hardDelete"}, object_name, "Id", {one: {"Id": one} for one in ids})

    def query(self, soql: str) -> Iterator[list[Row]]:
        """Yield pages of rows, deleted ones included, in no order; values are texts, ``None`` where empty."""
        job = self._connection.ask("POST", "jobs/query", json={"operation": "queryAll", "query": soql})
        path = f"jobs/query/{_id(job)}"
        if self._wait(path) != "JobComplete":
            raise Transient("salesforce: the bulk query did not end well or in time; the next run tries again")
        locator = ""
        while True:
            params = {"maxRecords": str(PAGE), **({"locator": locator} if locator else {})}
            text, headers = self._connection.csv("GET", f"{path}/results", params=params)
            yield [{name: value or None for name, value in row.items()} for row in _read(text)]
            following = headers.get("Sforce-Locator") or "null"
            if following == "null":
                return
            if following == locator:
                raise BadResponse("salesforce: the bulk query gives the same page again and again")
            locator = following

    def _ingest(self, job: Row, object_name: str, key: str, rows: Mapping[str, Row]) -> dict[str, Sent]:
        sent: dict[str, Sent] = {}
        for part in _parts(rows):
            sent |= self._job({**job, "object": object_name, "contentType": "CSV", "lineEnding": "LF"}, key, part)
        return sent

    def _job(self, job: Row, key: str, rows: Mapping[str, Row]) -> dict[str, Sent]:
        self._leftovers = True
        path = f"jobs/ingest/{_id(self._connection.ask('POST', 'jobs/ingest', json=job))}"
        try:
            self._once_only(lambda: self._connection.csv("PUT", f"{path}/batches", data=written(list(rows.values()))))
            self._once_only(lambda: self._connection.ask("PATCH", path, json={"state": "UploadComplete"}))
        except SocialCRMError:
            self._abort(path)
            raise
        if not self._wait(path):
            self._abort(path)
        self._leftovers = False
        return dict.fromkeys(rows, _UNSENT) | self._results(path, key, rows)

    def _once_only(self, step: Callable[[], object]) -> None:
        """Take a step that Salesforce takes once: it is refused when the answer to the first try was lost."""
        try:
            step()
        except Refused as error:
            if error.fault.code != "INVALIDJOBSTATE":
                raise

    def _wait(self, path: str) -> str:
        """Wait for the end of a job and return its state, empty where it takes too long."""
        ends, pause = self._clock.monotonic() + self._patience, 1.0
        while True:
            state = self._connection.ask("GET", path)
            if isinstance(state, dict) and state.get("state") in _DONE:
                return str(state["state"])
            if self._clock.monotonic() + pause > ends:
                return ""
            self._clock.sleep(pause)
            pause = min(pause * 2, 15.0)

    def _abort(self, path: str) -> None:
        """Stop a job; what it has done stays, and the next delivery looks before it writes."""
        with suppress(SocialCRMError):  # it may have ended meanwhile; what is wrong was told already
            self._connection.ask("PATCH", path, json={"state": "Aborted"})

    def _results(self, path: str, key: str, rows: Mapping[str, Row]) -> dict[str, Sent]:
        """Read what became of each record; rows are matched by key, for their order means nothing."""
        found: dict[str, Sent] = {}
        for kind, read in (("successfulResults", _good), ("failedResults", _bad), ("unprocessedrecords", _left)):
            if len(found) == len(rows):
                break
            text, _ = self._connection.csv("GET", f"{path}/{kind}")
            for row in _read(text):
                name = _matching(row, key, rows)
                if name is not None:
                    found[name] = read(row)
        return found


_UNSENT = Sent(fault=_UNPROCESSED)


def written(rows: Sequence[Row]) -> str:
    """Write rows as CSV: columns in a fixed order, ``#N/A`` for empty, an empty cell for what is left alone."""
    columns = sorted({name for row in rows for name in row})
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([_cell(row, name) for name in columns] for row in rows)
    return out.getvalue()


def _cell(row: Row, name: str) -> str:
    if name not in row:
        return ""
    value = row[name]
    if value is None or value == "":
        return NULL
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parts(rows: Mapping[str, Row]) -> Iterator[dict[str, Row]]:
    part: dict[str, Row] = {}
    size = 0
    for name, row in rows.items():
        bulk = sum(len(str(value).encode()) + 3 for value in row.values())
        if part and (len(part) >= ROWS or size + bulk > BYTES):
            yield part
            part, size = {}, 0
        part[name] = row
        size += bulk
    if part:
        yield part


def _read(text: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.DictReader(io.StringIO(text, newline=""), restval="", restkey="")
    except csv.Error:
        raise BadResponse("salesforce: the results of a bulk job are not CSV") from None


def _matching(row: Mapping[str, str], key: str, rows: Mapping[str, Row]) -> str | None:
    given = next((value for name, value in row.items() if name and name.lower() == key.lower()), None)
    given = given or row.get("sf__Id")
    if not given:
        return None
    return next((one for one in (given, given.lower(), long_id(given)) if one in rows), None)


def _good(row: Mapping[str, str]) -> Sent:
    return Sent(long_id(row.get("sf__Id", "")), created=row.get("sf__Created", "").lower() == "true")


def _bad(row: Mapping[str, str]) -> Sent:
    """Read ``CODE:message:FIELD FIELD --`` (Bulk API 2.0 guide, "Get Job Failed Record Results")."""
    code, _, rest = row.get("sf__Error", "").partition(":")
    message, _, fields = rest.rpartition(":")
    named = tuple(name for name in fields.removesuffix("--").split() if name)
    return Sent(fault=Fault(code.strip() or "UNKNOWN_EXCEPTION", message or rest, named))


def _left(row: Mapping[str, str]) -> Sent:
    return _UNSENT


def _id(job: Any) -> str:
    found = job.get("id") if isinstance(job, dict) else None
    if not isinstance(found, str) or not found.isalnum():
        raise BadResponse("salesforce: a new job has no id")
    return found
