"""Every CRM behind HTTP when it or the way there misbehaves: the right error, nothing lost, nothing doubled."""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dynamics_world import dynamics
from hubspot_world import hubspot
from rest_worlds import WORLDS

from socialcrm.crm.base import Outcome
from socialcrm.errors import AuthError, BadResponse, ConfigError, RateLimited, SocialCRMError, Transient
from socialcrm.model import Contact
from socialcrm.testing import dynamics as dynamics_standin
from socialcrm.testing import hubspot as hubspot_standin
from socialcrm.testing import pipedrive, rest_crm, zendesk
from socialcrm.testing.crms import SECRET, entry, outcomes
from socialcrm.testing.server import (
    Answer,
    Fault,
    bomb,
    failing,
    in_json,
    login_page,
    of_bytes,
    redirect,
    reset,
    short,
    vanish,
)

BACKENDS: dict[str, Callable[[Path], AbstractContextManager[Any]]] = {
    **WORLDS,
    "dynamics": lambda folder: dynamics(),
    "hubspot": lambda folder: hubspot(),
}
CREDENTIALS = (
    dynamics_standin.CLIENT_SECRET, hubspot_standin.TOKEN, pipedrive.TOKEN, rest_crm.API_KEY, zendesk.TOKEN,
)  # fmt: skip
MOST = 40


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with BACKENDS[request.param](tmp_path) as world:
        yield world


def person(world: Any, name: str = "ann") -> str:
    identity: str = world.add(Contact(id=name, first_name=name.title(), last_name="Lee"))
    return identity


def bodies(world: Any, *contacts: str) -> list[str]:
    return sorted(shown.body for contact in contacts for shown in world.crm.timeline(contact))


FAULTS: dict[str, tuple[Fault, type[SocialCRMError]]] = {
    "answer lost": (vanish, Transient),
    "reset in the body": (reset, Transient),
    "body cut short": (short, SocialCRMError),
    "server error": (failing(503), Transient),
    "login page": (login_page, BadResponse),
    "nested too deeply": (of_bytes(b"[" * 100_000), BadResponse),
    "bomb": (bomb(), SocialCRMError),
    "redirect": (redirect("https://elsewhere.example/"), SocialCRMError),
}


@pytest.mark.parametrize("name", ["answer lost", "body cut short", "login page", "redirect"])
def test_a_fault_at_any_request_of_a_delivery_doubles_nothing(world: Any, name: str) -> None:
    """Faults 50 and 51: each request of an addition, an edit, a move and a retraction fails for good once."""
    fault, _ = FAULTS[name]
    ann, bob = person(world), person(world, "bob")
    steps = [
        [entry(ann, "1"), entry(ann, "2", body="And my coat?")],
        [entry(ann, "1", revision=2, body="Found it."), entry(bob, "2", body="And my coat?")],
        [entry(bob, "2", retracted=True)],
    ]
    failed: Counter[str] = Counter()
    for step in steps:
        for after in range(MOST):
            world.standin.server.breaks(fault, after=after, times=1000)
            try:
                answers = world.crm.upsert(step)
            except SocialCRMError as error:
                failed[type(error).__name__] += 1
            else:
                if world.standin.server._faults[0].after >= 0:
                    break  # the delivery ended before its turn came
                assert all(answer.outcome in {Outcome.RETRY, Outcome.PARKED} or answer.done for answer in answers)
            finally:
                world.standin.server.heal()
        assert all(answer.done for answer in world.crm.upsert(step))
    assert sum(failed.values()) > 3
    assert bodies(world, ann, bob) == ["Found it."]


def test_an_error_is_of_its_class(world: Any) -> None:
    ann = person(world)
    for name, (fault, kind) in FAULTS.items():
        world.standin.server.breaks(fault, times=1000)
        with pytest.raises(kind):
            world.crm.upsert([entry(ann, name)])
        world.standin.server.heal()


def test_the_word_of_the_crm_on_waiting_is_obeyed(world: Any) -> None:
    """Fault 52: a limit with Retry-After is waited for, also before a write that may not be repeated."""
    ann = person(world)
    for after in range(MOST):
        world.clock.slept.clear()
        world.standin.server.breaks(failing(429, Retry_After="7"), after=after, unheard=True)
        assert all(answer.done for answer in world.crm.upsert([entry(ann, str(after))]))
        if not world.clock.slept:
            break
        assert world.clock.slept == [7.0]
        world.standin.server.heal()
    assert after > 1
    assert len(bodies(world, ann)) == after + 1


def test_a_limit_that_does_not_end_is_told_with_its_time(world: Any) -> None:
    """Fault 52: longer than one call may take, the rest waits for a later run."""
    ann = person(world)
    world.standin.server.breaks(failing(429, Retry_After="3600"), times=1000)
    with pytest.raises(RateLimited) as told:
        world.crm.upsert([entry(ann, "1")])
    assert (told.value.retry_at - world.clock.now()).total_seconds() >= 3599
    world.standin.server.heal()
    assert outcomes(world.crm.upsert([entry(ann, "1")])) == [Outcome.CREATED]


