"""What people may ask for: to be erased, to be shown what is stored, and to know who did what."""

from __future__ import annotations

import getpass
import json as json_format
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from socialcrm.cli.console import ConfigOption, JsonOption, print_json, say
from socialcrm.clock import SystemClock
from socialcrm.config import DEFAULT_PATH, Settings, load
from socialcrm.crm.base import CRMBackend
from socialcrm.errors import ConfigError
from socialcrm.model import stamp
from socialcrm.store.base import Store
from socialcrm.sync import erase as erasing
from socialcrm.sync.assembly import crm_of, store_of
from socialcrm.sync.retain import retain as enforce
from socialcrm.sync.subject import Subject, find_subject, subject_access

ContactOption = Annotated[str, typer.Option("--contact", help="The contact's id in the CRM, with its linked accounts.")]
ProfileOption = Annotated[str, typer.Option("--profile", help="One account: platform:id or platform:handle.")]
EmailOption = Annotated[str, typer.Option("--email", help="Contacts and accounts with this address.")]
ByOption = Annotated[str, typer.Option("--by", help="Who asks; written into the log.", envvar="SOCIALCRM_USER")]


def erase(
    contact: ContactOption = "",
    profile: ProfileOption = "",
    email: EmailOption = "",
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="Repeat an earlier erasure, after a backup was restored.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; no name, it is kept.")] = "the person asked for it",
    by: ByOption = "",
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
) -> None:
    """Erase a person from store and CRM, keep them from coming back, and print a receipt."""
    if sum(map(bool, (contact, profile, email, receipt))) != 1:
        raise typer.BadParameter("give exactly one of --contact, --profile, --email and --receipt")
    who, clock = by or getpass.getuser(), SystemClock()
    with _parts(load(config)) as (store, crm):
        if receipt is not None:
            done = erasing.repeat(store, crm, _earlier(receipt), by=who, clock=clock)
        else:
            subject = _subject(store, contact, profile, email)
            done = erasing.erase(store, crm, subject, by=who, reason=reason, clock=clock)
    if json:
        print_json(done.model_dump(mode="json"))
    else:
        say(f"receipt {done.number}: {done.contacts} contacts, {done.accounts} accounts, {done.posts} posts erased")
        for sentence in done.proved:
            say(f"  proved      {sentence}")
        for sentence in done.not_proved:
            say(f"  not proved  {sentence}")
    raise typer.Exit(0 if done.complete else 1)


def retain(by: ByOption = "", config: ConfigOption = DEFAULT_PATH, json: JsonOption = False) -> None:
    """Erase what [retention] and the platforms' terms no longer allow to keep."""
    settings = load(config)
    with _parts(settings) as (store, crm):
        report = enforce(store, crm, settings.retention, by=by or getpass.getuser(), clock=SystemClock())
    if json:
        print_json({"format": 1, **report.model_dump(mode="json")})
    else:
        for one in report.expired:
            say(f"{one.platform} {one.kind}: {one.posts} posts erased")
        say(
            f"{report.removed} entries removed from the CRM, {report.left} left{report.reason and ': ' + report.reason}"
        )
    raise typer.Exit(1 if report.left else 0)


def subject_access_(
    contact: ContactOption = "",
    profile: ProfileOption = "",
    email: EmailOption = "",
    by: ByOption = "",
    config: ConfigOption = DEFAULT_PATH,
) -> None:
    """Print everything stored about a person as one JSON object, with the lawful basis of each link."""
    if sum(map(bool, (contact, profile, email))) != 1:
        raise typer.BadParameter("give exactly one of --contact, --profile and --email")
    store = store_of(load(config))
    found = subject_access(store, _subject(store, contact, profile, email), at=stamp(SystemClock().now()))
    store.audit.note("subject access", by=by or getpass.getuser(), accounts=len(found.accounts))
    store.close()
    print_json({"format": 1, **found.model_dump(mode="json")})


def audit(
    since: Annotated[str, typer.Option("--since", help="Only from this day or instant on, ISO 8601.")] = "",
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
) -> None:
    """Tell who decided, erased, or changed the rules, and when: with --json one object per line."""
    store = store_of(load(config))
    for event in store.audit.events(_instant(since) if since else None):
        if json:
            line = {"format": 1, "at": stamp(event.at), "by": event.by, "action": event.action, "detail": event.detail}
            typer.echo(json_format.dumps(line))
        else:
            told = ", ".join(f"{name} {value}" for name, value in event.detail.items() if value not in (None, ""))
            say(f"{event.at:%Y-%m-%d %H:%M:%S}  {event.by}  {event.action}  {told}")
    store.close()


@contextmanager
def _parts(settings: Settings) -> Iterator[tuple[Store, CRMBackend]]:
    store = store_of(settings)
    try:
        crm = crm_of(settings)
        try:
            yield store, crm
        finally:
            crm.close()
    finally:
        store.close()


def _subject(store: Store, contact: str, profile: str, email: str) -> Subject:
    if profile and ":" not in profile:
        raise ConfigError("--profile takes the platform too: bluesky:ann.example")
    return find_subject(store, contact=contact, profile=profile, email=email)


def _earlier(path: Path) -> erasing.Receipt:
    try:
        return erasing.Receipt.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError:
        raise ConfigError(f"{path} is no receipt; give what `socialcrm erase --json` printed") from None


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError("--since takes a day or an instant: 2026-11-01, 2026-11-01T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
