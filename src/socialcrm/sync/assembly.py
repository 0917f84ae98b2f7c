"""From settings to parts: every table of the configuration meets the part that owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from socialcrm.store.ledger import KeyringSeal, KeySeal, Seal

if TYPE_CHECKING:
    from socialcrm.matching.matcher import Matcher

DEFAULT_CRM = "sql"


def store_of(settings: Settings, *, clock: Clock | None = None) -> Store:
    """Open the store of the settings."""
    return open_store(
        settings.url(settings.store.url),
        workspace=settings.workspace,
        clock=clock or SystemClock(),
        suppression_key=settings.suppression_key,
        seal=_seal(settings),
    )


def _seal(settings: Settings) -> Seal | None:
    """Choose how refresh tokens are kept; without a key those that platforms replace are lost at the end of a run."""
    if settings.tokens == "keyring":
        return KeyringSeal()
    return KeySeal(settings.token_key) if settings.token_key else None


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


def matcher_of(settings: Settings) -> Matcher:
    """Build the matcher with the model of the settings, or the one that ships."""
    from socialcrm.matching.matcher import Matcher  # brings numpy, which reading a store needs not
    from socialcrm.matching.weights import WeightModel

    return Matcher(model=WeightModel.load(settings.path(settings.model))) if settings.model else Matcher()


def _source(settings: Settings, name: str, clock: Clock) -> Adapter:
    adapter = get_adapter(type_of(settings, "sources", name, default=name))
    replayed = "replay" in settings.table("sources", name)[0]
    # A recording asks for no password.
    defaults = dict.fromkeys(secrets_of(adapter.Config), SecretStr("replayed")) if replayed else {}
    return adapter(section(settings, adapter.Config, "sources", name, defaults=defaults), clock=clock)


def type_of(settings: Settings, *names: str, default: str) -> str:
    """What a table says of its ``type``, or else its own name."""
    kind = settings.table(*names)[0].get("type", default)
    if not isinstance(kind, str):
        raise ConfigError(f"[{'.'.join(names)}]: type must be a name in quotes")
    return kind
