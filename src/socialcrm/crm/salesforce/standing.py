"""What stands in the org under our keys, and where entries for contacts go: looked up before anything is written.

An upsert overwrites, so an older revision, a colleague's deletion and an entry that is there already must be
known first. Activities older than a year are archived and found by queryAll alone, as are deleted ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simple_salesforce.format import format_soql

from socialcrm.crm.salesforce.connection import Connection, Refused, Row
from socialcrm.crm.salesforce.errors import Trouble
from socialcrm.crm.salesforce.ids import long_id
from socialcrm.crm.salesforce.layout import Layout
from socialcrm.crm.salesforce.owners import Owner, chunks, follow, questions, truth
from socialcrm.crm.salesforce.record import whole

# A query may have 100,000 characters (App Limits Cheat Sheet); a key takes 67.
KEYS_PER_QUERY = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """The record that stands under a key; ``doubles`` are other living records under the same one."""

    id: str
    contact: str
    revision: int
    retracted: bool
    digest: str
    deleted: bool
    doubles: tuple[str, ...] = ()


def look(
    connection: Connection, layout: Layout, keys: Sequence[str], contacts: Iterable[str]
) -> tuple[dict[str, Standing], dict[str, Owner]]:
    """Find what stands under these keys and where these contacts' entries go; one call for up to 5,000 keys.

    A deleted record counts as long as it is in the recycle bin, unless it was erased.
    """
    contacts = list(contacts)
    asked = [*questions(contacts)]
    mine, size = _questions(layout, keys, KEYS_PER_QUERY), KEYS_PER_QUERY
    while True:
        try:
            answers = connection.queries([*mine, *asked])
            break
        except Refused as error:
            # Nobody documents how long a query inside a composite call may be.
            if error.fault.trouble is not Trouble.SPLIT or size < 100:
                raise
            size //= 4
            mine = _questions(layout, keys, size)
    rows = [row for answer in answers[: len(mine)] for row in answer]
    people = [row for answer in answers[len(mine) :] for row in answer]
    return _standing(rows, layout), follow(connection, contacts, people)


def _questions(layout: Layout, keys: Sequence[str], size: int) -> list[str]:
    parts = ("key", "contact", "lead", "revision", "retracted", "digest")
    names = dict.fromkeys(layout.columns[part].name for part in parts if part in layout.columns)
    soql = f"SELECT Id, IsDeleted, {', '.join(names)} FROM {layout.object} WHERE {layout.key} IN {{}}"  # noqa: S608
    return [format_soql(soql, list(part)) for part in chunks(list(dict.fromkeys(keys)), size)]


def _standing(rows: Iterable[Row], layout: Layout) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for row in rows:
        key, one = str(row.get(layout.key, "")).lower(), _one(row, layout)
        other = found.get(key)
        if one.deleted and not one.revision:
            continue  # erased: it never was
        if other is None or (other.deleted, -other.revision) > (one.deleted, -one.revision):
            one, other = one, other
        else:
            one, other = other, one
        twice = other is not None and not one.deleted and not other.deleted
        found[key] = _with_double(one, other) if twice and other is not None else one
    return found


def _with_double(one: Standing, other: Standing) -> Standing:
    ids = (*one.doubles, other.id, *other.doubles)
    return Standing(one.id, one.contact, one.revision, one.retracted, one.digest, one.deleted, ids)


def _one(row: Row, layout: Layout) -> Standing:
    values: Mapping[str, object] = {part: row.get(column.name) for part, column in layout.columns.items()}
    return Standing(
        id=long_id(str(row.get("Id", ""))),
        contact=long_id(str(values.get("contact") or values.get("lead") or "")),
        revision=whole(values.get("revision")),
        retracted=truth(values.get("retracted")),
        digest=str(values.get("digest") or ""),
        deleted=truth(row.get("IsDeleted")),
    )
