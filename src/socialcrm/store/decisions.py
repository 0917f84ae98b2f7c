"""The append-only log of who was linked to whom, by whom and why.

The present state of a profile is its latest decision; `links` keeps it ready and is a pure function of
the log. A decision by a person outranks every rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select, update

from socialcrm.model import Basis, Contact, Evidence, Link, LinkState
from socialcrm.store.aliases import names, present, resolve
from socialcrm.store.base import ReviewItem
from socialcrm.store.engine import Database, instant, micros
from socialcrm.store.rows import Values, by_platform, chunks, profile_of
from socialcrm.store.schema import aliases, decisions, links, profiles, workspaces
from socialcrm.store.stages import unsettle
from socialcrm.store.statements import upsert
from socialcrm.store.waiting import queue

Key = tuple[str, str]

_PERSON = "person:"
_PAGE = 1000
_EVIDENCE: TypeAdapter[tuple[Evidence, ...]] = TypeAdapter(tuple[Evidence, ...])
_AGAINST = (LinkState.REJECTED.value, LinkState.UNLINKED.value)

_CURRENT = (
    select(decisions)
    .join(links, and_(links.c.ws == decisions.c.ws, links.c.decision == decisions.c.id))
    .where(
        links.c.ws == bindparam("ws"),
        links.c.platform == bindparam("platform"),
        links.c.profile_id.in_(bindparam("ids", expanding=True)),
    )
)
_LINKED = (
    select(decisions)
    .join(links, and_(links.c.ws == decisions.c.ws, links.c.decision == decisions.c.id))
    .where(
        links.c.ws == bindparam("ws"),
        links.c.contact_id.in_(bindparam("ids", expanding=True)),
        links.c.state.in_(bindparam("states", expanding=True)),
    )
)
_BY_PEOPLE = (
    select(decisions.c.platform, decisions.c.profile_id, decisions.c.contact_id, decisions.c.state)
    .where(
        decisions.c.ws == bindparam("ws"),
        decisions.c.platform == bindparam("platform"),
        decisions.c.profile_id.in_(bindparam("ids", expanding=True)),
        decisions.c.by.startswith(_PERSON),
    )
    .order_by(decisions.c.id)
)
_MATCHED = (
    update(profiles)
    .where(
        profiles.c.ws == bindparam("b_ws"),
        profiles.c.platform == bindparam("b_platform"),
        profiles.c.id.in_(bindparam("ids", expanding=True)),
    )
    .values(matched=bindparam("token"))
)


def current_links(connection: Connection, ws: int, keys: Iterable[Key]) -> dict[Key, Link]:
    """Read the latest decision about each of these profiles."""
    found: dict[Key, Link] = {}
    for platform, ids in by_platform(keys):
        for row in connection.execute(_CURRENT, {"ws": ws, "platform": platform, "ids": ids}):
            found[platform, row.profile_id] = _link(row)
    return found


def ruled_out(connection: Connection, ws: int, keys: Iterable[Key]) -> dict[Key, set[str]]:
    """Collect the contacts that a person has said a profile is not: under their old ids and today's."""
    no: dict[Key, set[str]] = {}
    for platform, ids in by_platform(keys):
        for row in connection.execute(_BY_PEOPLE, {"ws": ws, "platform": platform, "ids": ids}):
            against = no.setdefault((platform, row.profile_id), set())
            if row.contact_id is not None:
                (against.add if row.state in _AGAINST else against.discard)(row.contact_id)
    today = resolve(connection, ws, set().union(*no.values()) if no else ())
    return {key: against | {today[old] or old for old in against} for key, against in no.items()}


