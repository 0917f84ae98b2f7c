"""The settings of a REST CRM."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from socialcrm.crm.base import CRMConfig


class RestConfig(CRMConfig):
    """``definition`` is the name of a shipped definition or a path; what it leaves open is said here.

    ``handles`` maps a platform to the field of a contact that holds its account names, ``fields`` adds to
    or replaces the definition's. ``trial_contact`` is a contact on which `check` may write a trial entry.
    """

    definition: Path
    url: str = ""
    user: str = ""
    token: SecretStr | None = None
    ledger: Path = Path("socialcrm-ledger.db")
    handles: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)
    do_not_profile: str = ""
    trial_contact: str = ""
