"""An org: its objects, rows, people's doings and an admin's settings. Nothing in here knows HTTP.

What an admin does is a method here (`add_field`, `hide`, `add_rule`, ...); what its users do to people is in
`people`; writes with all their rules are in `writing`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from socialcrm.clock import Clock, SystemClock
from socialcrm.testing.salesforce import objects, rules
from socialcrm.testing.salesforce.bulk_jobs import Jobs
from socialcrm.testing.salesforce.cursors import Cursors
from socialcrm.testing.salesforce.ids import numbered
from socialcrm.testing.salesforce.limits import Limits
from socialcrm.testing.salesforce.locks import RowLocks
from socialcrm.testing.salesforce.records import Database, Row, Table
from socialcrm.testing.salesforce.schema import Field, SObject
from socialcrm.testing.salesforce.spoilers import Spoilers
from socialcrm.testing.salesforce.values import in_csv

ACTIVITIES = ("Task", "Event")
MAX_ACTIVITY_FIELDS, MAX_TEXT = 100, 255


@dataclass(frozen=True)
class ValidationRule:
    """An admin's rule: where ``broken`` says so of a row, the write fails with the admin's own sentence.

    Source: Salesforce help, "Validation Rules"; the code is ``FIELD_CUSTOM_VALIDATION_EXCEPTION``.
    """

    object_name: str
    message: str
    broken: Callable[[Row], bool]
    field: str = ""


class Org:
    """A Salesforce org in memory. ``time_zone`` is what people see dates in; the API speaks UTC."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        time_zone: str = "Europe/Amsterdam",
        person_accounts: bool = False,
        social: bool = False,
        fields: Iterable[tuple[str, Field]] = (),
    ) -> None:
        self.clock = clock or SystemClock()
        self.zone = ZoneInfo(time_zone)
        self.mutex = threading.RLock()
        self.locks = RowLocks()
        self.limits = Limits(self.clock)
        self.spoilers = Spoilers()
        self.cursors = Cursors()
        self.jobs = Jobs()
        self.db = Database((*objects.STANDARD, *(objects.SOCIAL if social else ())))
        self.rules: list[ValidationRule] = []
        self.duplicate_rule = ""
        self.hidden: set[tuple[str, str]] = set()
        self.read_only: set[tuple[str, str]] = set()
        self.unseen: set[str] = set()
        self.hard_delete = True
        self.person_accounts = person_accounts
        self._furnish(time_zone)
        if person_accounts:
            self._replace_object(self.table("Account").described.with_fields(*objects.PERSON_ACCOUNT_FIELDS))
        for name, field in fields:
            self.add_field(name, field)

    def _furnish(self, time_zone: str) -> None:
        shared = {"TimeZoneSidKey": time_zone}
        self.user_id = self.seed(
            "User", Username="integration@skylark.example", Name="Skylark Integration", IsActive=True, **shared
        )
        self.id = self.seed(
            "Organization",
            Name="Skylark Air",
            OrganizationType="Developer Edition",
            IsSandbox=False,
            InstanceName="SKY1",
            DefaultLocaleSidKey="en_GB",
            **shared,
        )
        for order, (label, closed) in enumerate(objects.TASK_STATUSES.items(), 1):
            self.seed(
                "TaskStatus", MasterLabel=label, ApiName=label, SortOrder=order, IsDefault=order == 1, IsClosed=closed
            )

    # reading

    def now(self) -> datetime:
        """The time, to the second as audit fields have it."""
        return self.clock.now().replace(microsecond=0)

    def table(self, name: str) -> Table:
        """An object's rows; raises `KeyError` for an object that is not there."""
        return self.db.tables[name.lower()]

    def rows(self, name: str, *, deleted: bool = False) -> list[Row]:
        """All rows of an object, for a test to look at."""
        return [row for row in self.table(name).rows.values() if deleted or not row["IsDeleted"]]

    def visible(self, table: Table) -> SObject:
        """An object as the API's user sees it: without hidden fields, with read-only ones marked."""
        name = table.described.name
        fields = {
            key: replace(one, createable=False, updateable=False) if (name, one.name) in self.read_only else one
            for key, one in table.described.fields.items()
            if (name, one.name) not in self.hidden
        }
        return replace(table.described, fields=fields)

    def holds(self, text: str, *, bin: bool = True) -> bool:  # noqa: A002  the org's own word
        """Whether a text stands in any row, those in the recycle bin included."""
        rows = (row for table in self.db.tables.values() for row in table.rows.values() if bin or not row["IsDeleted"])
        return any(text in in_csv(value) for row in rows for value in row.values())

    # what an admin does

    def seed(self, object_name: str, /, **values: Any) -> str:
        """Put a row in as it is, past all rules, read-only fields included; returns its id."""
        with self.mutex:
            table = self.table(object_name)
            row = self.blank(table) | values
            rules.derive(self, table.described.name, row)
            return str(self.insert_row(table, row)["Id"])

    def blank(self, table: Table) -> dict[str, Any]:
        """A row of defaults."""
        return {one.name: one.default for one in table.described.fields.values()}

    def insert_row(self, table: Table, values: Row) -> Row:
        """Give a row its id and audit fields and keep it."""
        table.number += 1
        now, user = self.now(), getattr(self, "user_id", None)
        made = {"CreatedDate": now, "CreatedById": user, "LastModifiedDate": now, "LastModifiedById": user}
        given = {key: value for key, value in values.items() if key in made and value is not None}
        row = {**values, **made, "SystemModstamp": now, "Id": numbered(table.described.prefix, table.number), **given}
        if "OwnerId" in row and row["OwnerId"] is None:
            row["OwnerId"] = user
        self.db.put(table, row)
        return row

    def touch(self, table: Table, row: Row, **changed: Any) -> Row:
        """Change a row as the system does, with new audit times."""
        now = self.now()
        new = {**row, "LastModifiedDate": now, "LastModifiedById": self.user_id, "SystemModstamp": now, **changed}
        self.db.put(table, new)
        return new

    def add_object(self, described: SObject) -> None:
        """Create a custom object."""
        with self.mutex:
            self.db.tables[described.name.lower()] = Table(described)

    def add_field(self, object_name: str, field: Field) -> None:
        """Create or change a field; one of ``Activity`` appears on tasks and events, as Setup does it.

        Raises `ValueError` for what Setup does not offer there: a long text, or more than 100 custom fields
        (Salesforce help, "Custom Fields Allowed Per Object", and activities' own limits).
        """
        if object_name == "Activity":
            self._check_activity_field(field)
        with self.mutex:
            for name in ACTIVITIES if object_name == "Activity" else (object_name,):
                self._replace_object(self.table(name).described.with_fields(field))

    def _check_activity_field(self, field: Field) -> None:
        if field.custom and field.type == "textarea" and field.length > MAX_TEXT:
            raise ValueError("there are no long text areas on activities")
        custom = {one.name for one in self.table("Task").described.fields.values() if one.custom} | {field.name}
        if len(custom) > MAX_ACTIVITY_FIELDS:
            raise ValueError(f"activities take {MAX_ACTIVITY_FIELDS} custom fields")

    def drop_field(self, object_name: str, field_name: str) -> None:
        """Delete a field."""
        with self.mutex:
            for name in ACTIVITIES if object_name == "Activity" else (object_name,):
                self._replace_object(self.table(name).described.without_field(field_name))

    def change_field(self, object_name: str, field_name: str, **changes: Any) -> None:
        """Change what a field is: make it required, not unique, shorter, ..."""
        names = ACTIVITIES if object_name == "Activity" else (object_name,)
        for name in names:
            field = self.table(name).described.field(field_name)
            if field is None:
                raise KeyError(field_name)
            self.add_field(name, replace(field, **changes))

    def hide(self, object_name: str, field_name: str) -> None:
        """Take a field from the user's sight by field-level security: it then looks as if it did not exist."""
        for name in ACTIVITIES if object_name == "Activity" else (object_name,):
            self.hidden.add((name, field_name))

    def make_read_only(self, object_name: str, field_name: str) -> None:
        """Let the user see a field but not write it."""
        for name in ACTIVITIES if object_name == "Activity" else (object_name,):
            self.read_only.add((name, field_name))

    def add_rule(self, object_name: str, message: str, broken: Callable[[Row], bool], field: str = "") -> None:
        """Add a validation rule."""
        self.rules.append(ValidationRule(object_name, message, broken, field))

    def rename_status(self, old: str, new: str) -> None:
        """Rename a task status, as an admin may; what is closed stays closed."""
        with self.mutex:
            table = self.table("TaskStatus")
            for row in self.rows("TaskStatus"):
                if row["ApiName"] == old:
                    self.touch(table, row, ApiName=new, MasterLabel=new)
            for task in self.rows("Task", deleted=True):
                if task["Status"] == old:
                    self.db.put(self.table("Task"), {**task, "Status": new})

    def closed(self, status: str | None) -> bool | None:
        """Whether a task status counts as closed; ``None`` for one that is not there."""
        return next((bool(row["IsClosed"]) for row in self.rows("TaskStatus") if row["ApiName"] == status), None)

    def _replace_object(self, described: SObject) -> None:
        table = self.table(described.name)
        table.described = described
        for record_id, row in table.rows.items():
            table.rows[record_id] = {one.name: row.get(one.name, one.default) for one in described.fields.values()}
        table.reindex()
