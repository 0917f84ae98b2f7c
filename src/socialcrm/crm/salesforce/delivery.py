"""Delivering a batch: look up, plan, send, read every result, and do what each error asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from socialcrm.clock import Clock
from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.salesforce import record, writing
from socialcrm.crm.salesforce.bulk import BulkJobs
from socialcrm.crm.salesforce.connection import Connection, Refused
from socialcrm.crm.salesforce.errors import Fault, Trouble
from socialcrm.crm.salesforce.layout import Layout
from socialcrm.crm.salesforce.limits import PAUSE
from socialcrm.crm.salesforce.plan import DOUBLED, Write, plan
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.crm.salesforce.standing import look
from socialcrm.crm.salesforce.writing import Sent
from socialcrm.errors import AuthError, ConfigError, RateLimited
from socialcrm.model import Interaction

logger = logging.getLogger("socialcrm.crm")
ROUNDS = 4
SOON, LATER = timedelta(minutes=1), timedelta(hours=6)


class Delivery:
    """One batch on its way; ``answers`` fills up, by place in the batch."""

    def __init__(
        self, connection: Connection, layout: Layout, config: SalesforceConfig, clock: Clock, bulk: BulkJobs
    ) -> None:
        self._connection, self._layout, self._config, self._clock = connection, layout, config, clock
        self._bulk = bulk
        self._answers: dict[int, Delivered] = {}
        self._batch: Sequence[Interaction] = ()
        self._size = writing.SIZE
        self._delete = config.retract == "delete"

    def run(self, interactions: Sequence[Interaction]) -> list[Delivered]:
        """Write entries and answer for each, in input order."""
        self._batch = interactions
        places = self._allowed()
        self._bulk.stop_leftovers(self._layout)
        pending, last = self._plan(places), {}
        for number in range(ROUNDS):
            if not pending:
                break
            if number:
                self._clock.sleep(2.0 ** (number - 1))
            results = self._send(pending)
            last = {write.key: sent.fault for write, sent in zip(pending, results, strict=True) if sent.fault}
            pending = self._next(pending, results)
        for write in pending:
            fault = last.get(write.key)
            passing = fault is None or fault.trouble not in {Trouble.CONTACT, Trouble.LOOK}
            self._say(write, Outcome.RETRY if passing else Outcome.PARKED, fault=fault, wait=SOON if passing else None)
        return [self._answers[place] for place in range(len(interactions))]

    def _allowed(self) -> list[int]:
        """The places that may be written now: when the day's calls run out, what is taken back still goes."""
        urgent = [place for place, entry in enumerate(self._batch) if entry.retracted]
        calls = self._connection.calls
        calls.urgent = len(urgent) == len(self._batch)
        try:
            calls.require()
        except RateLimited as limit:
            if not urgent:
                raise
            calls.urgent = True
            self._answers = {
                place: Delivered(entry.key, Outcome.RETRY, reason=str(limit), retry_at=limit.retry_at)
                for place, entry in enumerate(self._batch)
                if not entry.retracted
            }
            return urgent
        return list(range(len(self._batch)))

    def _plan(self, places: Iterable[int]) -> list[Write]:
        entries = [(place, self._batch[place]) for place in places]
        if not entries:
            return []
        keys = [entry.key for _, entry in entries]
        contacts = {entry.contact_id for _, entry in entries}
        stand, owners = look(self._connection, self._layout, keys, contacts)
        answers, writes = plan(entries, stand, owners, self._layout, delete=self._delete)
        self._answers.update(answers)
        return writes

    def _send(self, writes: Sequence[Write]) -> list[Sent]:
        """Send each record the way that fits; results in the order of the writes."""
        sent: dict[str, Sent] = {}
        for write in [one for one in writes if one.old is not None and one.old.doubles]:
            sent[write.key] = self._doubled(write)
        single = [one for one in writes if one.key not in sent]
        if len(single) > self._config.bulk_write_above:
            sent |= self._in_bulk(single)
            single = [one for one in single if one.key not in sent]
        rows_left = [self._row(one) for one in single]
        results = writing.upsert(self._connection, self._layout.object, self._layout.key, rows_left, self._size)
        sent |= {write.key: result for write, result in zip(single, results, strict=True)}
        self._remove([(write, sent[write.key]) for write in writes], sent)
        return [sent[write.key] for write in writes]

    def _in_bulk(self, writes: Sequence[Write]) -> dict[str, Sent]:
        """Send what CSV can carry, contact by contact; nothing where the org does not let us use the Bulk API."""
        fit = [one for one in writes if self._bulk.carries(self._row(one))]
        rows = {one.key: self._row(one) for one in sorted(fit, key=_by_contact)}
        try:
            return self._bulk.upsert(self._layout, rows)
        except Refused as error:
            logger.warning("salesforce: no bulk job (%s); records go 200 at a time", error.fault.code)
            return {}

    def _row(self, write: Write) -> record.Record:
        """The fields to send: what only a new record gets is left to colleagues afterwards."""
        new = write.old is None or write.old.deleted
        return {**self._layout.values, **write.record} if new else write.record

    def _remove(self, results: Iterable[tuple[Write, Sent]], sent: dict[str, Sent]) -> None:
        """Delete what was retracted, now that it is empty."""
        if not self._delete:
            return
        gone = [(write, result.id) for write, result in results if write.entry.retracted and result.fault is None]
        ids = {one: write.key for write, told in gone if (one := told or (write.old.id if write.old else ""))}
        for one, result in zip(ids, writing.delete(self._connection, list(ids)), strict=True):
            if result.fault is not None:
                sent[ids[one]] = Sent(one, fault=result.fault)

    def _doubled(self, write: Write) -> Sent:
        """Empty and remove every record under a key that stands twice."""
        ids = (write.old.id, *write.old.doubles) if write.old else ()
        key = self._layout.key
        row = {name: value for name, value in write.record.items() if name != key}
        results = writing.update(self._connection, self._layout.object, dict.fromkeys(ids, row))
        others = writing.delete(self._connection, ids[1:])
        return next((one for one in (*results, *others) if one.fault is not None), results[0])

    def _next(self, writes: Sequence[Write], results: Sequence[Sent]) -> list[Write]:
        """Answer what is settled; return what is to be sent again."""
        self._stop_where_nothing_goes(writes, results)
        again: list[Write] = []
        look_again: list[int] = []
        split = False
        for write, sent in zip(writes, results, strict=True):
            if sent.fault is None:
                self._say(write, Outcome.UPDATED, crm_id=sent.id, created=sent.created)
                continue
            match sent.fault.trouble:
                case Trouble.RETRY | Trouble.BUSY:
                    again.append(write)
                case Trouble.SPLIT:
                    again.append(write)
                    split = True
                case Trouble.CONTACT | Trouble.LOOK:
                    look_again += write.answers
                case _ if (other := self._plainer(write, sent.fault)) is not None:
                    again.append(other)
                case trouble:
                    self._final(write, sent, trouble)
        self._size = max(1, self._size // 2) if split else self._size
        return [*again, *self._plan(sorted(look_again))]

    def _stop_where_nothing_goes(self, writes: Sequence[Write], results: Sequence[Sent]) -> None:
        """Raise where every record fails for a permission or field that was taken away: it must not park the queue."""
        codes = {sent.fault.code if sent.fault else "" for sent in results}
        fault = results[0].fault or Fault("")
        said = f"salesforce: {fault.sentence(*writes[0].said)}; run: socialcrm check"
        if codes <= writing.STALE:
            raise ConfigError(said)
        if codes <= writing.FORBIDDEN and len(results) > 1:
            raise AuthError(said)

    def _plainer(self, write: Write, fault: Fault) -> Write | None:
        """The same entry without what is beyond the basic plane, once, where its characters may be the trouble."""
        if write.plain or fault.trouble is not Trouble.RECORD or not record.odd(write.entry):
            return None
        owner = {name: write.record[name] for name in self._owner_fields() if name in write.record}
        made = {**record.write(write.entry, None, self._layout, plain=True), **owner}
        return Write(write.entry, made, write.old, write.answers, plain=True)

    def _owner_fields(self) -> set[str]:
        return {self._layout.columns[part].name for part in ("contact", "lead") if part in self._layout.columns}

    def _final(self, write: Write, sent: Sent, trouble: Trouble) -> None:
        fault = sent.fault
        actions: Mapping[Trouble, Callable[[], None]] = {
            Trouble.QUOTA: self._quota,
            Trouble.SIGN_IN: self._signed_out,
            Trouble.ENDED: lambda: self._say(write, Outcome.RETRY, fault=fault, wait=SOON),
            Trouble.FULL: lambda: self._say(write, Outcome.RETRY, fault=fault, wait=LATER),
            Trouble.DOUBLED: lambda: self._say(write, Outcome.PARKED, reason=DOUBLED.format("external id")),
        }
        actions.get(trouble, lambda: self._say(write, Outcome.PARKED, fault=fault))()

    def _quota(self) -> None:
        at = self._clock.now() + PAUSE
        raise RateLimited("salesforce: the org's calls of the day are used up", retry_at=at)

    def _signed_out(self) -> None:
        raise AuthError("salesforce: the session ended in the middle of a batch and is not accepted any more")

    def _say(
        self,
        write: Write,
        outcome: Outcome,
        *,
        crm_id: str = "",
        created: bool = True,
        fault: Fault | None = None,
        reason: str = "",
        wait: timedelta | None = None,
    ) -> None:
        done = outcome is Outcome.UPDATED
        for place, planned in write.answers.items():
            known = planned if planned is not Outcome.CREATED or created else Outcome.UPDATED
            self._answers[place] = Delivered(
                write.key,
                known if done else outcome,
                crm_id=crm_id or (write.old.id if write.old else ""),
                reason=reason or ("" if fault is None else fault.sentence(*write.said)),
                retry_at=None if wait is None else self._clock.now() + wait,
            )


def _by_contact(write: Write) -> tuple[str, float]:
    return write.entry.contact_id, write.entry.occurred_at.timestamp()
