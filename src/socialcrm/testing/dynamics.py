"""A stand-in for Dataverse's Web API, as strict as its documentation where the backend touches it.

Sources, all below https://learn.microsoft.com/power-apps/developer/data-platform/: webapi/execute-batch-operations-
using-web-api (change sets are all or nothing, no GET inside, 1,000 operations), webapi/update-delete-entities-using-
web-api (``If-Match``, upsert by alternate key answers 204 either way), define-alternate-keys-entity (usable when
Active), use-change-tracking-synchronize-data-external-systems (delta links, ``$deletedEntity``), api-limits. From
memory: a closed activity refuses edits; a merged contact is inactive with ``masterid``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from uuid import UUID

from socialcrm.model import Contact
from socialcrm.testing.dynamics_tables import COLUMNS, DEFINITIONS, Bad, Table
from socialcrm.testing.server import Answer, Asked, in_json
from socialcrm.testing.standin import Refused, StandIn, body_of, header, iso, page_of

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT_ID = "invented-client"
CLIENT_SECRET = "dataverse-invented-secret"  # noqa: S105
PAGE = 500
OPERATIONS = 1000
NETWORKS = ("bluesky", "instagram", "x")
SHOWN = "OData.Community.Display.V1.FormattedValue"
_IN = re.compile(r"Microsoft\.Dynamics\.CRM\.In\(PropertyName='(\w+)',PropertyValues=\[(.*)\]\)")
_MINE = re.compile(r"_regardingobjectid_value eq ([0-9a-f-]{36}) and scrm_key ne null")
_REQUEST = re.compile(r"(PATCH|DELETE) /api/data/v9\.2/tasks\(scrm_key='([^'/<>*%&:\\?]+)'\) HTTP/1\.1")


class DynamicsStandIn(StandIn):
    """One environment: contacts, tasks, social profiles and their descriptions."""

    routes: ClassVar[Mapping[str, str]] = {
        rf"POST /{TENANT}/oauth2/v2\.0/token": "sign_in",
        r"GET /api/data/v9\.2/WhoAmI": "who",
        r"GET /api/data/v9\.2/EntityDefinitions\(LogicalName='(\w+)'\)": "definition",
        r"GET /api/data/v9\.2/EntityDefinitions\(LogicalName='(\w+)'\)/Attributes": "attributes",
        r"GET /api/data/v9\.2/EntityDefinitions\(LogicalName='task'\)/Keys": "keys",
        r"GET /api/data/v9\.2/EntityDefinitions\(LogicalName='task'\)/Attributes\(LogicalName='description'\)"
        r"/Microsoft\.Dynamics\.CRM\.MemoAttributeMetadata": "memo",
        r"GET /api/data/v9\.2/contacts": "contacts",
        r"GET /api/data/v9\.2/socialprofiles": "profiles",
        r"GET /api/data/v9\.2/tasks": "tasks",
        r"POST /api/data/v9\.2/\$batch": "batch",
    }

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, dict[str, Any]] = {}
        self.log: list[str] = []
        self.table = Table(self.people)
        self.social: list[dict[str, Any]] = []
        self.columns: dict[str, str] = dict(COLUMNS)
        self.key_state = "Active"
        self.tokens = 0
        self.forgotten = 0

    # what its people do

    def add(self, contact: Contact) -> str:
        """Create or replace a contact."""
        identity = contact.id if contact.id in self.people else str(UUID(int=self.number()))
        emails = dict(zip(("emailaddress1", "emailaddress2", "emailaddress3"), contact.emails, strict=False))
        self._save(
            identity,
            firstname=contact.first_name or None,
            lastname=contact.last_name or None,
            fullname=contact.name,
            merged=False,
            statecode=0,
            _masterid_value=None,
            jobtitle=contact.title or None,
            telephone1=next(iter(contact.phones), None),
            websiteurl=next(iter(contact.websites), None),
            address1_city=contact.city or None,
            address1_stateorprovince=contact.region or None,
            address1_country=contact.country or None,
            scrm_noprofiling=contact.do_not_profile,
            **{f"scrm_{name}": next(iter(contact.handles.get(name, ())), None) for name in NETWORKS},
            **{f"_parentcustomerid_value@{SHOWN}": contact.company or None},
            **emails,
        )
        return identity

    def remove(self, contact_id: str) -> None:
        """Delete a contact; its activities go with it."""
        del self.people[contact_id]
        self.log.append(contact_id)
        self.table.rows = {
            key: row for key, row in self.table.rows.items() if row["_regardingobjectid_value"] != contact_id
        }

    def merge(self, loser: str, winner: str) -> None:
        """Merge a contact into another one; the activities follow."""
        self._save(loser, merged=True, statecode=1, _masterid_value=winner)
        for row in self.table.rows.values():
            if row["_regardingobjectid_value"] == loser:
                row["_regardingobjectid_value"] = winner

    def holds(self, text: str) -> bool:
        return text in str(self.table.rows)

    def is_write(self, asked: Asked) -> bool:
        return asked.path.endswith("$batch")

    def _save(self, identity: str, **fields: Any) -> None:
        before = self.people.get(identity, {"contactid": identity})
        self.people[identity] = {**before, **fields, "modifiedon": iso(self.tick())}
        self.log.append(identity)

    # signing in

    def authorise(self, asked: Asked) -> Answer | None:
        if asked.path.endswith("/token"):
            return None
        if self.tokens and header(asked, "Authorization") == f"Bearer dv-{self.tokens}":
            return None
        return in_json(
            {"error": {"code": "0x80072560", "message": "The user is not a member of the organization."}}, 401
        )

    def sign_in(self, asked: Asked) -> Answer:
        form = dict(parse_qsl(asked.body.decode()))
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if any(form.get(name) != value for name, value in wanted.items()) or not form.get("scope", "").endswith(
            "/.default"
        ):
            return in_json({"error": "invalid_client", "error_description": "AADSTS7000215"}, 401)
        self.tokens += 1
        return in_json({"token_type": "Bearer", "expires_in": 3599, "access_token": f"dv-{self.tokens}"})

    def who(self, asked: Asked) -> Answer:
        return in_json({"UserId": str(UUID(int=1))})

    # descriptions

    def definition(self, asked: Asked, table: str) -> Answer:
        if table not in DEFINITIONS:
            return _error(404, "0x80060888", f"no table {table}")
        return in_json(DEFINITIONS[table])

    def attributes(self, asked: Asked, table: str) -> Answer:
        own = {f"scrm_{name}": "String" for name in NETWORKS} | {"scrm_noprofiling": "Boolean"}
        known = self.columns if table == "task" else {"contactid": "Uniqueidentifier", **own}
        return in_json({"value": [{"LogicalName": name, "AttributeType": kind} for name, kind in known.items()]})

    def keys(self, asked: Asked) -> Answer:
        key = {"LogicalName": "scrm_bykey", "KeyAttributes": ["scrm_key"], "EntityKeyIndexStatus": self.key_state}
        return in_json({"value": [key] if self.key_state else []})

    def memo(self, asked: Asked) -> Answer:
        return in_json({"MaxLength": self.table.memo})

    # reading

    def contacts(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        if "odata.track-changes" not in header(asked, "Prefer"):
            column, values = _among(params.get("$filter", ""))
            rows = [row for row in self.people.values() if str(row.get(column)) in values]
            return in_json({"value": rows})
        if "$filter" in params or "$orderby" in params:
            return _error(400, "0x80060888", "change tracking takes no filter and no order")
        if "$deltatoken" in params and int(params["$deltatoken"]) < self.forgotten:
            return _error(410, "0x80044352", "the delta token is no longer valid")
        end = int(params.get("end", str(len(self.log))))
        since = params.get("$deltatoken")
        changed = list(dict.fromkeys(self.log[int(since) : end] if since is not None else list(self.people)))
        found, following = page_of(changed, int(params.get("$skiptoken", "0")), PAGE)
        base = f"{self.url}/api/data/v9.2/contacts?$select=contactid"
        shown = [self._tracked(one) for one in found if since is not None or one in self.people]
        if following is None:
            return in_json({"value": shown, "@odata.deltaLink": f"{base}&$deltatoken={end}"})
        begun = "" if since is None else f"&$deltatoken={since}"
        return in_json({"value": shown, "@odata.nextLink": f"{base}&end={end}&$skiptoken={following}{begun}"})

    def _tracked(self, identity: str) -> dict[str, Any]:
        if identity in self.people:
            return self.people[identity]
        context = f"{self.url}/api/data/v9.2/$metadata#contacts/$deletedEntity"
        return {"@odata.context": context, "id": identity, "reason": "deleted"}

    def profiles(self, asked: Asked) -> Answer:
        column, values = _among(dict(asked.params).get("$filter", ""))
        if column != "customerid":
            return _error(400, "0x80060888", "no such column")
        return in_json({"value": [row for row in self.social if row["_customerid_value"] in values]})

    def tasks(self, asked: Asked) -> Answer:
        params = dict(asked.params)
        wanted = params.get("$filter", "")
        if unknown := set(params["$select"].split(",")) - set(self.columns) - {"_regardingobjectid_value"}:
            return _error(400, "0x80060888", f"Could not find a property named '{unknown.pop()}'")
        if mine := _MINE.fullmatch(wanted):
            rows = [row for row in self.table.rows.values() if row["_regardingobjectid_value"] == mine[1]]
            rows.sort(key=lambda row: (row["scrm_occurredat"], row["scrm_key"]))
        else:
            column, values = _among(wanted)
            rows = [row for row in self.table.rows.values() if row.get(column) in values]
        found, following = page_of(rows, int(params.get("$skiptoken", "0")), PAGE)
        more = {}
        if following is not None:
            query = "&".join(f"{name}={value}" for name, value in params.items() if name != "$skiptoken")
            more["@odata.nextLink"] = f"{self.url}/api/data/v9.2/tasks?{query}&$skiptoken={following}"
        return in_json({"value": found, **more})

    # writing

    def batch(self, asked: Asked) -> Answer:
        kind = header(asked, "Content-Type")
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
        parts = message.get_payload()
        if not isinstance(parts, list) or "odata.continue-on-error" not in header(asked, "Prefer"):
            return _error(400, "0x80060888", "a batch is multipart, and stops at its first error unless told otherwise")
        sets = [self._requests(part) for part in parts if isinstance(part, Message)]
        if sum(map(len, sets)) > OPERATIONS:
            return _error(400, "0x80060888", "a batch has at most 1000 operations")
        lines: list[str] = []
        for operations in sets:
            lines += ["--batchresponse", *self._change_set(operations)]
        body = "\r\n".join([*lines, "--batchresponse--", ""]).encode()
        return Answer(200, {"Content-Type": "multipart/mixed; boundary=batchresponse"}, body)

    @staticmethod
    def _requests(part: Message) -> list[tuple[str, str, dict[str, str], Any]]:
        inner = part.get_payload()
        if not isinstance(inner, list):
            raise Refused(_error(400, "0x80060888", "only change sets are expected here"))
        found = []
        for one in inner:
            raw = one.get_payload(decode=True) if isinstance(one, Message) else b""
            head, _, body = (raw if isinstance(raw, bytes) else b"").decode().replace("\r\n", "\n").partition("\n\n")
            first, *named = head.split("\n")
            request = _REQUEST.fullmatch(first)
            if request is None:
                raise Refused(_error(400, "0x80060888", f"cannot be read: {first}"))
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in named)}
            asked = Asked(request[1], request[2], (), headers, body.strip().encode())
            found.append((request[1], request[2], headers, body_of(asked) if body.strip() else None))
        return found

    def _change_set(self, operations: list[tuple[str, str, dict[str, str], Any]]) -> list[str]:
        keys = {key for _, key, _, _ in operations}
        before = {key: dict(self.table.rows[key]) for key in keys if key in self.table.rows}
        lines = ["Content-Type: multipart/mixed; boundary=changesetresponse", ""]
        try:
            for number, (method, key, headers, values) in enumerate(operations, start=1):
                if self.key_state != "Active":
                    raise Bad(400, "0x80060888", "the key is not active")
                made = self.table.change(method, key, headers, values, lambda: str(UUID(int=self.number())))
                place = f"OData-EntityId: {self.url}/api/data/v9.2/tasks({made})"
                lines += ["--changesetresponse", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
                lines += [f"Content-ID: {number}", "", "HTTP/1.1 204 No Content", place, "", ""]
            return [*lines, "--changesetresponse--", ""]
        except Bad as bad:
            for key in keys:
                self.table.rows.pop(key, None)
            self.table.rows |= before
            body = in_json({"error": {"code": bad.code, "message": bad.message}}).body.decode()
            return ["Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
                    f"HTTP/1.1 {bad.status} Failed", "Content-Type: application/json", "", body]  # fmt: skip


def _among(wanted: str) -> tuple[str, set[str]]:
    found = _IN.fullmatch(wanted)
    if found is None:
        raise Refused(_error(400, "0x80060888", "the filter cannot be read"))
    return found[1], set(re.findall(r"'([^']*)'", found[2]))


def _error(status: int, code: str, message: str) -> Answer:
    return in_json({"error": {"code": code, "message": message}}, status)
