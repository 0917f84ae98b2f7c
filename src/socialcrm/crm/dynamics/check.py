"""Proving that a Dataverse environment is ready: sign-in, table, columns, alternate key, change tracking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from socialcrm.crm.dynamics.calls import DynamicsCalls, found_rows
from socialcrm.crm.mapping import every, texts
from socialcrm.errors import SocialCRMError
from socialcrm.model import Finding

if TYPE_CHECKING:
    from socialcrm.crm.dynamics.settings import DynamicsConfig

KINDS = {"key": "String", "revision": "Integer", "digest": "String", "occurredat": "DateTime"}


def check_dynamics(calls: DynamicsCalls, config: DynamicsConfig) -> Iterator[Finding]:
    """Yield a finding for each thing the backend stands on."""
    try:
        calls.get("/WhoAmI")
    except SocialCRMError as error:
        yield Finding(ok=False, what="Dataverse accepts the sign-in", remedy=str(error))
        return
    yield Finding(ok=True, what="Dataverse accepts the sign-in")
    for look in (_table, _columns, _key, _contacts):
        try:
            yield from look(calls, config)
        except SocialCRMError as error:
            yield Finding(ok=False, what=f"the table {config.table} can be described", remedy=str(error))


def _table(calls: DynamicsCalls, config: DynamicsConfig) -> Iterator[Finding]:
    answer = calls.get(calls.definition(config.table), {"$select": "EntitySetName,IsActivity"}, skip=(404,))
    what = f"table {config.table}"
    if answer.rule is not None:
        yield Finding(ok=False, what=what, remedy=f"there is no table {config.table}; mend [crm] table")
    elif every(answer.json, "IsActivity") != [True]:
        yield Finding(ok=False, what=what, remedy=f"{config.table} is no activity table, timelines do not show it")
    else:
        yield Finding(ok=True, what=what)


def _columns(calls: DynamicsCalls, config: DynamicsConfig) -> Iterator[Finding]:
    path = f"{calls.definition(config.table)}/Attributes"
    answer = calls.get(path, {"$select": "LogicalName,AttributeType"}, skip=(404,))
    found = {str(row.get("LogicalName")): row.get("AttributeType") for row in found_rows(answer)}
    for name, kind in KINDS.items():
        column = f"{config.prefix}_{name}"
        wrong = f"the table {config.table} lacks {column} ({kind}); create it, or mend [crm] prefix"
        fine = found.get(column) == kind
        if column in found and not fine:
            wrong = f"{column} is {found[column]}, not {kind}; delete it and create it anew"
        yield Finding(ok=fine, what=f"column {column}", remedy="" if fine else wrong)


def _key(calls: DynamicsCalls, config: DynamicsConfig) -> Iterator[Finding]:
    path, column = f"{calls.definition(config.table)}/Keys", f"{config.prefix}_key"
    answer = calls.get(path, {"$select": "LogicalName,KeyAttributes,EntityKeyIndexStatus"}, skip=(404,))
    keys = [row for row in found_rows(answer) if row.get("KeyAttributes") == [column]]
    states = [state for row in keys for state in texts(row, "EntityKeyIndexStatus")]
    remedy = ""
    if not keys:
        remedy = f"{column} is no alternate key, entries may double; add one on the table's Keys page"
    elif "Active" not in states:
        remedy = f"the alternate key is {states[0] if states else 'not built'}; wait for its job, or build it again"
    yield Finding(ok=not remedy, what=f"alternate key {column}", remedy=remedy)


def _contacts(calls: DynamicsCalls, config: DynamicsConfig) -> Iterator[Finding]:
    answer = calls.get(calls.definition("contact"), {"$select": "ChangeTrackingEnabled"}, skip=(404,))
    tracked = every(answer.json, "ChangeTrackingEnabled") == [True]
    remedy = "" if tracked else "turn on change tracking for the table Contact, or only full reads are possible"
    yield Finding(ok=tracked, what="change tracking of contacts", remedy=remedy)
    named = {**config.handles, **({"do_not_profile": config.do_not_profile} if config.do_not_profile else {})}
    if named:
        rows = calls.get(f"{calls.definition('contact')}/Attributes", {"$select": "LogicalName,AttributeType"})
        known = {str(row.get("LogicalName")) for row in found_rows(rows)}
        for setting, column in named.items():
            fine = column in known
            remedy = "" if fine else f"contacts have no column {column}; mend [crm] {setting}"
            yield Finding(ok=fine, what=f"contact column {column}", remedy=remedy)
