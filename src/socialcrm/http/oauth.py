"""OAuth 2.0 client credentials (RFC 6749, section 4.4): a program signs in as itself, and again in good time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import SecretStr

from socialcrm.clock import Clock
from socialcrm.errors import AuthError, BadResponse
from socialcrm.http.auth import Caller, NoAuth, plain_secret
from socialcrm.http.client import Client
from socialcrm.http.rules import Action, ErrorTable, Rule
from socialcrm.http.transport import Transport

_EARLY = 120.0
_SHORTEST = 60.0
_FORM = "application/x-www-form-urlencoded"


class ClientCredentials(NoAuth):
    """A token for a client id and secret, from ``path`` on the server ``origin``; one object serves a process."""

    errors: ClassVar[ErrorTable] = {
        **dict.fromkeys(
            (400, 401, 403),
            Rule(
                Action.FAIL,
                "the sign-in is refused; check tenant, client id and secret, and that none expired",
                AuthError,
            ),
        )
    }

    def __init__(
        self,
        origin: str,
        path: str,
        *,
        client_id: str,
        client_secret: SecretStr,
        scope: str,
        label: str,
        clock: Clock,
        transport: Transport | None = None,
    ) -> None:
        self._client = Client(origin, label=label, errors=self.errors, clock=clock, transport=transport)
        self._path, self._clock = path, clock
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "scope": scope}
        self._secret = client_secret
        self._lock = threading.RLock()
        self._token, self._ends = "", 0.0

    def headers(self, call: Caller) -> Mapping[str, str]:
        with self._lock:
            if not self._token or self._clock.monotonic() >= self._ends:
                self._sign_in()
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self, call: Caller) -> bool:
        with self._lock:
            self._sign_in()
            return True

    def _sign_in(self) -> None:
        form = urlencode({**self._form, "client_secret": plain_secret(self._secret)}).encode()
        answer: Any = self._client.send(
            "POST", self._path, data=form, headers={"Content-Type": _FORM}, repeat=True
        ).json
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise BadResponse("the sign-in answer holds no token")
        seconds = answer.get("expires_in")
        lasts = float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0.0
        self._token = token
        self._ends = self._clock.monotonic() + max(lasts - _EARLY, _SHORTEST)

    def close(self) -> None:
        """Release connections."""
        self._client.close()
