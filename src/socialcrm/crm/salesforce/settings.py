"""What ``[crm]`` may say when its type is ``salesforce``."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from socialcrm.config import Duration
from socialcrm.crm.base import CRMConfig
from socialcrm.http.origin import HttpsOrigin


class SignIn(StrEnum):
    """How a session begins. ``password`` is the SOAP login, which Salesforce retires in June 2027."""

    CLIENT_CREDENTIALS = "client_credentials"
    JWT = "jwt"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105
    SESSION = "session"
    PASSWORD = "password"  # noqa: S105


def _zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone; write one such as Europe/Berlin") from None
    return name


# Names of objects and fields stand in queries, where they cannot be quoted.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)]
OptionalName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]*)?$", max_length=80)]
FieldPath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$", max_length=200)
]
OptionalPath = Annotated[
    str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*)?$", max_length=200)
]


class SalesforceConfig(CRMConfig):
    """Where the org is, how to sign in, what to read and where to write. Field names are API names."""

    login_url: HttpsOrigin = "https://login.salesforce.com"
    sign_in: SignIn = SignIn.CLIENT_CREDENTIALS
    client_id: str = Field("", repr=False)
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    username: str = Field("", repr=False)
    private_key: SecretStr | None = None
    private_key_file: Path | None = None
    audience: str = "https://login.salesforce.com"
    session_id: SecretStr | None = None
    instance_url: HttpsOrigin | None = None
    password: SecretStr | None = None
    security_token: SecretStr | None = None
    api_version: str = Field("64.0", pattern=r"^\d{2,3}\.0$")
    ca_bundle: Path | None = None
    proxy: str = Field("", repr=False)
    timeout: Duration = timedelta(seconds=60)
    leave_calls: float = Field(0.2, ge=0, lt=1)
    contacts: tuple[Literal["Contact", "Lead"], ...] = ("Contact", "Lead")
    handles: dict[str, tuple[FieldPath, ...]] = Field(default_factory=dict)
    websites: tuple[FieldPath, ...] = ()
    language: OptionalPath = ""
    do_not_profile: tuple[FieldPath, ...] = ()
    consent: OptionalPath = ""
    individual: bool = True
    personas: bool = False
    bulk_read_above: int = Field(20_000, ge=1)
    target: Literal["task", "event", "custom", "social_post"] = "task"
    object: OptionalName = ""
    fields: dict[str, OptionalName] = Field(default_factory=dict)
    values: dict[Name, str | bool | int | float] = Field(default_factory=dict)
    time_zone: Annotated[str, AfterValidator(_zone)] = ""
    retract: Literal["delete", "stub"] = "delete"
    bulk_write_above: int = Field(2000, ge=1)
    bulk_wait: Duration = timedelta(seconds=90)
    hard_delete: bool = False
