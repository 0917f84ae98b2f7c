"""The stand-in's SOQL: what it finds and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from salesforce_client import KEY, Client, contact, running, task
from simple_salesforce import format_soql

from socialcrm.clock import ManualClock
from socialcrm.testing.salesforce import Org, people
from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.query import Query

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def org() -> Org:
    org = Org(clock=ManualClock(NOON), time_zone="Pacific/Auckland")
    account = org.seed("Account", Name="Skylark Air")
    org.seed("Contact", LastName="Lee", FirstName="Ann", Email="ann@lee.example", AccountId=account)
    org.seed("Contact", LastName='O\'Ray \\ "100%" _', Email="RAY@ray.example")
    org.seed("Contact", LastName="Zoë\n\t", DoNotCall=True)
    for days in range(-3, 4):
        org.seed(
            "Task", Status="Completed", ActivityDate=(NOON + timedelta(days=days)).date(), CallDurationInSeconds=days
        )
    return org


def names(org: Org, condition: str) -> list[str]:
    return [str(row["LastName"])[:3] for row in Query(org, f"SELECT Id FROM Contact WHERE {condition}").rows()]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("LastName = 'lee'", ["Lee"]),
        ("LastName != 'LEE'", ["O'R", "Zoë"]),
        ("Email = null", ["Zoë"]),
        ("Email != null", ["Lee", "O'R"]),
        ("LastName = 'O\\'Ray \\\\ \\\"100%\\\" _'", ["O'R"]),
        ("LastName LIKE 'o\\'%'", ["O'R"]),
        ("LastName LIKE '%100\\%%'", ["O'R"]),
        ("LastName LIKE '%\\_'", ["O'R"]),
        ("LastName LIKE 'L_e'", ["Lee"]),
        ("LastName LIKE 'L\\_e'", []),
        ("LastName = 'zo\\u00eb\\n\\t'", ["Zoë"]),
        ("LastName IN ('lee', 'nobody')", ["Lee"]),
        ("LastName NOT IN ('lee')", ["O'R", "Zoë"]),
        ("NOT LastName = 'lee'", ["O'R", "Zoë"]),
        ("(LastName = 'lee' OR DoNotCall = true) AND Email = null", ["Zoë"]),
        ("DoNotCall = TRUE", ["Zoë"]),
        ("Account.Name = 'skylark air'", ["Lee"]),
        ("CreatedDate >= 2026-03-04T12:00:00Z", ["Lee", "O'R", "Zoë"]),
        ("CreatedDate > 2026-03-04T13:00:00+01:00", []),
        ("CreatedDate = TODAY", ["Lee", "O'R", "Zoë"]),
    ],
)
def test_what_a_condition_finds(org: Org, condition: str, found: list[str]) -> None:
    assert names(org, condition) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("ActivityDate = TODAY", [1]),  # it is the fifth already in Auckland
        ("ActivityDate = YESTERDAY", [0]),
        ("ActivityDate > TODAY", [2, 3]),
        ("ActivityDate = LAST_N_DAYS:2", [-1, 0, 1]),
        ("ActivityDate = NEXT_N_DAYS:2", [2, 3]),
        ("ActivityDate = THIS_WEEK", [-2, -1, 0, 1, 2, 3]),
        ("ActivityDate = LAST_WEEK", [-3]),
        ("ActivityDate < 2026-03-03", [-3, -2]),
        ("CallDurationInSeconds >= 2", [2, 3]),
        ("CallDurationInSeconds IN (1, -1)", [-1, 1]),
    ],
)
def test_what_a_date_or_a_number_finds(org: Org, condition: str, found: list[int]) -> None:
    text = f"SELECT Id FROM Task WHERE {condition} ORDER BY CallDurationInSeconds"
    assert [row["CallDurationInSeconds"] for row in Query(org, text).rows()] == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Id FROM Contact WHERE Id IN ()", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'O'Ray'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'a\\qb'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'a\\%b'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = lee", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = 'a' OR Email = 'b' AND DoNotCall = true", "MALFORMED_QUERY"),
        ("SELECT * FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact; DELETE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = '" + "x" * 4001 + "'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Nothing__c FROM Contact", "INVALID_FIELD"),
        ("SELECT Id, Id FROM Contact", "INVALID_FIELD"),
        ("SELECT Nothing.Name FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY Description", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Task WHERE ActivityDate = 2026-01-01T00:00:00Z", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE DoNotCall = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE LastName = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Id = 'nobody'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact WHERE Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact LIMIT 5 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_what_is_refused(sf: Client, text: str, code: str) -> None:
    """Fault 74."""
    said = sf.ask("GET", "/query", params={"q": text})
    assert (said.status_code, said.json()[0]["errorCode"]) == (400, code)


def test_a_statement_has_100_000_characters_at_most(org: Org) -> None:
    text = "SELECT Id FROM Contact WHERE LastName IN ('" + "','".join(["x" * 997] * 101) + "')"
    with pytest.raises(ApiError) as caught:
        Query(org, text)
    assert caught.value.code == "MALFORMED_QUERY"
    assert Query(org, text.replace("x" * 997, "x")).rows() == []


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_any_text_quoted_by_the_library_is_found_again(org: Org, text: str) -> None:
    """Fault 74."""
    made = org.seed("Contact", LastName="probe " + text + ".")
    try:
        query = format_soql("SELECT Id FROM Contact WHERE LastName = {}", "probe " + text + ".")
        assert made in {row["Id"] for row in Query(org, query).rows()}
    finally:
        org.table("Contact").drop(made)


def test_nulls_come_first_and_ties_keep_their_order(org: Org) -> None:
    def order(text: str) -> list[str]:
        return [str(row["LastName"])[:1] for row in Query(org, f"SELECT Id FROM Contact ORDER BY {text}").rows()]

    assert order("Email") == ["Z", "L", "O"]
    assert order("Email DESC") == ["Z", "O", "L"]
    assert order("Email DESC NULLS LAST") == ["O", "L", "Z"]
    assert order("CreatedDate, LastName DESC LIMIT 2") == ["Z", "O"]


def test_a_query_is_answered_in_pages_of_one_moment(sf: Client) -> None:
    sf.org.cursors.page = 10
    for number in range(25):
        sf.org.seed("Task", Status="Completed", CallDurationInSeconds=number)
    page = sf.ask("GET", "/query", params={"q": "SELECT CallDurationInSeconds FROM Task"}).json()
    assert (page["totalSize"], page["done"]) == (25, False)
    found = [one["CallDurationInSeconds"] for one in page["records"]]
    sf.org.seed("Task", Status="Completed", CallDurationInSeconds=99)
    while not page["done"]:
        page = sf.ask("GET", page["nextRecordsUrl"]).json()
        found += [one["CallDurationInSeconds"] for one in page["records"]]
    assert found == list(range(25))


def test_an_old_locator_is_refused(sf: Client) -> None:
    assert sf.ask("GET", "/query/01gSk0000000001IAA-2000").json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_a_record_tells_its_relations_and_null_where_there_is_none(sf: Client, ann: str) -> None:
    sf.upsert(task("a", ann), task("b"))
    found = sf.query(f"SELECT Who.Name, Who.Type, Owner.Name FROM Task ORDER BY {KEY}")
    assert found[0]["Who"] == {"Name": "Ann Lee", "Type": "Contact"}
    assert found[1]["Who"] is None
    assert found[1]["Owner"]["Name"] == "Skylark Integration"


def test_counting_and_bad_addresses(sf: Client, ann: str) -> None:
    assert sf.ask("GET", "/query", params={"q": "SELECT COUNT() FROM Contact"}).json()["totalSize"] == 1
    assert sf.ask("GET", "/query").json()[0]["errorCode"] == "MALFORMED_QUERY"
    long = "SELECT Id FROM Contact WHERE LastName IN ('" + "','".join(["x" * 99] * 170) + "')"
    said = sf.ask("GET", "/query", params={"q": long})
    assert (said.status_code, said.headers["Content-Type"].partition(";")[0]) == (414, "text/html")
    assert sf.ask("GET", "/limits", headers={"X-Long": "x" * 16_384}).status_code == 431


def test_archived_and_deleted_rows_are_in_query_all_only(sf: Client, ann: str) -> None:
    old = task("old", ann) | {"ActivityDate": "2020-01-01"}
    sf.upsert(old, task("new", ann), task("gone", ann))
    assert people.archive(sf.org) == 1
    sf.ask("DELETE", f"/sobjects/Task/{KEY}/gone")
    keys = f"SELECT {KEY}, IsArchived, IsDeleted FROM Task ORDER BY {KEY}"
    assert [one[KEY] for one in sf.query(keys)] == ["new"]
    everything = sf.query(keys, everything=True)
    assert [(one[KEY], one["IsArchived"], one["IsDeleted"]) for one in everything] == [
        ("gone", False, True),
        ("new", False, False),
        ("old", True, False),
    ]
    assert sf.codes(old) == ["updated"]


def test_person_accounts_have_a_contact() -> None:
    with running(Org(person_accounts=True)) as client:
        account, person = people.add_person_account(
            client.org, FirstName="Ann", LastName="Lee", PersonEmail="ann@lee.example"
        )
        (found,) = client.query("SELECT Name, PersonContactId, PersonEmail, IsPersonAccount FROM Account")
        assert (found["Name"], found["PersonContactId"]) == ("Ann Lee", person)
        assert client.codes(task("a", account), task("b", person)) == ["FIELD_INTEGRITY_EXCEPTION", "created"]
        (made,) = client.query("SELECT AccountId FROM Task")
        assert made["AccountId"] == account
    with running() as client:
        contact(client)
        assert client.query("SELECT PersonEmail FROM Account") == "INVALID_FIELD"
