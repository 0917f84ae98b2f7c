"""The Salesforce backend: one small class that joins sign-in, reading, delivery, erasure and the check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from simple_salesforce.format import format_soql

from socialcrm.clock import Clock, SystemClock
from socialcrm.crm.base import ContactPage, CRMConfig, Delivered
from socialcrm.crm.salesforce import record
from socialcrm.crm.salesforce.bulk import BulkJobs
from socialcrm.crm.salesforce.check import Check
from socialcrm.crm.salesforce.connection import Connection, Refused
from socialcrm.crm.salesforce.contacts import ContactReader
from socialcrm.crm.salesforce.delivery import Delivery
from socialcrm.crm.salesforce.erasure import Erasure
from socialcrm.crm.salesforce.ids import is_id, long_id, prefix
from socialcrm.crm.salesforce.layout import Layout, read_layout
from socialcrm.crm.salesforce.settings import SalesforceConfig
from socialcrm.crm.salesforce.standing import look
from socialcrm.crm.salesforce.targets import REQUIRED
from socialcrm.errors import ConfigError
from socialcrm.model import Finding, Interaction


class SalesforceCRM:
    """Contacts and their timeline in a Salesforce org.

    One process at a time writes an org's entries (the sync's lease sees to that): an older revision is kept
    from overwriting a newer one by looking before writing.
    """

    name: ClassVar[str] = "salesforce"
    Config: ClassVar[type[CRMConfig]] = SalesforceConfig

    def __init__(self, config: SalesforceConfig, *, clock: Clock | None = None) -> None:
        self._config, self._clock = config, clock or SystemClock()
        self._connection = Connection(config, self._clock)
        self._bulk = BulkJobs(self._connection, self._clock, patience=config.bulk_wait.total_seconds())

    def check(self) -> Iterator[Finding]:
        """Prove sign-in, objects, fields, permissions and the key before the first sync."""
        yield from Check(self._connection, self._config, self._bulk).findings()

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield contacts, leads and person accounts that changed after the cursor ``since``, oldest change first."""
        self._connection.calls.urgent = False
        yield from ContactReader(self._connection, self._config, self._bulk).pages(since)

    def upsert(self, interactions: Sequence[Interaction]) -> Sequence[Delivered]:
        """Write entries by their external id and answer for each, in input order."""
        if not interactions:
            return []
        try:
            return Delivery(self._connection, self._layout, self._config, self._clock, self._bulk).run(interactions)
        except ConfigError:
            self.__dict__.pop("_layout", None)  # the org may have changed: the next batch describes it anew
            raise

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read a contact's entries, oldest first, archived ones included."""
        layout, contact = self._layout, long_id(contact_id)
        if not is_id(contact):
            return
        part = "lead" if prefix(contact) == record.LEAD and "lead" in layout.columns else "contact"
        names = ", ".join(dict.fromkeys(column.name for column in layout.columns.values()))
        occurred = layout.columns["occurred"].name
        where = (
            f"{layout.columns[part].name} = {{}} AND {layout.key} != null AND IsDeleted = false "
            f"AND {layout.columns['retracted'].name} = false"
        )
        soql = f"SELECT {names} FROM {layout.object} WHERE {where} ORDER BY {occurred}, {layout.key}"  # noqa: S608
        for row in self._connection.query(format_soql(soql, contact)):
            yield record.read(row, layout)

    def erase(self, keys: Iterable[str]) -> Sequence[Delivered]:
        """Empty and delete entries, past the recycle bin if ``hard_delete`` is set, and read back.

        Erasing what is not there is done already; ``reason`` says what could not be proved.
        """
        wanted = list(keys)
        if not wanted:
            return []
        return Erasure(self._connection, self._layout, self._bulk, hard=self._config.hard_delete).run(wanted)

    def standing(self, keys: Sequence[str]) -> dict[str, str]:
        """Read back which record stands under each key; keys that stand nowhere are left out."""
        found, _ = look(self._connection, self._layout, keys, ())
        return {key: one.id for key, one in found.items() if not one.deleted}

    def close(self) -> None:
        """Release connections."""
        self._connection.close()

    @cached_property
    def _layout(self) -> Layout:
        """The target as it is in the org, read once; raises `ConfigError` where it lacks what cannot be left out."""
        try:
            layout = read_layout(self._connection, self._config)
        except Refused as error:
            raise ConfigError(f"{error}; the target object is not there; run: socialcrm check") from None
        lacking = [layout.missing[part] for part in REQUIRED if part in layout.missing]
        if lacking:
            raise ConfigError(
                f"salesforce: {layout.object} lacks {', '.join(lacking)} (or the app's user may not see them); "
                "deploy the fields and the permission set, then run: socialcrm check"
            )
        return layout
