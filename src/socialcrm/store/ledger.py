"""The ledger of credentials in the database, shared by every worker and workspace in it.

Refresh tokens are sealed with Fernet (AES-128-CBC and HMAC-SHA256, https://cryptography.io/en/latest/fernet/)
under a key derived from the operator's by HKDF; or they lie in the system's keyring, and the database holds only
that there is one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from pydantic import SecretStr
from sqlalchemy import Connection, select, update

from socialcrm.config import keyring
from socialcrm.errors import ConfigError, Transient
from socialcrm.store.engine import Database, instant, micros
from socialcrm.store.rows import Values
from socialcrm.store.schema import ledger
from socialcrm.store.statements import add_missing

VARIABLE = "SOCIALCRM_TOKEN_KEY"
SERVICE = "socialcrm"
_WHAT = "Keeping tokens in a keyring"
_PATIENCE = 90.0
_HELD = 60_000_000
_PAUSE = 0.5


class Seal(Protocol):
    """A way to keep a token: ``keep`` returns what the database holds of it."""

    def keep(self, name: str, token: SecretStr) -> str: ...

    def read(self, name: str, kept: str) -> SecretStr: ...


class KeySeal:
    """Tokens sealed under the operator's key."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def keep(self, name: str, token: SecretStr) -> str:
        return str(self._fernet(name).encrypt(token.get_secret_value().encode()).decode())

    def read(self, name: str, kept: str) -> SecretStr:
        from cryptography.fernet import InvalidToken

        try:
            return SecretStr(self._fernet(name).decrypt(kept.encode()).decode())
        except InvalidToken:
            raise ConfigError(f"{VARIABLE} is not the key that a refresh token was sealed with") from None

    def _fernet(self, name: str) -> Any:
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), 32, None, f"socialcrm token {name}".encode())
        return Fernet(base64.urlsafe_b64encode(derived.derive(self._key.get_secret_value().encode())))


class KeyringSeal:
    """Tokens in the system's keyring, under the service ``socialcrm``."""

    def keep(self, name: str, token: SecretStr) -> str:
        keyring(_WHAT).set_password(SERVICE, name, token.get_secret_value())
        return "keyring"

    def read(self, name: str, kept: str) -> SecretStr:
        found = keyring(_WHAT).get_password(SERVICE, name)
        if not found:
            raise ConfigError("the keyring no longer holds a refresh token that was put there; configure a new one")
        return SecretStr(found)


class SqlLedger:
    """See `socialcrm.http.ledger.Ledger`."""

    def __init__(self, db: Database, seal: Seal | None) -> None:
        self._db, self._seal = db, seal

    def take(self, name: str, units: int, *, limit: int, period: datetime) -> bool:
        """Take units of a quota of ``limit`` that began at ``period``; false when too few are left."""
        with self._row(name) as (connection, row):
            used = row.used if row.period == micros(period) else 0
            if used + units > limit:
                return False
            self._set(connection, name, {"period": micros(period), "used": used + units})
            return True

    def pause(self, name: str, until: datetime) -> None:
        """Note that the platform wants no request before ``until``."""
        with self._row(name) as (connection, row):
            self._set(connection, name, {"paused_until": max(row.paused_until, micros(until))})

    def paused(self, name: str) -> datetime | None:
        """Return the instant before which no request may be sent, if one was noted."""
        with self._db.read() as connection:
            until = connection.scalar(select(ledger.c.paused_until).where(ledger.c.name == name))
        return instant(until) if until else None

    def token(self, name: str) -> SecretStr | None:
        """Return the refresh token that replaced the configured one."""
        with self._db.read() as connection:
            kept = connection.scalar(select(ledger.c.token).where(ledger.c.name == name))
        if not kept:
            return None
        if self._seal is None:
            raise ConfigError(f"a refresh token was kept: set {VARIABLE}, the key it was sealed with")
        return self._seal.read(name, kept)

    def keep_token(self, name: str, token: SecretStr) -> bool:
        """Keep a refresh token, sealed; false where there is no key to seal it with."""
        if self._seal is None:
            return False
        kept = self._seal.keep(name, token)
        with self._row(name) as (connection, _):
            self._set(connection, name, {"token": kept})
        return True

    @contextmanager
    def rotating(self, name: str) -> Iterator[None]:
        """Keep others from renewing this credential meanwhile; raises `Transient` when another one does not end."""
        held = self._hold(name)
        try:
            yield
        finally:
            release = update(ledger).where(ledger.c.name == name, ledger.c.locked_until == held)
            with self._db.exclusive() as connection:
                connection.execute(release.values(locked_until=0))

    def _hold(self, name: str) -> int:
        ends = self._db.clock.monotonic() + _PATIENCE
        while self._db.clock.monotonic() < ends:
            with self._row(name) as (connection, row):
                now = self._db.now()
                if row.locked_until <= now:
                    self._set(connection, name, {"locked_until": now + _HELD})
                    return now + _HELD
            self._db.clock.sleep(_PAUSE)
        raise Transient("another process renews this credential and does not end; try again later")

    @contextmanager
    def _row(self, name: str) -> Iterator[tuple[Connection, Any]]:
        with self._db.exclusive() as connection:
            add_missing(connection, ledger, {"name": name}, unique="name")
            yield connection, connection.execute(select(ledger).where(ledger.c.name == name).with_for_update()).one()

    def _set(self, connection: Connection, name: str, values: Values) -> None:
        connection.execute(update(ledger).where(ledger.c.name == name).values(**values))
