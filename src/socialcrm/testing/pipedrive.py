"""A stand-in for Pipedrive, as strict as its documentation where the ``pipedrive`` definition touches it.

Sources: https://developers.pipedrive.com/docs/api/v1/Notes (``add_time`` for admins only, one parent a note),
.../Persons in version 2 (cursors, ``updated_since``, ``is_deleted``), .../core-api-concepts-rate-limiting. What is
from memory: empty lists of version 1 are ``null``, a merged person's id answers with the winner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from socialcrm.model import Contact
from socialcrm.testing.server import Answer, Asked, in_json
from socialcrm.testing.standin import Refused, StandIn, body_of, details, header, iso, page_of

TOKEN = "pipedrive-invented-token"  # noqa: S105
CONTENT_LIMIT = 100_000
_SCRIPT = re.compile(r"<script.*?(</script>|$)", re.DOTALL | re.IGNORECASE)


class Pipedrive(StandIn):
    """Persons and notes. ``admin`` says whether the token is an admin's; ``persons`` and ``notes`` are by id."""

    routes: ClassVar[Mapping[str, str]] = {
        "GET /api/v1/users/me": "me",
        "GET /api/v2/persons": "list_persons",
        r"GET /api/v2/persons/(\d+)": "one_person",
        "GET /api/v1/notes": "list_notes",
        "POST /api/v1/notes": "create_note",
        r"PUT /api/v1/notes/(\d+)": "update_note",
        r"DELETE /api/v1/notes/(\d+)": "delete_note",
    }

    def __init__(self) -> None:
        super().__init__()
        self.persons: dict[str, dict[str, Any]] = {}
        self.merged: dict[str, str] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.admin = True
        self.without = ""

    def add(self, contact: Contact) -> str:
        """Create or replace a person."""
        identity = contact.id if contact.id in self.persons else str(self.number())
        self.persons[identity] = {
            "id": int(identity),
            "name": contact.name,
            "first_name": contact.first_name or None,
            "last_name": contact.last_name or None,
            "emails": [{"value": one, "primary": True, "label": "work"} for one in contact.emails],
            "phones": [],
            "is_deleted": False,
            "custom_fields": details(contact),
            "update_time": iso(self.tick()),
        }
        return identity

    def remove(self, contact_id: str) -> None:
        """Delete a person; the notes stay."""
        self.persons[contact_id] |= {"is_deleted": True, "update_time": iso(self.tick())}

    def merge(self, loser: str, winner: str) -> None:
        """Merge a person into another; the notes follow."""
        self.remove(loser)
        self.merged[loser] = winner
        for note in self.notes.values():
            if str(note["person_id"]) == loser:
                note["person_id"] = int(winner)

    def holds(self, text: str) -> bool:
        return text in str(self.notes)

    def authorise(self, asked: Asked) -> Answer | None:
        if header(asked, "x-api-token") == TOKEN:
            return None
        return in_json({"success": False, "error": "unauthorized access", "errorCode": 401}, 401)

    def not_found(self) -> Answer:
        return in_json({"success": False, "error": "not found"}, 404)

    def me(self, asked: Asked) -> Answer:
        return in_json({"success": True, "data": {"id": 1, "is_admin": int(self.admin)}})

    def list_persons(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        if int(params.get("limit", "100")) > 500 or len(params.get("ids", "").split(",")) > 100:
            raise Refused(in_json({"success": False, "error": "at most 500 to a page, 100 ids"}, 400))
        since = params.get("updated_since", "")
        rows = [row for row in self.persons.values() if row["update_time"] >= since]
        if "ids" in params:
            wanted = set(params["ids"].split(","))
            rows = [row for row in rows if str(row["id"]) in wanted]
        rows = sorted(rows, key=lambda row: row[params.get("sort_by", "id")])
        size, start = int(params.get("limit", "100")), int(params.get("cursor", "0"))
        found, following = page_of(rows, start, size)
        more = {"next_cursor": None if following is None else str(following)}
        return in_json({"success": True, "data": found, "additional_data": more})

    def one_person(self, asked: Asked, identity: str) -> Answer:
        while identity in self.merged:
            identity = self.merged[identity]
        if identity not in self.persons:
            return self.not_found()
        return in_json({"success": True, "data": self.persons[identity]})

    def list_notes(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        rows = [dict(one) for one in self.notes.values() if str(one["person_id"]) == params.get("person_id")]
        for row in rows:
            row.pop(self.without, None)
        start, size = int(params.get("start", "0")), min(int(params.get("limit", "100")), 500)
        found, following = page_of(rows, start, size)
        walk: dict[str, Any] = {"start": start, "limit": size, "more_items_in_collection": following is not None}
        if following is not None:
            walk["next_start"] = following
        return in_json({"success": True, "data": found or None, "additional_data": {"pagination": walk}})

    def create_note(self, asked: Asked) -> Answer:
        identity = str(self.number())
        self.notes[identity] = {"id": int(identity), **self._valid(body_of(asked))}
        return in_json({"success": True, "data": self.notes[identity]})

    def update_note(self, asked: Asked, identity: str) -> Answer:
        if identity not in self.notes:
            return self.not_found()
        self.notes[identity] |= self._valid(body_of(asked))
        return in_json({"success": True, "data": self.notes[identity]})

    def delete_note(self, asked: Asked, identity: str) -> Answer:
        if self.notes.pop(identity, None) is None:
            return self.not_found()
        return in_json({"success": True, "data": {"id": int(identity)}})

    def _valid(self, body: Any) -> dict[str, Any]:
        wrong, status = "", 400
        if not isinstance(body, dict) or set(body) - {"content", "person_id", "add_time"}:
            wrong = "unknown fields"
        elif not isinstance(body.get("content"), str) or not 0 < len(body["content"]) <= CONTENT_LIMIT:
            wrong = "content is missing or too long"
        elif not isinstance(body.get("person_id"), int):
            wrong = "person_id is not a number"
        elif self.persons.get(str(body["person_id"]), {"is_deleted": True})["is_deleted"]:
            wrong, status = "Person not found or deleted", 404
        elif not self.admin:
            wrong, status = "only admins set add_time", 403
        else:
            try:
                datetime.strptime(body["add_time"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  the format has no zone
            except (KeyError, TypeError, ValueError):
                wrong = "add_time is no time"
        if wrong:
            raise Refused(in_json({"success": False, "error": wrong}, status))
        return {**body, "content": _SCRIPT.sub("", body["content"])}