def test_a_session_that_ends_in_the_middle_is_renewed_or_told(world: Any) -> None:
    """Fault 59: a renewed token goes on, a fixed one is an `AuthError`; either way every entry arrives once."""
    ann = person(world)
    batch = [entry(ann, "1"), entry(ann, "2", body="And my coat?")]
    assert all(answer.done for answer in world.crm.upsert([entry(ann, "0", body="first")]))
    world.standin.server.breaks(failing(401, {"error": {"code": "0x80072560"}}), after=1, unheard=True)
    if world.crm.name == "dynamics":
        assert all(answer.done for answer in world.crm.upsert(batch))
        assert world.standin.tokens == 2
    else:
        with pytest.raises(AuthError):
            world.crm.upsert(batch)
        assert all(answer.done for answer in world.crm.upsert(batch))
    assert bodies(world, ann) == ["And my coat?", "Where is my bag?", "first"]


def test_no_secret_and_no_text_in_errors_logs_and_reprs(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Faults 80, 82 and 83."""
    caplog.set_level(logging.DEBUG)
    ann, said = person(world), [repr(world.crm), repr(vars(world.crm))]
    for fault in (vanish, login_page, failing(400, {"message": SECRET, "error": SECRET}), failing(401), failing(500)):
        world.standin.server.breaks(fault, after=1, times=1000)
        try:
            said += [str(answer) for answer in world.crm.upsert([entry(ann, "1", body=SECRET, author=SECRET)])]
        except SocialCRMError as error:
            said += [str(error), repr(error), str(error.__cause__)]
        world.standin.server.heal()
    said += [str(finding) for finding in world.crm.check()]
    everything = " ".join(said) + caplog.text
    assert all(secret not in everything for secret in (*CREDENTIALS, SECRET, *SECRET.split("-")))


def test_a_wrong_credential_is_one_finding(world: Any) -> None:
    world.standin.server.breaks(failing(401, {"error": "invalid_client"}), times=1000)
    failed = [finding for finding in world.crm.check() if not finding.ok]
    assert failed
    assert all(finding.remedy for finding in failed)


def _shaped(body: Any, answer: Answer) -> Answer:
    return in_json(body)


SHAPES: list[Any] = [
    None, [], {}, 7, "text", [None, 1, "x", [], {}], {"value": 5}, {"error": 5}, {"access_token": [1]},
    *({name: [None, 1, "x", [], {}, {"id": 1.5}, {"id": "7", "properties": 3}]}
      for name in ("value", "results", "records", "data", "users", "tickets", "errors")),
    {"person": [1], "user": [1], "data": {"id": {}}, "ticket": 3, "value": [{"contactid": 5, "merged": True}]},
    {"value": [{"contactid": "x", "_masterid_value": [1], "@odata.context": 5}], "@odata.nextLink": 5},
    {"results": [{"id": "7", "from": 3, "to": 5, "toObjectId": {}}], "paging": {"next": {"after": [1]}}},
    {"records": [{"id": 7, "text": 5, "changed": {}, "deleted": []}], "data": [{"id": 7, "content": []}]},
]  # fmt: skip


@pytest.mark.parametrize("third", range(3))
def test_an_answer_of_any_shape_is_read_or_is_an_error_of_ours(world: Any, third: int) -> None:
    """Fault 33: a vendor changed a type, a proxy answered instead; nothing but our own errors comes out."""
    ann = person(world)
    world.crm.upsert([entry(ann, "0")])
    acts: list[Callable[[], object]] = [
        lambda: world.crm.upsert([entry(ann, "1"), entry("8", "2"), entry(ann, "0", retracted=True)]),
        lambda: [list(page.changes) for page in world.crm.contacts(None)],
        lambda: list(world.crm.timeline(ann)),
        lambda: world.crm.erase([entry(ann, "0").key]),
        lambda: list(world.crm.check()),
    ]
    for act, number in itertools.product(acts, range(third, len(SHAPES), 3)):
        for after in (0, 2):
            world.standin.server.breaks(partial(_shaped, SHAPES[number]), after=after, times=1000)
            try:
                act()
            except SocialCRMError:
                pass
            finally:
                world.standin.server.heal()


@pytest.mark.parametrize("cursor", ["{", "[]", "[1, 2]", '{"at": 5}', "x" * 10_000, "%24deltatoken=-"])
def test_a_place_that_is_none_reads_everything_or_is_told(world: Any, cursor: str) -> None:
    ann = person(world)
    try:
        found = {one.id for page in world.crm.contacts(cursor) for one in page.changes}
    except (ConfigError, BadResponse):
        return
    assert ann in found
