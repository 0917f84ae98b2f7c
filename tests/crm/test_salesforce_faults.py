"""What can go wrong while Salesforce is written to; the numbers are those of the list of faults."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from salesforce_world import SalesforceWorld

from socialcrm.crm.base import Outcome
from socialcrm.crm.salesforce.errors import CODES, Fault, Trouble
from socialcrm.errors import AuthError, BadResponse, ConfigError, CRMRejected, RateLimited, Transient
from socialcrm.model import Contact, Interaction
from socialcrm.testing.crms import FAMILY, NOON, SECRET, entry, outcomes
from socialcrm.testing.salesforce import Moment, people
from socialcrm.testing.salesforce.server import hang_up, page, refusing
from socialcrm.testing.server import Asked

ANN = Contact(id="ann", first_name="Ann", last_name="Lee")
BOB = Contact(id="bob", first_name="Bob", last_name="Ray")


@pytest.fixture
def world() -> Iterator[SalesforceWorld]:
    with SalesforceWorld() as world:
        yield world


@pytest.fixture
def ann(world: SalesforceWorld) -> str:
    return world.add(ANN)


def bodies(world: SalesforceWorld, contact: str) -> list[str]:
    return [one.body for one in world.crm.timeline(contact)]


def before_write(world: SalesforceWorld, act: Any) -> None:
    """Do something in the org after the look-up, just before the next write arrives."""
    done: list[bool] = []

    def watcher(moment: Moment, asked: Asked) -> None:
        if moment is Moment.BEFORE and "composite/sobjects" in asked.path and not done:
            done.append(True)
            act()

    world.server.watch(watcher)


# answers that do not come


@pytest.mark.parametrize("fault", [hang_up, page(502), page(504)], ids=["connection cut", "502", "504"])
def test_50_an_answer_lost_after_the_write_is_asked_for_again_and_nothing_doubles(
    world: SalesforceWorld, ann: str, fault: Any
) -> None:
    world.server.plan(fault, moment=Moment.APPLIED, method="PATCH")
    answers = world.crm.upsert([entry(ann, str(number)) for number in range(3)])
    assert all(answer.done and answer.crm_id for answer in answers)
    assert len(world.rows()) == 3


def test_50_answers_lost_for_good_are_transient_and_found_again_later(world: SalesforceWorld, ann: str) -> None:
    with world.lost_answer(), pytest.raises(Transient):
        world.crm.upsert([entry(ann, "1")])
    assert outcomes(world.backend().upsert([entry(ann, "1")])) == [Outcome.UNCHANGED]
    assert len(world.rows()) == 1


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_51_a_record_refused_in_a_batch_is_its_own_trouble(world: SalesforceWorld, ann: str, where: str) -> None:
    world.org.spoilers.plan(where, "FIELD_INTEGRITY_EXCEPTION", "Something is off")
    answers = world.crm.upsert([entry(ann, str(number)) for number in range(5)])
    bad = {"first": 0, "middle": 2, "last": 4}[where]
    assert [answer.outcome is Outcome.PARKED for answer in answers] == [number == bad for number in range(5)]
    assert "Something is off" in answers[bad].reason


# busy, full, used up


def test_52_locked_rows_are_sent_again_and_arrive(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("all", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", records=2)
    assert outcomes(world.crm.upsert([entry(ann, "1"), entry(ann, "2")])) == [Outcome.CREATED] * 2
    assert world.clock.slept


def test_52_rows_locked_for_long_are_for_later(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("first", "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", records=99)
    late, written = world.crm.upsert([entry(ann, "1"), entry(ann, "2")])
    assert (late.outcome, written.outcome) == (Outcome.RETRY, Outcome.CREATED)
    assert late.retry_at is not None
    assert late.retry_at > world.clock.now()
    assert "UNABLE_TO_LOCK_ROW" in late.reason


def test_52_too_many_requests_at_once_clear_in_seconds(world: SalesforceWorld, ann: str) -> None:
    world.org.limits.too_many_at_once = 2
    assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.CREATED]
    assert 0 < sum(world.clock.slept) < 60


def test_52_the_calls_of_the_day_used_up_stop_the_delivery_for_hours(world: SalesforceWorld, ann: str) -> None:
    crm = world.backend(leave_calls=0)
    crm.upsert([entry(ann, "1")])
    world.org.limits.daily = world.org.limits.used
    with pytest.raises(RateLimited) as caught:
        world.backend(leave_calls=0).upsert([entry(ann, "2")])
    assert caught.value.retry_at >= world.clock.now() + timedelta(minutes=30)
    assert sum(world.clock.slept) == 0


def test_52_a_share_of_the_calls_is_left_to_others_but_deletions_may_use_it(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    world.org.limits.daily, world.org.limits.elsewhere = 1000, 850
    world.crm.upsert([entry(ann, "1", body=SECRET)])  # from this answer on it is known
    calls = world.server.calls
    with pytest.raises(RateLimited, match="leave_calls"):
        world.crm.upsert([entry(ann, "2")])
    assert world.server.calls == calls
    taken, waiting = world.crm.upsert([entry(ann, "1", retracted=True), entry(ann, "2")])
    assert (taken.outcome, waiting.outcome) == (Outcome.UPDATED, Outcome.RETRY)
    assert waiting.retry_at is not None
    assert not world.holds(SECRET)
    assert outcomes(world.backend().upsert([entry(ann, "1", retracted=True)])) == [Outcome.UNCHANGED]
    world.org.limits.elsewhere = 0
    world.clock.advance(timedelta(hours=2))
    assert outcomes(world.crm.upsert([entry(ann, "2")])) == [Outcome.CREATED]


def test_52_a_full_org_is_for_much_later(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("all", "STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.RETRY
    assert answer.retry_at is not None
    assert answer.retry_at > world.clock.now() + timedelta(hours=1)


# what an admin changes


def test_53_a_validation_rule_parks_with_the_admins_sentence_and_none_of_the_post(
    world: SalesforceWorld, ann: str
) -> None:
    world.org.add_rule("Task", "Closed tasks need a flight number", lambda row: "late" in str(row["Description"]))
    parked, written = world.crm.upsert([entry(ann, "1", body=f"late again {SECRET}"), entry(ann, "2")])
    assert (parked.outcome, written.outcome) == (Outcome.PARKED, Outcome.CREATED)
    assert "Closed tasks need a flight number" in parked.reason
    assert SECRET not in parked.reason
    assert outcomes(world.crm.upsert([entry(ann, "1", body="mended")])) == [Outcome.CREATED]


def test_53_a_required_field_parks_and_names_the_field(world: SalesforceWorld, ann: str) -> None:
    from socialcrm.testing.salesforce import Field

    world.org.add_field("Activity", Field("Flight__c", required=True))
    (parked,) = world.crm.upsert([entry(ann, "1")])
    assert parked.outcome is Outcome.PARKED
    assert "Flight__c" in parked.reason
    assert outcomes(world.backend(values={"Flight__c": "unknown"}).upsert([entry(ann, "1")])) == [Outcome.CREATED]


def test_53_a_sentence_that_repeats_the_post_is_cleaned() -> None:
    said = "My number is 0612345678 and I am furious"
    for message in (
        f"Description: data value too large: {said} (max length=10)",
        f"{said}: value not allowed",
        "Rule: 'number is 0612345678 and' is forbidden",
    ):
        sentence = Fault("X", message).sentence(said)
        assert "0612345678" not in sentence, sentence
        assert sentence.startswith("X: ")


# contacts that change between the look-up and the write


def test_54_a_contact_deleted_in_between_parks(world: SalesforceWorld, ann: str) -> None:
    bob = world.add(BOB)
    before_write(world, lambda: world.remove(ann))
    parked, written = world.crm.upsert([entry(ann, "1", body=SECRET), entry(bob, "2")])
    assert (parked.outcome, written.outcome) == (Outcome.PARKED, Outcome.CREATED)
    assert "deleted" in parked.reason
    assert SECRET not in parked.reason


def test_54_a_contact_merged_in_between_is_followed(world: SalesforceWorld, ann: str) -> None:
    bob = world.add(BOB)
    before_write(world, lambda: world.merge(ann, bob))
    assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.CREATED]
    assert bodies(world, bob) == ["Where is my bag?"]


def test_54_a_converted_lead_is_followed_to_its_contact(world: SalesforceWorld) -> None:
    lead = world.org.seed("Lead", FirstName="Lea", LastName="Day", Company="Day Ltd")
    assert outcomes(world.crm.upsert([entry(lead, "1", body="as a lead")])) == [Outcome.CREATED]
    assert bodies(world, lead) == ["as a lead"]
    contact = people.convert(world.org, lead)
    world.crm.upsert([entry(lead, "2", body="as a contact", occurred_at=NOON + timedelta(hours=1))])
    assert bodies(world, contact) == ["as a lead", "as a contact"]


def test_54_a_contact_out_of_sight_parks(world: SalesforceWorld, ann: str) -> None:
    world.org.unseen.add(ann)
    (parked,) = world.crm.upsert([entry(ann, "1")])
    assert parked.outcome is Outcome.PARKED
    assert "may not see" in parked.reason


def test_55_a_chain_of_merges_is_followed_and_a_circle_ends(world: SalesforceWorld, ann: str) -> None:
    ids = [world.add(Contact(id=f"c{number}", last_name=f"C{number}")) for number in range(4)]
    for loser, winner in itertools.pairwise(ids):
        world.merge(loser, winner)
    assert outcomes(world.crm.upsert([entry(ids[0], "1")])) == [Outcome.CREATED]
    assert bodies(world, ids[3]) == ["Where is my bag?"]
    world.merge(ids[3], ann)
    people.change(world.org, ann, IsDeleted=True, MasterRecordId=ids[3])
    circle, inside = world.crm.upsert([entry(ids[0], "2"), entry(ann, "3")])
    assert (circle.outcome, inside.outcome) == (Outcome.PARKED, Outcome.PARKED)


# keys


def test_57_check_names_a_missing_key_and_one_that_is_not_unique(world: SalesforceWorld) -> None:
    assert all(finding.ok for finding in world.crm.check())
    world.org.change_field("Activity", "SocialCRM_Key__c", unique=False)
    (finding,) = [one for one in world.crm.check() if not one.ok]
    assert "may double" in finding.remedy
    world.org.change_field("Activity", "SocialCRM_Key__c", unique=True, external_id=False)
    assert any("External ID" in one.remedy for one in world.crm.check() if not one.ok)
    world.org.drop_field("Activity", "SocialCRM_Key__c")
    assert any("SocialCRM_Key__c" in one.what for one in world.crm.check() if not one.ok)
    with pytest.raises(ConfigError, match="SocialCRM_Key__c"):
        world.backend().upsert([entry("003000000000001AAA", "1")])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (lambda org: org.hide("Activity", "SocialCRM_Digest__c"), "SocialCRM_Digest__c"),
        (lambda org: org.make_read_only("Activity", "SocialCRM_Occurred__c"), "SocialCRM_Occurred__c"),
        (lambda org: org.hide("Activity", "SocialCRM_Author__c"), 'author = ""'),
        (lambda org: org.change_field("Activity", "SocialCRM_Key__c", length=20), "64 are needed"),
    ],
    ids=["hidden", "read-only", "optional", "short"],
)
def test_57_check_names_every_permission_and_field(world: SalesforceWorld, harm: Any, named: str) -> None:
    harm(world.org)
    failed = [one for one in world.crm.check() if not one.ok]
    assert failed
    assert all(one.remedy for one in failed)
    assert any(named in f"{one.what} {one.remedy}" for one in failed)


def test_58_a_key_on_two_records_is_reported_never_retried_and_taken_back_from_both(
    world: SalesforceWorld, ann: str
) -> None:
    world.org.change_field("Activity", "SocialCRM_Key__c", unique=False)
    world.crm.upsert([entry(ann, "1", body=SECRET)])
    (row,) = world.rows()
    world.org.seed("Task", **{name: value for name, value in row.items() if name != "Id"})
    (answer,) = world.crm.upsert([entry(ann, "1", revision=2, body="edited")])
    assert answer.outcome is Outcome.PARKED
    assert "more than one record" in answer.reason
    assert len(world.rows()) == 2
    assert outcomes(world.crm.upsert([entry(ann, "1", retracted=True)])) == [Outcome.UPDATED]
    assert world.rows() == []
    assert not world.org.holds(SECRET)


def test_58_a_key_doubled_in_between_is_parked(world: SalesforceWorld, ann: str) -> None:
    world.org.change_field("Activity", "SocialCRM_Key__c", unique=False)
    key = entry(ann, "1").key
    before_write(
        world, lambda: [world.org.seed("Task", WhoId=ann, SocialCRM_Key__c=key, Status="Completed") for _ in "ab"]
    )
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.PARKED
    assert "more than one record" in answer.reason


def test_58_a_key_written_in_between_is_looked_at_not_written_twice(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("all", "DUPLICATE_VALUE", "duplicate value found: SocialCRM_Key__c duplicates value on id")
    key = entry(ann, "1").key
    before_write(world, lambda: world.org.seed("Task", WhoId=ann, SocialCRM_Key__c=key, Status="Completed"))
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.done
    assert len(world.rows()) == 1


# sessions


def test_59_a_session_that_expires_in_mid_batch_is_begun_anew_once(world: SalesforceWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "0")])
    logins = world.server.sessions.logins
    before_write(world, world.server.sessions.expire)
    assert outcomes(world.crm.upsert([entry(ann, str(number)) for number in range(1, 450)])) == [Outcome.CREATED] * 449
    assert world.server.sessions.logins == logins + 1


def test_59_a_session_that_is_never_accepted_stops_after_one_new_sign_in(world: SalesforceWorld, ann: str) -> None:
    world.server.plan(refusing("INVALID_SESSION_ID", "Session expired or invalid", 401), path="/data/", times=1000)
    with pytest.raises(AuthError, match="not accepted"):
        world.crm.upsert([entry(ann, "1")])
    assert world.server.sessions.logins == 2
    assert len([one for one in world.server.log if "/data/" in one.path]) == 2


def test_59_a_401_from_a_proxy_page_is_an_auth_error_not_a_crash(world: SalesforceWorld, ann: str) -> None:
    world.server.plan(page(401), path="/data/", times=1000)
    with pytest.raises(AuthError):
        world.crm.upsert([entry(ann, "1")])


# texts


def test_60_a_text_too_long_is_cut_between_characters_and_keeps_its_link(world: SalesforceWorld, ann: str) -> None:
    url = "https://invented.example/post/long"
    assert outcomes(world.crm.upsert([entry(ann, "1", body=FAMILY * 9000, subject=FAMILY * 90, url=url)])) == [
        Outcome.CREATED
    ]
    (row,) = world.rows()
    assert url in row["Description"]
    assert len(row["Description"].encode("utf-16-le")) // 2 <= 32000
    (shown,) = world.crm.timeline(ann)
    assert shown.body == FAMILY * (len(shown.body) // len(FAMILY)) + "…"
    assert shown.url == url


def test_60_a_link_too_long_for_its_field_stays_whole_in_the_body(world: SalesforceWorld, ann: str) -> None:
    url = "https://invented.example/" + "x" * 400
    world.crm.upsert([entry(ann, "1", url=url)])
    assert [one.url for one in world.crm.timeline(ann)] == [url]


def test_61_characters_that_the_org_refuses_are_replaced(world: SalesforceWorld, ann: str) -> None:
    world.org.add_rule("Task", "Only plain text, please", lambda row: "\U0001f600" in str(row["Description"]))
    odd = entry(ann, "1", body="kind words \U0001f600")
    assert outcomes(world.crm.upsert([odd])) == [Outcome.CREATED]
    assert bodies(world, ann) == ["kind words \ufffd"]
    assert outcomes(world.crm.upsert([odd])) == [Outcome.UNCHANGED]


def test_62_a_200_with_failure_flags_is_read_record_by_record(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("middle", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no")
    answers = world.crm.upsert([entry(ann, str(number)) for number in range(3)])
    assert [one.status for one in world.server.log if one.method == "PATCH"] == [200]
    assert outcomes(answers) == [Outcome.CREATED, Outcome.PARKED, Outcome.CREATED]


@pytest.mark.parametrize("name", ["O'Neil \\ {} :name", "' OR Name != '", "%_\\'\n", "\u202e'; DELETE"])
def test_74_quotes_and_braces_never_reach_a_query(world: SalesforceWorld, ann: str, name: str) -> None:
    answers = world.crm.upsert([entry(name, "1"), entry(ann, "2", body=name, thread=name, author=name)])
    assert outcomes(answers) == [Outcome.PARKED, Outcome.CREATED]
    assert list(world.crm.timeline(name)) == []
    assert [one.body for one in world.crm.timeline(ann)] == [name.strip()]
    assert list(world.crm.upsert([])) == []


# the table of errors


def test_every_class_of_error_has_its_code() -> None:
    assert Fault("UNABLE_TO_LOCK_ROW").trouble is Trouble.RETRY
    assert Fault("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded", (), 403).trouble is Trouble.BUSY
    assert Fault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", (), 403).trouble is Trouble.QUOTA
    assert Fault("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "... UNABLE_TO_LOCK_ROW ...").trouble is Trouble.RETRY
    assert Fault("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Apex CPU time limit exceeded").trouble is Trouble.SPLIT
    assert Fault("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "a rule of ours").trouble is Trouble.RECORD
    assert Fault("SOMETHING_NEW", "", (), 400).trouble is Trouble.RECORD
    assert Fault("SOMETHING_NEW", "", (), 503).trouble is Trouble.RETRY
    assert Fault("", "", (), 300).trouble is Trouble.DOUBLED
    assert Fault("INSUFFICIENT_ACCESS_OR_READONLY", "", (), 403).trouble is Trouble.RECORD
    assert all(re.fullmatch(r"[A-Za-z_]+", code) for code in CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_no_code_of_a_record_crashes_or_doubles(world: SalesforceWorld, ann: str, code: str) -> None:
    """Whatever a record is refused with, the batch is answered, the innocent are written, and later it arrives."""
    world.org.spoilers.plan("first", code, f"refused because of {SECRET}", records=99)
    try:
        answers = world.crm.upsert([entry(ann, "1", body=SECRET), entry(ann, "2")])
    except (RateLimited, AuthError):
        pass
    else:
        assert answers[1].done
        assert not answers[0].done
        assert SECRET not in answers[0].reason
    world.server.heal()
    assert all(answer.done for answer in world.crm.upsert([entry(ann, "1"), entry(ann, "2")]))
    assert len(world.rows()) == 2


@pytest.mark.parametrize("code", ["EXCEEDED_MAX_SIZE_REQUEST", "JSON_PARSER_ERROR"])
def test_a_call_refused_as_a_whole_is_halved_until_the_culprit_is_alone(
    world: SalesforceWorld, ann: str, code: str
) -> None:
    world.server.plan(refusing(code, "too much"), method="PATCH", times=2)
    answers = world.crm.upsert([entry(ann, str(number)) for number in range(100)])
    assert set(outcomes(answers)) == {Outcome.CREATED}
    assert len(world.rows()) == 100


def test_a_field_that_vanishes_between_batches_parks_nothing(world: SalesforceWorld, ann: str) -> None:
    """One setting to mend must not park the whole queue."""
    world.crm.upsert([entry(ann, "0")])
    world.org.hide("Activity", "SocialCRM_Author__c")
    with pytest.raises(ConfigError, match="socialcrm check") as caught:
        world.crm.upsert([entry(ann, str(number), body=SECRET) for number in range(300)])
    assert "SocialCRM_Author__c" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert len(world.rows()) == 1
    answers = world.crm.upsert([entry(ann, "1")])  # described anew: it does without
    assert outcomes(answers) == [Outcome.CREATED]


def test_57_a_permission_taken_away_parks_nothing(world: SalesforceWorld, ann: str) -> None:
    world.org.spoilers.plan("all", "INSUFFICIENT_ACCESS_OR_READONLY", "no", records=2)
    with pytest.raises(AuthError, match="socialcrm check"):
        world.crm.upsert([entry(ann, "1"), entry(ann, "2")])
    assert outcomes(world.crm.upsert([entry(ann, "1"), entry(ann, "2")])) == [Outcome.CREATED] * 2


def test_a_call_refused_for_an_unknown_reason_is_not_repeated_two_hundred_times(
    world: SalesforceWorld, ann: str
) -> None:
    world.server.plan(refusing("SOMETHING_NEW", "no"), method="PATCH", times=999)
    with pytest.raises(CRMRejected, match="SOMETHING_NEW"):
        world.crm.upsert([entry(ann, str(number)) for number in range(200)])
    assert len([one for one in world.server.log if one.method == "PATCH"]) == 1


@pytest.mark.parametrize("code", ["INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "DUPLICATE_VALUE"])
def test_54_what_looking_again_does_not_mend_is_parked(world: SalesforceWorld, ann: str, code: str) -> None:
    world.org.spoilers.plan("first", code, "not yours", records=99)
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.PARKED
    assert code in answer.reason


def test_errors_of_a_whole_request_say_what_to_do_and_never_what_was_sent(world: SalesforceWorld, ann: str) -> None:
    for code, status, error in (
        ("API_DISABLED_FOR_ORG", 403, AuthError),
        ("UNSUPPORTED_API_VERSION", 410, ConfigError),
        ("INVALID_TYPE", 400, ConfigError),
        ("SERVER_UNAVAILABLE", 503, Transient),
    ):
        world.server.plan(refusing(code, "no", status), method="PATCH", times=8)
        with pytest.raises(error) as caught:
            world.crm.upsert([entry(ann, "1", body=SECRET)])
        assert code in str(caught.value)
        assert SECRET not in str(caught.value)
        assert world.server.client_secret not in str(caught.value)
        world.server.heal()
    assert not issubclass(Transient, CRMRejected)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bulk", [10, 10_000], ids=["bulk", "collections"])
def test_a_tenth_of_all_requests_may_break_and_the_timeline_ends_as_it_should(seed: int, bulk: int) -> None:
    """Lost before, lost after, refused or a web page: nothing is lost, nothing is doubled."""
    dice = random.Random(seed)
    with SalesforceWorld(bulk_write_above=bulk) as world:
        contacts = [world.add(Contact(id=name, last_name=name)) for name in ("ann", "bob", "cara")]
        newest: dict[str, Interaction] = {}
        world.server.flaky(0.1, seed=seed)
        for _ in range(12):
            batch = [_doing(dice, contacts, newest) for _ in range(dice.randrange(1, 25))]
            newest |= {one.key: one for one in batch}
            _deliver(world, batch)
        world.server.heal()
        world.org.spoilers.heal()
        shown = {one.key: (contact, one.body) for contact in contacts for one in world.crm.timeline(contact)}
        wanted = {key: (one.contact_id, one.body) for key, one in newest.items() if not one.retracted}
        assert shown == wanted
        assert len(world.rows()) == len(wanted)


def _doing(dice: random.Random, contacts: list[str], newest: dict[str, Interaction]) -> Interaction:
    name = str(dice.randrange(40))
    before = newest.get(entry(contacts[0], name).key)
    revision = before.revision + 1 if before else 1
    retracted = before is not None and dice.random() < 0.3
    return entry(dice.choice(contacts), name, revision=revision, retracted=retracted, body=f"{name}, {revision}")


def _deliver(world: SalesforceWorld, batch: list[Interaction]) -> None:
    for _ in range(30):
        try:
            answers = world.crm.upsert(batch)
        except (Transient, BadResponse):
            continue
        if all(answer.done for answer in answers):
            return
        assert all(answer.done or answer.outcome is Outcome.RETRY for answer in answers)
    raise AssertionError("never delivered")
