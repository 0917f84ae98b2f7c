"""The adapters by name; other packages add theirs under the entry point group ``socialcrm.adapters``."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from socialcrm.adapters.base import Adapter
from socialcrm.errors import ConfigError
from socialcrm.plugins import Registry

if TYPE_CHECKING:
    from socialcrm.adapters.archive.base import ArchiveAdapter

registry: Registry[Adapter] = Registry(
    "adapter",
    "socialcrm.adapters",
    {
        "bluesky": ("socialcrm.adapters.bluesky.Bluesky", None),
        "facebook": ("socialcrm.adapters.facebook.Facebook", None),
        "facebook-archive": ("socialcrm.adapters.archive.facebook.FacebookArchive", None),
        "foursquare": ("socialcrm.adapters.foursquare.Foursquare", None),
        "google-plus": ("socialcrm.adapters.archive.google_plus.GooglePlus", None),
        "google_business": ("socialcrm.adapters.google_business.GoogleBusiness", None),
        "instagram": ("socialcrm.adapters.instagram.Instagram", None),
        "instagram-archive": ("socialcrm.adapters.archive.instagram.InstagramArchive", None),
        "jsonl": ("socialcrm.adapters.jsonl.JSONLines", None),
        "linkedin": ("socialcrm.adapters.linkedin.LinkedIn", None),
        "mastodon": ("socialcrm.adapters.mastodon.Mastodon", None),
        "reddit": ("socialcrm.adapters.reddit.Reddit", None),
        "reddit-archive": ("socialcrm.adapters.archive.reddit.RedditArchive", None),
        "rss": ("socialcrm.adapters.rss.RSS", None),
        "snapchat": ("socialcrm.adapters.archive.snapchat.Snapchat", None),
        "telegram": ("socialcrm.adapters.telegram.Telegram", None),
        "threads": ("socialcrm.adapters.threads.Threads", None),
        "tiktok": ("socialcrm.adapters.tiktok.TikTok", None),
        "vine": ("socialcrm.adapters.archive.vine.Vine", None),
        "vk": ("socialcrm.adapters.vk.VK", None),
        "whatsapp": ("socialcrm.adapters.whatsapp.WhatsApp", None),
        "x": ("socialcrm.adapters.x.X", None),
        "x-archive": ("socialcrm.adapters.archive.x.XArchive", None),
        "youtube": ("socialcrm.adapters.youtube.YouTube", None),
        "youtube-archive": ("socialcrm.adapters.archive.youtube.YouTubeArchive", None),
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


def archive_adapter(platform: str, *, missing_ok: bool = False) -> type[ArchiveAdapter] | None:
    """Import what reads a platform's account exports: ``x-archive`` for ``x``, ``vine`` for ``vine``.

    Raises `ConfigError` for a platform nobody knows, unless ``missing_ok``.
    """
    from socialcrm.adapters.archive.base import ArchiveAdapter

    for name in (f"{platform}-archive", platform):
        if name in registry.names():
            found = get_adapter(name)
            if issubclass(found, ArchiveAdapter):
                return found
    if platform not in registry.names() and not missing_ok:
        get_adapter(platform)
    return None
