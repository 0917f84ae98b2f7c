"""The settings of Dynamics 365."""

from __future__ import annotations

from pydantic import Field, SecretStr

from socialcrm.crm.base import CRMConfig
from socialcrm.crm.dynamics.calls import API
from socialcrm.http.origin import HttpsOrigin


class DynamicsConfig(CRMConfig):
    """An application user: ``tenant``, ``client_id`` and its secret, on the environment at ``url``.

    ``table`` is ``task`` or an activity table of your own with the columns ``PREFIX_key``, ``_revision``,
    ``_digest`` and ``_occurredat``. The four numbers are the table's states and status reasons. ``handles``
    maps a platform to a contact column.
    """

    url: HttpsOrigin
    tenant: str
    client_id: str
    client_secret: SecretStr
    login_url: HttpsOrigin = "https://login.microsoftonline.com"
    api_path: str = API
    table: str = Field("task", pattern=r"^[a-z0-9_]+$")
    prefix: str = Field("scrm", pattern=r"^[a-z][a-z0-9]{1,7}$")
    open_state: int = 0
    open_status: int = 2
    closed_state: int = 1
    closed_status: int = 5
    handles: dict[str, str] = Field(default_factory=dict)
    do_not_profile: str = ""
    social_profiles: bool = True
