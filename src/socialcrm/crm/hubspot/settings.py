"""The settings of HubSpot."""

from __future__ import annotations

from pydantic import Field, SecretStr

from socialcrm.crm.base import CRMConfig
from socialcrm.http.origin import HttpsOrigin


class HubSpotConfig(CRMConfig):
    """A private app's token with the scopes ``crm.objects.contacts.read`` and ``.write``.

    ``handles`` maps a platform to the contact property that holds its account names. With
    ``create_properties`` a check creates the note properties that are missing, which needs the scope
    ``crm.schemas.contacts.write``. The paths follow HubSpot's versions.
    """

    url: HttpsOrigin = "https://api.hubapi.com"
    token: SecretStr
    handles: dict[str, str] = Field(default_factory=dict)
    do_not_profile: str = ""
    create_properties: bool = False
    objects_path: str = "/crm/v3"
    associations_path: str = "/crm/v4"
