"""Sign-in: client credentials, JWT bearer, refresh token; sessions that end.

Sources: Salesforce help, "OAuth 2.0 Client Credentials Flow", "OAuth 2.0 JWT Bearer Flow" (RS256, ``aud`` is the
login host or My Domain, ``exp`` at most three minutes ahead, ``sub`` a user), "OAuth 2.0 Refresh Token Flow",
"OAuth error codes"; session time-out two hours after the last use. No flow tells when a session ends; only the one
that began with a person's consent has a refresh token.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import jwt

from socialcrm.clock import Clock
from socialcrm.testing.salesforce.errors import ApiError, OAuthError

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
IDLE = timedelta(hours=2)
ASSERTION_AHEAD = timedelta(minutes=3)

SIGNATURE_ONLY: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
"""The other claims are checked below, by this org's clock."""


@dataclass
class Sessions:
    """The connected app of an org and the sessions it has opened.

    ``public_key`` is the certificate's, PEM; ``instance_urls`` may change while sessions live, as it does when an
    org is moved.
    """

    clock: Clock
    org_id: str
    user_id: str
    username: str
    url: str
    public_key: bytes
    client_id: str = "3MVG9.skylark.consumer.key"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    refresh_token: str = field(default_factory=lambda: "5Aep861" + secrets.token_urlsafe(40), repr=False)
    instance_url: str = ""
    idle: timedelta = IDLE
    logins: int = 0
    password_flow: bool = False
    api_enabled: bool = True
    _ends: dict[str, datetime] = field(default_factory=dict, repr=False)

    def open(self) -> str:
        """Open a session and give its token, as a test does that signs in nowhere."""
        token = f"{self.org_id[:15]}!{secrets.token_urlsafe(60)}"
        self._ends[token] = self.clock.now() + self.idle
        return token

    def expire(self) -> None:
        """End all sessions."""
        self._ends.clear()

    def check(self, headers: dict[str, str]) -> None:
        """Check and prolong the session of a request; raises ``INVALID_SESSION_ID``."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme and scheme.lower() not in {"bearer", "oauth"}:
            raise ApiError("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)
        ends = self._ends.get(token)
        if ends is None or ends <= self.clock.now():
            raise ApiError("INVALID_SESSION_ID", "Session expired or invalid")
        if not self.api_enabled:
            raise ApiError("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
        self._ends[token] = self.clock.now() + self.idle

    def token(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """Answer the token endpoint; raises `OAuthError`."""
        if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise OAuthError("invalid_request", "must use HTTP POST with a form")
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        flows = {
            "client_credentials": self._client_credentials,
            "refresh_token": self._refresh,
            JWT_BEARER: self._assertion,
        }
        flow = flows.get(form.get("grant_type", ""))
        if flow is None:
            # Username and password are blocked in new orgs.
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        flow(form)
        self.logins += 1
        return {
            "access_token": self.open(),
            "signature": secrets.token_urlsafe(32),
            "scope": "api",
            "instance_url": self.instance_url or self.url,
            "id": f"{self.url}/id/{self.org_id}/{self.user_id}",
            "token_type": "Bearer",
            "issued_at": str(int(self.clock.now().timestamp() * 1000)),
        }

    def _client(self, form: dict[str, str]) -> None:
        if form.get("client_id") != self.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")

    def _client_credentials(self, form: dict[str, str]) -> None:
        self._client(form)
        if not secrets.compare_digest(form.get("client_secret", "").encode(), self.client_secret.encode()):
            raise OAuthError("invalid_client", "invalid client credentials")

    def _refresh(self, form: dict[str, str]) -> None:
        self._client_credentials(form)
        if form.get("refresh_token") != self.refresh_token:
            raise OAuthError("invalid_grant", "expired access/refresh token")

    def _assertion(self, form: dict[str, str]) -> None:
        try:
            claims = jwt.decode(form.get("assertion", ""), self.public_key, ["RS256"], options=SIGNATURE_ONLY)
        except jwt.PyJWTError:
            raise OAuthError("invalid_grant", "invalid assertion") from None
        self._client({"client_id": str(claims.get("iss"))})
        if claims.get("aud") not in {*LOGIN_HOSTS, self.url}:
            raise OAuthError("invalid_grant", "audience is invalid")
        if claims.get("sub") != self.username:
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        now, expires = self.clock.now().timestamp(), claims.get("exp")
        ahead = ASSERTION_AHEAD.total_seconds()
        if not isinstance(expires, int | float) or not now < expires <= now + ahead + 5:
            raise OAuthError("invalid_grant", "assertion has expired or expires too late")
