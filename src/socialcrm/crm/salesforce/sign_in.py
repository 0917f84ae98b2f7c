"""Signing in: OAuth client credentials, JWT bearer, refresh token; a session id for tests; SOAP for old orgs.

Sources: Salesforce Help, "OAuth 2.0 Client Credentials Flow", "OAuth 2.0 JWT Bearer Flow", "OAuth 2.0 Refresh
Token Flow"; the release notes on the end of SOAP ``login()`` (API 65, Summer '27).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from socialcrm.clock import Clock
from socialcrm.crm.salesforce.errors import faults_in
from socialcrm.crm.salesforce.settings import SalesforceConfig, SignIn
from socialcrm.errors import AuthError, BadResponse, ConfigError, Transient
from socialcrm.http import strict_json
from socialcrm.http.auth import plain_secret
from socialcrm.http.origin import origin
from socialcrm.http.session import BoundedSession

logger = logging.getLogger("socialcrm.crm")
TOKEN = "/services/oauth2/token"  # noqa: S105
SOAP_ENDS = "the SOAP login ends for every org in June 2027; make an app for client_credentials or jwt"
_ASSERTION_LIVES = timedelta(seconds=150)  # at most three minutes; clocks differ
_SOAP_VERSION = "59.0"

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session: its token, and the address that it is for, as Salesforce gave it."""

    token: SecretStr
    instance_url: str


def sign_in(config: SalesforceConfig, session: BoundedSession, clock: Clock) -> Ticket:
    """Begin a session; raises `AuthError`, `ConfigError` or `Transient` with what to do."""
    if config.sign_in is SignIn.SESSION:
        address = _needed(config.instance_url, "instance_url", config)
        return Ticket(_needed(config.session_id, "session_id", config), address)
    if config.sign_in is SignIn.PASSWORD:
        return _soap(config, session)
    answer = _token(config, session, _FORMS[config.sign_in](config, clock))
    token, address = answer.get("access_token"), answer.get("instance_url")
    if not isinstance(token, str) or not isinstance(address, str):
        raise BadResponse("salesforce: the sign-in answer holds no access_token or no instance_url")
    return Ticket(SecretStr(plain_secret(SecretStr(token))), _address(address))


def renewable(config: SalesforceConfig) -> bool:
    """Tell whether a session that ended can be begun anew."""
    return config.sign_in is not SignIn.SESSION


def _client_credentials(config: SalesforceConfig, clock: Clock) -> Form:
    secret = _needed(config.client_secret, "client_secret", config)
    return {
        "grant_type": "client_credentials",
        "client_id": _needed(config.client_id, "client_id", config),
        "client_secret": plain_secret(secret),
    }


def _refresh_token(config: SalesforceConfig, clock: Clock) -> Form:
    form = {
        "grant_type": "refresh_token",
        "client_id": _needed(config.client_id, "client_id", config),
        "refresh_token": plain_secret(_needed(config.refresh_token, "refresh_token", config)),
    }
    return form if config.client_secret is None else {**form, "client_secret": plain_secret(config.client_secret)}


def _jwt(config: SalesforceConfig, clock: Clock) -> Form:
    import jwt  # slow to load, and only this way of signing in needs it

    claims = {
        "iss": _needed(config.client_id, "client_id", config),
        "sub": _needed(config.username, "username", config),
        "aud": config.audience,
        "exp": int((clock.now() + _ASSERTION_LIVES).timestamp()),
    }
    try:
        assertion = jwt.encode(claims, _private_key(config), algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        raise ConfigError("salesforce: the private key is not an RSA key in PEM form") from None
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


_FORMS: Mapping[SignIn, Callable[[SalesforceConfig, Clock], Form]] = {
    SignIn.CLIENT_CREDENTIALS: _client_credentials,
    SignIn.REFRESH_TOKEN: _refresh_token,
    SignIn.JWT: _jwt,
}


def _private_key(config: SalesforceConfig) -> str:
    if config.private_key is not None:
        return config.private_key.get_secret_value().replace("\\n", "\n")
    path = _needed(config.private_key_file, "private_key or private_key_file", config)
    try:
        return str(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"salesforce: private_key_file cannot be read: {type(error).__name__}") from None


def _token(config: SalesforceConfig, session: BoundedSession, form: Form) -> Mapping[str, Any]:
    response = session.post(config.login_url + TOKEN, data=form)
    try:
        body = strict_json.loads(response.content)
    except BadResponse:
        body = None
    if response.status_code == 200 and isinstance(body, dict):
        return body
    refused = faults_in(body, response.status_code)[0]
    if response.status_code >= 500 or response.status_code in {408, 429}:
        raise Transient(f"salesforce: the sign-in at {config.login_url} is away (status {response.status_code})")
    if not refused.code:
        raise ConfigError(f"salesforce: {config.login_url} is no sign-in address; login_url is your My Domain")
    sentence = refused.sentence(*form.values())
    raise AuthError(f"salesforce: signing in by {config.sign_in} was refused: {sentence}; renew the credential")


def _soap(config: SalesforceConfig, session: BoundedSession) -> Ticket:
    from simple_salesforce.exceptions import SalesforceAuthenticationFailed
    from simple_salesforce.login import SalesforceLogin

    logger.warning("salesforce: %s", SOAP_ENDS)
    code = ""
    try:
        token, host = SalesforceLogin(
            username=_needed(config.username, "username", config),
            password=_needed(config.password, "password", config).get_secret_value(),
            security_token="" if config.security_token is None else config.security_token.get_secret_value(),
            session=session,
            sf_version=_SOAP_VERSION,
            scratch_url=config.login_url,
        )
    except SalesforceAuthenticationFailed as error:
        code = str(error.code)[:80]
    except (ValueError, AttributeError, TypeError):
        code = "an unreadable answer"
    if code:
        raise AuthError(f"salesforce: the SOAP login was refused: {code}; {SOAP_ENDS}")
    return Ticket(SecretStr(token), config.instance_url or _address(f"https://{host}"))


def _address(text: str) -> str:
    try:
        return origin(text)
    except ValueError as error:
        raise BadResponse(f"salesforce: the sign-in answer names an instance that is not usable: {error}") from None


def _needed(value: Any, name: str, config: SalesforceConfig) -> Any:
    if not value:
        raise ConfigError(f"[crm]: {name} is missing; signing in by {config.sign_in} needs it")
    return value
