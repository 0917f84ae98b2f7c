"""The rows of the Dataverse stand-in's task table, and the rules by which they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# Valid pairs of state and status reason of a task: open, completed, cancelled.
STATES = {(0, 2), (0, 3), (0, 4), (0, 7), (1, 5), (2, 6)}
COLUMNS: Mapping[str, str] = {
    "activityid": "Uniqueidentifier",
    "subject": "String",
    "description": "Memo",
    "actualstart": "DateTime",
    "actualend": "DateTime",
    "statecode": "State",
    "statuscode": "Status",
    "scrm_key": "String",
    "scrm_revision": "Integer",
    "scrm_digest": "String",
    "scrm_occurredat": "DateTime",
}
DEFINITIONS: Mapping[str, Mapping[str, Any]] = {
    "task": {"EntitySetName": "tasks", "IsActivity": True},
    "contact": {"EntitySetName": "contacts", "IsActivity": False, "ChangeTrackingEnabled": True},
}
BIND = "regardingobjectid_contact_task@odata.bind"
SUBJECT_LIMIT = 200


class Bad(Exception):
    """An operation fails with one of Dataverse's codes."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__()
        self.status, self.code, self.message = status, code, message


class Table:
    """Tasks by key. ``memo`` is how long a description may be."""

    def __init__(self, people: Mapping[str, Any]) -> None:
        self.people = people
        self.rows: dict[str, dict[str, Any]] = {}
        self.memo = 2000

    def change(self, method: str, key: str, headers: Mapping[str, str], values: Any, new_id: Callable[[], str]) -> str:
        """Carry out one operation and return the row's id; raises `Bad`."""
        row = self.rows.get(key)
        if row is not None and headers.get("if-none-match") == "*":
            raise Bad(412, "0x80060882", "A record with matching key values already exists.")
        if row is None and (method == "DELETE" or headers.get("if-match") == "*"):
            raise Bad(404, "0x80060891", "A record with the specified key values does not exist in task entity")
        if method == "DELETE":
            return str(self.rows.pop(key)["activityid"])
        changed = dict(values)
        state = (changed.pop("statecode", None), changed.pop("statuscode", None))
        if row is not None and row["statecode"] != 0 and changed:
            raise Bad(400, "0x80045f00", "This activity is closed and cannot be changed")
        if row is None:
            row = {"activityid": new_id(), "scrm_key": key, "_regardingobjectid_value": None}
            row |= {"statecode": 0, "statuscode": 2}
            self.rows[key] = row
        if state != (None, None):
            if state not in STATES:
                raise Bad(400, "0x80048408", f"{state[1]} is not a valid status code for state code {state[0]}")
            row |= {"statecode": state[0], "statuscode": state[1]}
        self._set(row, changed)
        return str(row["activityid"])

    def _set(self, row: dict[str, Any], changed: dict[str, Any]) -> None:
        if BIND in changed:
            place = changed.pop(BIND)
            contact = place.removeprefix("/contacts(").removesuffix(")") if place is not None else None
            if contact is not None and contact not in self.people:
                raise Bad(404, "0x80040217", f"contact With Id = {contact} Does Not Exist")
            row["_regardingobjectid_value"] = contact
        unknown = set(changed) - set(COLUMNS) | set(changed) & {"scrm_key", "activityid"}
        if unknown:
            raise Bad(400, "0x80060888", f"Invalid property '{unknown.pop()}' was found in entity")
        for name, most in (("subject", SUBJECT_LIMIT), ("description", self.memo)):
            if len(changed.get(name) or "") > most:
                said = str(changed[name])[:40]
                raise Bad(400, "0x80044331", f"A validation error occurred. The length of '{name}' exceeded: {said}")
        if not isinstance(changed.get("scrm_revision", 1), int):
            raise Bad(400, "0x80048d19", "Error identified in Payload: scrm_revision is no Edm.Int32")
        row |= changed
