"""Credentials as values: what they add to a request, and how they are renewed."""

from __future__ import annotations

import hashlib
import hmac
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pydantic import SecretStr

from socialcrm.errors import AuthError, BadResponse, ConfigError
from socialcrm.http.ledger import Alone, Ledger

_CENTURY = 100 * 366 * 86_400


class Caller(Protocol):
    """One unauthenticated call, with the client's retries; ``path`` may be a whole address."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]: ...


class Auth(Protocol):
    """A credential. It is asked again for every try, after any wait."""

    def headers(self, call: Caller) -> Mapping[str, str]:
        """Headers to send; may log in first."""
        ...

    def params(self) -> Mapping[str, str]:
        """Query parameters to send."""
        ...

    def prefix(self) -> str:
        """What goes before every path; it is sent only, so that no log, error or recording holds it."""
        ...

    def renew(self, call: Caller) -> bool:
        """Get a fresh credential after a refusal; false where that is impossible."""
        ...


class NoAuth:
    """Sends nothing."""

    def headers(self, call: Caller) -> Mapping[str, str]:
        return {}

    def params(self) -> Mapping[str, str]:
        return {}

    def prefix(self) -> str:
        return ""

    def renew(self, call: Caller) -> bool:
        return False


class Recorded(NoAuth):
    """Stands in for a credential while a recording answers: it sends nothing, and after a refusal just asks again."""

    def renew(self, call: Caller) -> bool:
        return True


@dataclass(frozen=True)
class Bearer(NoAuth):
    """Sends a fixed token in the ``Authorization`` header."""

    token: SecretStr

    def headers(self, call: Caller) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {plain_secret(self.token)}"}


@dataclass(frozen=True)
class Basic(NoAuth):
    """Sends a user name and a password or token in the ``Authorization`` header (RFC 7617)."""

    user: str
    password: SecretStr

    def headers(self, call: Caller) -> Mapping[str, str]:
        pair = f"{self.user}:{plain_secret(self.password)}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}


@dataclass(frozen=True)
class ProvenBearer(Bearer):
    """A token with the proof that its sender also holds the app's secret, in the query as ``appsecret_proof``.

    HMAC-SHA256 over the token, keyed with the secret, in hexadecimal
    (https://developers.facebook.com/docs/graph-api/guides/secure-requests).
    """

    secret: SecretStr | None = None

    def params(self) -> Mapping[str, str]:
        if self.secret is None:
            return {}
        key, message = plain_secret(self.secret).encode(), plain_secret(self.token).encode()
        return {"appsecret_proof": hmac.new(key, message, hashlib.sha256).hexdigest()}


@dataclass(frozen=True)
class ApiKey(NoAuth):
    """Sends a fixed key under a name: as a header, or where the platform insists in the query."""

    name: str
    key: SecretStr
    in_query: bool = False

    def headers(self, call: Caller) -> Mapping[str, str]:
        return {} if self.in_query else {self.name: plain_secret(self.key)}

    def params(self) -> Mapping[str, str]:
        return {self.name: plain_secret(self.key)} if self.in_query else {}


@dataclass(frozen=True)
class InPath(NoAuth):
    """Sends a fixed token as the first part of every path, behind ``before``."""

    before: str
    token: SecretStr

    def prefix(self) -> str:
        return f"{self.before}{plain_secret(self.token)}"


@dataclass
class RefreshToken(NoAuth):
    """Trades a long-lived refresh token for short-lived access tokens (RFC 6749, section 6).

    ``token_url`` is a whole address. With ``basic`` the client names itself in a header instead of
    the form. A refresh token that the answer replaces is kept in the ``ledger`` under ``name``, so that
    other processes and later runs use it; ``unkept`` says that the ledger could not. ``ends`` is when
    the platform says the refresh token itself ends.
    """

    token_url: str
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    basic: bool = False
    ledger: Ledger = field(default_factory=Alone, repr=False)
    name: str = ""
    unkept: bool = False
    ends: datetime | None = None
    _access: str = field(default="", repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def headers(self, call: Caller) -> Mapping[str, str]:
        with self._lock:
            if not self._access:
                self.renew(call)
            return {"Authorization": f"Bearer {self._access}"}

    def renew(self, call: Caller) -> bool:
        with self._lock, self.ledger.rotating(self.name):
            # Another process may have renewed it meanwhile: then the one we know is worth nothing any more.
            self.refresh_token = self.ledger.token(self.name) or self.refresh_token
            self._keep(self._traded(call))
            return True

    def _traded(self, call: Caller) -> Mapping[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": plain_secret(self.refresh_token)}
        client = {"client_id": self.client_id, "client_secret": plain_secret(self.client_secret)}
        headers = {"Authorization": f"Basic {_pair(client)}"} if self.basic else {}
        return call("POST", self.token_url, headers=headers, form=form if self.basic else {**form, **client})

    def _keep(self, answer: Mapping[str, Any]) -> None:
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise BadResponse("the answer about the refresh token holds no access token")
        self._access = plain_secret(SecretStr(access))
        if isinstance(refresh, str) and refresh and refresh != self.refresh_token.get_secret_value():
            self.refresh_token = SecretStr(refresh)
            self.unkept = not self.ledger.keep_token(self.name, self.refresh_token)
        seconds = answer.get("refresh_token_expires_in")
        if isinstance(seconds, int) and 0 < seconds < _CENTURY:
            self.ends = datetime.now(UTC) + timedelta(seconds=seconds)


def _pair(client: Mapping[str, str]) -> str:
    return b64encode(":".join(client.values()).encode()).decode()


@dataclass
class Session(NoAuth):
    """Logs in once with a name and a password, then renews its token with the refresh token it was given.

    ``login`` and ``refresh`` are paths answered with JSON that holds ``access_key`` and
    ``refresh_key``. Logins are scarce on most platforms, so one object serves a process.
    """

    login: str
    refresh: str
    credentials: Mapping[str, str | SecretStr]
    access_key: str
    refresh_key: str
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def headers(self, call: Caller) -> Mapping[str, str]:
        with self._lock:
            if not self.claims:
                self._log_in(call)
            return {"Authorization": f"Bearer {self.claims[self.access_key]}"}

    def renew(self, call: Caller) -> bool:
        with self._lock:
            refresh_token = self.claims.get(self.refresh_key)
            try:
                if not isinstance(refresh_token, str):
                    raise AuthError("no refresh token")
                answer = call("POST", self.refresh, headers={"Authorization": f"Bearer {refresh_token}"}, json=None)
                self._keep(answer)
            except AuthError:
                self._log_in(call)
            return True

    def _log_in(self, call: Caller) -> None:
        body = {
            name: plain_secret(value) if isinstance(value, SecretStr) else value
            for name, value in self.credentials.items()
        }
        self._keep(call("POST", self.login, headers={}, json=body))

    def _keep(self, answer: Mapping[str, Any]) -> None:
        if not isinstance(answer, Mapping) or not isinstance(answer.get(self.access_key), str):
            raise BadResponse("the login answer holds no token")
        self.claims = {**self.claims, **answer}


def plain_secret(secret: SecretStr) -> str:
    """Unwrap a secret for sending; raises `ConfigError` where it cannot be a header value."""
    value = secret.get_secret_value().strip()
    if not value or not value.isascii() or any(character <= " " or character == "\x7f" for character in value):
        raise ConfigError("the credential is empty or holds characters that no credential has (line breaks, spaces?)")
    return value
