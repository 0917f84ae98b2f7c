"""The adapters by name; other packages add theirs under the entry point group ``socialcrm.adapters``."""

from __future__ import annotations

from socialcrm.adapters.base import Adapter
from socialcrm.errors import ConfigError
from socialcrm.plugins import Registry

registry: Registry[Adapter] = Registry(
    "adapter",
    "socialcrm.adapters",
    {
        "bluesky": ("socialcrm.adapters.bluesky.Bluesky", None),
        "facebook": ("socialcrm.adapters.facebook.Facebook", None),
        "instagram": ("socialcrm.adapters.instagram.Instagram", None),
        "jsonl": ("socialcrm.adapters.jsonl.JSONLines", None),
        "linkedin": ("socialcrm.adapters.linkedin.LinkedIn", None),
        "mastodon": ("socialcrm.adapters.mastodon.Mastodon", None),
        "threads": ("socialcrm.adapters.threads.Threads", None),
        "tiktok": ("socialcrm.adapters.tiktok.TikTok", None),
        "x": ("socialcrm.adapters.x.X", None),
    },
)


def adapters() -> tuple[str, ...]:
    """List the name of every adapter installed here, built in or not, importing none."""
    return registry.names()


def get_adapter(name: str) -> type[Adapter]:
    """Import the adapter called ``name``; raises `ConfigError` or `MissingExtra` with what to do."""
    found = registry.get(name)
    if not issubclass(found, Adapter) or found.info.name != name:
        raise ConfigError(f"the adapter {name!r} is no `Adapter` of that name; update the package that brings it")
    return found
