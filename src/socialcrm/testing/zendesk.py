"""A stand-in for Zendesk Support, as strict as its documentation where the ``zendesk`` definition touches it.

Sources: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_import/ (past instants, not in
the future, admins only), .../tickets/tickets/ (``external_id`` is not unique, comments cannot be changed),
.../ticket-management/incremental_exports/ (cursors that stay good), .../users/users/ (a merged user's
address redirects). A public comment would be mailed to the customer: ``mailed`` counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from socialcrm.model import Contact
from socialcrm.testing.server import Answer, Asked, in_json
from socialcrm.testing.standin import Refused, StandIn, body_of, details, header, iso, page_of

USER = "ops@skylark.example/token"
TOKEN = "zendesk-invented-token"  # noqa: S105
EXPORTED = 100
TEXT_LIMIT = 65_535
TICKET_FIELDS = frozenset(
    {"external_id", "requester_id", "subject", "status", "tags", "created_at", "updated_at", "solved_at", "comments"}
)


class Zendesk(StandIn):
    """Users and tickets. ``admin`` says whether the token's owner is one."""

    routes: ClassVar[Mapping[str, str]] = {
        r"GET /api/v2/users/me\.json": "me",
        r"GET /api/v2/incremental/users/cursor\.json": "export",
        r"GET /api/v2/users/show_many\.json": "many",
        r"GET /api/v2/users/(\d+)\.json": "one",
        r"GET /api/v2/users/(\d+)/tickets/requested\.json": "requested",
        r"GET /api/v2/tickets\.json": "by_external_id",
        r"POST /api/v2/imports/tickets\.json": "import_ticket",
        r"DELETE /api/v2/tickets/(\d+)\.json": "delete",
        r"DELETE /api/v2/deleted_tickets/(\d+)\.json": "purge",
    }

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, dict[str, Any]] = {}
        self.merged: dict[str, str] = {}
        self.log: list[str] = []
        self.tickets: dict[str, dict[str, Any]] = {}
        self.trash: dict[str, dict[str, Any]] = {}
        self.admin = True
        self.mailed = 0
        self.without = ""

    def add(self, contact: Contact) -> str:
        """Create or replace a user."""
        identity = contact.id if contact.id in self.users else str(self.number())
        self._save(
            identity,
            name=contact.name,
            email=contact.emails[0] if contact.emails else None,
            active=True,
            user_fields=details(contact),
        )
        return identity

    def remove(self, contact_id: str) -> None:
        """Delete a user; the tickets stay."""
        self._save(contact_id, active=False)

    def merge(self, loser: str, winner: str) -> None:
        """Merge a user into another; the tickets follow."""
        self._save(loser, active=False)
        self.merged[loser] = winner
        for ticket in self.tickets.values():
            if str(ticket["requester_id"]) == loser:
                ticket["requester_id"] = int(winner)

    def holds(self, text: str) -> bool:
        return text in str(self.tickets) or text in str(self.trash)

    def authorise(self, asked: Asked) -> Answer | None:
        import base64

        wanted = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if header(asked, "Authorization") == f"Basic {wanted}":
            return None
        return in_json({"error": "Couldn't authenticate you"}, 401)

    def me(self, asked: Asked) -> Answer:
        return in_json({"user": {"id": 1, "role": "admin" if self.admin else "agent"}})

    def export(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        if "cursor" not in params and not params.get("start_time", "").isdecimal():
            raise Refused(in_json({"error": "InvalidValue", "description": "start_time is missing"}, 422))
        start = int(params.get("cursor", "0"))
        ids, following = page_of(self.log, start, EXPORTED)
        users = [self.users[one] for one in dict.fromkeys(ids)]
        end = start + len(ids)
        return in_json({"users": users, "after_cursor": str(end), "end_of_stream": following is None})

    def many(self, asked: Asked) -> Answer:
        ids = dict(asked.params).get("ids", "").split(",")
        if len(ids) > 100:
            raise Refused(in_json({"error": "too many ids"}, 400))
        return in_json({"users": [self.users[one] for one in ids if one in self.users]})

    def one(self, asked: Asked, identity: str) -> Answer:
        if identity in self.merged:
            return Answer(301, {"Location": f"https://elsewhere.example/api/v2/users/{self.merged[identity]}.json"})
        if identity not in self.users:
            return in_json({"error": "RecordNotFound", "description": "Not found"}, 404)
        return in_json({"user": self.users[identity]})

    def requested(self, asked: Asked, identity: str) -> Answer:
        params = dict(asked.params)
        rows = [self._shown(one) for one in self.tickets.values() if str(one["requester_id"]) == identity]
        size = int(params.get("page[size]", "100"))
        if size > 100:
            raise Refused(in_json({"error": "page[size] is at most 100"}, 400))
        start = int(params.get("page[after]", "0"))
        found, following = page_of(rows, start, size)
        meta = {"has_more": following is not None, "after_cursor": str(start + len(found)) if found else None}
        return in_json({"tickets": found, "meta": meta})

    def by_external_id(self, asked: Asked) -> Answer:
        wanted = dict(asked.params).get("external_id")
        rows = [self._shown(one) for one in self.tickets.values() if wanted in (None, one["external_id"])]
        return in_json({"tickets": rows})

    def import_ticket(self, asked: Asked) -> Answer:
        ticket: Any = (body_of(asked) or {}).get("ticket")
        if not self.admin:
            raise Refused(in_json({"error": "Forbidden", "description": "only admins import tickets"}, 403))
        wrong = self._wrong(ticket)
        if wrong:
            raise Refused(in_json({"error": "RecordInvalid", "description": wrong}, 422))
        identity = str(self.number())
        comment = ticket["comments"][0]
        self.mailed += comment.get("public", True) is not False
        self.tickets[identity] = {"id": int(identity), **ticket}
        return in_json({"ticket": self._shown(self.tickets[identity])}, 201)

    def delete(self, asked: Asked, identity: str) -> Answer:
        if identity not in self.tickets:
            return in_json({"error": "RecordNotFound"}, 404)
        self.trash[identity] = self.tickets.pop(identity)
        return Answer(204)

    def purge(self, asked: Asked, identity: str) -> Answer:
        if self.trash.pop(identity, None) is None:
            return in_json({"error": "RecordNotFound"}, 404)
        return in_json({"job_status": {"id": "j1", "status": "queued"}})

    def _save(self, identity: str, **fields: Any) -> None:
        stamp = iso(self.tick())
        before = self.users.get(identity, {"id": int(identity), "locale": "en-US", "phone": None})
        self.users[identity] = {**before, **fields, "updated_at": stamp}
        self.log.append(identity)

    def _wrong(self, ticket: Any) -> str:
        if not isinstance(ticket, dict) or set(ticket) - TICKET_FIELDS:
            return "unknown fields"
        comments = ticket.get("comments")
        if not isinstance(comments, list) or len(comments) != 1:
            return "comments: one is expected"
        if not isinstance(ticket.get("requester_id"), int):
            return "requester_id: is not a number"
        requester = self.users.get(str(ticket["requester_id"]))
        if requester is None or not requester["active"]:
            return "Requester is suspended or does not exist"
        if not 0 < len(comments[0].get("value", "")) <= TEXT_LIMIT:
            return f"value is too long: {comments[0].get('value', '')[:60]}"
        stamps = [ticket.get("created_at"), comments[0].get("created_at")]
        now = datetime.now().astimezone()
        if any(not one or datetime.fromisoformat(one) > now or one < "1970" for one in stamps):
            return "created_at must be an instant that is past"
        return ""

    def _shown(self, ticket: Mapping[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in ticket.items() if name != "comments"}
        shown["description"] = ticket["comments"][0]["value"]
        shown.pop(self.without, None)
        return shown
