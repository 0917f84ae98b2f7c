"""The webhooks of a configuration: every ``[webhooks.NAME]`` meets its platform's adapter and the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from socialcrm.adapters.registry import get_adapter
from socialcrm.clock import Clock, SystemClock
from socialcrm.config import DEFAULT_PATH, Settings, load, section
from socialcrm.errors import ConfigError
from socialcrm.store.base import PageRecord, Store
from socialcrm.sync import assembly
from socialcrm.sync.lawful import lawful
from socialcrm.webhooks import SCHEMES, Answer, Webhook, WebhookConfig

if TYPE_CHECKING:
    from socialcrm.adapters.base import Item
    from socialcrm.webhooks.shells import ASGI, WSGI

STREAM = "webhook"


class Webhooks(Mapping[str, Webhook]):
    """Receives what platforms push, for a server of yours to hand over requests to.

    What is received is stored at once and waits there for the next sync, which needs no network
    for it. Receiving takes no lease: any number of processes may receive while one syncs.
    """

    def __init__(self, webhooks: Mapping[str, Webhook], *, store: Store) -> None:
        self._webhooks, self.store = webhooks, store

    @classmethod
    def from_config(cls, path: str | Path | Settings = DEFAULT_PATH, *, clock: Clock | None = None) -> Webhooks:
        """Build the webhooks of ``socialcrm.toml`` and the environment; raises `ConfigError` naming what to mend."""
        settings = path if isinstance(path, Settings) else load(path)
        clock = clock or SystemClock()
        store = assembly.store_of(settings, clock=clock)
        return cls({name: _webhook(settings, name, store, clock) for name in settings.webhooks}, store=store)

    def receive(self, name: str, headers: Mapping[str, str | bytes], body: bytes) -> Answer:
        """Prove, read and store what was pushed to the webhook called ``name``; see `Webhook.receive`."""
        webhook = self._webhooks.get(name)
        return webhook.receive(headers, body) if webhook else Answer(404)

    def asgi(self) -> ASGI:
        """An ASGI application; mount it, or run it by itself. The last part of the path names the webhook."""
        from socialcrm.webhooks.shells import asgi

        return asgi(self)

    def wsgi(self) -> WSGI:
        """The same for WSGI."""
        from socialcrm.webhooks.shells import wsgi

        return wsgi(self)

    def close(self) -> None:
        """Release the database."""
        self.store.close()

    def __getitem__(self, name: str) -> Webhook:
        return self._webhooks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._webhooks)

    def __len__(self) -> int:
        return len(self._webhooks)

    def __enter__(self) -> Webhooks:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


def _webhook(settings: Settings, name: str, store: Store, clock: Clock) -> Webhook:
    platform = assembly.type_of(settings, "webhooks", name, default=name)
    if platform not in SCHEMES:
        known = ", ".join(SCHEMES)
        raise ConfigError(f"[webhooks.{name}]: {platform!r} pushes nothing we know how to prove; known are {known}")
    config = section(settings, WebhookConfig, "webhooks", name)

    def keep(items: Sequence[Item]) -> None:
        kept = [lawful(item, settings.retention, clock) for item in items]
        store.posts.record(PageRecord(source=name, stream=STREAM, items=kept, cursor=None))

    return Webhook(name, SCHEMES[platform], config, parse=get_adapter(platform).parse_push, keep=keep, clock=clock)
