"""Reports, findings and reviews as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from socialcrm.model import Finding, Interaction
from socialcrm.store.base import ReviewItem
from socialcrm.sync.report import SyncReport


def findings_table(findings: Sequence[Finding]) -> Table:
    """What was looked at, whether it is fine, and what to do."""
    table = Table("", "what", "what to do", box=None)
    for finding in findings:
        mark = Text("ok", style="green") if finding.ok else Text("no", style="bold red")
        table.add_row(mark, Text(finding.what), Text(finding.remedy))
    return table


def report_lines(report: SyncReport) -> Iterator[str]:
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
    yield (
        f"{verb:<10} {count} ({delivery.created} created, {delivery.updated} updated, {delivery.retracted} retracted), "
        f"{delivery.unchanged} unchanged, {delivery.waiting} waiting, {delivery.parked} parked"
    )
    yield "posts      " + ", ".join(f"{count} {account}" for account, count in report.posts.items() if count)
    if report.stopped:
        yield "[yellow]stopped early when asked to; the next run goes on from here[/]"
    for problem in report.problems:
        yield f"[red]incomplete[/] {problem.where}: {problem.what} [dim]({problem.remedy.value})[/]"


def timeline_table(entries: Iterable[Interaction]) -> Table:
    """A contact's timeline, oldest first."""
    table = Table("when (UTC)", "what", "text", box=None, pad_edge=False)
    for entry in entries:
        text = Text(entry.body)
        table.add_row(f"{entry.occurred_at:%Y-%m-%d %H:%M}", Text(entry.subject), text)
    return table


def review_table(items: Sequence[ReviewItem]) -> Table:
    """Profiles that wait for a person."""
    table = Table("no.", "account", "may be", "prob.", "held", "why", box=None, pad_edge=False)
    for item in items:
        profile, contact = item.profile, item.contact
        whose = f"{contact.name} ({contact.id})" if contact else item.link.contact_id or ""
        account = f"{profile.platform}:@{profile.handle}\n{profile.display_name}"
        why = "\n".join([item.link.reason, *(evidence.sentence for evidence in item.link.evidence)])
        table.add_row(
            str(item.link.id), Text(account), Text(whose), f"{item.link.probability:.2f}", str(item.held), Text(why)
        )
    return table
