"""The main job on recorded answers of a real AT Protocol network, with an invented airline and its customers."""

from __future__ import annotations

import shutil
from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.rule import Rule

from socialcrm.cli.console import JsonOption, out, print_json, say
from socialcrm.cli.demo_crm import DemoCRM, Stage, staged
from socialcrm.cli.tables import import_lines, report_lines, review_lines, timeline_table
from socialcrm.config import Settings, from_mapping
from socialcrm.crm.csv_import import import_contacts
from socialcrm.errors import ConfigError
from socialcrm.sync.explain import explain
from socialcrm.sync.pipeline import Sync
from socialcrm.sync.report import SyncReport
from socialcrm.sync.review import confirm

SETTINGS = "socialcrm.toml"
if TYPE_CHECKING:
    from socialcrm.crm.sql import SQLCRM

STAGES = ("first", "second")
MARK = ".socialcrm-demo"
SHOWN_TIMELINES = 2


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its databases.")] = Path("socialcrm-demo"),
    force: Annotated[bool, typer.Option("--force", help="Start again in a folder of an earlier demo.")] = False,
    crm: Annotated[DemoCRM, typer.Option(help="Where to deliver: the embedded CRM, or a Salesforce stand-in.")] = (
        DemoCRM.SQL
    ),
    json: JsonOption = False,
) -> None:
    """Show the whole road on recorded posts: fetch, judge, match, decide, deliver, review, correct."""
    _prepare(folder, force=force)
    show = _Silence() if json else _Show()
    with as_file(files("socialcrm") / "demo") as data:
        shutil.copy(data / "contacts.csv", folder / "contacts.csv")
        (folder / SETTINGS).write_text((data / SETTINGS).read_text(encoding="utf-8").replace("EXCHANGES", str(data)))
        with staged(crm, folder / SETTINGS) as stage:
            reports = _play(folder, data, show, stage)
            timelines = _timelines(folder, data) if json else []
    if json:
        syncs = [report.model_dump(mode="json") for report in reports]
        print_json({"format": 1, "syncs": syncs, "timelines": timelines})
    else:
        out.print(f"\n{stage.ending}", highlight=False, soft_wrap=True)
    raise typer.Exit(max(report.exit_code for report in reports))


def _prepare(folder: Path, *, force: bool) -> None:
    if folder.exists():
        if not (folder / MARK).exists() and any(folder.iterdir()):
            raise ConfigError(f"{folder} is not a folder of this demo; choose another with --folder")
        if not force:
            raise ConfigError(f"{folder} holds an earlier demo; start again with --force")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def _play(folder: Path, data: Path, show: _Show, stage: Stage) -> list[SyncReport]:
    reports = []
    with _sync(folder, data, STAGES[0]) as sync:
        show.title("1. The CRM's contacts, from a CSV file with two bad rows")
        sink = stage.sink or cast("SQLCRM", sync.crm)
        show.contacts(import_contacts(folder / "contacts.csv", sink))
        show.title("2. First sync: what came in, what was dropped, whose it is")
        reports.append(sync.run())
        show.report(reports[-1])
        show.links(sync)
        show.title("3. What waits for a person: a name alone never links")
        show.reviews(sync)
        show.title("4. Two timelines as the CRM has them now")
        show.timelines(sync)
    with _sync(folder, data, STAGES[0]) as sync:
        show.title("5. Second sync: nothing new, nothing written")
        reports.append(sync.run())
        show.report(reports[-1])
        show.title("6. Somebody confirms one review; its held-back posts go out")
        show.confirm(sync)
        reports.append(sync.run())
        show.report(reports[-1])
    with _sync(folder, data, STAGES[1]) as sync:
        show.title("7. Later: a customer edited a post, another deleted one")
        reports.append(sync.run())
        show.report(reports[-1])
    return reports


def _timelines(folder: Path, data: Path) -> list[dict[str, Any]]:
    """What the CRM shows at the end, for every contact that has anything, in an order that no CRM's ids decide."""
    shown = {"channel", "direction", "occurred_at", "subject", "body", "url"}
    found = []
    with _sync(folder, data, STAGES[1]) as sync:
        for contact in sync.store.contacts.all():
            entries = [entry.model_dump(mode="json", include=shown) for entry in sync.crm.timeline(contact.id)]
            if entries:
                found.append({"contact": contact.full_name, "emails": list(contact.emails), "entries": entries})
    return sorted(found, key=lambda one: (one["contact"], one["emails"]))


def _sync(folder: Path, data: Path, stage: str) -> Sync:
    return Sync.from_config(_settings(folder, data / "exchanges" / stage))


def _settings(folder: Path, exchanges: Path) -> Settings:
    import tomllib

    raw: dict[str, Any] = tomllib.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    raw["sources"]["bluesky"]["replay"] = str(exchanges)
    return from_mapping(raw, folder=folder.resolve(), where=SETTINGS)


def _pick(sync: Sync) -> str:
    """The review for which most posts wait is the one worth showing."""
    item = max(sync.store.decisions.review(100), key=lambda item: item.held)
    return f"{item.profile.platform}:{item.profile.handle}"


class _Show:
    """Prints each scene."""

    def title(self, text: str) -> None:
        out.print()
        out.print(Rule(text, align="left", style="bold"))

    def contacts(self, report: Any) -> None:
        for line in import_lines(report):
            say(line)

    def report(self, report: SyncReport) -> None:
        for line in report_lines(report):
            out.print(line, highlight=False, markup=False, soft_wrap=True)

    def links(self, sync: Sync) -> None:
        out.print("\nLinked, and why:")
        for contact in sync.store.contacts.all():
            for link in sync.store.decisions.of_contacts([contact.id]).get(contact.id, []):
                for sentence in explain(sync.store, f"{link.platform}:{link.profile_id}").sentences:
                    say(f"  {sentence}")
                out.print()

    def reviews(self, sync: Sync) -> None:
        for line in review_lines(sync.store.decisions.review(100)):
            out.print(line, soft_wrap=True)

    def timelines(self, sync: Sync) -> None:
        fullest: Counter[str] = Counter()
        for contact in sync.store.contacts.all():
            fullest[contact.id] = sum(1 for _ in sync.crm.timeline(contact.id))
        for contact_id, _ in fullest.most_common(SHOWN_TIMELINES):
            out.print(f"Timeline of {contact_id}:", style="bold", highlight=False, markup=False)
            out.print(timeline_table(sync.crm.timeline(contact_id)))

    def confirm(self, sync: Sync) -> None:
        link = confirm(sync.store, _pick(sync), by="demo", clock=sync.clock)
        profile = sync.store.profiles.get(link.platform, link.profile_id)
        handle = profile.handle if profile else link.profile_id
        say(f"confirmed: @{handle} is contact {link.contact_id}")


class _Silence(_Show):
    """Plays the same scenes for ``--json``, printing nothing."""

    def title(self, text: str) -> None: ...

    def contacts(self, report: Any) -> None: ...

    def report(self, report: SyncReport) -> None: ...

    def links(self, sync: Sync) -> None: ...

    def reviews(self, sync: Sync) -> None: ...

    def timelines(self, sync: Sync) -> None: ...

    def confirm(self, sync: Sync) -> None:
        confirm(sync.store, _pick(sync), by="demo", clock=sync.clock)