class SqlDecisions:
    """The log of one workspace."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, links: Sequence[Link], *, considered: Sequence[Key] = (), token: str = "") -> int:
        """Append decisions, and note that the profiles ``considered`` were matched under ``token``.

        A decision by a rule that a person has already answered is left out, and counted in the number
        returned: one about a profile that a person linked, one that would only take a person's "no" away, and
        one that proposes a contact that a person ruled out for this profile (also after a merge).
        """
        ws = self._db.ws
        with self._db.write() as connection:
            taken = self._admit(connection, links)
            last = connection.scalar(select(workspaces.c.last_decision).where(workspaces.c.ws == ws)) or 0
            rows = [{"ws": ws, "id": last + n, **_values(link)} for n, link in enumerate(taken, 1)]
            if rows:
                connection.execute(insert(decisions), rows)
                counter = update(workspaces).where(workspaces.c.ws == ws)
                connection.execute(counter.values(last_decision=last + len(rows)))
                _derive(connection, rows)
                unsettle(connection, ws, ((link.platform, link.profile_id) for link in taken))
            for platform, ids in by_platform(considered):
                where = {"b_ws": ws, "b_platform": platform, "ids": ids}
                connection.execute(_MATCHED, {**where, "token": token})
        return len(links) - len(taken)

    def _admit(self, connection: Connection, proposed: Sequence[Link]) -> list[Link]:
        ws = self._db.ws
        keys = [(link.platform, link.profile_id) for link in proposed]
        current = current_links(connection, ws, keys)
        no = ruled_out(connection, ws, [key for key, link in zip(keys, proposed, strict=True) if not _person(link)])
        today = resolve(connection, ws, {link.contact_id for link in proposed if link.contact_id})
        taken = []
        for key, link in zip(keys, proposed, strict=True):
            before, against = current.get(key), no.setdefault(key, set())
            if link.contact_id is None and link.state.value in _AGAINST and before is not None:
                link = link.model_copy(update={"contact_id": before.contact_id})
            named = {one for one in (link.contact_id, today.get(link.contact_id or "")) if one}
            if _person(link):
                (against.update if link.state.value in _AGAINST else against.difference_update)(named)
            elif _overrules(link, before, named & against):
                continue
            current[key] = link
            taken.append(link)
        return taken

    def current(self, platform: str, profile_id: str) -> Link | None:
        """Return the latest decision about a profile."""
        with self._db.read() as connection:
            return current_links(connection, self._db.ws, [(platform, profile_id)]).get((platform, profile_id))

    def history(self, platform: str, profile_id: str) -> list[Link]:
        """Return every decision about a profile, oldest first."""
        statement = self._log().where(decisions.c.platform == platform, decisions.c.profile_id == profile_id)
        with self._db.read() as connection:
            return [_link(row) for row in connection.execute(statement.order_by(decisions.c.id))]

    def get(self, decision_id: int) -> Link | None:
        """Return one decision by its number."""
        with self._db.read() as connection:
            row = connection.execute(self._log().where(decisions.c.id == decision_id)).first()
        return _link(row) if row else None

    def review(self, limit: int, *, contact_id: str | None = None) -> list[ReviewItem]:
        """Return what waits for a person, in the order of `queue`: one entry for accounts that claim one contact.

        With ``contact_id`` every account that claims this contact is returned.
        """
        with self._db.read() as connection:
            rows = connection.execute(queue(self._db.ws, limit, contact_id)).all()
            contacts = present(connection, self._db.ws, {row.contact_id for row in rows if row.contact_id})
        return [_review_item(row, contacts.get(row.contact_id or "")) for row in rows]

    def ever_given(self, contact_ids: Sequence[str]) -> list[Link]:
        """Return every link that rules ever made to these contacts on the customer's own word, oldest first."""
        linked = (decisions.c.state == LinkState.LINKED.value, decisions.c.basis == Basis.CUSTOMER_PROVIDED.value)
        with self._db.read() as connection:
            known = names(connection, self._db.ws, contact_ids)
            statements = (self._log().where(decisions.c.contact_id.in_(ids), *linked) for ids in chunks(known))
            rows = [row for statement in statements for row in connection.execute(statement)]
        return [_link(row) for row in sorted(rows, key=lambda row: row.id) if not row.by.startswith(_PERSON)]

    def doubled(self, limit: int) -> list[list[Link]]:
        """Return the links of contacts that have several accounts on one platform, under the contact's id of today."""
        ws, held = self._db.ws, (links.c.ws == self._db.ws, links.c.state == LinkState.LINKED.value)
        several = select(links.c.contact_id).where(*held).group_by(links.c.contact_id, links.c.platform)
        merged = select(aliases.c.merged_into).join(links, and_(links.c.ws == ws, links.c.contact_id == aliases.c.id))
        with self._db.read() as connection:
            wanted = set(connection.scalars(several.having(func.count() > 1)))
            wanted |= set(connection.scalars(merged.where(aliases.c.ws == ws, links.c.state == LinkState.LINKED.value)))
            today = resolve(connection, ws, filter(None, wanted))
        groups: dict[tuple[str, str], list[Link]] = {}
        for contact_id, some in self.of_contacts(sorted({one for one in today.values() if one})).items():
            for link in some:
                groups.setdefault((contact_id, link.platform), []).append(
                    link.model_copy(update={"contact_id": contact_id})
                )
        return [group for _, group in sorted(groups.items()) if len(group) > 1][:limit]

    def by_people(self) -> Iterator[Link]:
        """Yield every decision that a person made, oldest first, naming the contact as it is today.

        Those about contacts that are gone are left out.
        """
        statement = self._log().where(decisions.c.by.startswith(_PERSON)).order_by(decisions.c.id).limit(_PAGE)
        after = 0
        while True:
            with self._db.read() as connection:
                rows = connection.execute(statement.where(decisions.c.id > after)).all()
                today = resolve(connection, self._db.ws, {row.contact_id for row in rows if row.contact_id})
            for row in rows:
                contact_id = today.get(row.contact_id or "")
                if contact_id:
                    yield _link(row).model_copy(update={"contact_id": contact_id})
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def of_contacts(self, contact_ids: Sequence[str], *, waiting: bool = False) -> dict[str, list[Link]]:
        """Return the present links of several contacts, those made to contacts merged into them included.

        Contacts without a link are left out; a link names the contact as it was decided. With ``waiting``
        the proposals that wait for a person are returned too.
        """
        ws = self._db.ws
        states = [LinkState.LINKED.value, *([LinkState.REVIEW.value] if waiting else [])]
        found: dict[str, list[Link]] = {}
        with self._db.read() as connection:
            known = names(connection, ws, contact_ids)
            asking = ({"ws": ws, "ids": ids, "states": states} for ids in chunks(known))
            rows = [row for where in asking for row in connection.execute(_LINKED, where)]
            today = resolve(connection, ws, {row.contact_id for row in rows})
        asked = set(contact_ids)
        for row in sorted(rows, key=lambda row: row.id):
            for contact in {row.contact_id, today[row.contact_id]} & asked:
                found.setdefault(contact, []).append(_link(row))
        return found

    def counts(self) -> dict[LinkState, int]:
        """Count profiles by what was decided about them last."""
        statement = select(links.c.state, func.count()).where(links.c.ws == self._db.ws).group_by(links.c.state)
        with self._db.read() as connection:
            found = {row[0]: row[1] for row in connection.execute(statement)}
        return {state: found.get(state.value, 0) for state in LinkState}

    def rebuild(self) -> int:
        """Derive the present states from the log anew; returns how many differed."""
        latest = select(func.max(decisions.c.id)).where(decisions.c.ws == self._db.ws)
        latest = latest.group_by(decisions.c.platform, decisions.c.profile_id)
        shape = [links.c[name] for name in _DERIVED]
        with self._db.write() as connection:
            before = set(connection.execute(select(*shape).where(links.c.ws == self._db.ws)).all())
            statement = self._log().where(decisions.c.id.in_(latest)).order_by(decisions.c.id)
            rows = [dict(row._mapping) for row in connection.execute(statement)]
            connection.execute(links.delete().where(links.c.ws == self._db.ws))
            _derive(connection, rows)
            after = set(connection.execute(select(*shape).where(links.c.ws == self._db.ws)).all())
            differing = before ^ after
            touched = {(row.platform, row.profile_id) for row in differing}
            unsettle(connection, self._db.ws, touched)
        return len(touched)

    def _log(self) -> Select[Any]:
        return select(decisions).where(decisions.c.ws == self._db.ws)


