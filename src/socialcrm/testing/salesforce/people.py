"""What an org's own people do to records: add, merge, convert, delete, bring back, empty the bin, archive.

Sources: Apex guide, "Merging Records" (losers are deleted with ``MasterRecordId``, their children move without
triggers, up to three records a merge); Object Reference, Lead (``ConvertedContactId``), Task (archiving), Contact
(child relationships that cascade); REST API guide, "QueryAll" (the recycle bin).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from socialcrm.testing.salesforce import rules
from socialcrm.testing.salesforce.records import Row

if TYPE_CHECKING:
    from socialcrm.testing.salesforce.org import Org

CHILDREN = {
    "Contact": (("Task", "WhoId"), ("Event", "WhoId"), ("SocialPersona", "ParentId")),
    "Lead": (("Task", "WhoId"), ("Event", "WhoId"), ("SocialPersona", "ParentId")),
    "Account": (("Contact", "AccountId"), ("Task", "WhatId"), ("Event", "WhatId")),
}
"""Children that go with their parent: deleted with it, moved when it is merged. Custom lookups are set null on
deletion (the default of a lookup field) and move on a merge."""
ARCHIVE_AFTER = timedelta(days=365)


def add_contact(org: Org, **values: Any) -> str:
    """Create a contact as a colleague would."""
    return org.seed("Contact", **values)


def add_person_account(org: Org, **values: Any) -> tuple[str, str]:
    """Create a person account: an account and its contact; gives both ids, activities take the contact's."""
    names = {key: value for key, value in values.items() if key in {"FirstName", "LastName"}}
    account = org.seed("Account", IsPersonAccount=True, **values)
    email, phone = values.get("PersonEmail"), values.get("PersonMobilePhone")
    contact = org.seed("Contact", IsPersonAccount=True, AccountId=account, Email=email, MobilePhone=phone, **names)
    table = org.table("Account")
    org.touch(table, table.rows[account], PersonContactId=contact)
    return account, contact


def change(org: Org, record_id: str, **values: Any) -> None:
    """Edit a record as a colleague would, past field-level security."""
    with org.mutex:
        table, row = _found(org, record_id)
        new = {**row, **values}
        rules.derive(org, table.described.name, new)
        org.touch(table, new)


def bury(org: Org, record_id: str, **marks: Any) -> None:
    """Move a record to the recycle bin, with the children that go with it."""
    with org.mutex:
        table, row = _found(org, record_id)
        org.touch(table, row, IsDeleted=True, **marks)
        for child, field in CHILDREN.get(table.described.name, ()):
            for one in _children(org, child, field, record_id):
                bury(org, str(one["Id"]))
        for child, field in _custom_lookups(org, table.described.name):
            for one in _children(org, child, field, record_id):
                org.touch(org.table(child), one, **{field: None})


def unbury(org: Org, record_id: str) -> None:
    """Bring a record and its children back from the recycle bin."""
    with org.mutex:
        table, row = _found(org, record_id)
        org.touch(table, row, IsDeleted=False)
        for child, field in CHILDREN.get(table.described.name, ()):
            if org.db.table(child):
                for one in list(org.table(child).find(field, record_id)):
                    unbury(org, str(one["Id"]))


def empty_bin(org: Org) -> None:
    """Remove for good what is in the recycle bin; then even queryAll knows nothing of it."""
    with org.mutex:
        for table in org.db.tables.values():
            for row in [row for row in table.rows.values() if row["IsDeleted"]]:
                table.drop(row["Id"])


def merge(org: Org, winner: str, *losers: str) -> None:
    """Merge up to two contacts, leads or accounts into a third of the same object."""
    if not 1 <= len(losers) <= 2:
        raise ValueError("a merge takes one or two losers")
    with org.mutex:
        for loser in losers:
            table, _ = _found(org, loser)
            move_children(org, table.described.name, loser, winner)
            bury(org, loser, MasterRecordId=winner)
        table, row = _found(org, winner)
        org.touch(table, row)


def move_children(org: Org, object_name: str, old: str, new: str) -> None:
    """Point children at another parent, deleted ones included; their audit fields stay."""
    for child, field in (*CHILDREN.get(object_name, ()), *_custom_lookups(org, object_name)):
        table = org.db.table(child)
        for row in list(table.find(field, old)) if table else ():
            moved = {**row, field: new, "SystemModstamp": org.now()}
            org.db.put(org.table(child), moved)


def convert(org: Org, lead_id: str, *, contact_id: str | None = None) -> str:
    """Convert a lead to a contact, new or given; its activities move. Gives the contact's id."""
    with org.mutex:
        table, lead = _found(org, lead_id)
        if contact_id is None:
            account = org.seed("Account", Name=lead["Company"])
            same = ("FirstName", "LastName", "Email", "Phone", "MobilePhone", "Title", "IndividualId")
            contact_id = org.seed("Contact", AccountId=account, **{name: lead[name] for name in same})
        contact = org.table("Contact").rows[contact_id]
        org.touch(
            table,
            lead,
            IsConverted=True,
            Status="Closed - Converted",
            ConvertedDate=org.now().date(),
            ConvertedContactId=contact_id,
            ConvertedAccountId=contact["AccountId"],
        )
        move_children(org, "Lead", lead_id, contact_id)
        return contact_id


def archive(org: Org) -> int:
    """Run the background job that archives closed tasks and past events older than a year."""
    with org.mutex:
        day, moved = (org.now() - ARCHIVE_AFTER).date(), 0
        for name in ("Task", "Event"):
            for row in org.rows(name):
                if row["ActivityDate"] and row["ActivityDate"] < day and row.get("IsClosed", True):
                    org.db.put(org.table(name), {**row, "IsArchived": True})
                    moved += 1
        return moved


def _found(org: Org, record_id: str) -> Any:
    table = org.db.of_id(record_id)
    if table is None or record_id not in table.rows:
        raise KeyError(record_id)
    return table, table.rows[record_id]


def _children(org: Org, child: str, field: str, parent: str) -> list[Row]:
    table = org.db.table(child)
    return [row for row in table.find(field, parent) if not row["IsDeleted"]] if table else []


def _custom_lookups(org: Org, object_name: str) -> list[tuple[str, str]]:
    """Lookup fields that an admin made, and that of social posts, which live on without their person."""
    return [
        (table.described.name, field.name)
        for table in org.db.tables.values()
        for field in table.described.fields.values()
        if (field.custom or (table.described.name, field.name) == ("SocialPost", "WhoId"))
        and object_name in field.refers_to
    ]
