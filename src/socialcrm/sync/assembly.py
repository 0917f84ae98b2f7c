"""From settings to parts: every table of the configuration meets the part that owns it."""

from __future__ import annotations

from pydantic import SecretStr

from socialcrm.adapters.base import Adapter
from socialcrm.adapters.registry import get_adapter
from socialcrm.clock import Clock, SystemClock
from socialcrm.config import Settings, secrets_of, section
from socialcrm.crm.base import CRMBackend
from socialcrm.crm.registry import get_crm
from socialcrm.errors import ConfigError
from socialcrm.relevance.judge import Judge, RelevanceRules
from socialcrm.store import open_store
from socialcrm.store.base import Store

DEFAULT_CRM = "sql"


def store_of(settings: Settings, *, clock: Clock | None = None) -> Store:
    """Open the store of the settings."""
    return open_store(
        settings.url(settings.store.url),
        workspace=settings.workspace,
        clock=clock or SystemClock(),
        suppression_key=settings.suppression_key,
    )


def crm_of(settings: Settings) -> CRMBackend:
    """Build the CRM backend of ``[crm]``."""
    backend = get_crm(type_of(settings, "crm", default=DEFAULT_CRM))
    return backend(section(settings, backend.Config, "crm"))


def sources_of(settings: Settings, *, clock: Clock) -> dict[str, Adapter]:
    """Build the adapter of every ``[sources.NAME]``; ``type`` names the platform where NAME does not."""
    return {name: _source(settings, name, clock) for name in settings.sources}


def judge_of(settings: Settings) -> Judge:
    """Build the judge of ``[relevance]``."""
    return Judge(section(settings, RelevanceRules, "relevance"))


def _source(settings: Settings, name: str, clock: Clock) -> Adapter:
    adapter = get_adapter(type_of(settings, "sources", name, default=name))
    replayed = "replay" in settings.table("sources", name)[0]
    # A recording asks for no password.
    defaults = dict.fromkeys(secrets_of(adapter.Config), SecretStr("replayed")) if replayed else {}
    return adapter(section(settings, adapter.Config, "sources", name, defaults=defaults), clock=clock)


def type_of(settings: Settings, *names: str, default: str) -> str:
    """What a table says of its ``type``, or else its own name."""
    merged, _ = settings.table(*names)
    kind = merged.get("type", default)
    if not isinstance(kind, str):
        raise ConfigError(f"[{'.'.join(names)}]: type must be a name in quotes")
    return kind
