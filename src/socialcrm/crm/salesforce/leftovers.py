"""Bulk jobs that an earlier run began and did not see the end of: stopped before anything is looked up or written.

A job is worked off whether its client lives or not, at any later time. One that a killed run left behind would write
its old revisions over what a later run has written since.

Source: Bulk API 2.0 guide, "Get Information About All Ingest Jobs" (1,000 a page, in no order, without the external
id field), "Abort a Job".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcrm.crm.salesforce.connection import Connection, Refused
from socialcrm.crm.salesforce.layout import Layout

_UNDER_WAY = frozenset({"Open", "UploadComplete", "InProgress"})
_PAGES = 20


def stop_leftovers(connection: Connection, layout: Layout) -> None:
    """Abort unfinished upserts by our external id field; only we write by it. One call where there is none."""
    for job in _unfinished(connection, layout.object):
        path = f"jobs/ingest/{job}"
        told = connection.ask("GET", path)
        if isinstance(told, dict) and str(told.get("externalIdFieldName", "")).lower() == layout.key.lower():
            _abort(connection, path)


def _abort(connection: Connection, path: str) -> None:
    try:
        connection.ask("PATCH", path, json={"state": "Aborted"})
    except Refused:
        return  # it ended meanwhile


def _unfinished(connection: Connection, object_name: str) -> Iterator[str]:
    params = {"jobType": "V2Ingest"}
    for _ in range(_PAGES):
        try:
            page = connection.ask("GET", "jobs/ingest", params=params)
        except Refused:
            return  # an org without the Bulk API has no jobs
        if not isinstance(page, dict) or not isinstance(page.get("records"), list):
            return
        yield from (job["id"] for job in page["records"] if _is_ours(job, object_name))
        following = page.get("nextRecordsUrl")
        if page.get("done", True) or not isinstance(following, str):
            return
        params = {"jobType": "V2Ingest", **dict(parse_qsl(urlsplit(following).query))}


def _is_ours(job: Any, object_name: str) -> bool:
    return (
        isinstance(job, dict)
        and isinstance(job.get("id"), str)
        and job["id"].isalnum()
        and job.get("state") in _UNDER_WAY
        and job.get("operation") == "upsert"
        and job.get("object") == object_name
    )
