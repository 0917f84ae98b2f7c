"""Contacts of a REST CRM: what changed, and where entries for a contact go today."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from socialcrm.clock import Clock
from socialcrm.crm.base import ContactGone, ContactPage
from socialcrm.crm.changes import ChangeWindow, moment
from socialcrm.crm.mapping import contact, every, identity, item, texts
from socialcrm.crm.rest.calls import Calls
from socialcrm.crm.rest.definition import Contacts, Since
from socialcrm.crm.rest.template import fill
from socialcrm.crm.settling import ABSENT, DELETED, Owner, batches
from socialcrm.errors import BadRecord, ConfigError
from socialcrm.http.client import Response
from socialcrm.http.paging import CursorParam, pages
from socialcrm.model import Contact

logger = logging.getLogger("socialcrm.crm")

_LONGEST_CHAIN = 50
_MAX_PAGES = 100_000
_FORGOTTEN = frozenset({400, 404, 410, 422})


class RestContacts:
    """Reads the contacts that a definition describes."""

    def __init__(self, calls: Calls, contacts: Contacts, *, prefix: str, clock: Clock) -> None:
        self._calls, self._contacts, self._prefix, self._clock = calls, contacts, prefix, clock

    def pages(self, since: str | None) -> Iterator[ContactPage]:
        """Yield what changed after a cursor, everything for ``None``."""
        how = self._contacts.since
        if how is not None and how.kind == "token":
            yield from self._by_token(how, since)
        elif how is not None:
            yield from self._by_time(how, since)
        else:
            for raws in self._calls.records(self._contacts.list, {}):
                yield ContactPage(self._changes(raws), "all")

    def owners(self, ids: Sequence[str]) -> dict[str, Owner]:
        """Find where entries for each contact go; those that are living and themselves are asked for together."""
        found: dict[str, Owner] = {}
        many = self._contacts.many
        if many is not None and len(ids) > 1:
            for some in batches([one for one in ids if "," not in one], many.size):
                for raws in self._calls.records(many, {"ids": ",".join(some)}):
                    living = {identity(raw, self._contacts.id) for raw in raws if not self._is_gone(raw)}
                    found.update((one, Owner(one)) for one in some if one in living)
        return {one: found[one] if one in found else self.owner(one) for one in ids}

    def owner(self, contact_id: str) -> Owner:
        """Find where entries for one contact go, following merges however long the chain is."""
        seen: set[str] = set()
        asked = contact_id
        while asked not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(asked)
            answer = self._calls.ask(self._contacts.one, {"id": asked}, redirects=True)
            if 300 <= answer.response.status < 400:
                asked = self._elsewhere(answer.response)
                continue
            if answer.meaning != "ok":
                return Owner(asked, ABSENT)
            raw = item(answer.response.json, self._contacts.one.item)
            told = identity(raw, self._contacts.id)
            into = next(iter(texts(raw, self._contacts.merged_into)), "") if self._contacts.merged_into else ""
            if told != asked or (into and into != asked):
                asked = into or told
            else:
                return Owner(asked, DELETED if self._is_gone(raw) else "")
        return Owner(asked, "the CRM says that contacts were merged into each other in a circle")

    def read(self, raw: Any) -> Contact:
        """Read one record; raises `BadRecord`."""
        table = self._contacts
        return contact(
            raw, id_path=table.id, fields=table.fields, handles=table.handles, do_not_profile=table.do_not_profile
        )

    def _by_time(self, how: Since, since: str | None) -> Iterator[ContactPage]:
        window = ChangeWindow(since, overlap=timedelta(seconds=how.overlap), now=self._clock.now())
        start = window.since
        more = {how.param: fill(f"{{at|{how.form}}}", {"at": start})} if start is not None else {}
        waiting: list[list[Any]] = []
        for raws in self._calls.records(self._contacts.list, {}, more):
            new = [raw for raw in raws if self._is_new(window, raw, how)]
            if how.ordered:
                yield ContactPage(self._changes(new), window.cursor())
            elif waiting:
                yield ContactPage(self._changes(waiting.pop()), window.unmoved())
            if not how.ordered:
                waiting.append(new)
        if waiting:
            yield ContactPage(self._changes(waiting.pop()), window.cursor())

    def _is_new(self, window: ChangeWindow, raw: Any, how: Since) -> bool:
        stamp = next(iter(every(raw, how.field)), None)
        changed: datetime | None = moment(stamp, how.form)
        try:
            # Not the stamp: two changes within its precision are two states.
            state = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()[:12]
            return window.is_new(identity(raw, self._contacts.id), state, changed)
        except BadRecord:
            return True

    def _by_token(self, how: Since, since: str | None) -> Iterator[ContactPage]:
        listing = self._contacts.list
        path, params = self._prefix + listing.path, dict(listing.params)

        def ask(extra: Mapping[str, Any]) -> Response:
            response = self._calls.client.get(
                path, {**params, **(extra or how.first)}, skip=_FORGOTTEN if extra else ()
            )
            # A place that the CRM no longer knows: read everything again.
            return response if response.rule is None else self._calls.client.get(path, {**params, **how.first})

        class Export(CursorParam):
            def after(self, response: Response, token: str | None, count: int) -> Sequence[str]:
                done = any(value is True for value in every(response.json, how.end)) if how.end else not count
                return () if done else CursorParam.after(self, response, token, count)

        walk = pages(
            ask,
            Export(how.param, how.key),
            token=since or None,
            count=lambda one: len(self._calls.listed(listing, one)),
            max_pages=_MAX_PAGES,
        )
        for step in walk:
            place = next(iter(texts(step.response.json, how.key)), "") or step.asked or ""
            raws = self._calls.listed(listing, step.response)
            if raws or place:
                yield ContactPage(self._changes(raws), place)

    def _changes(self, raws: Sequence[Any]) -> list[Contact | ContactGone]:
        found: list[Contact | ContactGone] = []
        unreadable = 0
        for raw in raws:
            try:
                found.append(self._change(raw))
            except BadRecord:
                unreadable += 1
        if unreadable:
            logger.warning("%d contacts could not be read and were left out; socialcrm check says why", unreadable)
        return found

    def _change(self, raw: Any) -> Contact | ContactGone:
        table = self._contacts
        into = next(iter(texts(raw, table.merged_into)), "") if table.merged_into else ""
        told = identity(raw, table.id)
        if into and into != told:
            return ContactGone(told, merged_into=into)
        if not self._is_gone(raw):
            return self.read(raw)
        owner = self.owner(told)
        return ContactGone(told, merged_into=owner.id if owner.id != told and not owner.reason else None)

    def _is_gone(self, raw: Any) -> bool:
        return self._contacts.gone is not None and self._contacts.gone.of(raw)

    def _elsewhere(self, response: Response) -> str:
        """The id that a redirect names; its host and the rest of its path are never followed."""
        before, _, after = (self._prefix + self._contacts.one.path).partition("{id}")
        path = urlsplit(response.headers.get("location", "")).path
        fits = path.endswith(after) and before in path
        named = unquote(path[: len(path) - len(after)].rpartition(before)[2]) if fits else ""
        if not named or "/" in named:
            raise ConfigError("the CRM redirects elsewhere, which is never followed; check `url` and [contacts.one]")
        return named
