"""Bulk API 2.0, ingest: create a job, upload one file, close it, ask for its state, read three kinds of results.

Sources: Bulk API 2.0 guide, "Create a Job", "Upload Job Data" (one upload, 150 MB after base64, so 100 MB raw),
"Get Job Successful / Failed / Unprocessed Record Results" (``sf__Id``, ``sf__Created``, ``sf__Error``; in no order),
"Delete a Job", "Close or Abort a Job",
"Get Information About All Ingest Jobs"; Salesforce help, hard delete of rows in the recycle bin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from socialcrm.testing.salesforce import bulk_jobs, csv_rules
from socialcrm.testing.salesforce.bulk_jobs import ENDED, OPEN, QUEUED, RUNNING, Job
from socialcrm.testing.salesforce.calls import Call, answer, nothing
from socialcrm.testing.salesforce.errors import ApiError, Several
from socialcrm.testing.salesforce.ids import checked
from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.records import index_key
from socialcrm.testing.salesforce.writing import Writer
from socialcrm.testing.server import Answer

MAX_UPLOAD = 100 * 1024 * 1024
MAX_CELL, MAX_ROW = 32_000, 400_000
"""Characters a field and a record (Limits, "Bulk API and Bulk API 2.0")."""
LISTED = 1000
CHUNK = 200
"""Rows that are saved together; one key twice among them fails, among others the order decides, which is unknown."""
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")


def create(call: Call) -> Answer:
    body = call.object()
    operation, name = body.get("operation"), str(body.get("object", ""))
    table = call.org.db.table(name)
    if operation not in OPERATIONS:
        raise ApiError("INVALIDJOB", f"operation {operation} is not supported")
    if table is None:
        raise ApiError("INVALIDENTITY", f"{name} is not a valid object")
    if operation == "hardDelete" and not call.org.hard_delete:
        raise ApiError("FEATURENOTENABLED", "hardDelete operation requires special user profile permission")
    info = {"operation": operation, "object": table.described.name, **csv_rules.options(body)}
    if operation == "upsert":
        key = body.get("externalIdFieldName")
        if not isinstance(key, str):
            raise ApiError("INVALIDJOB", "externalIdFieldName is required for an upsert")
        try:
            info["externalIdFieldName"] = call.writer.key_field(table, key).name
        except ApiError:
            raise ApiError("INVALIDJOB", f"{key} is not an external id field of {name}") from None
    job = call.org.jobs.add("ingest", info, call.org.now(), OPEN)
    return answer(_described(call, job) | {"contentUrl": f"{call.root[1:]}/jobs/ingest/{job.id}/batches"})


def upload(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("ingest", job_id)
    if job.state != OPEN or job.content is not None:
        raise ApiError("INVALIDJOBSTATE", "The job is not open, or it has its data already")
    if not call.headers.get("content-type", "").lower().startswith("text/csv"):
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", "Content type not supported; use text/csv")
    if len(call.body) > MAX_UPLOAD:
        raise ApiError("EXCEEDED_MAX_SIZE_REQUEST", "The upload is larger than 100 MB", status=413)
    try:
        job.content = call.body.decode()
    except UnicodeDecodeError:
        raise ApiError("INVALIDBATCH", "The upload is not UTF-8") from None
    return nothing(201)


def change(call: Call, job_id: str) -> Answer:
    job, wanted = call.org.jobs.find("ingest", job_id), call.object().get("state")
    if wanted == QUEUED and job.state == OPEN:
        job.state = QUEUED
        _Run(call.org, job).plan()
    elif wanted == "Aborted" and job.state not in ENDED:
        job.state = "Aborted"
        job.work.clear()
    else:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} cannot become {wanted}")
    return answer(_described(call, job))


def tell(call: Call, job_id: str) -> Answer:
    return answer(_described(call, call.org.jobs.find("ingest", job_id)))


def tell_all(call: Call) -> Answer:
    """List jobs, 1,000 a page, in no order and without the external id field."""
    begin = int(call.params.get("queryLocator", "0"))
    jobs = call.org.jobs.shuffled([job for job in call.org.jobs.kept.values() if job.kind == "ingest"])
    done = begin + LISTED >= len(jobs)
    found = [_described(call, job) for job in jobs[begin : begin + LISTED]]
    hidden = {"externalIdFieldName", "numberRecordsProcessed", "numberRecordsFailed", "retries", "totalProcessingTime"}
    listed = [{name: value for name, value in one.items() if name not in hidden} for one in found]
    following = None if done else f"{call.root}/jobs/ingest?queryLocator={begin + LISTED}"
    return answer({"done": done, "records": listed, "nextRecordsUrl": following})


def remove(call: Call, job_id: str) -> Answer:
    job = call.org.jobs.find("ingest", job_id)
    if job.state in {OPEN, RUNNING}:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} cannot be deleted")
    del call.org.jobs.kept[job_id]
    return nothing()


def successes(call: Call, job_id: str) -> Answer:
    return _results(call, job_id, "succeeded", ["sf__Id", "sf__Created"])


def failures(call: Call, job_id: str) -> Answer:
    return _results(call, job_id, "failed", ["sf__Id", "sf__Error"])


def unprocessed(call: Call, job_id: str) -> Answer:
    return _results(call, job_id, "unprocessed", [])


def _results(call: Call, job_id: str, kind: str, columns: list[str]) -> Answer:
    job = call.org.jobs.find("ingest", job_id)
    if job.state not in ENDED:
        raise ApiError("INVALIDJOBSTATE", f"A job that is {job.state} has no results yet")
    header = [*columns, *job.columns]
    rows = [[row.get(name, "") for name in header] for row in call.org.jobs.shuffled(getattr(job, kind))]
    content = csv_rules.write(header, rows, job.info["lineEnding"], job.info["columnDelimiter"])
    return Answer(200, {"Content-Type": "text/csv"}, content)


def _described(call: Call, job: Job) -> dict[str, Any]:
    counts = {
        "jobType": "V2Ingest",
        "numberRecordsProcessed": len(job.succeeded) + len(job.failed),
        "numberRecordsFailed": len(job.failed),
        "retries": 0,
        "totalProcessingTime": 0,
    }
    return bulk_jobs.described(job, call.version, call.org.user_id) | counts


class _Run:
    """Works a job off, in an order that is not the file's."""

    def __init__(self, org: Org, job: Job) -> None:
        self.org, self.job = org, job
        self.operation, self.name = job.info["operation"], job.info["object"]
        self.key = job.info.get("externalIdFieldName", "Id")

    def plan(self) -> None:
        """Read the file and line the steps up; a file that cannot be read fails the job at its first step."""
        job = self.job
        try:
            header, rows = csv_rules.read(job.content or "", job.info["lineEnding"], job.info["columnDelimiter"])
            job.columns = header
            job.unprocessed = [dict(zip(header, row, strict=True)) for row in rows]
            self._check(header)
        except csv_rules.BadFile as bad:
            why = str(bad)
            job.work = [lambda: job.fail(why)]
            return
        mixed = self.org.jobs.shuffled(job.unprocessed)
        half = (len(mixed) // 2 // CHUNK) * CHUNK
        job.work = [lambda: self._rows(mixed[:half]), lambda: self._rows(mixed[half:])]

    def _check(self, header: list[str]) -> None:
        table = self.org.table(self.name)
        known = self.org.visible(table)
        strange = [name for name in header if known.field(name) is None]
        if strange:
            raise csv_rules.BadFile(f"InvalidBatch : Field name not found : {strange[0]}")
        if self.operation != "insert" and self.key.lower() not in {name.lower() for name in header}:
            raise csv_rules.BadFile(f"InvalidBatch : Field name not found : {self.key}")
        if self.operation in {"delete", "hardDelete"} and len(header) != 1:
            raise csv_rules.BadFile("InvalidBatch : a deletion has the column Id and no other")

    def _rows(self, rows: list[dict[str, str]]) -> None:
        with self.org.mutex:
            for begin in range(0, len(rows), CHUNK):
                self._chunk(rows[begin : begin + CHUNK])
        done = {id(row) for row in rows}
        self.job.unprocessed = [row for row in self.job.unprocessed if id(row) not in done]

    def _chunk(self, rows: list[dict[str, str]]) -> None:
        writer, keys = Writer(self.org), Counter(map(self._key_of, rows))
        for place, row in enumerate(rows):
            try:
                with self.org.db.undoing():
                    spoiled = self.org.spoilers.spoil(place, len(rows))
                    if spoiled:
                        raise spoiled
                    if self.operation != "insert" and keys[self._key_of(row)] > 1:
                        raise ApiError("DUPLICATE_VALUE", f"Duplicate external id specified: {self._key_of(row)}")
                    record_id, created = self._write(writer, row)
                self.job.succeeded.append({"sf__Id": record_id, "sf__Created": str(created).lower(), **row})
            except Several as several:
                error = ApiError("DUPLICATE_EXTERNAL_ID", f"more than one record found: {', '.join(several.ids)}")
                self.job.failed.append({"sf__Id": "", "sf__Error": error.of_row(), **row})
            except ApiError as error:
                self.job.failed.append({"sf__Id": "", "sf__Error": error.of_row(), **row})
        writer.release()

    def _key_of(self, row: dict[str, str]) -> Any:
        value = next((cell for name, cell in row.items() if name.lower() == self.key.lower()), "")
        field = self.org.table(self.name).described.field(self.key)
        return index_key(field, value.strip()) if field else value

    def _write(self, writer: Writer, row: dict[str, str]) -> tuple[str, bool]:
        given: dict[str, Any] = {}
        if sum(map(len, row.values())) > MAX_ROW:
            raise ApiError("EXCEEDED_MAX_SIZE_REQUEST", f"a record has more than {MAX_ROW} characters")
        for name, cell in row.items():
            if len(cell) > MAX_CELL:
                raise ApiError("STRING_TOO_LONG", f"{name}: data value too large (max length={MAX_CELL})", (name,))
            if cell != "" and name.lower() != self.key.lower():
                given[name] = None if cell == csv_rules.NULL else cell
        key = next((cell for name, cell in row.items() if name.lower() == self.key.lower()), None)
        if self.operation == "insert":
            return writer.create(self.name, given), True
        if self.operation == "upsert":
            return writer.upsert(self.name, self.key, key, given)
        record_id = checked(key)
        if self.operation == "update":
            return writer.update(self.name, record_id, given), False
        if self.operation == "hardDelete":
            return self._hard_delete(writer, record_id), False
        return writer.delete(self.name, record_id), False

    def _hard_delete(self, writer: Writer, record_id: str) -> str:
        """Remove a row for good; one that is in the recycle bin already can be removed too."""
        table = self.org.table(self.name)
        if record_id not in table.rows:
            raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if not table.rows[record_id]["IsDeleted"]:
            writer.delete(self.name, record_id)
        self.org.db.drop(table, record_id)
        return record_id


JOB = r"/jobs/ingest/([0-9A-Za-z]{15,18})"
ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("POST", "/jobs/ingest", create),
    ("GET", "/jobs/ingest", tell_all),
    ("PUT", f"{JOB}/batches", upload),
    ("PATCH", JOB, change),
    ("GET", JOB, tell),
    ("DELETE", JOB, remove),
    ("GET", f"{JOB}/successfulResults", successes),
    ("GET", f"{JOB}/failedResults", failures),
    ("GET", f"{JOB}/unprocessedrecords", unprocessed),
)
