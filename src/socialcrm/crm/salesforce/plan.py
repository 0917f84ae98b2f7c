"""What becomes of each entry, decided from what stands in the org; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.salesforce import record
from socialcrm.crm.salesforce.layout import Layout
from socialcrm.crm.salesforce.owners import Owner
from socialcrm.crm.salesforce.standing import Standing
from socialcrm.model import Interaction

DOUBLED = (
    "the key is on more than one record ({}), so Salesforce cannot tell which to update; delete all but one, "
    "and make the key field unique"
)


@dataclass(slots=True)
class Write:
    """One record to be written, and the entries it answers: their places in the batch, and what to say."""

    entry: Interaction
    record: record.Record
    old: Standing | None
    answers: dict[int, Outcome] = field(default_factory=dict)
    plain: bool = False

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def said(self) -> tuple[str, ...]:
        """Texts that must not come back in a reason."""
        return (self.entry.subject, self.entry.body, self.entry.url, self.entry.author)


def plan(
    batch: Sequence[tuple[int, Interaction]],
    stand: Mapping[str, Standing],
    owners: Mapping[str, Owner],
    layout: Layout,
    *,
    delete: bool,
) -> tuple[dict[int, Delivered], list[Write]]:
    """Decide in input order: the answers that need no write, and one write for each key that does.

    ``delete`` says that retracted records are deleted, not only emptied.
    """
    answers: dict[int, Delivered] = {}
    writes: dict[str, Write] = {}
    now = dict(stand)
    for place, entry in batch:
        answer, made = _settle(entry, owners[entry.contact_id], now.get(entry.key), layout, delete=delete)
        if made is None:
            pending = writes.get(entry.key)
            if pending is not None and answer.outcome is Outcome.UNCHANGED:
                pending.answers[place] = answer.outcome  # it stands only if the write before it arrives
            else:
                answers[place] = answer
            continue
        earlier = writes.pop(entry.key, None)
        made.old = stand.get(entry.key)
        made.answers = {**(earlier.answers if earlier else {}), place: answer.outcome}
        writes[entry.key] = made
        now[entry.key] = _after(made, now.get(entry.key), owners[entry.contact_id], layout)
    return answers, list(writes.values())


def _settle(
    entry: Interaction, owner: Owner, old: Standing | None, layout: Layout, *, delete: bool
) -> tuple[Delivered, Write | None]:
    """Decide what becomes of one entry: the answer, and the write if any."""
    unchanged = Delivered(entry.key, Outcome.UNCHANGED, crm_id=old.id if old else "")
    if old is None and entry.retracted:
        return unchanged, None
    if old is not None and old.revision > entry.revision and not entry.retracted:
        return unchanged, None
    if old is not None and old.deleted and _stays_deleted(entry, old, owner):
        return unchanged, None
    if owner.reason and not entry.retracted:
        return Delivered(entry.key, Outcome.PARKED, reason=owner.reason), None
    if old is not None and old.doubles and not entry.retracted:
        reason = DOUBLED.format(", ".join((old.id, *old.doubles[:4])))
        return Delivered(entry.key, Outcome.PARKED, crm_id=old.id, reason=reason), None
    if entry.retracted and old is not None:
        # A store restored from a backup counts revisions anew: its retraction wins, and no late edit undoes it.
        entry = entry.model_copy(update={"revision": max(entry.revision, old.revision), "sentiment": None})
    contact = None if owner.reason else owner.id
    made = Write(entry, record.write(entry, contact, layout), old)
    if old is not None and _stands(made, old, contact, layout, delete=delete):
        return unchanged, None
    return Delivered(entry.key, Outcome.CREATED if old is None else Outcome.UPDATED), made


def _stays_deleted(entry: Interaction, old: Standing, owner: Owner) -> bool:
    """A retracted entry is gone already; what a colleague deleted comes back only edited, or for another contact."""
    if entry.retracted:
        return entry.revision <= old.revision  # a later one must be remembered, lest an older edit undo it
    return not old.retracted and old.contact in {owner.id, ""} and entry.revision <= old.revision


def _stands(made: Write, old: Standing, contact: str | None, layout: Layout, *, delete: bool) -> bool:
    if old.deleted or old.doubles or contact not in {None, old.contact}:
        return False
    if made.entry.retracted:
        return old.retracted and not delete and old.revision == made.entry.revision
    digests = {made.record[layout.columns["digest"].name]}
    if record.odd(made.entry):
        digests.add(record.write(made.entry, contact, layout, plain=True)[layout.columns["digest"].name])
    return old.digest in digests


def _after(made: Write, old: Standing | None, owner: Owner, layout: Layout) -> Standing:
    digest = str(made.record[layout.columns["digest"].name])
    entry = made.entry
    if old is None:
        return Standing("", owner.id, entry.revision, entry.retracted, digest, deleted=False)
    contact = old.contact if owner.reason else owner.id
    fresh = {"contact": contact, "revision": entry.revision, "retracted": entry.retracted, "digest": digest}
    return replace(old, **fresh, deleted=False)  # type: ignore[arg-type]
