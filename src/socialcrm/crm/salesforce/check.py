"""Proving an org before the first sync: sign-in, objects, fields, permissions, and that the key is unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from socialcrm.crm.salesforce import personas
from socialcrm.crm.salesforce.bulk import BulkJobs
from socialcrm.crm.salesforce.connection import Connection, Refused, Row
from socialcrm.crm.salesforce.contacts import ContactReader
from socialcrm.crm.salesforce.layout import Column, Layout, columns_of, read_layout
from socialcrm.crm.salesforce.settings import SalesforceConfig, SignIn
from socialcrm.crm.salesforce.sign_in import SOAP_ENDS
from socialcrm.crm.salesforce.targets import REQUIRED, target_of
from socialcrm.errors import SocialCRMError
from socialcrm.model import Finding

GRANT = "grant it to the app's user (the permission set socialcrm grants all that is needed)"
_TYPES: dict[str, frozenset[str]] = {
    "occurred": frozenset({"datetime"}),
    "revision": frozenset({"double", "int"}),
    "retracted": frozenset({"boolean"}),
}
_LEAST = {"key": 64, "digest": 64}


class Check:
    """Looks at one org without writing anything."""

    def __init__(self, connection: Connection, config: SalesforceConfig, bulk: BulkJobs) -> None:
        self._connection, self._config, self._bulk = connection, config, bulk

    def findings(self) -> Iterator[Finding]:
        """Yield one finding for each thing looked at; after a failed sign-in there is only that."""
        try:
            target = target_of(self._config)
            self._connection.ask("GET", "limits")
        except SocialCRMError as error:
            yield Finding(ok=False, what="salesforce: sign in", remedy=str(error))
            return
        yield Finding(ok=True, what=f"salesforce: sign in by {self._config.sign_in}")
        if self._config.sign_in is SignIn.PASSWORD:
            yield Finding(ok=True, what=f"salesforce: {SOAP_ENDS}")
        yield from self._calls()
        yield from self._target(target.object)
        yield from self._people()

    def _calls(self) -> Iterator[Finding]:
        calls = self._connection.calls
        if calls.total:
            left = calls.used < calls.total * (1 - self._config.leave_calls)
            yield Finding(
                ok=left,
                what=f"salesforce: {calls.used} of {calls.total} API calls of the last 24 hours are used",
                remedy="" if left else "wait, buy more calls, or lower leave_calls",
            )

    def _target(self, name: str) -> Iterator[Finding]:
        try:
            described: Row = self._connection.ask("GET", f"sobjects/{name}/describe")
            layout = read_layout(self._connection, self._config)
        except Refused as error:
            remedy = f"{error.fault.code}: there is no such object, or the app's user may not see it; {GRANT}"
            yield Finding(ok=False, what=f"salesforce: object {name}", remedy=remedy)
            return
        except SocialCRMError as error:
            yield Finding(ok=False, what=f"salesforce: object {name}", remedy=str(error))
            return
        for flag, word in (("createable", "create"), ("updateable", "edit"), ("deletable", "delete")):
            ok = described.get(flag) is True
            yield Finding(ok=ok, what=f"salesforce: may {word} {name}", remedy="" if ok else f"it may not; {GRANT}")
        yield from self._fields(layout)
        yield from _values(layout, columns_of(described))
        yield self._key(layout)
        yield Finding(ok=True, what=f"salesforce: dates are those of {layout.zone.key}")

    def _fields(self, layout: Layout) -> Iterator[Finding]:
        for part, name in layout.missing.items():
            yield Finding(
                ok=False,
                what=f"salesforce: field {layout.object}.{name} ({part})",
                remedy=f"there is no such field, or the app's user may not see it; deploy it, or {GRANT}"
                + ("" if part in REQUIRED else f'; to do without, set {part} = "" in [crm.fields]'),
            )
        for part, column in layout.columns.items():
            wrong = _wrong(part, column)
            yield Finding(ok=not wrong, what=f"salesforce: field {layout.object}.{column.name} ({part})", remedy=wrong)

    def _key(self, layout: Layout) -> Finding:
        column, what = layout.columns.get("key"), f"salesforce: the key of {layout.object} is unique"
        if column is None:
            return Finding(ok=False, what=what, remedy="there is no key field, entries could double; deploy it")
        if not column.external_id:
            return Finding(ok=False, what=what, remedy=f'{column.name} is no External ID; tick "External ID" in Setup')
        if not column.filterable:
            return Finding(ok=False, what=what, remedy=f"{column.name} cannot be searched; take its encryption off")
        if not column.unique:
            remedy = f'entries may double: {column.name} is not unique; tick "Unique" in Setup'
            return Finding(ok=False, what=what, remedy=remedy)
        return Finding(ok=True, what=what)

    def _people(self) -> Iterator[Finding]:
        known: dict[str, set[str]] = {}
        for name in self._config.contacts:
            what = f"salesforce: read {name}"
            try:
                known[name] = set(columns_of(self._connection.ask("GET", f"sobjects/{name}/describe")))
            except SocialCRMError as error:
                yield Finding(ok=False, what=what, remedy=f"{error}; {GRANT}")
            else:
                yield Finding(ok=True, what=what)
        reader = ContactReader(self._connection, self._config, self._bulk)
        yield from self._probes(reader, known)
        for path in reader.lacking(known.values()):
            what = f"salesforce: field {path} of {' or '.join(self._config.contacts)}"
            remedy = f"[crm] names it, but there is no such field, or the app's user may not see it; {GRANT}"
            yield Finding(ok=False, what=what, remedy=remedy)

    def _probes(self, reader: ContactReader, known: Mapping[str, set[str]]) -> Iterator[Finding]:
        """Ask for one record as the sync will: what describe shows may still be out of reach, as Individual is."""
        probes = {name: partial(reader.probe, name, columns) for name, columns in known.items()}
        if self._config.personas:
            probes[personas.OBJECT] = partial(self._connection.ask, "GET", f"sobjects/{personas.OBJECT}/describe")
        for name, probe in probes.items():
            try:
                probe()
            except SocialCRMError as error:
                yield Finding(
                    ok=False, what=f"salesforce: read all that is wanted of {name}", remedy=f"{error}; {GRANT}"
                )
            else:
                yield Finding(ok=True, what=f"salesforce: read all that is wanted of {name}")


def _values(layout: Layout, known: Mapping[str, Column]) -> Iterator[Finding]:
    for name in layout.values:
        column = known.get(name.lower())
        ok = column is not None and column.createable
        remedy = "" if ok else f"a new record gets a value there, but it is not there or may not be written; {GRANT}"
        yield Finding(ok=ok, what=f"salesforce: field {layout.object}.{name} (fixed value)", remedy=remedy)


def _wrong(part: str, column: Column) -> str:
    """Say what is wrong with a field, or nothing."""
    if not column.createable or not column.updateable:
        return f"the app's user may not write it; {GRANT}"
    if part in _TYPES and column.type not in _TYPES[part]:
        return f"it is of type {column.type}; it must be {' or '.join(sorted(_TYPES[part]))}"
    if column.length and column.length < _LEAST.get(part, 1):
        return f"it holds {column.length} characters; {_LEAST[part]} are needed"
    return ""
