"""HubSpot: each entry is a note on the contact, held by a unique property. https://developers.hubspot.com/docs/api

Notes, because HubSpot's *communications* know only WhatsApp, LinkedIn and SMS as channels. New notes are created
with their association in the same call, so that none is ever an orphan; HubSpot's upsert takes no associations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from socialcrm.clock import Clock, SystemClock
from socialcrm.crm.base import ContactGone, ContactPage, CRMConfig, Outcome
from socialcrm.crm.body import GONE, as_html, compose, digest, read
from socialcrm.crm.changes import ChangeWindow, moment
from socialcrm.crm.hubspot.calls import BATCH, NOTES, HubSpotCalls
from socialcrm.crm.hubspot.check import check_hubspot
from socialcrm.crm.hubspot.settings import HubSpotConfig
from socialcrm.crm.mapping import Paths, contact, item, texts
from socialcrm.crm.settling import DELETED, UNKNOWN, Owner, RecordCRM, Stand, Write, Written, batches
from socialcrm.errors import BadResponse
from socialcrm.failpoints import failpoint
from socialcrm.http.transport import Transport
from socialcrm.model import Contact, Finding, Interaction

BODY_LIMIT = 65_536
SEARCHED = 10_000
PAGE = 100
LAG = timedelta(minutes=1)
"""A changed contact is found by a search only after a while."""

FIELDS: Mapping[str, Paths] = {
    "first_name": "properties.firstname",
    "last_name": "properties.lastname",
    "emails": ("properties.email", "properties.hs_additional_emails[]"),
    "phones": ("properties.phone", "properties.mobilephone"),
    "title": "properties.jobtitle",
    "company": "properties.company",
    "websites": "properties.website",
    "city": "properties.city",
    "region": "properties.state",
    "country": "properties.country",
    "lang": "properties.hs_language",
    "version": "properties.lastmodifieddate",
}
NOT_TIED = Written(failure=Outcome.RETRY, reason="HubSpot did not put the note onto the contact's timeline")
MERGED = "hs_merged_object_ids"
CHANGED = "lastmodifieddate"


class HubSpot(RecordCRM):
    """One HubSpot account."""

    name: ClassVar[str] = "hubspot"
    Config: ClassVar[type[CRMConfig]] = HubSpotConfig

    def __init__(
        self, config: HubSpotConfig, *, clock: Clock | None = None, transport: Transport | None = None
    ) -> None:
        self.config = config
        self._clock = clock or SystemClock()
        self.calls = HubSpotCalls(
            config.url,
            config.token,
            objects=config.objects_path,
            associations=config.associations_path,
            clock=self._clock,
            transport=transport,
        )
        self._handles = {platform: f"properties.{name}" for platform, name in config.handles.items()}
        own = [*config.handles.values(), *filter(None, [config.do_not_profile])]
        known = [
            path.removeprefix("properties.").removesuffix("[]") for paths in FIELDS.values() for path in _each(paths)
        ]
        self.properties = [*known, MERGED, *own]

    def check(self) -> Iterator[Finding]:
        """Prove the token, the note properties and their uniqueness, and the contact properties of the settings."""
        return check_hubspot(self.calls, self.config)

    # contacts

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield contacts that changed, then those that were archived.

        HubSpot tells of archived contacts only in one list, which is read whole each time.
        """
        changed, archived = _places(since)
        window = ChangeWindow(changed, overlap=LAG, now=self._clock.now())
        gone = ChangeWindow(archived, overlap=LAG, now=self._clock.now())
        for raws in self._searched(window.since):
            new = [raw for raw in raws if _is_new(window, raw)]
            changes = [change for raw in new for change in self._changes(raw)]
            if changes:
                yield ContactPage(changes, _place(window, gone))
        buried = gone.since
        for raws in self.calls.listed("contacts", {"archived": True, "limit": PAGE}):
            left = [raw for raw in raws if _buried(gone, buried, raw)]
            yield ContactPage([ContactGone(str(raw["id"])) for raw in left], _place(window, gone))

    def _searched(self, since: datetime | None) -> Iterator[list[Any]]:
        """Search in order of change; a search gives no more than 10,000, the next one begins where it ended."""
        at = since or datetime.fromtimestamp(0, tz=UTC)
        while True:
            seen, last = 0, at
            for raws in self.calls.search(CHANGED, at, self.properties, most=SEARCHED):
                seen += len(raws)
                last = max([last, *filter(None, (moment(_property(raw, CHANGED)) for raw in raws))])
                yield raws
            if seen < SEARCHED:
                return
            if last == at:
                raise BadResponse("crm hubspot: more than 10,000 contacts changed in one instant; read them by export")
            at = last

    def _changes(self, raw: Any) -> Iterator[Contact | ContactGone]:
        if not isinstance(raw, dict) or not str(raw.get("id", "")).isdecimal():
            return
        raw = {**raw, "properties": _split_emails(raw.get("properties"))}
        for loser in str(_property(raw, MERGED) or "").split(";"):
            if loser.strip():
                yield ContactGone(loser.strip(), merged_into=str(raw["id"]))
        flagged = f"properties.{self.config.do_not_profile}" if self.config.do_not_profile else ""
        yield contact(raw, id_path="id", fields=FIELDS, handles=self._handles, do_not_profile=flagged)

    def owners(self, ids: Sequence[str]) -> Mapping[str, Owner]:
        """Find where entries go: the id of a merged contact answers with the one it went into."""
        found: dict[str, Owner] = {one: Owner(one, UNKNOWN) for one in ids if not one.isdecimal()}
        asked = [one for one in ids if one.isdecimal()]
        for some in batches(asked, BATCH):
            living = {str(raw.get("id")) for raw in self.calls.read("contacts", some, [MERGED])}
            found.update((one, Owner(one)) for one in some if one in living)
        return {one: found.get(one) or self._owner(one) for one in ids}

    def _owner(self, contact_id: str) -> Owner:
        raw = self.calls.one("contacts", contact_id)
        if raw is not None:
            return Owner(str(raw.get("id")))
        archived = self.calls.one("contacts", contact_id, archived=True)
        return Owner(contact_id, UNKNOWN if archived is None else DELETED)

    # notes

    def standing(self, entries: Sequence[Interaction], owners: Mapping[str, Owner]) -> Mapping[str, Stand]:
        wanted = {entry.key: owners[entry.contact_id].id for entry in entries}
        notes = self._notes(list(wanted))
        places = self.calls.associated([note["id"] for note in notes.values()])
        found = {}
        for key, note in notes.items():
            on = places.get(str(note["id"]), [])
            mine = wanted[key] if wanted[key] in on else next(iter(on), "")
            said = _property(note, "socialcrm_digest") or ""
            revision = _whole(_property(note, "socialcrm_revision"))
            found[key] = Stand(key, str(note["id"]), "" if said == GONE else mine, revision, said)
        return found

    def _notes(self, keys: Sequence[str]) -> dict[str, Any]:
        return {
            key: raw
            for some in batches(keys, BATCH)
            for raw in self.calls.read("notes", some, NOTES, by="socialcrm_key")
            if (key := _property(raw, "socialcrm_key")) in some
        }

    def write(self, writes: Sequence[Write]) -> Mapping[str, Written]:
        """Write in the order that never shows an entry where it must not be: off the old timeline, then changed, then
        onto the new one; new notes last."""
        old = {write.entry.key: write.old for write in writes if write.old is not None}
        elsewhere = [
            write for write in writes if write.old and (write.entry.retracted or _moved(write.old, write.entry))
        ]
        self.calls.detach([write.old.crm_id for write in elsewhere if write.old])
        results: dict[str, Written] = {}
        changed = [write.entry for write in writes if write.entry.key in old]
        for some in batches(changed, BATCH):
            inputs = [{"id": old[entry.key].crm_id, "properties": _note(entry)} for entry in some]
            results |= self._batch("update", some, inputs)
            failpoint("crm.written")
        attached = [write for write in elsewhere if not write.entry.retracted]
        pairs = {write.entry.key: (write.old.crm_id, write.entry.contact_id) for write in attached if write.old}
        self.calls.attach(list(pairs.values()))
        on = self.calls.associated([note for note, _ in pairs.values()])
        results |= {key: NOT_TIED for key, (note, place) in pairs.items() if place not in on.get(note, [])}
        for some in batches([write.entry for write in writes if write.old is None], BATCH):
            results |= self._batch("create", some, [self._new(entry) for entry in some])
            failpoint("crm.written")
        return results

    def _new(self, entry: Interaction) -> dict[str, Any]:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": self.calls.note_to_contact}]
        # What was taken back before it ever arrived is remembered, on nobody's timeline.
        on = [] if entry.retracted else [{"to": {"id": entry.contact_id}, "types": types}]
        return {"properties": _note(entry), "associations": on}

    def _batch(self, verb: str, entries: Sequence[Interaction], inputs: Sequence[dict[str, Any]]) -> dict[str, Written]:
        answers = self.calls.write("notes", verb, inputs, entries)
        return {entry.key: answer for entry, answer in zip(entries, answers, strict=True)}

    def remove(self, keys: Sequence[str]) -> Mapping[str, Written]:
        """Empty the notes, then archive them: HubSpot keeps archived records for 90 days, without their text."""
        notes = self._notes(keys)
        results: dict[str, Written] = {}
        for some in batches(list(notes), BATCH):
            bare = dict.fromkeys((*NOTES, "hs_note_body"), "")
            inputs = [{"id": notes[key]["id"], "properties": bare} for key in some]
            emptied = self.calls.write("notes", "update", inputs, [None] * len(inputs))
            results |= dict(zip(some, emptied, strict=True))
            self.calls.archive("notes", [notes[key]["id"] for key in some if results[key].failure is None])
        return results

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read a contact's notes that are ours, oldest first."""
        found = []
        for some in batches(self.calls.notes_of(contact_id), BATCH):
            for raw in self.calls.read("notes", some, [*NOTES, "hs_note_body"]):
                entry = read(str(_property(raw, "hs_note_body") or ""), contact_id=contact_id)
                if entry is not None and entry.key == _property(raw, "socialcrm_key"):
                    found.append(entry)
        yield from sorted(found, key=lambda entry: (entry.occurred_at, entry.key))

    def close(self) -> None:
        """Release connections."""
        self.calls.close()


