"""Bulk jobs of the stand-in: states, the CSV's rules, results in no order, jobs that end badly."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from salesforce_client import KEY, Client

from socialcrm.testing.salesforce import people

UPSERT = {"object": "Task", "operation": "upsert", "externalIdFieldName": KEY}


def job(sf: Client, **asked: Any) -> str:
    said = sf.ask("POST", "/jobs/ingest", json=UPSERT | asked)
    assert said.status_code == 200, said.text
    assert said.json()["state"] == "Open"
    return f"/jobs/ingest/{said.json()['id']}"


def upload(sf: Client, address: str, text: str) -> None:
    put = sf.ask("PUT", f"{address}/batches", data=text.encode(), headers={"Content-Type": "text/csv"})
    assert put.status_code == 201, put.text
    assert sf.ask("PATCH", address, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"


def ended(sf: Client, address: str) -> Any:
    """Poll until the job has ended."""
    for _ in range(5):
        told = sf.ask("GET", address).json()
        if told["state"] in {"JobComplete", "Failed", "Aborted"}:
            return told
    raise AssertionError(told)


def results(sf: Client, address: str, kind: str) -> list[dict[str, str]]:
    said = sf.ask("GET", f"{address}/{kind}")
    assert said.status_code == 200, said.text
    return list(csv.DictReader(io.StringIO(said.text, newline="")))


def rows(*names: str, head: str = f"{KEY},Status,Subject", cell: str = "Completed,x") -> str:
    return "\n".join([head, *(f"{name},{cell}" for name in names), ""])


def test_a_job_goes_through_its_states_and_tells_each_row(sf: Client, ann: str) -> None:
    address = job(sf)
    upload(sf, address, rows("a", "b", "c", cell="Completed,x").replace("b,Completed", "b,Nonsense"))
    assert [sf.ask("GET", address).json()["state"] for _ in range(2)] == ["InProgress", "JobComplete"]
    told = ended(sf, address)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 1)
    good, bad = results(sf, address, "successfulResults/"), results(sf, address, "failedResults")
    assert {one[KEY]: one["sf__Created"] for one in good} == {"a": "true", "c": "true"}
    assert all(one["sf__Id"].startswith("00T") for one in good)
    assert bad[0]["sf__Error"].startswith("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:")
    assert results(sf, address, "unprocessedrecords/") == []


def test_results_and_rows_are_in_no_order(sf: Client) -> None:
    names = [f"k{number}" for number in range(30)]
    address = job(sf)
    upload(sf, address, rows(*names))
    ended(sf, address)
    found = [one[KEY] for one in results(sf, address, "successfulResults")]
    assert sorted(found) == sorted(names)
    assert found != names
    assert [one[KEY] for one in sf.query(f"SELECT {KEY} FROM Task")] not in (names, found)


def test_an_empty_cell_leaves_a_field_and_na_sets_it_null(sf: Client) -> None:
    for cell, subject in (("Completed,first", "first"), (",", "first"), (",#N/A", None)):
        address = job(sf)
        upload(sf, address, rows("a", cell=cell))
        assert ended(sf, address)["numberRecordsFailed"] == 0
        assert sf.query("SELECT Subject FROM Task")[0]["Subject"] == subject


@pytest.mark.parametrize(
    ("asked", "text", "state"),
    [
        ({"lineEnding": "LF"}, 'K,Subject\na,"x\r\ny"\n', "JobComplete"),
        ({"lineEnding": "LF"}, "K,Subject\r\na,x\r\n", "Failed"),
        ({"lineEnding": "CRLF"}, "K,Subject\na,x\n", "Failed"),
        ({"lineEnding": "CRLF"}, 'K,Subject\r\na,"x\ny"\r\n', "JobComplete"),
        ({"columnDelimiter": "TAB"}, "K\tSubject\na\tx,y\n", "JobComplete"),
        ({}, "K,Nothing\na,x\n", "Failed"),
        ({}, "Subject\nx\n", "Failed"),
        ({}, "K,Subject\na\n", "Failed"),
        ({}, 'K,Subject\na,"x\n', "Failed"),
        ({}, "", "Failed"),
    ],
)
def test_the_file_must_be_what_the_job_says(sf: Client, asked: Any, text: str, state: str) -> None:
    address = job(sf, **asked)
    upload(sf, address, text.replace("K", KEY, 1))
    told = ended(sf, address)
    assert told["state"] == state
    assert bool(told.get("errorMessage")) is (state == "Failed")
    assert bool(sf.org.rows("Task")) is (state == "JobComplete")


def test_one_key_twice_in_a_job_fails_on_both(sf: Client) -> None:
    address = job(sf)
    upload(sf, address, rows("a", "A", "b"))
    assert ended(sf, address)["numberRecordsFailed"] == 2
    assert {one["sf__Error"].partition(":")[0] for one in results(sf, address, "failedResults")} == {"DUPLICATE_VALUE"}


def test_an_aborted_job_keeps_what_it_had_done(sf: Client) -> None:
    names = [f"k{number}" for number in range(1000)]
    address = job(sf)
    upload(sf, address, rows(*names))
    assert sf.ask("GET", address).json()["state"] == "InProgress"
    sf.org.jobs.paused = True
    assert sf.ask("PATCH", address, json={"state": "Aborted"}).json()["state"] == "Aborted"
    done = {one[KEY] for one in results(sf, address, "successfulResults")}
    left = {one[KEY] for one in results(sf, address, "unprocessedrecords")}
    assert done | left == set(names)
    assert not done & left
    assert len(done) == len(sf.org.rows("Task")) == 400


def test_a_job_whose_client_died_is_worked_off_all_the_same(sf: Client) -> None:
    address = job(sf)
    upload(sf, address, rows("a"))
    assert sf.org.rows("Task") == []
    for _ in range(2):
        sf.ask("GET", "/limits")
    assert len(sf.org.rows("Task")) == 1


def test_a_job_may_wait_and_then_overwrite_what_came_meanwhile(sf: Client) -> None:
    sf.org.jobs.paused = True
    address = job(sf)
    upload(sf, address, rows("a", cell="Completed,old"))
    sf.upsert({KEY: "a", "Subject": "new"})
    sf.org.jobs.run()
    assert sf.query("SELECT Subject FROM Task")[0]["Subject"] == "old"


def test_what_a_state_does_not_allow_is_refused(sf: Client) -> None:
    address = job(sf)
    assert sf.ask("GET", f"{address}/successfulResults").status_code == 400
    assert sf.ask("DELETE", address).status_code == 400
    upload(sf, address, rows("a"))
    put = sf.ask("PUT", f"{address}/batches", data=b"x", headers={"Content-Type": "text/csv"})
    assert put.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    ended(sf, address)
    assert sf.ask("PATCH", address, json={"state": "Aborted"}).status_code == 400
    assert sf.ask("DELETE", address).status_code == 204
    assert sf.ask("GET", address).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"operation": "merge"},
        {"object": "Nothing"},
        {"externalIdFieldName": "Subject"},
        {"externalIdFieldName": None},
        {"lineEnding": "CR"},
        {"contentType": "XML"},
    ],
)
def test_a_job_that_cannot_be(sf: Client, asked: Any) -> None:
    assert sf.ask("POST", "/jobs/ingest", json=UPSERT | asked).status_code == 400


def test_hard_delete_leaves_nothing_not_even_in_the_bin(sf: Client, ann: str) -> None:
    made = [one["id"] for one in sf.upsert({KEY: "a", "Subject": "secret"}, {KEY: "b", "Subject": "secret"})]
    people.bury(sf.org, made[1])
    address = job(sf, operation="hardDelete")
    upload(sf, address, "Id\n" + "\n".join(made) + "\n")
    assert ended(sf, address)["numberRecordsFailed"] == 0
    assert not sf.org.holds("secret")
    sf.org.hard_delete = False
    said = sf.ask("POST", "/jobs/ingest", json=UPSERT | {"operation": "hardDelete"})
    assert said.json()[0]["errorCode"] == "FEATURENOTENABLED"


def test_a_bulk_query_comes_in_chunks(sf: Client, ann: str) -> None:
    sf.upsert(*({KEY: f"k{number:02}", "WhoId": ann, "ActivityDate": "2026-03-01"} for number in range(25)))
    text = f"SELECT {KEY}, Who.Name, ActivityDate, IsClosed, CreatedDate FROM Task ORDER BY {KEY}"
    made = sf.ask("POST", "/jobs/query", json={"operation": "query", "query": text}).json()
    address = f"/jobs/query/{made['id']}"
    assert sf.ask("GET", f"{address}/results").status_code == 400
    assert ended(sf, address)["numberRecordsProcessed"] == 25
    found, locator = [], ""
    while locator != "null":
        said = sf.ask("GET", f"{address}/results", params={"maxRecords": "10", "locator": locator})
        found += list(csv.DictReader(io.StringIO(said.text)))
        locator = said.headers["Sforce-Locator"]
    assert [one[KEY] for one in found] == [f"k{number:02}" for number in range(25)]
    assert found[0]["Who.Name"] == "Ann Lee"
    assert (found[0]["ActivityDate"], found[0]["IsClosed"]) == ("2026-03-01", "false")
    assert found[0]["CreatedDate"].endswith(".000Z")


def test_a_bulk_query_reads_deleted_rows_and_refuses_what_is_wrong(sf: Client, ann: str) -> None:
    people.bury(sf.org, ann)
    asked = {"operation": "queryAll", "query": "SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true"}
    address = f"/jobs/query/{sf.ask('POST', '/jobs/query', json=asked).json()['id']}"
    ended(sf, address)
    assert ann in sf.ask("GET", f"{address}/results").text
    for text in ("SELECT COUNT() FROM Contact", "SELECT Nothing FROM Contact", "SELECT"):
        assert sf.ask("POST", "/jobs/query", json={"operation": "query", "query": text}).status_code == 400
