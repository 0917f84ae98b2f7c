"""The stand-in refuses, record by record, what the real one refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from salesforce_client import KEY, Client, contact, running, task, told

from socialcrm.testing.salesforce import Field, Org, people
from socialcrm.testing.salesforce.ids import DIGITS, canonical, numbered, suffix

NOBODY = numbered("003", 999_999)


def test_an_upsert_creates_once_and_then_updates(sf: Client, ann: str) -> None:
    first, again = sf.upsert(task("k1", ann, Subject="one")), sf.upsert(task("K1", ann, Subject="two"))
    assert [told(one[0]) for one in (first, again)] == ["created", "updated"]
    assert first[0]["id"] == again[0]["id"]
    assert sf.query("SELECT Subject FROM Task")[0]["Subject"] == "two"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Sbject": "x"}, "INVALID_FIELD"),
        ({"Who": {KEY: "x"}}, "INVALID_FIELD"),
        ({"Id": numbered("00T", 1)}, "INVALID_FIELD"),
        ({"Subject": "x" * 256}, "STRING_TOO_LONG"),
        ({"Subject": "\U0001f600" * 128}, "STRING_TOO_LONG"),
        ({"Description": "x" * 32_001}, "STRING_TOO_LONG"),
        ({"Subject": ["x"]}, "JSON_PARSER_ERROR"),
        ({"ActivityDate": "2026-03-01T00:00:00Z"}, "JSON_PARSER_ERROR"),
        ({"ActivityDate": "2026-02-30"}, "JSON_PARSER_ERROR"),
        ({"ActivityDate": "1066-10-14"}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"CallDurationInSeconds": 2**31}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"CallDurationInSeconds": "many"}, "JSON_PARSER_ERROR"),
        ({"IsReminderSet": None}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"ReminderDateTime": "2026-03-01T10:00:00"}, "JSON_PARSER_ERROR"),
        ({"CallType": "Sideways"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Status": "Erledigt"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Status": None}, "REQUIRED_FIELD_MISSING"),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"CompletedDateTime": "2026-03-01T10:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"CreatedDate": "2026-03-01T10:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"AccountId": numbered("001", 1)}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"WhoId": "003nobody"}, "MALFORMED_ID"),
        ({"WhoId": NOBODY}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"WhoId": numbered("001", 1)}, "FIELD_INTEGRITY_EXCEPTION"),
        ({KEY: ""}, "MISSING_ARGUMENT"),
        ({KEY: "x" * 65}, "STRING_TOO_LONG"),
    ],
)
def test_a_bad_record_has_its_own_error_and_spoils_no_other(sf: Client, ann: str, fields: Any, code: str) -> None:
    """Faults 51, 54, 60, 62."""
    assert sf.codes(task("a", ann), {**task("b", ann), **fields}, task("c", ann)) == ["created", code, "created"]
    assert len(sf.org.rows("Task")) == 2


def test_no_error_code_carries_status_other_than_200_and_all_carry_a_sentence(sf: Client, ann: str) -> None:
    (result,) = sf.upsert(task("a", ann, Subject="x" * 300))
    assert result["errors"][0]["message"]
    assert result["errors"][0]["fields"] == ["Subject"]
    assert "id" not in result


def test_all_or_none_takes_everything_back(sf: Client, ann: str) -> None:
    codes = sf.codes(task("a", ann), task("b", NOBODY), task("c", ann), allOrNone=True)
    rolled = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert codes == [rolled, "INVALID_CROSS_REFERENCE_KEY", rolled]
    assert sf.org.rows("Task") == []


def test_one_key_twice_in_a_call_fails_on_both(sf: Client, ann: str) -> None:
    assert sf.codes(task("k", ann), task("K ", ann), task("m", ann)) == [
        "DUPLICATE_VALUE",
        "DUPLICATE_VALUE",
        "created",
    ]


def test_a_call_takes_200_records_and_not_one_more(sf: Client, ann: str) -> None:
    batch = [task(f"k{number}", ann) for number in range(201)]
    assert sf.upsert(*batch) == "EXCEEDED_ID_LIMIT"
    assert set(sf.codes(*batch[:200])) == {"created"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"records": [{"Subject": NaN}]}', "JSON_PARSER_ERROR"),
        (b'{"records": [{"Subject": "\\ud800"}]}', "JSON_PARSER_ERROR"),
        (b'{"records": ', "JSON_PARSER_ERROR"),
        (b"[]", "JSON_PARSER_ERROR"),
        (b'{"records": []}', "JSON_PARSER_ERROR"),
        (b'{"records": [{"Subject": "x"}]}', "INVALID_INPUT"),
        (b'{"records": [{"attributes": {"type": "Event"}}]}', "INVALID_INPUT"),
    ],
)
def test_a_body_that_is_not_well_formed_fails_as_a_whole(sf: Client, body: bytes, code: str) -> None:
    said = sf.ask("PATCH", f"/composite/sobjects/Task/{KEY}", data=body, headers={"Content-Type": "application/json"})
    assert (said.status_code, said.json()[0]["errorCode"]) == (400, code)


def test_only_an_external_id_field_can_be_a_key(sf: Client) -> None:
    said = sf.ask("PATCH", "/composite/sobjects/Task/Subject", json={"records": []})
    assert (said.status_code, said.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_a_key_on_two_records_is_ambiguous(sf: Client, ann: str) -> None:
    """Fault 58: 300 with their addresses, and a result of its own within a batch."""
    sf.org.change_field("Activity", KEY, unique=False)
    ids = sorted(sf.org.seed("Task", Status="Completed", **{KEY: "k"}) for _ in range(2))
    said = sf.ask("PATCH", f"/sobjects/Task/{KEY}/k", json={"Subject": "x"})
    assert said.status_code == 300
    assert said.json() == [f"{sf.root}/sobjects/Task/{one}" for one in ids]
    (result, _) = sf.upsert(task("k", ann), task("other", ann))
    assert told(result) == "DUPLICATE_EXTERNAL_ID"
    assert all(one in result["errors"][0]["message"] for one in ids)


@pytest.mark.parametrize(("unique", "statuses"), [(True, [201, 400]), (False, [201, 201])])
def test_only_a_unique_field_keeps_doubles_out(sf: Client, unique: bool, statuses: list[int]) -> None:
    """Fault 57."""
    sf.org.change_field("Activity", KEY, unique=unique)
    said = [sf.ask("POST", "/sobjects/Task", json=task("k")) for _ in range(2)]
    assert [one.status_code for one in said] == statuses
    assert len(sf.org.rows("Task")) == statuses.count(201)
    if unique:
        assert said[1].json()[0]["errorCode"] == "DUPLICATE_VALUE"
        assert said[0].json()["id"][:15] in said[1].json()[0]["message"]


def test_a_single_upsert_says_201_then_200_and_204_in_old_versions(sf: Client) -> None:
    assert [sf.ask("PATCH", f"/sobjects/Task/{KEY}/a%20b", json={}).status_code for _ in range(2)] == [201, 200]
    sf.root = "/services/data/v45.0"
    assert sf.ask("PATCH", f"/sobjects/Task/{KEY}/a%20b", json={}).status_code == 204


@pytest.mark.parametrize("body", [{KEY: "k"}, {"Id": numbered("00T", 1)}])
def test_a_single_upsert_does_not_take_the_key_in_its_body(sf: Client, body: Any) -> None:
    said = sf.ask("PATCH", f"/sobjects/Task/{KEY}/k", json=body)
    assert (said.status_code, said.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_update_only_never_inserts(sf: Client) -> None:
    assert sf.ask("PATCH", f"/sobjects/Task/{KEY}/k?updateOnly=true", json={}).status_code == 404
    assert sf.org.rows("Task") == []


def test_a_key_in_the_address_that_looks_like_a_file_is_not_found(sf: Client) -> None:
    assert sf.ask("PATCH", f"/sobjects/Task/{KEY}/who@example.inc", json={}).status_code == 404
    assert sf.codes(task("who@example.inc")) == ["created"]


def test_texts_are_trimmed_and_an_empty_one_is_null(sf: Client) -> None:
    sf.upsert(task("k", Subject="  hello \n", Description=""))
    (found,) = sf.query("SELECT Subject, Description FROM Task")
    assert (found["Subject"], found["Description"]) == ("hello", None)


def test_a_task_is_closed_by_its_status_and_an_admin_may_rename_that(sf: Client) -> None:
    sf.org.rename_status("Completed", "Erledigt")
    statuses = {one["ApiName"]: one["IsClosed"] for one in sf.query("SELECT ApiName, IsClosed FROM TaskStatus")}
    assert statuses["Erledigt"] is True
    assert "Completed" not in statuses
    assert sf.codes(task("a"), task("b", Status="Erledigt")) == ["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "created"]
    (found,) = sf.query("SELECT IsClosed, CompletedDateTime FROM Task")
    assert found["IsClosed"]
    assert found["CompletedDateTime"]


def test_an_event_needs_a_beginning_and_a_length(sf: Client) -> None:
    start = {"StartDateTime": "2026-03-01T23:30:00+01:00"}
    codes = sf.codes(
        {KEY: "a", **start},
        {KEY: "b", "DurationInMinutes": 5},
        {KEY: "c", **start, "DurationInMinutes": 5},
        {KEY: "d", **start, "EndDateTime": "2026-03-01T22:40:00Z"},
        {KEY: "e", **start, "EndDateTime": "2026-03-01T22:40:00Z", "DurationInMinutes": 5},
        {KEY: "f", **start, "EndDateTime": "2026-03-01T22:20:00Z"},
        type_="Event",
    )
    missing, clash = "REQUIRED_FIELD_MISSING", "FIELD_INTEGRITY_EXCEPTION"
    assert codes == [missing, missing, "created", "created", clash, clash]
    found = sf.query("SELECT ActivityDateTime, DurationInMinutes, EndDateTime FROM Event ORDER BY DurationInMinutes")
    assert [one["DurationInMinutes"] for one in found] == [5, 10]
    assert found[0]["ActivityDateTime"] == "2026-03-01T22:30:00.000+0000"
    assert found[0]["EndDateTime"] == "2026-03-01T22:35:00.000+0000"


def test_what_an_admin_adds_is_enforced(sf: Client, ann: str) -> None:
    """Fault 53: a validation rule, a required field."""
    sf.org.add_rule("Task", "Posts need a subject, please.", lambda row: not row["Subject"], "Subject")
    (result, fine) = sf.upsert(task("a", ann), task("b", ann, Subject="x"))
    assert told(result) == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert result["errors"][0]["message"] == "Posts need a subject, please."
    assert told(fine) == "created"
    sf.org.change_field("Task", "CallObject", required=True)
    assert sf.codes(task("c", ann, Subject="x")) == ["REQUIRED_FIELD_MISSING"]


def test_a_hidden_field_looks_as_if_it_were_not_there(sf: Client, ann: str) -> None:
    sf.org.hide("Activity", KEY)
    names = {one["name"] for one in sf.ask("GET", "/sobjects/Task/describe").json()["fields"]}
    assert KEY not in names
    assert sf.query(f"SELECT {KEY} FROM Task") == "INVALID_FIELD"
    assert sf.upsert(task("a", ann)) == "NOT_FOUND"


def test_a_read_only_field_cannot_be_written_and_its_description_says_so(sf: Client, ann: str) -> None:
    sf.org.make_read_only("Activity", "Subject")
    fields = {one["name"]: one for one in sf.ask("GET", "/sobjects/Task/describe").json()["fields"]}
    assert not fields["Subject"]["createable"]
    assert not fields["Subject"]["updateable"]
    assert sf.codes(task("a", ann, Subject="x")) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]


def test_a_description_tells_what_a_field_is(sf: Client) -> None:
    fields = {one["name"]: one for one in sf.ask("GET", "/sobjects/Task/describe").json()["fields"]}
    key, who = fields[KEY], fields["WhoId"]
    assert (key["externalId"], key["unique"], key["length"], key["caseSensitive"]) == (True, True, 64, False)
    assert (who["referenceTo"], who["polymorphicForeignKey"], who["relationshipName"]) == (
        ["Contact", "Lead"],
        True,
        "Who",
    )
    assert sf.ask("GET", "/sobjects/Nothing/describe").status_code == 404


def test_records_that_the_user_may_not_see(sf: Client, ann: str) -> None:
    """Fault 54: access removed."""
    sf.org.unseen.add(ann)
    assert sf.codes(task("a", ann)) == ["INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"]
    assert sf.query("SELECT Id FROM Contact") == []
    assert sf.ask("GET", f"/sobjects/Contact/{ann}").status_code == 404


def test_activities_take_a_hundred_custom_fields_and_no_long_text(sf: Client) -> None:
    with pytest.raises(ValueError, match="no long text"):
        sf.org.add_field("Activity", Field("Raw__c", "textarea", 32_000))
    for number in range(99):
        sf.org.add_field("Activity", Field(f"F{number}__c", length=10))
    with pytest.raises(ValueError, match="100"):
        sf.org.add_field("Activity", Field("One_More__c", length=10))


def test_storage_has_an_end(sf: Client, ann: str) -> None:
    sf.org.limits.storage_records = sum(len(table.rows) for table in sf.org.db.tables.values()) + 1
    assert sf.codes(task("a", ann), task("b", ann)) == ["created", "STORAGE_LIMIT_EXCEEDED"]


def test_a_duplicate_rule_stops_a_second_contact(sf: Client, ann: str) -> None:
    sf.org.duplicate_rule = "You're creating a duplicate record."
    said = sf.ask("POST", "/sobjects/Contact", json={"LastName": "Lee", "Email": "ANN@lee.example"})
    assert said.json()[0]["errorCode"] == "DUPLICATES_DETECTED"


def test_collections_create_change_read_and_delete_by_id(sf: Client, ann: str) -> None:
    kind = {"attributes": {"type": "Task"}}
    made = sf.ask(
        "POST", "/composite/sobjects", json={"records": [{**kind, **task("a", ann)}, {**kind, "No": 1}]}
    ).json()
    assert [one["success"] for one in made] == [True, False]
    change = {"records": [{**kind, "Id": made[0]["id"], "Subject": "new"}, {**kind, "Id": NOBODY}]}
    assert [one["success"] for one in sf.ask("PATCH", "/composite/sobjects", json=change).json()] == [True, False]
    asked = {"ids": [made[0]["id"], numbered("00T", 77)], "fields": ["Subject"]}
    found = sf.ask("POST", "/composite/sobjects/Task", json=asked).json()
    assert (found[0]["Subject"], found[1]) == ("new", None)
    gone = [sf.ask("DELETE", f"/composite/sobjects?ids={made[0]['id']}").json()[0] for _ in range(2)]
    assert gone[0]["success"]
    assert gone[1]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_single_records_are_made_read_changed_and_deleted(sf: Client) -> None:
    made = sf.ask("POST", "/sobjects/Contact", json={"LastName": "Lee", "FirstName": "Ann"})
    assert (made.status_code, made.json()["success"]) == (201, True)
    address = f"/sobjects/Contact/{made.json()['id']}"
    assert sf.ask("PATCH", address, json={"Email": "no address"}).json()[0]["errorCode"] == "INVALID_EMAIL_ADDRESS"
    assert sf.ask("PATCH", address, json={"Email": "ann@lee.example"}).status_code == 204
    assert sf.ask("GET", f"{address}?fields=Name,Email").json()["Name"] == "Ann Lee"
    assert sf.ask("DELETE", address).status_code == 204
    again = sf.ask("PATCH", address, json={})
    assert (again.status_code, again.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_composite_runs_requests_in_one_call_and_halts_as_a_whole(sf: Client, ann: str) -> None:
    post = {"method": "POST", "url": f"{sf.root}/sobjects/Task", "referenceId": "made", "body": task("a", ann)}
    read = {"method": "GET", "url": f"{sf.root}/sobjects/Task/@{{made.id}}", "referenceId": "read"}
    bad = {"method": "POST", "url": f"{sf.root}/sobjects/Task", "referenceId": "bad", "body": {"No": 1}}
    before = sf.org.limits.used
    said = sf.ask("POST", "/composite", json={"compositeRequest": [post, read]}).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in said] == [201, 200]
    assert sf.org.limits.used == before + 1
    halted = {"compositeRequest": [{**post, "body": task("b", ann)}, bad], "allOrNone": True}
    said = sf.ask("POST", "/composite", json=halted).json()["compositeResponse"]
    assert [one["body"][0]["errorCode"] for one in said] == ["PROCESSING_HALTED", "INVALID_FIELD"]
    assert len(sf.org.rows("Task")) == 1


def test_composite_takes_five_queries_or_collections(sf: Client) -> None:
    asked = [
        {"method": "GET", "url": f"{sf.root}/query?q=SELECT+Id+FROM+Task", "referenceId": f"r{number}"}
        for number in range(6)
    ]
    assert sf.ask("POST", "/composite", json={"compositeRequest": asked}).status_code == 400
    assert sf.ask("POST", "/composite", json={"compositeRequest": asked[:5]}).status_code == 200


def test_each_subrequest_of_a_batch_counts(sf: Client) -> None:
    before = sf.org.limits.used
    asked = {
        "batchRequests": [
            {"method": "GET", "url": "v62.0/limits"},
            {"method": "GET", "url": "v62.0/sobjects/No/describe"},
        ]
    }
    said = sf.ask("POST", "/composite/batch", json=asked).json()
    assert said["hasErrors"]
    assert [one["statusCode"] for one in said["results"]] == [200, 404]
    assert sf.org.limits.used == before + 2


def test_social_objects_are_there_only_where_an_org_has_them() -> None:
    for social in (False, True):
        with running(Org(social=social)) as client:
            assert (client.ask("GET", "/sobjects/SocialPost/describe").status_code == 200) is social
            assert client.upsert({"ExternalPostId": "x"}, type_="SocialPost", key="ExternalPostId") == "NOT_FOUND"


def test_a_persona_needs_a_living_parent() -> None:
    with running(Org(social=True)) as client:
        who = contact(client)
        persona = {"Name": "@ann", "Provider": "Other", "ParentId": who}
        assert client.ask("POST", "/sobjects/SocialPersona", json=persona).status_code == 201
        people.bury(client.org, who)
        assert client.ask("POST", "/sobjects/SocialPersona", json=persona).json()[0]["errorCode"] == "ENTITY_IS_DELETED"


@given(st.integers(1, 10**9))
def test_an_id_is_one_record_in_15_and_in_18_characters(number: int) -> None:
    long = numbered("003", number)
    assert len(long) == 18
    assert canonical(long[:15]) == long
    assert canonical(long[:17] + DIGITS[(DIGITS.index(long[17]) + 1) % 62]) is None


def test_the_checksum_is_that_of_a_published_example() -> None:
    assert suffix("00300000003T2PG") == "AA0"
    assert numbered("003", 10) != numbered("003", 36)
    assert numbered("003", 10)[:15].lower() == numbered("003", 36)[:15].lower()