_DERIVED = ("ws", "platform", "profile_id", "decision", "by", "state", "contact_id")


def _derive(connection: Connection, rows: Iterable[Values]) -> None:
    latest: dict[Key, Values] = {}
    for row in rows:
        latest[row["platform"], row["profile_id"]] = {
            name: row["id" if name == "decision" else name] for name in _DERIVED
        }
    upsert(connection, links, list(latest.values()))


def _person(link: Link) -> bool:
    return link.by.startswith(_PERSON)


def _overrules(link: Link, before: Link | None, said_no: set[str]) -> bool:
    if before is not None and _person(before):
        if before.state is LinkState.LINKED:
            return True
        if link.state not in (LinkState.LINKED, LinkState.REVIEW):
            return True
    return bool(said_no) and link.state in (LinkState.LINKED, LinkState.REVIEW)


def _values(link: Link) -> Values:
    return {
        "platform": link.platform,
        "profile_id": link.profile_id,
        "contact_id": link.contact_id,
        "state": link.state.value,
        "by": link.by,
        "at": micros(link.at),
        "basis": link.basis.value if link.basis else "",
        "probability": link.probability,
        "runner_up": link.runner_up,
        "evidence": _EVIDENCE.dump_json(link.evidence).decode() if link.evidence else "",
        "model_version": link.model_version,
        "policy": link.policy,
        "reason": link.reason,
    }


def _link(row: Any) -> Link:
    return Link.model_construct(
        platform=row.platform,
        profile_id=row.profile_id,
        contact_id=row.contact_id,
        state=LinkState(row.state),
        basis=Basis(row.basis) if row.basis else None,
        probability=row.probability,
        runner_up=row.runner_up,
        evidence=_EVIDENCE.validate_json(row.evidence) if row.evidence else (),
        by=row.by,
        at=instant(row.at),
        model_version=row.model_version,
        policy=row.policy,
        reason=row.reason,
        id=row.id,
    )


def _review_item(row: Any, contact: Contact | None) -> ReviewItem:
    profile = profile_of(row.platform, row.profile_id, row.profile)
    assert profile is not None  # noqa: S101 - a decision always names its profile
    return ReviewItem(link=_link(row), profile=profile, contact=contact, held=row.n, group_size=row.group_size)
