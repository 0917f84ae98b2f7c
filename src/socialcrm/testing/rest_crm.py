"""An invented REST CRM that takes no key of ours: for rehearsing a definition, and for the walk-through in the docs.

People and their notes. Strict where such CRMs are: unknown and missing fields, lengths, people that are
not there. Merged people keep a pointer, deleted ones a flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from socialcrm.model import Contact
from socialcrm.testing.server import Answer, Asked, in_json
from socialcrm.testing.standin import Refused, StandIn, body_of, details, header, iso, page_of

API_KEY = "harbour-invented-key"
NOTE_LIMIT = 5000
PAGE = 50


class Harbour(StandIn):
    """The invented CRM. ``people`` and ``notes`` are its tables, by id.

    ``forbidden`` people may not be written to; with ``three_bytes`` its database knows no emoji; ``without``
    names a field of notes that it does not show.
    """

    routes: ClassVar[Mapping[str, str]] = {
        "GET /whoami": "whoami",
        "GET /people": "list_people",
        r"GET /people/(\w+)": "one_person",
        r"GET /people/(\w+)/notes": "list_notes",
        "POST /notes": "create_note",
        r"PUT /notes/(\w+)": "update_note",
        r"DELETE /notes/(\w+)": "delete_note",
    }

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.without: str = ""
        self.forbidden: set[str] = set()
        self.three_bytes = False

    # what its own people do

    def add(self, contact: Contact) -> str:
        """Create or replace a person."""
        identity = contact.id if contact.id in self.people else f"p{self.number()}"
        self.people[identity] = {
            "id": identity,
            "given_name": contact.first_name,
            "family_name": contact.last_name,
            "display_name": contact.full_name,
            "mail": [{"kind": "work", "address": email} for email in contact.emails],
            "social": {platform: list(names) for platform, names in contact.handles.items()},
            "about": details(contact),
            "no_profiling": contact.do_not_profile,
            "deleted": False,
            "merged_into": None,
            "changed": iso(self.tick()),
        }
        return identity

    def remove(self, contact_id: str) -> None:
        """Delete a person; the notes go too."""
        self.people[contact_id] |= {"deleted": True, "changed": iso(self.tick())}
        self.notes = {key: note for key, note in self.notes.items() if note["person"] != contact_id}

    def merge(self, loser: str, winner: str) -> None:
        """Merge one person into another; the notes follow."""
        self.people[loser] |= {"deleted": True, "merged_into": winner, "changed": iso(self.tick())}
        for note in self.notes.values():
            if note["person"] == loser:
                note["person"] = winner

    def holds(self, text: str) -> bool:
        return any(text in str(note) for note in self.notes.values())

    # what its interface does

    def authorise(self, asked: Asked) -> Answer | None:
        return None if header(asked, "X-Api-Key") == API_KEY else in_json({"error": {"message": "bad key"}}, 401)

    def whoami(self, asked: Asked) -> Answer:
        return in_json({"name": "socialcrm"})

    def list_people(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        since = params.get("changed_since", "")
        rows = [row for row in self.people.values() if row["changed"] >= since]
        return self._page(sorted(rows, key=lambda row: (row["changed"], row["id"])), params)

    def one_person(self, asked: Asked, identity: str) -> Answer:
        if identity not in self.people:
            return self.not_found()
        return in_json({"person": self.people[identity]})

    def list_notes(self, asked: Asked, identity: str) -> Answer:
        rows = [dict(note) for note in self.notes.values() if note["person"] == identity]
        for row in rows:
            row.pop(self.without, None)
        return self._page(rows, dict(asked.params))

    def create_note(self, asked: Asked) -> Answer:
        identity = f"n{self.number()}"
        self.notes[identity] = {"id": identity, **self._valid(body_of(asked))}
        return in_json({"note": {"id": identity}}, 201)

    def update_note(self, asked: Asked, identity: str) -> Answer:
        if identity not in self.notes:
            return self.not_found()
        self.notes[identity] |= self._valid(body_of(asked))
        return in_json({"note": {"id": identity}})

    def delete_note(self, asked: Asked, identity: str) -> Answer:
        if self.notes.pop(identity, None) is None:
            return self.not_found()
        return Answer(204)

    def _valid(self, body: Any) -> dict[str, Any]:
        wrong = ""
        if not isinstance(body, dict) or set(body) != {"person", "text", "happened_at"}:
            wrong = "a note has exactly person, text and happened_at"
        elif not isinstance(body["text"], str) or not 0 < len(body["text"]) <= NOTE_LIMIT:
            wrong = f"text is too long or empty (at most {NOTE_LIMIT}): {str(body['text'])[:40]}"
        elif self.three_bytes and any(character > "\uffff" for character in body["text"]):
            wrong = "Incorrect string value for column text"
        elif not self._dated(body["happened_at"]):
            wrong = "happened_at is no instant"
        elif body["person"] not in self.people or self.people[body["person"]]["deleted"]:
            wrong = "there is no such person"
        if wrong:
            raise Refused(in_json({"error": {"message": wrong}}, 422))
        if body["person"] in self.forbidden:
            raise Refused(in_json({"error": {"message": "you may not see this person"}}, 403))
        return dict(body)

    @staticmethod
    def _dated(value: object) -> bool:
        try:
            return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False

    @staticmethod
    def _page(rows: list[dict[str, Any]], params: Mapping[str, str]) -> Answer:
        number = int(params.get("page", "1"))
        found, _ = page_of(rows, (number - 1) * PAGE, PAGE)
        return in_json({"page": number, "records": found})
