"""What the declarative backend promises beyond the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from rest_worlds import WORLDS, RestWorld, harbour_definition

from socialcrm.crm.base import Outcome
from socialcrm.crm.registry import get_crm
from socialcrm.crm.rest.backend import RestConfig, RestCRM
from socialcrm.crm.rest.definition import SHIPPED, load_definition
from socialcrm.errors import AuthError, BadResponse, ConfigError
from socialcrm.model import Contact
from socialcrm.testing.crms import SECRET, entry, outcomes
from socialcrm.testing.server import Answer, in_json


@pytest.fixture
def world(tmp_path: Path) -> Iterator[RestWorld]:
    with WORLDS["harbour"](tmp_path) as world:
        yield world


@pytest.fixture
def ann(world: RestWorld) -> str:
    return world.add(Contact(id="ann", first_name="Ann", last_name="Lee"))


def bodies(world: RestWorld, contact: str) -> list[str]:
    return [shown.body for shown in world.crm.timeline(contact)]


def changed(world: RestWorld, tmp_path: Path, old: str, new: str, **settings: Any) -> RestCRM:
    """The backend with one line of its definition changed."""
    path = harbour_definition(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return RestCRM(world.config.model_copy(update=settings), clock=world.clock)


def test_it_is_found_by_name() -> None:
    assert get_crm("rest") is RestCRM


def test_a_crm_that_repeats_its_page_is_told_to_be_mended(world: RestWorld, ann: str, tmp_path: Path) -> None:
    """Fault 28: the definition names a paging parameter that the CRM does not know."""
    crm = changed(world, tmp_path, 'param = "page"', 'param = "seite"')
    with pytest.raises(BadResponse, match="paging"):
        list(crm.contacts(None))
    crm.close()


@pytest.mark.parametrize(("old", "new"), [("ordered = true", ""), ('[contacts.since]\nparam = "changed_since"', "X")])
def test_contacts_in_no_order_and_without_since_are_all_read(
    world: RestWorld, tmp_path: Path, old: str, new: str
) -> None:
    added = {world.add(Contact(id=f"n{number}", last_name=f"Customer {number}")) for number in range(120)}
    if new == "X":
        path = harbour_definition(tmp_path)
        table = path.read_text(encoding="utf-8").partition("[contacts.since]")[2].partition("[contacts.one]")[0]
        crm = changed(world, tmp_path, "[contacts.since]" + table, "")
    else:
        crm = changed(world, tmp_path, old, new)
    pages = list(crm.contacts(None))
    assert added <= {one.id for page in pages for one in page.changes}
    again = [one.id for page in crm.contacts(pages[0].cursor) for one in page.changes]
    assert added <= set(again), "a place inside a walk that has no order reads all of it again"
    crm.close()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_definitions_are_valid(name: str) -> None:
    assert load_definition(Path(name)).docs.startswith("https://")


def test_a_record_under_two_ids_becomes_one(world: RestWorld, ann: str) -> None:
    """Fault 58: somebody restored a record, or an older program doubled it; the newer one stays."""
    world.crm.upsert([entry(ann, "1")])
    (old,) = world.standin.notes.values()
    world.crm.upsert([entry(ann, "1", revision=2, body="Found it.")])
    world.standin.notes["n1"] = {**old, "id": "n1"} | {"text": old["text"].replace(" r2 ", " r1 ")}
    world.crm.close()
    world.config.ledger.unlink()
    world.crm = world.open()
    assert outcomes(world.crm.upsert([entry(ann, "1", revision=2, body="Found it.")])) == [Outcome.UNCHANGED]
    assert [note["text"].count("Found it.") for note in world.standin.notes.values()] == [1]


def test_a_lost_ledger_doubles_nothing(world: RestWorld, ann: str) -> None:
    """Fault 11: everything is found again by its last line."""
    batch = [entry(ann, str(number), body=f"number {number}") for number in range(120)]
    world.crm.upsert(batch)
    world.crm.close()
    for path in world.config.ledger.parent.glob("ledger.db*"):
        path.unlink()
    world.crm = world.open()
    assert set(outcomes(world.crm.upsert(batch))) == {Outcome.UNCHANGED}
    assert len(world.standin.notes) == 120


def test_an_emoji_that_the_crm_refuses_is_replaced(world: RestWorld, ann: str) -> None:
    """Fault 61."""
    world.standin.three_bytes = True
    text = "kind words \U0001f600 and more"
    assert outcomes(world.crm.upsert([entry(ann, "1", body=text)])) == [Outcome.CREATED]
    assert bodies(world, ann) == ["kind words \ufffd and more"]
    assert outcomes(world.crm.upsert([entry(ann, "1", body=text)])) == [Outcome.UNCHANGED]


def test_a_success_that_says_it_failed_is_no_success(tmp_path: Path) -> None:
    """Fault 62: HTTP 200 with a failure flag."""
    with WORLDS["pipedrive"](tmp_path) as world:
        ann = world.add(Contact(id="ann", last_name="Lee"))
        said = {"success": False, "error": f"no room for {SECRET} here"}
        world.standin.server.breaks(lambda answer: in_json(said), path="/api/v1/notes", after=1)
        (answer,) = world.crm.upsert([entry(ann, "1", body=SECRET)])
        assert answer.outcome is Outcome.PARKED
        assert answer.reason.startswith("no room for")
        assert "zanzibar" not in answer.reason
        assert world.crm.upsert([entry(ann, "1", body=SECRET)])[0].done
        assert len(world.standin.notes) == 1


def test_a_plan_limit_stops_instead_of_parking(tmp_path: Path) -> None:
    """Fault 52: Pipedrive answers 402 when the plan is used up; nothing of the queue is given up for that."""
    with WORLDS["pipedrive"](tmp_path) as world:
        ann = world.add(Contact(id="ann", last_name="Lee"))
        world.standin.server.breaks(lambda answer: in_json({"success": False}, 402), path="/api/v1/notes", after=1)
        with pytest.raises(AuthError, match="plan"):
            world.crm.upsert([entry(ann, "1")])


def test_the_last_call_of_a_window_is_followed_by_a_wait(tmp_path: Path) -> None:
    """Fault 52: Pipedrive bans a token that goes on after its burst is used up."""
    with WORLDS["pipedrive"](tmp_path) as world:
        ann = world.add(Contact(id="ann", last_name="Lee"))
        spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
        world.standin.server.breaks(lambda answer: replace(answer, headers={**answer.headers, **spent}))
        assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.CREATED]
        assert world.clock.slept == [3.0]


def test_one_contact_that_may_not_be_seen_is_parked_and_all_are_an_error(world: RestWorld, ann: str) -> None:
    """Fault 54: access was taken away between match and write."""
    bob, eve = (world.add(Contact(id=name, last_name="Ray")) for name in ("bob", "eve"))
    world.standin.forbidden = {ann}
    assert outcomes(world.crm.upsert([entry(ann, "1"), entry(bob, "2")])) == [Outcome.PARKED, Outcome.CREATED]
    world.standin.forbidden = {ann, bob, eve}
    with pytest.raises(AuthError, match="every entry"):
        world.crm.upsert([entry(ann, "1"), entry(eve, "3")])


def test_contacts_merged_in_a_circle_park(world: RestWorld, ann: str) -> None:
    """Fault 55."""
    bob = world.add(Contact(id="bob", last_name="Ray"))
    world.standin.people[ann]["merged_into"] = bob
    world.standin.people[bob]["merged_into"] = ann
    (answer,) = world.crm.upsert([entry(ann, "1")])
    assert answer.outcome is Outcome.PARKED
    assert "circle" in answer.reason


def test_a_rule_of_the_crm_parks_with_its_sentence_and_without_the_text(world: RestWorld, ann: str) -> None:
    """Fault 53: an administrator shortened the field; the CRM repeats what it was sent."""
    world.standin.three_bytes = False
    long = changed(world, world.config.definition.parent, "limit = 5000", "limit = 9000")
    (answer,) = long.upsert([entry(ann, "1", body=f"{SECRET} " * 1000, subject=SECRET)])
    assert answer.outcome is Outcome.PARKED
    assert "too long" in answer.reason
    assert "zanzibar" not in answer.reason
    long.close()


def test_an_entry_that_a_colleague_deleted_is_written_anew_when_it_changes(world: RestWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    world.standin.notes.clear()
    assert all(answer.done for answer in world.crm.upsert([entry(ann, "1", revision=2, body="Found it.")]))
    assert bodies(world, ann) == ["Found it."]


def test_words_of_colleagues_are_no_part_of_an_entry(world: RestWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    (note,) = world.standin.notes.values()
    note["text"] += "\n\nAsked her to call back. Tom"
    assert bodies(world, ann) == ["Where is my bag?"]
    world.standin.notes["n9"] = {"id": "n9", "person": ann, "text": "Called twice.", "happened_at": "2026-01-01"}
    assert bodies(world, ann) == ["Where is my bag?"]


def test_stubs_stay_where_a_definition_asks_for_them(world: RestWorld, ann: str, tmp_path: Path) -> None:
    crm = changed(world, tmp_path, 'contact = "person"\n', 'contact = "person"\nretract = "stub"\n')
    crm.upsert([entry(ann, "1", body=SECRET)])
    assert outcomes(crm.upsert([entry(ann, "1", retracted=True)])) == [Outcome.UPDATED]
    (note,) = world.standin.notes.values()
    assert "taken back" in note["text"]
    assert not world.holds(SECRET)
    assert list(crm.timeline(ann)) == []
    crm.close()


def test_erasing_leaves_nothing_in_the_ledger(world: RestWorld, ann: str) -> None:
    world.crm.upsert([entry(ann, "1")])
    key = entry(ann, "1").key
    world.crm.erase([key])
    world.crm.close()
    kept = b"".join(path.read_bytes() for path in world.config.ledger.parent.glob("ledger.db*"))
    assert key.encode() not in kept


def test_a_merged_users_redirect_is_read_not_followed(tmp_path: Path) -> None:
    """Fault 34: the redirect names another host; only the id in it counts."""
    with WORLDS["zendesk"](tmp_path) as world:
        ann, bob = (world.add(Contact(id=name, last_name=name)) for name in ("ann", "bob"))
        world.merge(ann, bob)
        assert world.crm.people.owner(ann).id == bob
        world.standin.users[bob]["id"] = 12.5  # fault 31: an id that went through a float
        world.standin.server.breaks(lambda answer: Answer(301, {"Location": "https://x.example/elsewhere"}))
        with pytest.raises(ConfigError, match="redirects"):
            world.crm.people.owner(ann)


MISTAKES = [
    ('items = "records"', 'items = "rows"', "[contacts.list]", "items"),
    ('first_name = "given_name"', 'first_name = "givenname"', "[contacts.fields] first_name", "given_name"),
    ('emails = "mail[].address"', 'mails = "mail[].address"', "[contacts.fields] mails", "emails"),
    ('field = "changed"', 'field = "changed_at"', "[contacts.since] field", "changed"),
    ('path = "/people/{id}"', 'path = "/people/p1001"', "[contacts.one]", "{id}"),
    ('path = "/people/{contact}/notes"', 'path = "/people/p1001/notes"', "[entries.list]", "{contact}"),
    ('item = "person"', 'item = "human"', "[contacts.one]", "id"),
    ('path = "/people/{contact}/notes"', 'path = "/people/{contact}/remarks"', "a trial entry", "[entries.list]"),
    ("{text}", "{body}", "[entries.create]", "{body}"),
    ("{occurred_at|seconds}", "{occurred_at|sec}", "[entries.create]", "strftime"),
    ('id = "note.id"', 'id = "id"', "", ""),
    ('auth_name = "X-Api-Key"', 'auth_name = "X-Key"', "[api] probe", "credential"),
    ('method = "PUT"', 'method = "PATCH"', "a trial entry", "[entries.update]"),
    ('"DELETE"\npath = "/notes/{id}"', '"DELETE"\npath = "/note/{id}"', "a trial entry", "[[entries.delete]]"),
    ('text = "text"', 'text = "words"', "a trial entry", "does not show"),
]


@pytest.mark.parametrize(("old", "new", "what", "remedy"), MISTAKES, ids=[new for _, new, _, _ in MISTAKES])
def test_check_names_the_wrong_line(
    world: RestWorld, ann: str, tmp_path: Path, old: str, new: str, what: str, remedy: str
) -> None:
    """Fault 57 among them; an id that stands elsewhere is found by reading back, so that is no mistake."""
    crm = changed(world, tmp_path, old, new)
    failed = [finding for finding in crm.check() if not finding.ok]
    if what:
        assert any(finding.what.startswith(what) and remedy in finding.remedy for finding in failed), failed
    else:
        assert failed == []
    crm.close()


def test_check_says_that_a_look_up_finds_strangers(tmp_path: Path) -> None:
    """Fault 57: a look-up that ignores its parameter would take anybody's ticket for ours."""
    with WORLDS["zendesk"](tmp_path) as world:
        ann = world.add(Contact(id="ann", last_name="Lee"))
        world.crm.upsert([entry(ann, "1")])
        find = replace_find(world)
        failed = [finding for finding in find.check() if not finding.ok]
        assert {finding.what for finding in failed} == {"[entries.find]"}
        assert any("under a key that is none" in finding.remedy for finding in failed)
        find.close()


def replace_find(world: RestWorld) -> RestCRM:
    crm = world.open()
    find = crm.definition.entries.find
    assert find is not None
    entries = crm.definition.entries.model_copy(update={"find": find.model_copy(update={"params": {}})})
    crm.definition = crm.definition.model_copy(update={"entries": entries})
    return crm


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not valid TOML"),
        ('name = "X"\nsurprise = 1', "surprise"),
        ('name = "X"', "contacts: field required"),
    ],
)
def test_a_definition_that_cannot_be_read_is_told_line_by_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_definition(path)


def test_what_is_missing_in_the_settings_is_told(tmp_path: Path) -> None:
    for settings, says in (
        ({"definition": Path("nowhere.toml")}, "pipedrive, zendesk"),
        ({"definition": Path("pipedrive")}, "url is missing"),
        ({"definition": Path("pipedrive"), "url": "https://x.example"}, "SOCIALCRM_CRM__TOKEN"),
        ({"definition": Path("zendesk"), "url": "https://x.example", "token": SecretStr("t")}, "user is missing"),
    ):
        with pytest.raises(ConfigError, match=says):
            RestCRM(RestConfig(ledger=tmp_path / "l.db", **settings))  # type: ignore[arg-type]
