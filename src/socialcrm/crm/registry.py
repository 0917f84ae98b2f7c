"""The CRM backends by name; other packages add theirs under the entry point group ``socialcrm.crm``."""

from __future__ import annotations

from socialcrm.crm.base import CRMBackend
from socialcrm.plugins import Registry

registry: Registry[CRMBackend] = Registry(
    "CRM",
    "socialcrm.crm",
    {
        "dynamics": ("socialcrm.crm.dynamics.backend.Dynamics", None),
        "hubspot": ("socialcrm.crm.hubspot.backend.HubSpot", None),
        "rest": ("socialcrm.crm.rest.backend.RestCRM", None),
        "salesforce": ("socialcrm.crm.salesforce.backend.SalesforceCRM", None),
        "sql": ("socialcrm.crm.sql.SQLCRM", None),
    },
)


def get_crm(name: str) -> type[CRMBackend]:
    """Import the backend called ``name``; raises `ConfigError` or `MissingExtra` with what to do."""
    return registry.get(name)
