"""What each object demands and derives beyond the types of its fields.

Sources: Object Reference, pages Task, Event, Contact, Lead, Account, Individual. Codes: SOAP API guide, StatusCode.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from socialcrm.testing.salesforce.errors import ApiError
from socialcrm.testing.salesforce.records import Row

if TYPE_CHECKING:
    from socialcrm.testing.salesforce.org import Org

Values = dict[str, Any]


def derive(org: Org, object_name: str, row: Values) -> None:
    """Fill in what the system computes from the rest of a row."""
    DERIVED.get(object_name, _nothing)(org, row)


def check(org: Org, object_name: str, row: Values, before: Row | None, given: Values) -> None:
    """Refuse what the object does not allow; raises `ApiError`."""
    CHECKS.get(object_name, _any)(org, row, before, given)


def _nothing(org: Org, row: Values) -> None:
    pass


def _any(org: Org, row: Values, before: Row | None, given: Values) -> None:
    pass


# people


def _person(org: Org, row: Values) -> None:
    row["Name"] = " ".join(filter(None, (row.get("FirstName"), row.get("LastName")))) or None


def _account(org: Org, row: Values) -> None:
    if row.get("IsPersonAccount"):
        _person(org, row)


def _converted(org: Org, row: Values, before: Row | None, given: Values) -> None:
    """A converted lead takes no more writes (the code is listed by integrators' guides)."""
    if before and before["IsConverted"]:
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot update converted lead")


# activities


def _account_of(org: Org, row: Values) -> str | None:
    """``AccountId`` comes from ``WhatId``, else from the contact (Task page)."""
    what = org.db.row(row.get("WhatId"))
    if what and what["Id"].startswith("001"):
        return str(what["Id"])
    who = org.db.row(row.get("WhoId"))
    found = who.get("AccountId") if who else None
    return str(found) if found else None


def _task(org: Org, row: Values) -> None:
    closed = bool(org.closed(row.get("Status")))
    row["AccountId"] = _account_of(org, row)
    row["IsHighPriority"] = row.get("Priority") == "High"
    if closed and not row.get("IsClosed"):
        row["CompletedDateTime"] = org.now()
    elif not closed:
        row["CompletedDateTime"] = None
    row["IsClosed"] = closed


def _check_task(org: Org, row: Values, before: Row | None, given: Values) -> None:
    _check_who(org, row, given)
    if org.closed(row.get("Status")) is None:
        raise ApiError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"Status: bad value for restricted picklist field: {row.get('Status')}",
            ("Status",),
        )
    if given.get("ReminderDateTime") and not row.get("IsReminderSet"):
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", "Reminder date/time needs IsReminderSet", ("ReminderDateTime",))


def _check_who(org: Org, row: Values, given: Values) -> None:
    """With a lead in ``WhoId``, ``WhatId`` is empty; a converted lead cannot be named (Task page)."""
    who = row.get("WhoId") or ""
    if not who.startswith("00Q"):
        return
    if row.get("WhatId"):
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", "You can only specify a Related To ID with a contact.", ("WhatId",))
    lead = org.db.row(who)
    if "WhoId" in given and lead and lead["IsConverted"]:
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ("WhoId",))


def _event(org: Org, row: Values) -> None:
    """``ActivityDateTime`` and ``StartDateTime`` are one; the end and the duration say the same (Event page)."""
    start = row.get("StartDateTime") or row.get("ActivityDateTime")
    row["StartDateTime"] = row["ActivityDateTime"] = start
    row["AccountId"] = _account_of(org, row)
    if isinstance(start, datetime):
        row["ActivityDate"] = start.date()
        if row.get("DurationInMinutes") is not None:
            row["EndDateTime"] = start + timedelta(minutes=row["DurationInMinutes"])


def _event_given(org: Org, row: Values, before: Row | None, given: Values) -> None:
    """Reconcile what a write gives: the last word of start and of end counts."""
    start = given.get("StartDateTime") or given.get("ActivityDateTime")
    if start:
        row["StartDateTime"] = row["ActivityDateTime"] = start
    start, end = row.get("StartDateTime") or row.get("ActivityDateTime"), given.get("EndDateTime")
    if start and end:
        minutes = (end - start).total_seconds() / 60
        if given.get("DurationInMinutes") not in {None, minutes}:
            raise ApiError(
                "FIELD_INTEGRITY_EXCEPTION", "The event duration conflicts with its end.", ("DurationInMinutes",)
            )
        row["DurationInMinutes"] = int(minutes)
    missing = tuple(name for name in ("ActivityDateTime", "DurationInMinutes") if row.get(name) is None)
    if missing:
        raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
    if row["DurationInMinutes"] < 0:
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", "End cannot be before start.", ("EndDateTime",))
    _check_who(org, row, given)


DERIVED: dict[str, Callable[[Org, Values], None]] = {
    "Account": _account,
    "Contact": _person,
    "Event": _event,
    "Individual": _person,
    "Lead": _person,
    "Task": _task,
}
CHECKS: dict[str, Callable[[Org, Values, Row | None, Values], None]] = {
    "Event": _event_given,
    "Lead": _converted,
    "Task": _check_task,
}