def _note(entry: Interaction) -> dict[str, str]:
    return {
        "hs_timestamp": entry.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{entry.occurred_at.microsecond // 1000:03}Z",
        "hs_note_body": compose(entry, limit=BODY_LIMIT, render=as_html),
        "socialcrm_key": entry.key,
        "socialcrm_revision": str(entry.revision),
        "socialcrm_digest": digest(entry),
        "socialcrm_channel": entry.channel,
        "socialcrm_direction": entry.direction.value,
        "socialcrm_url": entry.url[:1000],
    }


def _moved(old: Stand, entry: Interaction) -> bool:
    return old.contact_id != entry.contact_id


def _property(raw: Any, name: str) -> Any:
    properties = raw.get("properties") if isinstance(raw, dict) else None
    return properties.get(name) if isinstance(properties, dict) else None


def _split_emails(properties: Any) -> dict[str, Any]:
    known: dict[str, Any] = dict(properties) if isinstance(properties, dict) else {}
    more = known.get("hs_additional_emails")
    return {**known, "hs_additional_emails": more.split(";") if isinstance(more, str) else []}


def _each(paths: Paths) -> Sequence[str]:
    return [paths] if isinstance(paths, str) else paths


def _whole(value: Any) -> int:
    text = str(value or "0").split(".")[0]
    return int(text) if text.isdecimal() else 0


def _is_new(window: ChangeWindow, raw: Any) -> bool:
    return window.is_new(str(item(raw, "id")), str(_property(raw, CHANGED)), moment(_property(raw, CHANGED)))


def _buried(window: ChangeWindow, since: datetime | None, raw: Any) -> bool:
    at = moment(next(iter(texts(raw, "archivedAt")), None))
    if not texts(raw, "id") or (at is not None and since is not None and at < since):
        return False
    return window.is_new(str(raw["id"]), str(raw.get("archivedAt")), at)


def _places(since: str | None) -> tuple[str | None, str | None]:
    try:
        pair = json.loads(since or "[null, null]")
        return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, None)
    except ValueError:
        return None, None


def _place(changed: ChangeWindow, archived: ChangeWindow) -> str:
    return json.dumps([changed.cursor(), archived.cursor()])
