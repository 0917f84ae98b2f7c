"""Contacts, leads and person accounts: what is read of them, and what becomes of those that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from salesforce_world import SalesforceWorld

from socialcrm.crm.base import ContactGone
from socialcrm.crm.salesforce.backend import SalesforceCRM
from socialcrm.crm.salesforce.ids import long_id
from socialcrm.errors import ConfigError, CRMRejected
from socialcrm.model import Contact
from socialcrm.testing.salesforce import Field, people
from socialcrm.testing.salesforce.ids import numbered


@pytest.fixture
def world() -> Iterator[SalesforceWorld]:
    with SalesforceWorld(org={"person_accounts": True}) as world:
        yield world


def changes(crm: SalesforceCRM, since: str | None = None) -> dict[str, Contact | ContactGone]:
    return {one.id: one for page in crm.contacts(since) for one in page.changes}


def cursor(crm: SalesforceCRM) -> str:
    return [page.cursor for page in crm.contacts(None)][-1]


def person(crm: SalesforceCRM, identity: str) -> Contact:
    found = changes(crm)[identity]
    assert isinstance(found, Contact)
    return found


def test_a_contact_is_read_with_its_company_and_all_its_numbers(world: SalesforceWorld) -> None:
    account = world.org.seed("Account", Name="Skylark Travel", Website="https://travel.example")
    ann = people.add_contact(
        world.org,
        FirstName="Ann",
        LastName="Lee",
        Email="ann@lee.example",
        Phone="+44 20 7946 0958",
        MobilePhone="+44 7700 900123",
        Title="Buyer",
        AccountId=account,
        MailingCity="Leeds",
        MailingState="Yorkshire",
        MailingCountry="GB",
    )
    read = person(world.backend(websites=("Account.Website",)), ann)
    assert read.model_dump(exclude={"version"}) == Contact(
        id=ann,
        first_name="Ann",
        last_name="Lee",
        full_name="Ann Lee",
        emails=("ann@lee.example",),
        phones=("+44 20 7946 0958", "+44 7700 900123"),
        title="Buyer",
        company="Skylark Travel",
        websites=("https://travel.example",),
        city="Leeds",
        region="Yorkshire",
        country="GB",
    ).model_dump(exclude={"version"})


def test_a_lead_is_read_and_becomes_its_contact_when_converted(world: SalesforceWorld) -> None:
    lead = world.org.seed("Lead", FirstName="Lea", LastName="Day", Company="Day Ltd", Website="https://day.example")
    read = person(world.crm, lead)
    assert (read.full_name, read.company, read.websites) == ("Lea Day", "Day Ltd", ("https://day.example",))
    place = cursor(world.crm)
    contact = people.convert(world.org, lead)
    after = changes(world.crm, place)
    assert after[lead] == ContactGone(lead, contact)
    assert isinstance(after[contact], Contact)


def test_leads_can_be_left_out(world: SalesforceWorld) -> None:
    lead = world.org.seed("Lead", FirstName="Lea", LastName="Day", Company="Day Ltd")
    assert lead not in changes(world.backend(contacts=("Contact",)))


def test_a_person_account_is_its_contact(world: SalesforceWorld) -> None:
    _, contact = people.add_person_account(
        world.org, FirstName="Pia", LastName="Poe", PersonEmail="pia@poe.example", PersonMobilePhone="+31 6 12345678"
    )
    read = person(world.crm, contact)
    assert (read.full_name, read.emails, read.phones) == ("Pia Poe", ("pia@poe.example",), ("+31 6 12345678",))


def test_a_merged_person_account_leads_to_the_contact_of_its_heir(world: SalesforceWorld) -> None:
    (old_account, old), (account, new) = (
        people.add_person_account(world.org, FirstName="Pia", LastName=name) for name in ("Poe", "Poe-Ray")
    )
    place = cursor(world.crm)
    people.bury(world.org, old)
    people.merge(world.org, account, old_account)
    people.change(world.org, old, AccountId=old_account)
    assert changes(world.crm, place)[old] == ContactGone(old, new)


def test_merged_and_deleted_contacts_are_told_with_their_heirs(world: SalesforceWorld) -> None:
    ids = [world.add(Contact(id=f"c{number}", last_name=f"C{number}")) for number in range(4)]
    place = cursor(world.crm)
    people.merge(world.org, ids[1], ids[0])
    people.merge(world.org, ids[2], ids[1])
    people.bury(world.org, ids[3])
    pages = list(world.crm.contacts(place))
    gone = {one.id: one for page in pages for one in page.changes}
    assert gone[ids[0]] == ContactGone(ids[0], ids[1])
    assert gone[ids[1]] == ContactGone(ids[1], ids[2])
    assert gone[ids[3]] == ContactGone(ids[3])
    people.unbury(world.org, ids[3])
    assert isinstance(changes(world.crm, pages[-1].cursor)[ids[3]], Contact)


def test_configured_handles_languages_and_websites_are_read(world: SalesforceWorld) -> None:
    for name in ("Bluesky__c", "Fediverse__c", "Language__c", "Blog__c"):
        world.org.add_field("Contact", Field(name, length=255))
        world.org.add_field("Lead", Field(name, length=255))
    ann = people.add_contact(
        world.org,
        LastName="Lee",
        Bluesky__c="ann.example; annlee.example",
        Language__c="nl",
        Blog__c="https://a.example",
    )
    handles = {"bluesky": ("Bluesky__c",), "mastodon": ("Fediverse__c",)}
    crm = world.backend(handles=handles, language="Language__c", websites=("Blog__c",))
    assert all(finding.ok for finding in crm.check())
    read = person(crm, ann)
    assert read.handles == {"bluesky": ("ann.example", "annlee.example")}
    assert (read.lang, read.websites) == ("nl", ("https://a.example",))


def test_57_a_configured_field_that_is_not_there_is_named(world: SalesforceWorld) -> None:
    crm = world.backend(handles={"bluesky": ("Bluesky__c",)})
    failed = [one for one in crm.check() if not one.ok]
    assert [one.what for one in failed] == ["salesforce: field Bluesky__c of Contact or Lead"]
    with pytest.raises(ConfigError, match="Bluesky__c"):
        list(crm.contacts(None))
    world.org.add_field("Contact", Field("Bluesky__c", length=255))
    assert all(one.ok for one in crm.check())


@pytest.mark.parametrize("flag", ["HasOptedOutProfiling", "HasOptedOutProcessing", "ShouldForget"])
def test_who_objects_on_their_individual_record_is_not_profiled_from_then_on(world: SalesforceWorld, flag: str) -> None:
    individual = world.org.seed("Individual", LastName="Lee")
    ann = people.add_contact(world.org, LastName="Lee", IndividualId=individual)
    assert not person(world.crm, ann).do_not_profile
    place = cursor(world.crm)
    people.change(world.org, individual, **{flag: True})
    after = changes(world.crm, place)[ann]
    assert isinstance(after, Contact)
    assert after.do_not_profile
    assert not person(world.backend(individual=False), ann).do_not_profile


def test_a_configured_flag_and_a_missing_consent_stop_profiling(world: SalesforceWorld) -> None:
    for name in ("No_Social__c", "Consent__c"):
        world.org.add_field("Contact", Field(name, "boolean", default=False))
    lead = world.org.seed("Lead", LastName="Day", Company="Day Ltd")
    free = people.add_contact(world.org, LastName="Free", Consent__c=True)
    silent = people.add_contact(world.org, LastName="Silent", Consent__c=False)
    refused = people.add_contact(world.org, LastName="Refused", Consent__c=True, No_Social__c=True)
    crm = world.backend(consent="Consent__c", do_not_profile=("No_Social__c",))
    read = {one.id: one.do_not_profile for one in changes(crm).values() if isinstance(one, Contact)}
    assert (read[free], read[silent], read[refused]) == (False, True, True)
    assert read[lead], "a lead has no field to consent in"


def test_an_org_without_individuals_is_read_all_the_same(world: SalesforceWorld) -> None:
    ann = world.add(Contact(id="ann", last_name="Lee"))
    world.org.drop_field("Contact", "IndividualId")
    world.org.hide("Contact", "MobilePhone")
    assert person(world.crm, ann).last_name == "Lee"


def test_an_org_that_hides_accounts_is_read_all_the_same(world: SalesforceWorld) -> None:
    from socialcrm.testing.salesforce.server import refusing

    ann = world.add(Contact(id="ann", last_name="Lee"))
    world.server.plan(refusing("NOT_FOUND", "The requested resource does not exist", 404), path="composite")
    assert ann in changes(world.crm)


def test_nothing_changed_gives_no_page_and_few_calls(world: SalesforceWorld) -> None:
    for number in range(50):
        world.add(Contact(id=f"c{number}", last_name=f"C{number}"))
    place = cursor(world.crm)
    before = world.server.calls
    assert list(world.crm.contacts(place)) == []
    assert world.server.calls - before <= 5


def test_two_changes_within_one_second_are_both_seen(world: SalesforceWorld) -> None:
    ann = world.add(Contact(id="ann", last_name="Lee"))
    place = cursor(world.crm)
    row = world.org.table("Contact").rows[ann]
    world.org.db.put(world.org.table("Contact"), {**row, "LastName": "Lee-Ray"})  # the stamp stays
    assert isinstance(changes(world.crm, place)[ann], Contact)
    assert changes(world.crm, cursor(world.crm)) == {}


def test_a_change_committed_late_is_found_in_the_overlap(world: SalesforceWorld) -> None:
    ann, bob = (world.add(Contact(id=name, last_name=name)) for name in ("ann", "bob"))
    place = cursor(world.crm)
    table = world.org.table("Contact")
    early = table.rows[ann]["SystemModstamp"] - timedelta(minutes=5)
    world.org.db.put(table, {**table.rows[ann], "LastName": "Late", "SystemModstamp": early})
    assert list(changes(world.crm, place)) == [ann]
    assert bob in changes(world.crm)


@pytest.mark.parametrize("place", ["", "not json", "[]", '{"Contact": 1}', '{"Contact": {"at": "x", "seen": {}}}', "7"])
def test_a_cursor_that_is_not_ours_reads_everything_again(world: SalesforceWorld, place: str) -> None:
    ann = world.add(Contact(id="ann", last_name="Lee"))
    assert ann in changes(world.crm, place)


@pytest.mark.parametrize("name", ["x" * 80, "O'Neil \\ {} :name", "\u202eevil"])
def test_odd_names_are_read_as_they_are(world: SalesforceWorld, name: str) -> None:
    ann = people.add_contact(world.org, LastName=name)
    assert person(world.crm, ann).last_name == name


@pytest.mark.parametrize("number", [1, 61, 3844, 123_456_789])
def test_short_and_long_ids_name_one_record(number: int) -> None:
    long = numbered("003", number)
    assert long_id(long[:15]) == long
    assert long_id(long) == long
    assert long_id("ann") == "ann"


def test_57_objections_out_of_sight_are_named_and_nobody_is_read(world: SalesforceWorld) -> None:
    people.add_contact(world.org, LastName="Lee")
    world.org.hide("Individual", "ShouldForget")
    failed = [one for one in world.crm.check() if not one.ok]
    assert any("ShouldForget" in one.remedy for one in failed)
    with pytest.raises(CRMRejected):
        list(world.crm.contacts(None))
    assert all(one.ok for one in world.backend(individual=False).check())


def test_account_names_of_social_personas_are_read_and_their_changes_noticed() -> None:
    with SalesforceWorld(org={"social": True}, personas=True) as world:
        ann = people.add_contact(world.org, LastName="Lee")
        lead = world.org.seed("Lead", LastName="Day", Company="Day Ltd")
        persona = world.org.seed("SocialPersona", ParentId=ann, Provider="Twitter", Name="annlee", ExternalId="77")
        assert all(finding.ok for finding in world.crm.check())
        assert person(world.crm, ann).handles == {"x": ("annlee", "77")}
        place = cursor(world.crm)
        world.org.seed("SocialPersona", ParentId=lead, Provider="Facebook", Name="lea.day")
        people.change(world.org, persona, Name="ann_lee")
        after = changes(world.crm, place)
        assert {one: found.handles for one, found in after.items() if isinstance(found, Contact)} == {
            ann: {"x": ("ann_lee", "77")},
            lead: {"facebook": ("lea.day",)},
        }
        people.bury(world.org, persona)
        assert person(world.crm, ann).handles == {}


def test_57_personas_that_an_org_does_not_have_are_named(world: SalesforceWorld) -> None:
    failed = [one.what for one in world.backend(personas=True).check() if not one.ok]
    assert failed == ["salesforce: read all that is wanted of SocialPersona"]
