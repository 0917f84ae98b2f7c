"""Reports, findings and reviews as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from socialcrm.crm.csv_import import ImportReport
from socialcrm.model import Finding, Interaction
from socialcrm.store.base import ReviewItem
from socialcrm.sync.report import ContradictionReport, SyncReport
from socialcrm.text import printable


def findings_table(findings: Sequence[Finding]) -> Table:
    """What was looked at, whether it is fine, and what to do."""
    table = Table("", "what", "what to do", box=None)
    for finding in findings:
        mark = Text("ok", style="green") if finding.ok else Text("no", style="bold red")
        table.add_row(mark, Text(finding.what), Text("" if finding.ok else finding.remedy))
    return table


def import_lines(report: ImportReport) -> Iterator[str]:
    """What an import did, then each bad row: its number, the column and the reason."""
    changed = f"{report.changed} of them new or changed"
    yield f"{report.imported} contacts imported, {changed}, {report.left_out} rows left out"
    for bad in report.bad:
        yield f"  row {bad.row}, column {bad.column}: {bad.reason}{' (imported without it)' if bad.kept else ''}"


def report_lines(report: SyncReport) -> Iterator[str | Text]:
    """A run in a few lines, what is incomplete last."""
    if report.contacts_changed:
        yield f"contacts   {report.contacts_changed} changed in the CRM"
    for source in report.sources:
        yield (
            f"{source.name:<10} {source.new} new, {source.edited} edited, {source.deleted} deleted, "
            f"{source.unchanged} known, {source.skipped} not posts, {source.suppressed} suppressed"
        )
    dropped = sum(report.dropped.values())
    yield f"judged     {report.kept} kept, {dropped} dropped"
    for reason, count in report.dropped.items():
        yield f"             {count} x {reason}"
    decided = report.decided
    yield (
        f"matched    {decided.considered} profiles: {decided.linked} linked, {decided.review} to review, "
        f"{decided.nobody} nobody we know"
    )
    delivery = report.delivery
    verb = "would write" if report.dry_run else "written"
    count = delivery.waiting if report.dry_run else report.written
    aged = None if report.dry_run else delivery.waiting_since
    since = f" (since {aged.isoformat(sep=' ', timespec='minutes')})" if aged else ""
    yield (
        f"{verb:<10} {count} ({delivery.created} created, {delivery.updated} updated, {delivery.retracted} retracted), "
        f"{delivery.unchanged} unchanged, {delivery.waiting} waiting{since}, {delivery.parked} parked"
    )
    yield "posts      " + ", ".join(f"{count} {account}" for account, count in report.posts.items() if count)
    if report.stopped:
        yield Text("stopped early when asked to; the next run goes on from here", style="yellow")
    yield from contradiction_lines(report.contradictions)
    for warning in report.warnings:
        yield Text.assemble(("warning", "yellow"), f"    {warning}")
    for problem in report.problems:
        told = f" {problem.where}: {problem.what}"
        yield Text.assemble(("incomplete", "red"), told, (f" ({problem.remedy.value})", "dim"))


def timeline_table(entries: Iterable[Interaction]) -> Table:
    """A contact's timeline, oldest first."""
    table = Table("when (UTC)", "what", "text", box=None, pad_edge=False)
    for entry in entries:
        table.add_row(
            f"{entry.occurred_at:%Y-%m-%d %H:%M}", Text(printable(entry.subject)), Text(printable(entry.body))
        )
    return table


def contradiction_lines(found: Sequence[ContradictionReport]) -> Iterator[Text]:
    """What does not fit together: the sentence, then the accounts and contacts it is about."""
    for one in found:
        yield Text(printable(f"   !  {one.sentence}"), style="bold red")
        accounts = ", ".join(f"{one.platform}:{profile_id}" for profile_id in one.profile_ids)
        yield Text(printable(f"      {accounts}: {', '.join(one.contact_ids)}"))


def review_lines(items: Sequence[ReviewItem]) -> Iterator[Text]:
    """Profiles that wait for a person: the number to answer with, then why nobody decided alone."""
    for item in items:
        profile, contact = item.profile, item.contact
        whose = f"{contact.name} ({contact.id})" if contact else item.link.contact_id or "nobody known"
        shown = f" “{profile.display_name}”" if profile.display_name else ""
        posts = "1 post waits" if item.held == 1 else f"{item.held} posts wait"
        account = f"{profile.platform}:{profile.handle}{shown}"
        yield Text(printable(f"{item.link.id:>4}  {account}: {whose}?"), style="bold")
        yield Text(printable(f"      {item.link.probability:.0%}, {posts}. {item.link.reason}"))
        if item.group_size > 1:
            others = "1 more account claims" if item.group_size == 2 else f"{item.group_size - 1} more accounts claim"
            yield Text(printable(f"      {others} this contact: --contact {item.link.contact_id}"))
        for evidence in item.link.evidence:
            yield Text(printable(f"      {evidence.weight:+6.1f}  {evidence.sentence}"), style="dim")
