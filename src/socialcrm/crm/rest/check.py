"""Trying a definition against its CRM, line by line: what is wrong, and what to write instead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialcrm.crm.changes import moment
from socialcrm.crm.mapping import MAPPED, every, identity, item, texts
from socialcrm.crm.rest.definition import Call, Listing, One
from socialcrm.crm.rest.template import known_form, places
from socialcrm.errors import BadRecord, SocialCRMError
from socialcrm.model import Direction, Finding, Interaction, Kind

if TYPE_CHECKING:
    from socialcrm.crm.rest.backend import RestCRM

PLACES = frozenset(
    {"id", "key", "contact", "text", "subject", "occurred_at", "instant", "channel", "kind", "direction"}
    | {"priority", "revision", "author", "url", "thread"}
)
TRIAL = hashlib.sha256(b"socialcrm check").hexdigest()
_SHOWN = 30


def check_definition(crm: RestCRM, *, trial_contact: str) -> Iterator[Finding]:
    """Yield one finding for each line that was tried; what depends on a failed one is not tried."""
    yield from _templates(crm)
    if crm.definition.api.probe:
        found = _tried("[api] probe", lambda: _asked(crm, One(path=crm.definition.api.probe)))
        yield found
        if not found.ok:
            return
    first: list[Any] = []
    yield _tried("[contacts.list]", lambda: first.extend(_page(crm, crm.definition.contacts.list)))
    if not first:
        yield Finding(ok=True, what="[contacts.fields] not tried: the CRM gave no contact")
        return
    yield from _contacts(crm, first)
    yield from _entries(crm, first[0])
    yield from _trial(crm, trial_contact)


def _tried(what: str, act: Callable[[], object]) -> Finding:
    try:
        said = act()
    except SocialCRMError as error:
        return Finding(ok=False, what=what, remedy=str(error))
    return Finding(ok=not said, what=what, remedy=str(said)) if isinstance(said, str) else Finding(ok=True, what=what)


def _templates(crm: RestCRM) -> Iterator[Finding]:
    table = crm.definition.entries
    for name, call in (("create", table.create), ("update", table.update)):
        if call is not None:
            remedy = _template_remedy(call, new=name == "create")
            yield Finding(ok=not remedy, what=f"[entries.{name}]", remedy=remedy)
    for what, one, place in _needed(crm):
        if not any(name == place for name, _ in places([one.path, one.params, one.body])):
            yield Finding(ok=False, what=what, remedy=f"put {{{place}}} into its `path` or `params`")
    if not table.delete and table.retract == "delete":
        remedy = 'add the call that deletes an entry, or set retract = "stub"'
        yield Finding(ok=False, what="[[entries.delete]]", remedy=remedy)
    if not table.delete and table.update is None:
        yield Finding(ok=False, what="[entries.update]", remedy="add it, or [[entries.delete]]: edits must arrive")
    for name in sorted(set(crm.definition.contacts.fields) - set(MAPPED)):
        remedy = f"no field of a contact; known: {', '.join(MAPPED)}"
        yield Finding(ok=False, what=f"[contacts.fields] {name}", remedy=remedy)


def _template_remedy(call: Call, *, new: bool) -> str:
    used = list(places([call.path, call.params, call.body]))
    names = {name for name, _ in used}
    unknown = sorted(names - PLACES)
    bad = sorted({form for _, form in used if not known_form(form)})
    if unknown:
        return f"{', '.join('{' + one + '}' for one in unknown)} is no placeholder; known: {', '.join(sorted(PLACES))}"
    if bad:
        return f"{', '.join(bad)} is no form; use int, text, seconds, epoch, epoch_ms or a strftime pattern"
    if "text" not in names:
        return "put {text} where the CRM keeps the wording; the entry is found again by its last line"
    if new and "contact" not in names:
        return "put {contact} where the CRM keeps whose entry it is"
    if not names & {"occurred_at", "instant"}:
        return "put {occurred_at} where the CRM keeps the entry's date, or it stands at the time of the sync"
    return ""


def _needed(crm: RestCRM) -> list[tuple[str, Call, str]]:
    """The placeholder without which a call cannot be about one record."""
    table = crm.definition.entries
    return [
        ("[contacts.one]", crm.definition.contacts.one, "id"),
        ("[entries.list]", table.list, "contact"),
        *([("[entries.find]", table.find, "key")] if table.find else []),
        *([("[entries.update]", table.update, "id")] if table.update else []),
        *(("[[entries.delete]]", call, "id") for call in table.delete),
    ]


def _asked(crm: RestCRM, call: Call, **values: str) -> Any:
    answer = crm.calls.ask(call, values)
    if answer.meaning != "ok":
        raise BadRecord(f"{call.path}: {crm.calls.failure(answer).reason}; mend `path`, or the token's permissions")
    return answer.response.json


def _page(crm: RestCRM, listing: Listing, **values: str) -> Sequence[Any]:
    since = crm.definition.contacts.since
    more = since.first if since is not None and listing is crm.definition.contacts.list else {}
    for raws in crm.calls.records(listing, values, more):
        return raws
    return []


def _contacts(crm: RestCRM, raws: Sequence[Any]) -> Iterator[Finding]:
    table, keys = crm.definition.contacts, _keys(raws)
    yield _tried("[contacts] id", lambda: identity(raws[0], table.id) and None)
    mapped = {f"[contacts.fields] {name}": paths for name, paths in table.fields.items() if name in MAPPED}
    mapped |= {f"[contacts.handles] {name}": paths for name, paths in table.handles.items()}
    for what, paths in mapped.items():
        seen = any(texts(raw, paths) for raw in raws)
        where = paths if isinstance(paths, str) else ", ".join(paths)
        remedy = f"none of {len(raws)} contacts has anything at {where}; a contact has: {keys}"
        # A field may well be empty on one page; one whose first part is no field at all is a mistake.
        heads = [paths] if isinstance(paths, str) else list(paths)
        absent = not any(every(raw, head.split(".")[0].removesuffix("[]")) for raw in raws for head in heads)
        missing = not seen and absent and not any(_declared(raws, head) for head in heads)
        yield Finding(ok=not missing, what=what, remedy=remedy if missing else "")
    if table.since is not None and table.since.kind == "time":
        stamp = next((value for raw in raws for value in every(raw, table.since.field)), None)
        fine = moment(stamp, table.since.form) is not None
        remedy = f"there is no instant at {table.since.field or '(field is missing)'}; a contact has: {keys}"
        yield Finding(ok=fine, what="[contacts.since] field", remedy="" if fine else remedy)
    if table.since is None:
        yield Finding(ok=True, what="[contacts.since] is absent: every run reads all contacts")
    yield _tried("[contacts.one]", lambda: _one(crm, raws[0]))


def _declared(raws: Sequence[Any], path: str) -> bool:
    head = path.split(".")[0].removesuffix("[]")
    return any(isinstance(raw, dict) and head in raw for raw in raws)


def _one(crm: RestCRM, raw: Any) -> str:
    table = crm.definition.contacts
    contact_id = identity(raw, table.id)
    found = item(_asked(crm, table.one, id=contact_id), table.one.item)
    if identity(found, table.id) != contact_id:
        return "it answers with another contact; put {id} into `path`"
    return ""


def _entries(crm: RestCRM, raw: Any) -> Iterator[Finding]:
    table = crm.definition.entries
    contact_id = identity(raw, crm.definition.contacts.id)
    yield _tried("[entries.list]", lambda: _page(crm, table.list, contact=contact_id) and None)
    if table.find is not None:
        find = table.find

        def stranger() -> str:
            found = list(_page(crm, find, key=TRIAL))
            strangers = [one for one in found if TRIAL not in texts(one, table.key or table.text)]
            return "it finds entries under a key that is none; put {key} into its `params`" if strangers else ""

        yield _tried("[entries.find]", stranger)


def _trial(crm: RestCRM, contact_id: str) -> Iterator[Finding]:
    if not contact_id:
        yield Finding(ok=True, what="writing was not tried; set trial_contact to a contact made for that")
        return
    entry = Interaction(
        key=TRIAL,
        contact_id=contact_id,
        occurred_at=datetime(2026, 1, 1, 12, 0, tzinfo=UTC),
        channel="socialcrm",
        kind=Kind.OTHER,
        direction=Direction.INBOUND,
        subject="Trial entry of socialcrm check",
        body="This entry is removed again at once.",
    )
    yield _tried("a trial entry is written, read back, changed and removed", lambda: _round(crm, entry))


def _round(crm: RestCRM, entry: Interaction) -> str:
    crm.erase([entry.key])
    (made,) = crm.upsert([entry])
    if not made.done:
        return f"[entries.create]: {made.reason}"
    shown = [one for one in crm.timeline(entry.contact_id) if one.key == entry.key]
    if not shown:
        return "[entries.list] does not show it: mend `items`, `text` or `contact`, or the CRM strips its last line"
    if shown[0].occurred_at != entry.occurred_at or shown[0].body != entry.body:
        return "[entries] text: the CRM changed the wording"
    (changed,) = crm.upsert([entry.model_copy(update={"revision": 2, "body": "Changed, then removed."})])
    if not changed.done:
        return f"[entries.update]: {changed.reason}"
    (gone,) = crm.erase([entry.key])
    if not gone.done:
        return f"[[entries.delete]]: {gone.reason}"
    left = any(one.key == entry.key for one in crm.timeline(entry.contact_id))
    return "[[entries.delete]] answers well but the entry is still there" if left else ""


def _keys(raws: Sequence[Any]) -> str:
    names = sorted({name for raw in raws if isinstance(raw, dict) for name in raw})
    return ", ".join(names[:_SHOWN])
