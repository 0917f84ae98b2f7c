"""Dynamics 365 and Dataverse: each entry is a closed task, or a row of the org's own activity table.

https://learn.microsoft.com/power-apps/developer/data-platform/webapi/overview. Rows are upserted by an alternate
key; ``socialactivity`` is for Microsoft's internal use and is left alone, ``socialprofile`` is read for handles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from socialcrm.clock import Clock, SystemClock
from socialcrm.crm.base import ContactGone, ContactPage, CRMConfig, Outcome
from socialcrm.crm.body import GONE, STUB, compose, digest, read, subject
from socialcrm.crm.dynamics.batch import Operation
from socialcrm.crm.dynamics.calls import PAGE, DynamicsCalls, among, found_rows, link
from socialcrm.crm.dynamics.check import check_dynamics
from socialcrm.crm.dynamics.settings import DynamicsConfig
from socialcrm.crm.mapping import Paths, contact, texts
from socialcrm.crm.settling import ABSENT, Owner, RecordCRM, Stand, Write, Written, batches
from socialcrm.failpoints import failpoint
from socialcrm.http.client import Response
from socialcrm.http.oauth import ClientCredentials
from socialcrm.http.transport import Transport
from socialcrm.model import Contact, Finding, Interaction, stamp

SETS = 100
KEYS = 50
SUBJECT_LIMIT = 200
_LONGEST_CHAIN = 50
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# A lookup; its name comes as an annotation. The column called company is a telephone number.
COMPANY = "company name"
_PARENT = "_parentcustomerid_value"
_SHOWN = "OData.Community.Display.V1.FormattedValue"

FIELDS: Mapping[str, Paths] = {
    "first_name": "firstname",
    "last_name": "lastname",
    "full_name": "fullname",
    "emails": ("emailaddress1", "emailaddress2", "emailaddress3"),
    "phones": ("telephone1", "mobilephone", "telephone2"),
    "title": "jobtitle",
    "company": COMPANY,
    "websites": "websiteurl",
    "city": "address1_city",
    "region": "address1_stateorprovince",
    "country": "address1_country",
    "version": "modifiedon",
}
# The choices of socialprofile.community that are networks with handles.
COMMUNITIES: Mapping[int, str] = {1: "facebook", 2: "x", 12: "telegram", 15: "whatsapp"}


class Dynamics(RecordCRM):
    """One Dataverse environment."""

    name: ClassVar[str] = "dynamics"
    Config: ClassVar[type[CRMConfig]] = DynamicsConfig

    def __init__(
        self, config: DynamicsConfig, *, clock: Clock | None = None, transport: Transport | None = None
    ) -> None:
        self.config = config
        clock = clock or SystemClock()
        self._auth = ClientCredentials(
            config.login_url,
            f"/{config.tenant}/oauth2/v2.0/token",
            client_id=config.client_id,
            client_secret=config.client_secret,
            scope=f"{config.url}/.default",
            label="crm dynamics, signing in",
            clock=clock,
            transport=transport,
        )
        self.calls = DynamicsCalls(
            config.url, self._auth, table=config.table, path=config.api_path, clock=clock, transport=transport
        )
        self._key, self._revision, self._digest, self._at = columns(config.prefix)
        self._on = f"regardingobjectid_contact_{config.table}"
        own = [*config.handles.values(), *filter(None, [config.do_not_profile])]
        known = [path for paths in FIELDS.values() for path in _each(paths) if path != COMPANY]
        self._select = ",".join(["contactid", "merged", "_masterid_value", _PARENT, *known, *own])

    def check(self) -> Iterator[Finding]:
        """Prove the sign-in, the table, its columns and its active alternate key, and change tracking."""
        return check_dynamics(self.calls, self.config)

    # contacts

    def contacts(self, since: str | None) -> Iterator[ContactPage]:
        """Yield changes by Dataverse's change tracking; a place it has forgotten counts as none."""
        walk = self._changes_since(since)
        first = next(walk)
        if first.rule is not None:
            walk = self._changes_since(None)
            first = next(walk)
        answer: Response | None = first
        while answer is not None:
            raws = found_rows(answer)
            place = link(answer, "nextLink") or link(answer, "deltaLink")
            handles = self._profiles([one for raw in raws for one in texts(raw, "contactid") if _GUID.fullmatch(one)])
            yield ContactPage([one for raw in raws for one in self._change(raw, handles)], place)
            answer = next(walk, None)

    def _changes_since(self, since: str | None) -> Iterator[Response]:
        prefer = f'odata.track-changes,odata.maxpagesize={PAGE},odata.include-annotations="{_SHOWN}"'
        if since:
            place = parse_qsl(since, keep_blank_values=True)
            return self.calls.walk("/contacts", place, prefer=prefer, skip=(400, 404, 410))
        return self.calls.walk("/contacts", {"$select": self._select}, prefer=prefer)

    def _change(self, raw: Any, handles: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Contact | ContactGone]:
        if isinstance(raw, dict) and str(raw.get("@odata.context", "")).endswith("$deletedEntity"):
            yield from (ContactGone(one) for one in texts(raw, "id"))
            return
        identity = next(iter(texts(raw, "contactid")), "")
        master = next(iter(texts(raw, "_masterid_value")), "")
        if raw.get("merged") is True and master:
            yield ContactGone(identity, merged_into=master)
        elif identity:
            yield contact(
                {**raw, COMPANY: raw.get(f"{_PARENT}@{_SHOWN}")},
                id_path="contactid",
                fields=FIELDS,
                handles=self.config.handles,
                do_not_profile=self.config.do_not_profile,
                more_handles=handles.get(identity),
            )

    def _profiles(self, contacts: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Handles from the org's social profiles; a table that is not there or not readable has none."""
        found: dict[str, dict[str, list[str]]] = {}
        if not self.config.social_profiles:
            return found
        for some in batches(contacts, KEYS):
            query = {"$select": "profilename,community,_customerid_value", "$filter": among("customerid", some)}
            for rows in self.calls.rows("/socialprofiles", query, skip=(403, 404)):
                for row in rows:
                    number = row.get("community")
                    platform = COMMUNITIES.get(number) if isinstance(number, int) else None
                    owner = str(row.get("_customerid_value"))
                    if platform:
                        known = found.setdefault(owner, {}).setdefault(platform, [])
                        known += texts(row, "profilename")
        return found

    def owners(self, ids: Sequence[str]) -> Mapping[str, Owner]:
        """Find where entries go, following ``masterid`` however long the chain is."""
        masters: dict[str, str | None] = {}
        asked = {one for one in ids if _GUID.fullmatch(one)}
        for _ in range(_LONGEST_CHAIN):
            if not asked:
                break
            for some in batches(sorted(asked), KEYS):
                query = {"$select": "contactid,merged,_masterid_value", "$filter": among("contactid", some)}
                for rows in self.calls.rows("/contacts", query):
                    for row in rows:
                        into = row.get("_masterid_value") if row.get("merged") is True else None
                        masters[str(row.get("contactid"))] = str(into) if into else None
            asked = {into for into in masters.values() if into and into not in masters} - asked
        return {one: _followed(one, masters) for one in ids}

    # entries

    def standing(self, entries: Sequence[Interaction], owners: Mapping[str, Owner]) -> Mapping[str, Stand]:
        rows = self._rows(list(dict.fromkeys(entry.key for entry in entries)))
        return {
            key: Stand(
                key,
                str(row.get("activityid")),
                next(iter(texts(row, "_regardingobjectid_value")), ""),
                row[self._revision] if isinstance(row.get(self._revision), int) else 0,
                str(row.get(self._digest) or ""),
            )
            for key, row in rows.items()
        }

    def _rows(self, keys: Sequence[str]) -> dict[str, Any]:
        shown = f"activityid,statecode,_regardingobjectid_value,{self._key},{self._revision},{self._digest}"
        found = {}
        for some in batches(keys, KEYS):
            query = {"$select": shown, "$filter": among(self._key, some)}
            for rows in self.calls.rows(f"/{self.calls.entity_set}", query):
                found.update({str(row.get(self._key)): row for row in rows})
        return found

    def write(self, writes: Sequence[Write]) -> Mapping[str, Written]:
        """Write each entry as a change set of its own: reopened if it is there, changed, and closed again."""
        results: dict[str, Written] = {}
        for some in batches(writes, SETS):
            sets = [self._operations(write) for write in some]
            answers = self.calls.batch(sets, [write.entry for write in some])
            results |= {write.entry.key: _told(write, answer) for write, answer in zip(some, answers, strict=True)}
            results |= self._arrived([write for write in some if results[write.entry.key].status == 412])
            failpoint("crm.written")
        return results

    def _arrived(self, writes: Sequence[Write]) -> dict[str, Written]:
        """New rows that are there already as they were sent: an answer was lost on the way and the call repeated."""
        rows = self._rows([write.entry.key for write in writes]) if writes else {}
        return {
            write.entry.key: Written(str(row.get("activityid")))
            for write in writes
            if (row := rows.get(write.entry.key)) and row.get(self._digest) == digest(write.entry)
        }

    def _operations(self, write: Write) -> list[Operation]:
        config, entry = self.config, write.entry
        closed = {"statecode": config.closed_state, "statuscode": config.closed_status}
        opened = {"statecode": config.open_state, "statuscode": config.open_status}
        place = self._place(entry.key)
        only_if_there, only_if_new = {"If-Match": "*"}, {"If-None-Match": "*"}
        change = Operation("PATCH", place, self._values(entry), only_if_there if write.old else only_if_new)
        close = Operation("PATCH", place, closed, only_if_there)
        return [Operation("PATCH", place, opened, only_if_there), change, close] if write.old else [change, close]

    def _place(self, key: str) -> str:
        return f"{self.config.api_path}/{self.calls.entity_set}({self._key}='{key}')"

    def _values(self, entry: Interaction) -> dict[str, Any]:
        at = stamp(entry.occurred_at)
        values: dict[str, Any] = {
            "subject": STUB if entry.retracted else subject(entry, SUBJECT_LIMIT) or "Post",
            "description": compose(entry, limit=self.calls.memo_limit),
            "actualstart": at,
            "actualend": at,
            self._at: at,
            self._revision: entry.revision,
            self._digest: digest(entry),
        }
        # What was taken back stands on nobody's timeline.
        values[f"{self._on}@odata.bind"] = None if entry.retracted else f"/contacts({entry.contact_id})"
        return values

    def remove(self, keys: Sequence[str]) -> Mapping[str, Written]:
        """Delete rows for good."""
        rows = self._rows(keys)
        results: dict[str, Written] = {}
        for some in batches(list(rows), SETS):
            answers = self.calls.batch([[Operation("DELETE", self._place(key))] for key in some], [None] * len(some))
            results |= {
                key: Written() if answer.status == 404 else answer for key, answer in zip(some, answers, strict=True)
            }
        return results

    def timeline(self, contact_id: str) -> Iterator[Interaction]:
        """Read a contact's entries from us, oldest first."""
        if not _GUID.fullmatch(contact_id):
            return
        query = {
            "$select": f"description,{self._key},{self._digest}",
            "$filter": f"_regardingobjectid_value eq {contact_id} and {self._key} ne null",
            "$orderby": f"{self._at} asc,{self._key} asc",
        }
        for rows in self.calls.rows(f"/{self.calls.entity_set}", query):
            for row in rows:
                entry = read(str(row.get("description") or ""), contact_id=contact_id)
                if entry is not None and entry.key == row.get(self._key) and row.get(self._digest) != GONE:
                    yield entry

    def close(self) -> None:
        """Release connections."""
        self.calls.close()
        self._auth.close()


def columns(prefix: str) -> tuple[str, str, str, str]:
    """The columns of ours: key, revision, digest, instant."""
    return f"{prefix}_key", f"{prefix}_revision", f"{prefix}_digest", f"{prefix}_occurredat"


def _each(paths: Paths) -> Sequence[str]:
    return [paths] if isinstance(paths, str) else paths


def _told(write: Write, answer: Written) -> Written:
    if answer.failure is not None and answer.status == 404 and write.old is not None:
        # A colleague deleted the row, or the contact: the next try finds out which, and writes it anew.
        return replace(answer, failure=Outcome.RETRY)
    if answer.failure is None and not _GUID.fullmatch(answer.crm_id):
        return replace(answer, crm_id=write.old.crm_id if write.old else "")
    return answer


def _followed(contact_id: str, masters: Mapping[str, str | None]) -> Owner:
    seen: set[str] = set()
    while contact_id not in seen:
        seen.add(contact_id)
        if contact_id not in masters:
            return Owner(contact_id, ABSENT)
        into = masters[contact_id]
        if into is None:
            return Owner(contact_id)
        contact_id = into
    return Owner(contact_id, "the CRM says that contacts were merged into each other in a circle")
