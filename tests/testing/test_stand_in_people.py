"""What happens to tasks when their people are merged, converted, deleted and brought back."""

from __future__ import annotations

import pytest
from salesforce_client import KEY, Client, contact, task

from socialcrm.testing.salesforce import Field, people, sobject

GONE = "SELECT Id, IsDeleted, MasterRecordId FROM Contact"


def test_tasks_move_along_a_chain_of_merges(sf: Client, ann: str, bob: str) -> None:
    """Fault 55."""
    cara = contact(sf, "Lee", FirstName="Cara")
    sf.upsert(task("k", ann))
    people.merge(sf.org, bob, ann)
    people.merge(sf.org, cara, bob)
    found = {one["Id"]: (one["IsDeleted"], one["MasterRecordId"]) for one in sf.query(GONE, everything=True)}
    assert found == {ann: (True, bob), bob: (True, cara), cara: (False, None)}
    assert [one["WhoId"] for one in sf.query("SELECT WhoId FROM Task")] == [cara]
    assert sf.codes(task("k", ann), task("m", cara)) == ["ENTITY_IS_DELETED", "created"]
    assert [row["Id"] for row in sf.query(GONE)] == [cara]


def test_a_merge_takes_at_most_two_losers(sf: Client, ann: str, bob: str) -> None:
    with pytest.raises(ValueError, match="one or two"):
        people.merge(sf.org, ann, bob, bob, bob)


def test_a_deleted_contact_takes_its_tasks_along_and_brings_them_back(sf: Client, ann: str) -> None:
    """Fault 54."""
    sf.upsert(task("k", ann, Subject="secret word"))
    people.bury(sf.org, ann)
    assert sf.query("SELECT Id FROM Task") == []
    assert [one["IsDeleted"] for one in sf.query("SELECT IsDeleted FROM Task", everything=True)] == [True]
    assert sf.org.holds("secret word")
    assert not sf.org.holds("secret word", bin=False)
    assert sf.codes(task("k", ann)) == ["ENTITY_IS_DELETED"]
    people.unbury(sf.org, ann)
    assert sf.codes(task("k", ann)) == ["updated"]


def test_the_bin_is_emptied_for_good(sf: Client, ann: str) -> None:
    sf.upsert(task("k", ann, Subject="secret word"))
    people.bury(sf.org, ann)
    people.empty_bin(sf.org)
    assert sf.query(GONE, everything=True) == []
    assert not sf.org.holds("secret word")
    assert sf.codes(task("k", ann)) == ["INVALID_CROSS_REFERENCE_KEY"]


def test_a_converted_lead_hands_its_tasks_to_the_contact(sf: Client) -> None:
    """Fault 54."""
    lead = sf.org.seed("Lead", LastName="Lee", FirstName="Ann", Company="Harbour Ltd", Email="ann@lee.example")
    sf.upsert(task("k", lead))
    made = people.convert(sf.org, lead)
    (found,) = sf.query("SELECT IsConverted, ConvertedContactId FROM Lead")
    assert (found["IsConverted"], found["ConvertedContactId"]) == (True, made)
    assert sf.query("SELECT WhoId FROM Task")[0]["WhoId"] == made
    assert sf.query("SELECT Email FROM Contact")[0]["Email"] == "ann@lee.example"
    assert sf.codes(task("k", lead), task("m", made)) == ["CANNOT_UPDATE_CONVERTED_LEAD", "created"]
    said = sf.ask("PATCH", f"/sobjects/Lead/{lead}", json={"Title": "x"})
    assert said.json()[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_a_task_of_a_lead_has_nothing_else_it_is_about(sf: Client) -> None:
    lead = sf.org.seed("Lead", LastName="Lee", Company="Harbour Ltd")
    account = sf.org.seed("Account", Name="Harbour Ltd")
    assert sf.codes(task("k", lead, WhatId=account)) == ["FIELD_INTEGRITY_EXCEPTION"]


def test_a_task_shows_the_account_it_is_about_or_that_of_its_contact(sf: Client) -> None:
    accounts = [sf.org.seed("Account", Name=name) for name in ("Harbour Ltd", "Hill Ltd")]
    who = contact(sf, AccountId=accounts[0])
    sf.upsert(task("a", who), task("b", who, WhatId=accounts[1]))
    assert [one["AccountId"] for one in sf.query(f"SELECT AccountId FROM Task ORDER BY {KEY}")] == accounts


def test_a_colleagues_edit_of_other_fields_survives_an_upsert(sf: Client, ann: str) -> None:
    (made,) = sf.upsert(task("k", ann, Subject="x"))
    people.change(sf.org, made["id"], CallDisposition="called back", Subject="edited")
    sf.upsert(task("k", ann, Subject="y"))
    (found,) = sf.query("SELECT Subject, CallDisposition FROM Task")
    assert (found["Subject"], found["CallDisposition"]) == ("y", "called back")


def test_records_of_a_custom_object_follow_a_merge_and_lose_a_deleted_contact(sf: Client, ann: str, bob: str) -> None:
    lookup = Field("Contact__c", "reference", refers_to=("Contact",), relationship="Contact__r")
    sf.org.add_object(sobject("Post__c", "a00", Field(KEY, length=64, external_id=True, unique=True), lookup))
    sf.upsert({KEY: "k", "Contact__c": ann}, type_="Post__c")
    people.merge(sf.org, bob, ann)
    assert sf.query("SELECT Contact__c, Contact__r.LastName FROM Post__c")[0]["Contact__r"] == {"LastName": "Ray"}
    people.bury(sf.org, bob)
    assert sf.query("SELECT Contact__c FROM Post__c")[0]["Contact__c"] is None


def test_an_individual_carries_the_wishes_of_a_person(sf: Client) -> None:
    wishes = sf.org.seed("Individual", LastName="Lee", HasOptedOutProfiling=True)
    contact(sf, "Lee", IndividualId=wishes)
    contact(sf, "Ray")
    found = sf.query(
        "SELECT LastName, Individual.HasOptedOutProfiling, Individual.ShouldForget FROM Contact ORDER BY LastName"
    )
    assert found[0]["Individual"] == {"HasOptedOutProfiling": True, "ShouldForget": False}
    assert found[1]["Individual"] is None


def test_every_change_is_dated_to_the_second(sf: Client, ann: str) -> None:
    sf.ask("PATCH", f"/sobjects/Contact/{ann}", json={"Title": "Captain"})
    (found,) = sf.query("SELECT CreatedDate, LastModifiedDate, SystemModstamp FROM Contact")
    assert found["SystemModstamp"].endswith(".000+0000")
    assert found["CreatedDate"] <= found["LastModifiedDate"] == found["SystemModstamp"]
