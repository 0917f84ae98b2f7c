"""A stand-in for HubSpot's CRM interface, as strict as its documentation where the backend touches it.

Sources: https://developers.hubspot.com/docs/api-reference (batches of 100, results and errors by trace id, 207),
.../guides/api/crm/search (10,000 results, an index that lags), .../properties (unknown ones refused, unique values),
.../associations (an engagement without one is on no timeline), .../error-handling. From memory: a merged contact's id
answers with the winner; archived records are listed with ``archived=true``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from socialcrm.model import Contact
from socialcrm.testing.server import Answer, Asked, in_json
from socialcrm.testing.standin import Refused, StandIn, body_of, header, page_of

TOKEN = "pat-invented-0000"  # noqa: S105
BODY_LIMIT = 65_536
SEARCHED = 10_000
CONTACT = frozenset(
    {"firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "jobtitle", "company"}
    | {"website", "city", "state", "country", "hs_language", "lastmodifieddate", "hs_merged_object_ids"}
    | {"bluesky_handle", "instagram_handle", "x_handle", "no_profiling"}
)
NOTE = frozenset({"hs_timestamp", "hs_note_body", "hubspot_owner_id"})
KEY = {"type": "string", "hasUniqueValue": True}
TEXTS = ("socialcrm_digest", "socialcrm_channel", "socialcrm_direction", "socialcrm_url")
DEFINED: Mapping[str, Mapping[str, Any]] = {
    "socialcrm_key": KEY,
    "socialcrm_revision": {"type": "number"},
    **{name: {"type": "string"} for name in TEXTS},
}
_SCRIPT = re.compile(r"<script.*?(</script>|$)", re.DOTALL | re.IGNORECASE)


class HubSpotStandIn(StandIn):
    """Contacts, notes, properties and associations.

    ``lag`` is how many of the latest changes no search finds yet; a note with the key ``poison`` has its whole
    batch refused.
    """

    routes: ClassVar[Mapping[str, str]] = {
        "GET /crm/v3/objects/contacts": "list_contacts",
        r"GET /crm/v3/objects/contacts/(\d+)": "one_contact",
        "POST /crm/v3/objects/contacts/search": "search",
        "POST /crm/v3/objects/contacts/batch/read": "read_contacts",
        "POST /crm/v3/objects/notes/batch/read": "read_notes",
        "POST /crm/v3/objects/notes/batch/create": "create_notes",
        "POST /crm/v3/objects/notes/batch/update": "update_notes",
        "POST /crm/v3/objects/notes/batch/archive": "archive_notes",
        r"GET /crm/v3/properties/(notes|contacts)/(\w+)": "one_property",
        "POST /crm/v3/properties/notes/groups": "create_group",
        "POST /crm/v3/properties/notes": "create_property",
        "GET /crm/v4/associations/notes/contacts/labels": "labels",
        "POST /crm/v4/associations/notes/contacts/batch/read": "read_associations",
        "POST /crm/v4/associations/notes/contacts/batch/create": "create_associations",
        "POST /crm/v4/associations/notes/contacts/batch/archive": "archive_associations",
        r"GET /crm/v4/objects/contacts/(\d+)/associations/notes": "notes_of",
    }

    def __init__(self) -> None:
        super().__init__()
        self.contacts: dict[str, dict[str, Any]] = {}
        self.archived: dict[str, str] = {}
        self.merged: dict[str, str] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.trash: dict[str, dict[str, Any]] = {}
        self.on: dict[str, list[str]] = {}
        self.properties: dict[str, Mapping[str, Any]] = dict(DEFINED)
        self.lag = 0
        self.poison = ""

    # what its people do

    def add(self, contact: Contact) -> str:
        """Create or replace a contact."""
        identity = contact.id if contact.id in self.contacts else str(self.number())
        self.contacts[identity] = {
            "firstname": contact.first_name or None,
            "lastname": contact.last_name or None,
            "email": contact.emails[0] if contact.emails else None,
            "hs_additional_emails": ";".join(contact.emails[1:]) or None,
            **{
                f"{name}_handle": next(iter(contact.handles.get(name, ())), None)
                for name in ("bluesky", "instagram", "x")
            },
            "phone": next(iter(contact.phones), None),
            "jobtitle": contact.title or None,
            "company": contact.company or None,
            "website": next(iter(contact.websites), None),
            "city": contact.city or None,
            "state": contact.region or None,
            "country": contact.country or None,
            "no_profiling": "true" if contact.do_not_profile else None,
            "lastmodifieddate": self._stamp(),
        }
        return identity

    def remove(self, contact_id: str) -> None:
        """Archive a contact; its notes are on no timeline then."""
        self.archived[contact_id] = self._stamp()
        for places in self.on.values():
            if contact_id in places:
                places.remove(contact_id)

    def merge(self, loser: str, winner: str) -> None:
        """Merge a contact into another one; the notes follow."""
        self.merged[loser] = winner
        del self.contacts[loser]
        known = self.contacts[winner].get("hs_merged_object_ids")
        self.contacts[winner]["hs_merged_object_ids"] = f"{known};{loser}" if known else loser
        self.contacts[winner]["lastmodifieddate"] = self._stamp()
        self.on = {note: [winner if one == loser else one for one in places] for note, places in self.on.items()}

    def holds(self, text: str) -> bool:
        return text in str(self.notes) or text in str(self.trash)

    def is_write(self, asked: Asked) -> bool:
        return asked.path.endswith(("/create", "/update", "/archive"))

    # contacts

    def authorise(self, asked: Asked) -> Answer | None:
        if header(asked, "Authorization") == f"Bearer {TOKEN}":
            return None
        return _error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found")

    def list_contacts(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        gone = params.get("archived") == "true"
        rows = [self._contact(one) for one in self.contacts if (one in self.archived) is gone]
        return self._page(rows, int(params.get("limit", "10")), params.get("after"), most=100)

    def one_contact(self, asked: Asked, identity: str) -> Answer:
        gone = dict(asked.params).get("archived") == "true"
        found = self._winner(identity)
        if found not in self.contacts or (found in self.archived) is not gone:
            return _error(404, "OBJECT_NOT_FOUND", "resource not found")
        return in_json(self._contact(found))

    def search(self, asked: Asked) -> Answer:
        body = body_of(asked)
        (one,) = body["filterGroups"][0]["filters"]
        start = int(body.get("after", "0"))
        if one["operator"] != "GTE" or body["limit"] > 100 or start + body["limit"] > SEARCHED:
            return _error(400, "VALIDATION_ERROR", "a search gives at most 10000 results, 100 to a page")
        living = [row for row in self.contacts if row not in self.archived]
        rows = sorted(
            (self._contact(row) for row in living), key=lambda row: str(row["properties"]["lastmodifieddate"])
        )
        rows = rows[: len(rows) - self.lag]
        rows = [row for row in rows if _milliseconds(row["properties"]["lastmodifieddate"]) >= int(one["value"])]
        return self._page(rows, body["limit"], body.get("after"), most=100)

    def read_contacts(self, asked: Asked) -> Answer:
        body = self._batch(asked)
        rows, missing = [], []
        for one in body["inputs"]:
            found = self._winner(one["id"])
            if found in self.contacts and found not in self.archived:
                rows.append(self._contact(found))
            else:
                missing.append(one["id"])
        return _multi(
            rows, [_failed("OBJECT_NOT_FOUND", "Could not get some contacts", ids=missing)] if missing else []
        )

    # notes

    def read_notes(self, asked: Asked) -> Answer:
        body = self._batch(asked)
        by = body.get("idProperty")
        if by is not None and not self.properties.get(by, {}).get("hasUniqueValue"):
            return _error(400, "VALIDATION_ERROR", f"{by} is not a unique property")
        wanted = [one["id"] for one in body["inputs"]]
        rows = [
            {"id": identity, "properties": {name: note.get(name) for name in body["properties"]}}
            for identity, note in self.notes.items()
            if (note.get(by) if by else identity) in wanted
        ]
        missing = len(wanted) - len(rows)
        return _multi(rows, [_failed("OBJECT_NOT_FOUND", "Could not get some notes", ids=[])] if missing else [])

    def create_notes(self, asked: Asked) -> Answer:
        rows, errors = [], []
        for one in self._batch(asked)["inputs"]:
            if self.poison and one["properties"].get("socialcrm_key") == self.poison:
                return _error(400, "VALIDATION_ERROR", "the batch is refused")
        for one in self._batch(asked)["inputs"]:
            wrong = self._wrong(one["properties"], "") or self._wrong_places(one)
            if wrong:
                errors.append(_failed(*wrong, trace=one["objectWriteTraceId"]))
                continue
            identity = str(self.number())
            self.notes[identity] = self._cleaned(one["properties"])
            self.on[identity] = [place["to"]["id"] for place in one["associations"]]
            rows.append(
                {"id": identity, "properties": one["properties"], "objectWriteTraceId": one["objectWriteTraceId"]}
            )
        return _multi(rows, errors, 201)

    def update_notes(self, asked: Asked) -> Answer:
        rows, errors = [], []
        for one in self._batch(asked)["inputs"]:
            if one["id"] not in self.notes:
                errors.append(_failed("OBJECT_NOT_FOUND", "no such note", trace=one["objectWriteTraceId"]))
            elif wrong := self._wrong({**self.notes[one["id"]], **one["properties"]}, one["id"]):
                errors.append(_failed(*wrong, trace=one["objectWriteTraceId"]))
            else:
                self.notes[one["id"]] |= self._cleaned(one["properties"])
                rows.append({"id": one["id"], "properties": {}, "objectWriteTraceId": one["objectWriteTraceId"]})
        return _multi(rows, errors)

    def archive_notes(self, asked: Asked) -> Answer:
        for one in self._batch(asked)["inputs"]:
            if one["id"] in self.notes:
                self.trash[one["id"]] = self.notes.pop(one["id"])
                self.on.pop(one["id"], None)
        return Answer(204)

    def _wrong(self, note: Mapping[str, Any], identity: str) -> tuple[str, str] | None:
        for name, value in note.items():
            if name not in NOTE and name not in self.properties:
                # A property that does not exist spoils the whole batch.
                raise Refused(
                    _error(400, "VALIDATION_ERROR", f"Property values were not valid: {name} PROPERTY_DOESNT_EXIST")
                )
            defined = self.properties.get(name, {})
            if defined.get("type") == "number" and value and not str(value).isdecimal():
                return "VALIDATION_ERROR", f"{value} is not a number"
            holders = [key for key, held in self.notes.items() if key != identity and value and held.get(name) == value]
            if defined.get("hasUniqueValue") and holders:
                return "CONFLICT", f"another note already has this {name}"
        if not note.get("hs_timestamp"):
            return "VALIDATION_ERROR", "hs_timestamp is required"
        if len(note.get("hs_note_body") or "") > BODY_LIMIT:
            return "VALIDATION_ERROR", f"hs_note_body is too long: {str(note['hs_note_body'])[:50]}"
        return None

    def _wrong_places(self, one: Mapping[str, Any]) -> tuple[str, str] | None:
        for place in one["associations"]:
            (kind,) = place["types"]
            if kind != {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}:
                return "VALIDATION_ERROR", "no such association type from a note to a contact"
            if place["to"]["id"] not in self.contacts or place["to"]["id"] in self.archived:
                return "VALIDATION_ERROR", "the contact to associate with does not exist"
        return None

    @staticmethod
    def _cleaned(properties: Mapping[str, Any]) -> dict[str, Any]:
        body = properties.get("hs_note_body")
        return {**properties, **({"hs_note_body": _SCRIPT.sub("", body)} if body else {})}

    # properties and associations

    def one_property(self, asked: Asked, kind: str, name: str) -> Answer:
        if kind == "contacts" and name in CONTACT:
            return in_json({"name": name, "type": "string"})
        if kind == "notes" and name in self.properties:
            return in_json({"name": name, **self.properties[name]})
        return _error(404, "OBJECT_NOT_FOUND", f"property {name} not found")

    def create_group(self, asked: Asked) -> Answer:
        return in_json(body_of(asked), 201)

    def create_property(self, asked: Asked) -> Answer:
        body = body_of(asked)
        if not {"name", "label", "type", "fieldType", "groupName"} <= set(body):
            return _error(400, "VALIDATION_ERROR", "a property needs name, label, type, fieldType and groupName")
        self.properties[body["name"]] = {name: body[name] for name in ("type", "hasUniqueValue") if name in body}
        return in_json(body, 201)

    def labels(self, asked: Asked) -> Answer:
        own = {"category": "USER_DEFINED", "typeId": 7, "label": "Complaint"}
        return in_json({"results": [own, {"category": "HUBSPOT_DEFINED", "typeId": 202, "label": None}]})

    def read_associations(self, asked: Asked) -> Answer:
        rows = [
            {"from": {"id": one["id"]}, "to": [{"toObjectId": int(place)} for place in self.on[one["id"]]]}
            for one in body_of(asked)["inputs"]
            if self.on.get(one["id"])
        ]
        return _multi(rows, [])

    def create_associations(self, asked: Asked) -> Answer:
        errors = []
        for one in body_of(asked)["inputs"]:
            if one["from"]["id"] in self.notes and one["to"]["id"] in self.contacts:
                self.on.setdefault(one["from"]["id"], []).append(one["to"]["id"])
            else:
                errors.append(_failed("OBJECT_NOT_FOUND", "no such record"))
        return _multi([], errors, 201)

    def archive_associations(self, asked: Asked) -> Answer:
        for one in body_of(asked)["inputs"]:
            away = {place["id"] for place in one["to"]}
            self.on[one["from"]["id"]] = [place for place in self.on.get(one["from"]["id"], []) if place not in away]
        return Answer(204)

    def notes_of(self, asked: Asked, identity: str) -> Answer:
        params = dict(asked.params)
        found = self._winner(identity)
        rows = [{"toObjectId": int(note)} for note, places in self.on.items() if found in places]
        return self._page(rows, int(params.get("limit", "500")), params.get("after"), most=500)

    # helpers

    def _stamp(self) -> str:
        return self.tick().strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def _winner(self, identity: str) -> str:
        while identity in self.merged:
            identity = self.merged[identity]
        return identity

    def _contact(self, identity: str) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": identity, "properties": self.contacts[identity], "archived": False}
        if identity in self.archived:
            shown |= {"archived": True, "archivedAt": self.archived[identity]}
        return shown

    @staticmethod
    def _batch(asked: Asked) -> Any:
        body = body_of(asked)
        if not 0 < len(body["inputs"]) <= 100:
            raise Refused(_error(400, "VALIDATION_ERROR", "a batch has 1 to 100 inputs"))
        return body

    @staticmethod
    def _page(rows: list[Any], size: int, after: str | None, *, most: int) -> Answer:
        if size > most:
            return _error(400, "VALIDATION_ERROR", f"at most {most} to a page")
        found, following = page_of(rows, int(after or "0"), size)
        more = {} if following is None else {"paging": {"next": {"after": str(following)}}}
        return in_json({"results": found, **more})


def _error(status: int, category: str, message: str) -> Answer:
    return in_json({"status": "error", "category": category, "message": message, "correlationId": "0"}, status)


def _failed(category: str, message: str, *, trace: str = "", ids: list[str] | None = None) -> dict[str, Any]:
    context = {"objectWriteTraceId": [trace]} if trace else {"ids": ids or []}
    return {"status": "error", "category": category, "message": message, "context": context}


def _multi(results: list[Any], errors: list[Any], status: int = 200) -> Answer:
    body = {"status": "COMPLETE", "results": results}
    return in_json({**body, "numErrors": len(errors), "errors": errors}, 207) if errors else in_json(body, status)


def _milliseconds(stamp: str) -> int:
    return int(datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.000Z").replace(tzinfo=UTC).timestamp() * 1000)
