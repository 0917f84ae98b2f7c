"""Bulk API 2.0, query: a job that answers a query in CSV, read in chunks.

Sources: Bulk API 2.0 guide, "Create a Query Job", "Get Information About a Query Job", "Get Results for a Query Job"
(``Sforce-Locator`` is ``null`` after the last chunk; no COUNT, no OFFSET).
"""

from __future__ import annotations

from collections.abc import Callable

from socialcrm.testing.salesforce import bulk_jobs, csv_rules
from socialcrm.testing.salesforce.bulk_jobs import DONE, ENDED, QUEUED, RUNNING, Job
from socialcrm.testing.salesforce.calls import Call, answer, nothing
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.query import Query
from socialcrm.testing.salesforce.values import in_csv
from socialcrm.testing.server import Answer

CHUNK = 50_000
"""Rows a chunk when the client does not say how many it wants."""


def create(call: Call) -> Answer:
    body = call.object()
    operation, text = body.get("operation"), body.get("query")
    if operation not in {"query", "queryAll"} or not isinstance(text, str):
        raise ApiError("INVALIDJOB", "operation (query, queryAll) and query are required")
    asked = Query(call.org, text, everything=operation == "queryAll")
    if not asked.select.fields or asked.select.offset:
        raise ApiError("INVALIDJOB", "COUNT and OFFSET are not supported in a bulk query")
    info = {"operation": operation, "object": asked.table.described.name, **csv_rules.options(body)}
    job = call.org.jobs.add("query", info, call.org.now(), QUEUED)
    job.columns = [".".join(path) for path, _ in asked.columns]
    job.work = [lambda: None, lambda: _run(call.org, job, asked)]
    return answer(bulk_jobs.described(job, call.version, call.org.user_id))


def tell(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("query", job_id)
    counts = {"jobType": "V2Query", "numberRecordsProcessed": len(job.rows), "retries": 0, "totalProcessingTime": 0}
    return answer(bulk_jobs.described(job, call.version, call.org.user_id) | counts)


def change(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("query", job_id)
    if call.object().get("state") != "Aborted" or job.state in ENDED:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} cannot be aborted")
    job.state = "Aborted"
    job.work.clear()
    return tell(call, job_id)


def remove(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("query", job_id)
    if job.state in {QUEUED, RUNNING}:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} cannot be deleted")
    del call.org.jobs.kept[job_id]
    return nothing()


def results(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("query", job_id)
    if job.state != DONE:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} has no results")
    locator, most = call.params.get("locator", ""), call.params.get("maxRecords", str(CHUNK))
    if not (locator or "0").isdigit() or not most.isdigit() or int(most) < 1 or int(locator or 0) > len(job.rows):
        raise ApiError("INVALIDJOB", "the locator or maxRecords is not valid")
    begin = int(locator or 0)
    rows = job.rows[begin : begin + int(most)]
    after = begin + len(rows)
    headers = {
        "Content-Type": "text/csv",
        "Sforce-Locator": str(after) if after < len(job.rows) else "null",
        "Sforce-NumberOfRecords": str(len(rows)),
    }
    content = csv_rules.write(job.columns, rows, job.info["lineEnding"], job.info["columnDelimiter"])
    return Answer(200, headers, content)


def _run(org: Org, job: Job, asked: Query) -> None:
    with org.mutex:
        job.rows = [[in_csv(getter(row)) for _, getter in asked.columns] for row in asked.rows()]


JOB = r"/jobs/query/([0-9A-Za-z]{15,18})"
ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", "/jobs/query", create),
    ("GET", JOB, tell),
    ("PATCH", JOB, change),
    ("DELETE", JOB, remove),
    ("GET", f"{JOB}/results", results),
)
