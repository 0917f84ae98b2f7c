"""The adapters by name; other packages add theirs under the entry point group ``socialcrm.adapters``."""

from __future__ import annotations

from types import MappingProxyType

from socialcrm.adapters.base import Adapter
from socialcrm.errors import ConfigError
from socialcrm.plugins import Registry

registry: Registry[Adapter] = Registry(
    "adapter",
    "socialcrm.adapters",
    {
        "bluesky": ("socialcrm.adapters.bluesky.Bluesky", None),
        "facebook": ("socialcrm.adapters.facebook.Facebook", None),
        "foursquare": ("socialcrm.adapters.foursquare.Foursquare", None),
        "google_business": ("socialcrm.adapters.google_business.GoogleBusiness", None),
        "instagram": ("socialcrm.adapters.instagram.Instagram", None),
        "jsonl": ("socialcrm.adapters.jsonl.JSONLines", None),
        "linkedin": ("socialcrm.adapters.linkedin.LinkedIn", None),
        "mastodon": ("socialcrm.adapters.mastodon.Mastodon", None),
        "reddit": ("socialcrm.adapters.reddit.Reddit", None),
        "rss": ("socialcrm.adapters.rss.RSS", None),
        "telegram": ("socialcrm.adapters.telegram.Telegram", None),
        "threads": ("socialcrm.adapters.threads.Threads", None),
        "tiktok": ("socialcrm.adapters.tiktok.TikTok", None),
        "vk": ("socialcrm.adapters.vk.VK", None),
        "x": ("socialcrm.adapters.x.X", None),
        "youtube": ("socialcrm.adapters.youtube.YouTube", None),
    },
)


# Other names that recordings and people use.
ALIASES = MappingProxyType({"google-business": "google_business", "google-reviews": "google_business"})


def adapters() -> tuple[str, ...]:
    """List the name of every adapter installed here, built in or not, importing none."""
    return registry.names()


def get_adapter(name: str) -> type[Adapter]:
    """Import the adapter called ``name``; raises `ConfigError` or `MissingExtra` with what to do."""
    name = ALIASES.get(name, name)
    found = registry.get(name)
    if not issubclass(found, Adapter) or found.info.name != name:
        raise ConfigError(f"the adapter {name!r} is no `Adapter` of that name; update the package that brings it")
    return found
