"""Any CRM with a REST interface, connected by a definition file instead of code.

The CRM need not take a key of ours: each write is noted in a ledger before it is sent, and after a lost
answer the contact's timeline is read back before anything is written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from socialcrm.clock import Clock, SystemClock
from socialcrm.crm.base import ContactPage, CRMConfig, Outcome
from socialcrm.crm.body import GONE, as_html, compose, digest, marked, read, subject, without_astral
from socialcrm.crm.mapping import identity, texts
from socialcrm.crm.rest.calls import Answer, Calls
from socialcrm.crm.rest.check import check_definition
from socialcrm.crm.rest.contacts import RestContacts
from socialcrm.crm.rest.definition import Call, load_definition
from socialcrm.crm.rest.ledger import REMOVING, SENDING, SETTLED, Ledger, Row
from socialcrm.crm.rest.settings import RestConfig
from socialcrm.crm.rest.template import Values
from socialcrm.crm.settling import Owner, RecordCRM, Stand, Write, Written
from socialcrm.errors import AuthError, BadRecord
from socialcrm.failpoints import failpoint
from socialcrm.http.transport import Transport
from socialcrm.model import Finding, Interaction, stamp
from socialcrm.text import printable

_UNSEEN = Written(failure=Outcome.RETRY, reason="the CRM took the entry but does not show it yet")

_CONTRARY = Written(
    failure=Outcome.PARKED,
    reason="the CRM says that the entry is not there, and shows it; check the paths of [entries.update] and delete",
)


class RestCRM(RecordCRM):
    """A REST CRM as its definition describes it."""

    name: ClassVar[str] = "rest"
    Config: ClassVar[type[CRMConfig]] = RestConfig

    def __init__(self, config: RestConfig, *, clock: Clock | None = None, transport: Transport | None = None) -> None:
        definition = load_definition(config.definition)
        mapped = definition.contacts.model_copy(
            update={
                "fields": {**definition.contacts.fields, **config.fields},
                "handles": {**definition.contacts.handles, **config.handles},
                "do_not_profile": config.do_not_profile or definition.contacts.do_not_profile,
            }
        )
        self.definition = definition.model_copy(update={"contacts": mapped})
        url = config.url or definition.api.url
        clock = clock or SystemClock()
        self.calls = Calls(definition, url=url, user=config.user, token=config.token, transport=transport, clock=clock)
        self.people = RestContacts(self.calls, mapped, prefix=definition.api.prefix, clock=clock)
        self._entries, self._trial = definition.entries, config.trial_contact
        self._ledger = Ledger(f"sqlite:///{config.ledger}", crm=f"{definition.name} {url}")
        self._render = as_html if self._entries.markup == "html" else str

    def check(self) -> Iterator[Finding]:
        """Try every line of the definition against the CRM and say which one is wrong and what to do."""
        yield from check_definition(self, trial_contact=self._trial)

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield contacts that changed, as far as the CRM can tell; a CRM that cannot is read whole."""
        return self.people.pages(since)

    def owners(self, ids: Sequence[str]) -> Mapping[str, Owner]:
        return self.people.owners(ids)

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read a contact's entries back from their texts, oldest first."""
        shown = (
            read(self._text(raw), contact_id=contact_id)
            for raws in self._on(contact_id).values()
            for raw in (raws if len(raws) == 1 else [max(raws, key=self._rank)])
        )
        yield from sorted((entry for entry in shown if entry), key=lambda entry: (entry.occurred_at, entry.key))

    # what stands there

    def standing(self, entries: Sequence[Interaction], owners: Mapping[str, Owner]) -> Mapping[str, Stand]:
        """What the ledger knows; for the rest the CRM is asked, and what it shows is noted."""
        rows = self._ledger.rows(dict.fromkeys(entry.key for entry in entries))
        for cut_short in [row for row in rows.values() if row.state == REMOVING]:
            rows[cut_short.key] = self._finish_removal(cut_short)
        timelines: dict[str, dict[str, list[Any]]] = {}
        found: dict[str, Row] = {}
        for entry in entries:
            row, owner = rows.get(entry.key), owners[entry.contact_id]
            places = None if entry.key in found else self._places(row, owner)
            if places is not None and (seen := self._look(entry.key, places, timelines)):
                found[entry.key] = seen
        self._ledger.note(list(found.values()))
        known = {key: row for key, row in {**rows, **found}.items() if row.digest or row.crm_id}
        return {key: Stand(key, row.crm_id, row.contact_id, row.revision, row.digest) for key, row in known.items()}

    def _places(self, row: Row | None, owner: Owner) -> list[str] | None:
        """The contacts on whose timelines the CRM has to be asked for a key; ``None`` where the ledger knows."""
        here = [] if owner.reason else [owner.id]
        if row is None:
            return here
        if row.state == SENDING and not row.crm_id:
            return list(dict.fromkeys([*here, *filter(None, [row.contact_id])]))
        # The record of a contact that was merged went along with it, or did not: only the CRM can tell.
        moved = bool(here) and bool(row.crm_id) and row.contact_id != owner.id
        return here if moved and self.people.owner(row.contact_id).id == owner.id else None

    def _look(self, key: str, contacts: Iterable[str], timelines: dict[str, dict[str, list[Any]]]) -> Row | None:
        """Find the record of a key in the CRM; of several, which only a lost answer can have made, one stays."""
        raws = self._records(key, contacts, timelines)
        if not raws:
            return None
        best, *doubles = sorted(raws, key=self._rank, reverse=True)
        for double in doubles:
            self._delete(identity(double, self._entries.id))
        return self._row(key, best)

    def _records(self, key: str, contacts: Iterable[str], timelines: dict[str, dict[str, list[Any]]]) -> list[Any]:
        if self._entries.find is not None:
            pages = self.calls.records(self._entries.find, {"key": key})
            return [raw for page in pages for raw in page if self._key(raw) == key]
        raws = []
        for contact_id in contacts:
            if contact_id not in timelines:
                timelines[contact_id] = self._on(contact_id)
            raws += timelines[contact_id].get(key, [])
        return raws

    def _on(self, contact_id: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for page in self.calls.records(self._entries.list, {"contact": contact_id}):
            for raw in page:
                if (key := self._key(raw)) and self._contact(raw) in {"", contact_id}:
                    found.setdefault(key, []).append(raw)
        return found

    def _key(self, raw: Any) -> str:
        ours = marked(self._text(raw))
        return ours.key if ours else ""

    def _row(self, key: str, raw: Any) -> Row:
        ours = marked(self._text(raw))
        if ours is None:
            raise BadRecord("the record lost its last line")
        return Row(key, identity(raw, self._entries.id), self._contact(raw), ours.revision, ours.digest, SETTLED)

    def _rank(self, raw: Any) -> tuple[bool, int, str]:
        ours = marked(self._text(raw))
        return (ours.digest == GONE, ours.revision, identity(raw, self._entries.id)) if ours else (False, 0, "")

    def _text(self, raw: Any) -> str:
        return next(iter(texts(raw, self._entries.text)), "")

    def _contact(self, raw: Any) -> str:
        return next(iter(texts(raw, self._entries.contact)), "")

    # writing

    def write(self, writes: Sequence[Write]) -> Mapping[str, Written]:
        """Write records one by one; each is noted before it is sent and after it is answered."""
        self._ledger.note([_sending(write) for write in writes])
        failpoint("crm.before_commit")
        results: dict[str, Written] = {}
        settled: list[Row] = []
        try:
            for write in writes:
                results[write.entry.key] = written = self._write(write)
                if written.failure is None:
                    settled.append(_settled(write.entry, written.crm_id))
                failpoint("crm.written")
        finally:
            self._ledger.note(settled)
        failpoint("crm.after_commit")
        refused = [one for one in results.values() if one.status == 403]
        if len(refused) > 1 and len(refused) == len(results):
            raise AuthError(f"crm {self.definition.name}: every entry was refused: {refused[0].reason}")
        return results

    def _write(self, write: Write) -> Written:
        entry, crm_id = write.entry, write.old.crm_id if write.old else ""
        if entry.retracted and self._entries.retract == "delete":
            return self._delete_noted(write, crm_id) if crm_id else Written()
        if crm_id and self._entries.update is not None:
            answer = self._send(self._entries.update, entry, crm_id)
            if answer.meaning == "ok":
                return Written(crm_id)
            if answer.meaning != "missing":
                return self.calls.failure(answer, entry)
            if self._still_there(write, crm_id):
                return _CONTRARY
            # A colleague deleted the entry: it is still owed.
        elif crm_id and (failed := self._delete_noted(write, crm_id)).failure is not None:
            return failed
        return self._create(entry)

    def _create(self, entry: Interaction) -> Written:
        answer = self._send(self._entries.create, entry)
        if answer.meaning != "ok":
            failed = self.calls.failure(answer, entry)
            # What is owed to nobody any more need not be kept as a stub.
            return Written() if entry.retracted and answer.meaning in {"missing", "park"} else failed
        try:
            return Written(identity(answer.response.json, self._entries.create.id))
        except BadRecord:
            row = self._look(entry.key, [entry.contact_id], {})
            return Written(row.crm_id) if row else _UNSEEN

    def _send(self, call: Call, entry: Interaction, crm_id: str = "") -> Answer:
        answer = self.calls.ask(call, self._values(entry, crm_id))
        if answer.meaning == "park" and not (entry.body + entry.subject).isascii():
            simpler = self._values(entry, crm_id, simpler=True)
            if simpler != self._values(entry, crm_id):
                answer = self.calls.ask(call, simpler)
        return answer

    def _values(self, entry: Interaction, crm_id: str, *, simpler: bool = False) -> Values:
        form = without_astral if simpler else str
        said: dict[str, Any] = {name: printable(getattr(entry, name)) for name in ("author", "url", "thread")}
        return {
            **said,
            "id": crm_id,
            "key": entry.key,
            "contact": entry.contact_id,
            "text": form(compose(entry, limit=self._entries.limit, render=self._render)),
            "subject": form(subject(entry)) or "Post",
            "occurred_at": entry.occurred_at,
            "instant": stamp(entry.occurred_at),
            "channel": entry.channel,
            "kind": entry.kind.value,
            "direction": entry.direction.value,
            "priority": entry.priority,
            "revision": entry.revision,
        }

    # taking away

    def remove(self, keys: Sequence[str]) -> Mapping[str, Written]:
        """Delete the records of these keys and what the ledger remembers of them."""
        rows = self._ledger.rows(keys)
        for key in keys:
            row = rows.get(key)
            if (row is None and self._entries.find is not None) or (row and row.state == SENDING and not row.crm_id):
                seen = self._look(key, [row.contact_id] if row else [], {})
                rows = {**rows, key: seen} if seen else rows
        self._ledger.note([replace(row, state=REMOVING) for row in rows.values()])
        results = {}
        for key, row in rows.items():
            results[key] = written = self._delete(row.crm_id) if row.crm_id else Written()
            if written.missing and self._shows(key, row.crm_id, [row.contact_id]):
                results[key] = _CONTRARY
        self._ledger.forget([key for key, written in results.items() if written.failure is None])
        return {key: written for key, written in results.items() if rows[key].crm_id}

    def _delete_noted(self, write: Write, crm_id: str) -> Written:
        key, contact_id = write.entry.key, write.old.contact_id if write.old else ""
        # What remains in the end: the memory of a retraction, or nothing, for the entry is written anew.
        revision, left = (write.entry.revision, GONE) if write.entry.retracted else (0, "")
        row = Row(key, crm_id, contact_id, revision, left, REMOVING)
        self._ledger.note([row])
        written = self._delete(crm_id)
        if written.missing and self._still_there(write, crm_id):
            return _CONTRARY
        if written.failure is None:
            self._ledger.note([_removed(replace(row, contact_id=write.entry.contact_id))])
        return written

    def _finish_removal(self, row: Row) -> Row:
        """Go on with a removal that was cut short: every call of it may be made again."""
        if row.crm_id and self._delete(row.crm_id).failure is not None:
            return row
        done = _removed(row)
        self._ledger.note([done])
        return done

    def _delete(self, crm_id: str) -> Written:
        missing = False
        for call in self._entries.delete:
            answer = self.calls.ask(call, {"id": crm_id})
            failpoint("crm.removed")
            missing = missing or answer.meaning == "missing"
            if answer.meaning not in {"ok", "missing"}:
                return self.calls.failure(answer)
        return Written(missing=missing)

    def _still_there(self, write: Write, crm_id: str) -> bool:
        """Whether a record that is said to be missing is shown all the same: then the call goes to a wrong address."""
        places = [write.entry.contact_id, *([write.old.contact_id] if write.old else [])]
        return self._shows(write.entry.key, crm_id, places)

    def _shows(self, key: str, crm_id: str, contacts: Iterable[str]) -> bool:
        places = list(dict.fromkeys(filter(None, contacts)))
        return any(identity(raw, self._entries.id) == crm_id for raw in self._records(key, places, {}))

    def close(self) -> None:
        """Release connections."""
        self.calls.close()
        self._ledger.close()


def _sending(write: Write) -> Row:
    old = write.old
    if old is None:
        return Row(write.entry.key, contact_id=write.entry.contact_id)
    contact_id = old.contact_id if old.crm_id else write.entry.contact_id
    return Row(old.key, old.crm_id, contact_id, old.revision, old.digest, SENDING)


def _removed(row: Row) -> Row:
    return replace(row, crm_id="", state=SETTLED if row.digest == GONE else SENDING)


def _settled(entry: Interaction, crm_id: str) -> Row:
    return Row(entry.key, crm_id, entry.contact_id, entry.revision, digest(entry), SETTLED)
