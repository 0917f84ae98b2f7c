"""Erasing entries for good: emptied, deleted, deleted past the recycle bin where that is allowed, and read back.

Sources: Salesforce Help, "Hard Delete records with REST bulk API" (a permission of its own); SOAP API guide,
``emptyRecycleBin`` (even then queryAll may show a record for about a day).
"""

from __future__ import annotations

from collections.abc import Sequence

from socialcrm.crm.base import Delivered, Outcome
from socialcrm.crm.salesforce import record, writing
from socialcrm.crm.salesforce.bulk import BulkJobs
from socialcrm.crm.salesforce.connection import Connection, Refused
from socialcrm.crm.salesforce.errors import Fault
from socialcrm.crm.salesforce.layout import Layout
from socialcrm.crm.salesforce.standing import Standing, look

IN_BIN = "an empty record stays in the recycle bin for up to 15 days"
TEXT_IN_BIN = (
    "a colleague, or the deletion of its contact, had moved it to the recycle bin, where the API cannot empty it: "
    "empty the bin by hand, or allow hard_delete"
)


class Erasure:
    """Erases what stands under keys; ``hard`` also takes it out of the recycle bin."""

    def __init__(self, connection: Connection, layout: Layout, bulk: BulkJobs, *, hard: bool) -> None:
        self._connection, self._layout, self._bulk, self._hard = connection, layout, bulk, hard
        self._in_bin: set[str] = set()

    def run(self, keys: Sequence[str]) -> list[Delivered]:
        """Erase and answer in input order; ``reason`` says what of it could not be proved."""
        if not keys:
            return []
        self._connection.calls.urgent = True
        stand, _ = look(self._connection, self._layout, keys, ())
        faults = self._remove(stand)
        left, _ = look(self._connection, self._layout, list(stand), ())
        return [self._answer(key, stand.get(key), left.get(key), faults) for key in keys]

    def _remove(self, stand: dict[str, Standing]) -> dict[str, Fault]:
        living = [one for found in stand.values() if not found.deleted for one in (found.id, *found.doubles)]
        emptied = writing.update(
            self._connection, self._layout.object, dict.fromkeys(living, record.erased(self._layout))
        )
        faults = {one: sent.fault for one, sent in zip(living, emptied, strict=True) if sent.fault is not None}
        empty = [one for one in living if one not in faults]
        in_bin = [found.id for found in stand.values() if found.deleted]
        return {**faults, **self._delete(empty, in_bin)}

    def _delete(self, empty: Sequence[str], in_bin: Sequence[str]) -> dict[str, Fault]:
        if self._hard and (empty or in_bin):
            try:
                sent = self._bulk.hard_delete(self._layout.object, [*empty, *in_bin])
            except Refused as error:
                return dict.fromkeys(in_bin, error.fault) | self._softly(empty)
            failed = [one for one in empty if sent[one].fault is not None]
            left = {one: fault for one in in_bin if (fault := sent[one].fault) is not None}
            return left | self._softly(failed)
        return self._softly(empty)

    def _softly(self, ids: Sequence[str]) -> dict[str, Fault]:
        self._in_bin.update(ids)
        sent = writing.delete(self._connection, ids)
        return {one: result.fault for one, result in zip(ids, sent, strict=True) if result.fault is not None}

    def _answer(self, key: str, before: Standing | None, after: Standing | None, faults: dict[str, Fault]) -> Delivered:
        if before is None:
            return Delivered(key, Outcome.UNCHANGED)
        fault = next((faults[one] for one in (before.id, *before.doubles) if one in faults), None)
        if before.deleted:
            emptied = before.retracted or after is None
            reason = IN_BIN if emptied and after is not None else "" if emptied else TEXT_IN_BIN
            return Delivered(key, Outcome.UNCHANGED if after else Outcome.UPDATED, crm_id=before.id, reason=reason)
        if fault is not None or (after is not None and not after.deleted):
            said = fault.sentence() if fault is not None else "the record is still there after it was deleted"
            return Delivered(key, Outcome.RETRY, crm_id=before.id, reason=said)
        return Delivered(key, Outcome.UPDATED, crm_id=before.id, reason=IN_BIN if before.id in self._in_bin else "")
