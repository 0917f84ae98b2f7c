"""People who must not be stored, kept as keyed hashes: whoever reads the list learns no name from it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from pydantic import SecretStr
from sqlalchemy import Connection, bindparam, select, update

from socialcrm.errors import ConfigError, Unsupported
from socialcrm.model import Profile
from socialcrm.store.engine import Database
from socialcrm.store.rows import chunks
from socialcrm.store.schema import contact_keys, suppression, workspaces
from socialcrm.store.stages import unsettle, unsettle_contacts
from socialcrm.store.statements import upsert

VARIABLE = "SOCIALCRM_SUPPRESSION_KEY"

Mark = tuple[str, str]

_NORMAL = {"profile": str.strip, "email": lambda value: value.strip().casefold(), "contact": str.strip}
_CHECK = "socialcrm suppression key check"

_ANY = select(suppression.c.hash).where(suppression.c.ws == bindparam("ws")).limit(1)
_HIT = select(suppression.c.hash).where(
    suppression.c.ws == bindparam("ws"), suppression.c.hash.in_(bindparam("hashes", expanding=True))
)


def marks_of(profile: Profile) -> list[Mark]:
    """Name a profile the ways it may be suppressed."""
    marks = [("profile", f"{profile.platform}:{profile.id}")]
    return [*marks, ("email", profile.email)] if profile.email else marks


class SqlSuppression:
    """The list of one workspace, under the operator's key."""

    def __init__(self, db: Database, key: SecretStr | None) -> None:
        self._db = db
        self._key = key.get_secret_value().encode() if key is not None else b""

    def verify(self) -> None:
        """Refuse to go on without the key under which the list was made; raises `ConfigError`."""
        with self._db.read() as connection:
            if self.active(connection):
                self._prove(connection)

    def add(self, kind: str, value: str, *, reason: str) -> None:
        """Suppress a ``profile`` (``platform:id``), an ``email`` or a ``contact``.

        Raises `ConfigError` without a key, `Unsupported` for any other kind. Waiting deliveries of the
        person are dropped at the next settling; what is stored goes by erasure.
        """
        digest = self._hash(kind, value)
        with self._db.write() as connection:
            self._begin(connection)
            row = {"ws": self._db.ws, "hash": digest, "kind": kind, "reason": reason, "added_at": self._db.now()}
            upsert(connection, suppression, [row])
            self._unsettle(connection, kind, value.strip())

    def covers(self, kind: str, value: str) -> bool:
        """Say whether somebody is on the list."""
        with self._db.read() as connection:
            return bool(self.covered(connection, [(kind, value)]))

    def hashed(self, kind: str, value: str) -> str:
        """Return the keyed hash under which somebody stands, or would stand, on the list."""
        return self._hash(kind, value)

    def restore(self, hashes: Sequence[tuple[str, str]], *, reason: str) -> int:
        """Put (kind, hash) pairs of an earlier list back, after a restored backup; returns how many were missing.

        What they concern is not known, so nothing is settled anew: erase what `SqlErasure.suppressed` finds.
        """
        with self._db.write() as connection:
            self._begin(connection)
            where = {"ws": self._db.ws, "hashes": [digest for _, digest in hashes]}
            present = set(connection.scalars(_HIT, where))
            missing = [(kind, digest) for kind, digest in hashes if digest not in present]
            row = {"ws": self._db.ws, "reason": reason, "added_at": self._db.now()}
            upsert(connection, suppression, [{**row, "hash": digest, "kind": kind} for kind, digest in missing])
        return len(missing)

    def _begin(self, connection: Connection) -> None:
        """Prove the key, or note its check when this is the first entry of the list."""
        if self.active(connection):
            self._prove(connection)
        else:
            check = update(workspaces).where(workspaces.c.ws == self._db.ws)
            connection.execute(check.values(suppression_check=self._digest(_CHECK)))

    def active(self, connection: Connection) -> bool:
        """Say whether anybody is on the list."""
        return connection.scalar(_ANY, {"ws": self._db.ws}) is not None

    def covered(self, connection: Connection, marks: Iterable[Mark]) -> set[Mark]:
        """Pick those of the (kind, value) marks that are on the list."""
        if not self.active(connection):
            return set()
        hashed = {self._hash(*mark): mark for mark in marks}
        hits: set[Mark] = set()
        for part in chunks(hashed):
            found = connection.scalars(_HIT, {"ws": self._db.ws, "hashes": part})
            hits.update(hashed[digest] for digest in found)
        return hits

    def _hash(self, kind: str, value: str) -> str:
        if kind not in _NORMAL:
            raise Unsupported(f"cannot suppress by {kind!r}; choose one of {', '.join(_NORMAL)}")
        return self._digest(f"{kind}\x00{_NORMAL[kind](value)}")

    def _digest(self, message: str) -> str:
        if not self._key:
            raise ConfigError(f"the suppression list needs its key: set {VARIABLE}")
        return hmac.new(self._key, message.encode(), hashlib.sha256).hexdigest()

    def _prove(self, connection: Connection) -> None:
        check = select(workspaces.c.suppression_check).where(workspaces.c.ws == self._db.ws)
        if not hmac.compare_digest(connection.scalar(check) or "", self._digest(_CHECK)):
            raise ConfigError(f"{VARIABLE} is not the key that the suppression list in {self._db.where} was made with")

    def _unsettle(self, connection: Connection, kind: str, value: str) -> None:
        if kind == "profile":
            platform, _, profile_id = value.partition(":")
            unsettle(connection, self._db.ws, [(platform, profile_id)])
        elif kind == "contact":
            unsettle_contacts(connection, self._db.ws, [value])
        else:
            owners = select(contact_keys.c.contact_id).where(
                contact_keys.c.ws == self._db.ws,
                contact_keys.c.kind == "email",
                contact_keys.c.value == _NORMAL["email"](value),
            )
            unsettle_contacts(connection, self._db.ws, connection.scalars(owners).all())
