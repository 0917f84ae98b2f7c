"""The steps of a run. Each reads from the store, commits its own work, and may be killed and run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from socialcrm.adapters.base import Capability
from socialcrm.crm.base import Delivered, Outcome
from socialcrm.errors import CursorExpired, LeaseLost, SocialCRMError, StoreError
from socialcrm.failpoints import failpoint
from socialcrm.model import Direction
from socialcrm.store.base import Due, Mark, PageRecord, Store, StoredPost, Verdict
from socialcrm.sync.decide import decide_batch, report_doubles
from socialcrm.sync.erase import remove_erased
from socialcrm.sync.lawful import lawful
from socialcrm.sync.render import interaction
from socialcrm.sync.report import Problem, Remedy, SourceReport, SyncReport

if TYPE_CHECKING:
    from socialcrm.adapters.base import Adapter
    from socialcrm.sync.run import Run

CONTACTS_STREAM = "contacts"
RECHECK_STREAM = "recheck"
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def note_policy(run: Run) -> None:
    """Write into the audit log that the rules of linking or keeping changed."""
    now = {"policy": run.policy.describe(), "retention": run.retention.describe(), "model": run.matcher.version}
    last = run.store.audit.last("policy")
    if last is None or last.detail != now:
        run.store.audit.note("policy", by="configuration", **now)


def erase(run: Run) -> None:
    """Ask the CRM again to remove what was erased here and it has not confirmed yet."""
    removal = remove_erased(run.store, run.crm)
    run.report.erased = removal.removed
    if removal.reason:
        what = f"{removal.left} erased entries still stand in the CRM: {removal.reason}"
        run.report.problems.append(Problem(where=f"crm {run.crm.name}", what=what, remedy=Remedy.LATER))


def mirror_contacts(run: Run) -> None:
    """Copy the contacts that changed in the CRM since the last run."""
    source = f"crm:{run.crm.name}"
    try:
        for page in run.crm.contacts(run.store.cursors.get(source, CONTACTS_STREAM)):
            run.report.contacts_changed += run.store.contacts.record(page.changes, source=source, cursor=page.cursor)
            run.progress("contacts", len(page.changes))
            run.lease.renew()
            if run.stop():
                return
    except LeaseLost:
        raise
    except SocialCRMError as error:
        run.report.problems.append(Problem.of(f"crm {run.crm.name}", error))


def fetch(run: Run) -> None:
    """Record every source's new pages; one source's trouble does not stop the others."""
    for name, adapter in run.sources.items():
        for stream in adapter.streams():
            if run.stop():
                return
            try:
                _fetch_stream(run, name, adapter, stream)
            except StoreError:
                raise
            except Exception as error:  # an adapter may be anybody's
                run.report.problems.append(Problem.of(f"source {name}, {stream}", error))
        run.report.warnings += adapter.warnings()


def _fetch_stream(run: Run, name: str, adapter: Adapter, stream: str) -> None:
    try:
        _read_pages(run, name, adapter, stream)
    except CursorExpired:
        # The platform forgot the place: read again as far back as it gives; known posts stay as they are.
        run.store.cursors.reset(name, stream)
        _read_pages(run, name, adapter, stream)


def _read_pages(run: Run, name: str, adapter: Adapter, stream: str) -> None:
    for page in adapter.fetch(stream, run.store.cursors.get(name, stream)):
        _record(run, name, adapter, PageRecord(source=name, stream=stream, items=page.items, cursor=page.cursor))
        if page.incomplete:
            run.report.problems.append(
                Problem(where=f"source {name}, {stream}", what=page.incomplete, remedy=Remedy.LATER)
            )
        run.lease.renew()
        if run.stop():
            return


def _record(run: Run, name: str, adapter: Adapter, page: PageRecord) -> None:
    page = replace(page, items=[lawful(item, run.retention, run.clock) for item in page.items])
    counts = run.store.posts.record(page)
    report = source_report(run, name, adapter)
    report.pages += 1
    for field in ("new", "edited", "deleted", "unchanged", "skipped", "suppressed"):
        setattr(report, field, getattr(report, field) + getattr(counts, field))
    run.progress(f"{name}: {page.stream}", len(page.items))


def source_report(run: Run, name: str, adapter: Adapter) -> SourceReport:
    """The report of one source, begun when its first page comes."""
    for report in run.report.sources:
        if report.name == name:
            return report
    run.report.sources.append(SourceReport(name=name, platform=adapter.info.name))
    return run.report.sources[-1]


def recheck(run: Run) -> None:
    """Look again at living posts, longest unseen first, where the platform lets us notice edits and deletions."""
    now = run.clock.now()
    for name, adapter in run.sources.items():
        if Capability.RECHECK not in adapter.info.can:
            continue
        ids = run.store.posts.recheck(
            adapter.info.name,
            checked_before=now - run.settings.recheck_every,
            created_after=now - run.settings.recheck_for,
            limit=run.settings.recheck_limit,
        )
        if not ids or run.stop():
            continue
        try:
            for page in adapter.recheck(ids):
                record = PageRecord(source=name, stream=RECHECK_STREAM, items=page.items, cursor=None)
                _record(run, name, adapter, record)
                run.lease.renew()
            run.store.posts.rechecked(adapter.info.name, ids)
        except StoreError:
            raise
        except Exception as error:  # an adapter may be anybody's
            run.report.problems.append(Problem.of(f"source {name}, {RECHECK_STREAM}", error))


def judge(run: Run) -> None:
    """Judge every post that is new, edited or put back before the judge."""
    dropped: Counter[str] = Counter()
    while batch := run.store.posts.unjudged(run.settings.batch):
        verdicts = _verdicts(run, batch)
        run.store.posts.judge(verdicts)
        run.report.kept += sum(verdict.keep for verdict in verdicts)
        dropped.update(verdict.reason for verdict in verdicts if not verdict.keep)
        run.progress("judge", len(batch))
        run.lease.renew()
    run.report.dropped = dict(dropped.most_common())


def _verdicts(run: Run, batch: Sequence[StoredPost]) -> list[Verdict]:
    answered: dict[str, set[str]] = {}
    for stored in batch:
        if stored.post.direction is Direction.OUTBOUND and stored.post.in_reply_to:
            answered.setdefault(stored.post.platform, set()).add(stored.post.in_reply_to)
    parents = {
        (platform, post_id): author
        for platform, ids in answered.items()
        for post_id, author in run.store.posts.owners(platform, sorted(ids)).items()
    }
    batch = sorted(batch, key=lambda stored: stored.post.created_at)
    judgements = run.judge.judge([stored.post for stored in batch], parents=parents)
    return [
        Verdict(
            platform=stored.post.platform,
            post_id=stored.post.id,
            revision=stored.revision,
            keep=judgement.keep,
            reason=judgement.reason,
            subject=judgement.subject,
            lang=judgement.lang,
            sentiment=judgement.sentiment,
            priority=judgement.priority,
        )
        for stored, judgement in zip(batch, judgements, strict=True)
    ]


def match(run: Run) -> None:
    """Propose contacts for every profile that is new, changed, or faces changed contacts, and decide."""
    token = f"{run.matcher.version}|{run.policy.describe()}|{run.store.contacts.generation()}"
    while states := run.store.profiles.unmatched(token, run.settings.batch):
        decide_batch(run, states, token=token)
        run.progress("match", len(states))
        run.lease.renew()
    report_doubles(run)


def settle(run: Run) -> None:
    """Bring every changed post to its account and queue what the CRM must be told."""
    while (counts := run.store.outbox.settle(run.settings.batch)).looked_at:
        run.progress("settle", counts.looked_at)
        run.lease.renew()


def deliver(run: Run) -> None:
    """Tell the CRM what is due, deletions and corrections first, and keep its answer for each entry."""
    try:
        while not run.stop() and (batch := run.store.outbox.due(run.settings.deliver_batch)):
            # Renewing proves that nobody took over while this process slept, just before the CRM is told.
            run.lease.renew()
            answers = run.crm.upsert([interaction(due) for due in batch])
            failpoint("sync.delivered")
            run.store.outbox.mark([_mark(run, due, answer) for due, answer in zip(batch, answers, strict=True)])
            _count(run, batch, answers)
            run.progress("deliver", len(batch))
    except LeaseLost:
        raise
    except SocialCRMError as error:
        run.report.problems.append(Problem.of(f"crm {run.crm.name}", error))
    count_queue(run.store, run.report)


def count_queue(store: Store, report: SyncReport) -> None:
    """Note in the report what stands in the outbox now."""
    queue = store.outbox.counts()
    report.delivery.waiting = queue.get("queued", 0) + queue.get("waiting", 0)
    report.delivery.waiting_since = store.outbox.oldest()
    report.delivery.parked = queue.get("parked", 0)


def _mark(run: Run, due: Due, answer: Delivered) -> Mark:
    give_up = answer.outcome is Outcome.RETRY and due.attempts + 1 >= run.settings.attempts
    parked = answer.outcome is Outcome.PARKED or give_up
    reason = f"gave up after {due.attempts + 1} tries: {answer.reason}" if give_up else answer.reason
    wait = min(FIRST_WAIT * 2**due.attempts, LONGEST_WAIT)
    return Mark(
        key=due.key,
        revision=due.revision,
        retracted=due.retracted,
        contact_id=due.contact_id,
        done=answer.done,
        crm_id=answer.crm_id,
        parked=parked,
        reason=reason,
        not_before=None if answer.done or parked else (answer.retry_at or run.clock.now() + wait),
    )


def _count(run: Run, batch: Sequence[Due], answers: Sequence[Delivered]) -> None:
    tally = run.report.delivery
    for due, answer in zip(batch, answers, strict=True):
        match answer.outcome:
            case Outcome.UNCHANGED:
                tally.unchanged += 1
            case Outcome.CREATED | Outcome.UPDATED if due.retracted:
                tally.retracted += 1
            case Outcome.CREATED:
                tally.created += 1
            case Outcome.UPDATED:
                tally.updated += 1
            case Outcome.RETRY:
                tally.retried += 1
