"""The commands that set up, check and run the sync, and the door to all the others."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.text import Text

from socialcrm import __version__
from socialcrm.cli import contacts, demo, look, match, privacy, replay, review
from socialcrm.cli.console import ConfigOption, JsonOption, err, out, print_json, spinner
from socialcrm.cli.tables import findings_table, report_lines
from socialcrm.cli.template import TEMPLATE
from socialcrm.config import DEFAULT_PATH, Duration, examine, load
from socialcrm.errors import AuthError, ConfigError, SocialCRMError, StoreError, Transient, Unsupported
from socialcrm.sync.listening import Listener
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.report import SyncReport
from socialcrm.sync.webhooks import Webhooks

app = typer.Typer(
    name="socialcrm",
    help="Social media history on customer records.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(contacts.app, name="contacts")
app.add_typer(review.app, name="review")
app.add_typer(match.app, name="match")
app.command()(look.timeline)
app.command()(look.explain)
app.command()(look.brief)
app.command()(privacy.erase)
app.command()(privacy.retain)
app.command("subject-access")(privacy.subject_access_)
app.command()(privacy.audit)
app.command()(replay.replay)
app.command()(demo.demo)

EXIT_CODES: tuple[tuple[type[SocialCRMError], int], ...] = (
    (ConfigError, 2),
    (AuthError, 2),
    (Unsupported, 2),
    (Transient, 3),
    (StoreError, 3),
    (SocialCRMError, 1),
)


def run() -> None:
    """Run the command line; an error of ours becomes one line and an exit code."""
    try:
        app()
    except SocialCRMError as error:
        err.print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
        sys.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))


def _version(wanted: bool) -> None:
    if wanted:
        out.print(__version__, highlight=False)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Social media history on customer records."""


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write the settings.")] = DEFAULT_PATH,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented socialcrm.toml to start from."""
    if path.exists() and not force:
        raise ConfigError(f"{path} exists; choose another name, or replace it with --force")
    path.write_text(TEMPLATE, encoding="utf-8")
    path.chmod(0o600)
    out.print(f"Wrote {path}. Fill in a source, set its secret in the environment, then: socialcrm check")


@app.command()
def check(config: ConfigOption = DEFAULT_PATH, json: JsonOption = False) -> None:
    """Prove settings, credentials, tables and fields before the first sync."""
    settings = load(config)
    with Sync.from_config(settings) as sync:
        findings = [examine(config), *sync.check()]
    with Webhooks.from_config(settings) as webhooks:
        findings += [finding for webhook in webhooks.values() for finding in webhook.check()]
    if json:
        print_json({"format": 1, "ok": all(f.ok for f in findings), "findings": [f.model_dump() for f in findings]})
    else:
        out.print(findings_table(findings))
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 2)


@app.command()
def sync(
    config: ConfigOption = DEFAULT_PATH,
    json: JsonOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything on a scratch copy; write nothing to the CRM.")
    ] = False,
    retry_parked: Annotated[
        bool, typer.Option("--retry-parked", help="Try again what the CRM refused, after its cause was mended.")
    ] = False,
    every: Annotated[str, typer.Option("--every", help="Run again and again, this far apart: 30s, 5m, 6h.")] = "",
) -> None:
    """Fetch, judge, match, decide and deliver; a second run changes nothing."""
    interval = _interval(every)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Sync.from_config(config) as job:
        if retry_parked and not dry_run:
            job.store.outbox.requeue()
        while True:
            report = _once(job, dry_run=dry_run, json=json, stop=stop)
            if interval is None or stop.wait(interval.total_seconds()):
                break
    raise typer.Exit(report.exit_code)


@app.command()
def listen(config: ConfigOption = DEFAULT_PATH) -> None:
    """Keep connections to platforms open and store what they send at once, until stopped."""
    with Sync.from_config(config) as job, spinner(enabled=True) as progress:
        listener = Listener(job.sources, job.store, retention=job.retention, clock=job.clock, progress=progress)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: listener.stop())
        listener.run()


def _once(job: Sync, *, dry_run: bool, json: bool, stop: threading.Event) -> SyncReport:
    with spinner(enabled=not json) as progress:
        report = job.run(dry_run=dry_run, progress=progress, stop=stop.is_set)
    if json:
        print_json(report.model_dump(mode="json"))
    else:
        for line in report_lines(report):
            out.print(line, highlight=False, markup=False, soft_wrap=True)
    return report


def _interval(text: str) -> timedelta | None:
    if not text:
        return None
    try:
        interval = TypeAdapter(Duration).validate_python(text)
    except ValidationError:
        raise ConfigError(f"--every takes a time like 30s, 5m or 6h, not {text!r}") from None
    if interval <= timedelta(0):
        raise ConfigError("--every must be longer than no time at all")
    return interval
