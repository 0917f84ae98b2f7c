"""Long-running sources: connections kept open, what they bring stored at once, the next sync does the rest."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from socialcrm.clock import Clock, SystemClock
from socialcrm.config import Retention
from socialcrm.errors import AuthError, ConfigError, CursorExpired, SocialCRMError, Unsupported
from socialcrm.model import Deleted
from socialcrm.store.base import PageRecord, Store
from socialcrm.sync.lawful import lawful

if TYPE_CHECKING:
    from socialcrm.adapters.base import Adapter, Item, Page

STREAM = "stream"
LONGEST_WAIT = 300.0

log = logging.getLogger(__name__)

Progress = Callable[[str, int], None]


class Listener:
    """Listens to every source that has a stream, each in a thread of its own, until it is stopped.

    Like webhooks it takes no lease. A connection that ends is opened again, later and later up to
    five minutes; a source that will not work again (a refused credential) is given up, and the
    last such error is raised when no source is left. ``pause`` is how many seconds the first wait begins with.
    """

    def __init__(
        self,
        sources: Mapping[str, Adapter],
        store: Store,
        *,
        retention: Retention | None = None,
        clock: Clock | None = None,
        progress: Progress = lambda name, count: None,
        pause: float = 1.0,
    ) -> None:
        self._sources, self._store, self._progress, self._pause = sources, store, progress, pause
        self._retention, self._clock = retention or Retention(), clock or SystemClock()
        self._stop = threading.Event()
        self._failures: list[SocialCRMError] = []

    def stop(self) -> None:
        """End, after what is being stored."""
        self._stop.set()

    def run(self) -> None:
        """Listen until stopped. Raises `Unsupported` where no source has a stream."""
        threads = [threading.Thread(target=self._listen, args=pair, daemon=True) for pair in self._sources.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
        if not self._stop.is_set():
            told = [error for error in self._failures if not isinstance(error, Unsupported)]
            raise (told or self._failures or [Unsupported("no source is configured; add a [sources.NAME] table")])[-1]

    def _listen(self, name: str, adapter: Adapter) -> None:
        tries = 0
        while not self._stop.is_set():
            try:
                for page in adapter.listen(self._store.cursors.get(name, STREAM), stop=self._stop.is_set):
                    self._record(name, page)
                    tries = 0
            except (AuthError, ConfigError, Unsupported) as error:
                self._failures.append(error)
                if not isinstance(error, Unsupported):
                    log.error("%s", error)
                return
            except CursorExpired:
                self._store.cursors.reset(name, STREAM)
            except Exception as error:  # an adapter may be anybody's, and the store may come back
                log.warning("%s", error if isinstance(error, SocialCRMError) else f"{name}: {type(error).__name__}")
            tries += 1
            self._stop.wait(min(LONGEST_WAIT, self._pause * 2.0 ** min(tries, 20)) * random.uniform(0.5, 1))  # noqa: S311 - spread, not secret

    def _record(self, name: str, page: Page) -> None:
        ours = filter(self._ours, page.items)
        items = [lawful(item, self._retention, self._clock) for item in ours]
        if items or page.cursor is not None:
            self._store.posts.record(PageRecord(source=name, stream=STREAM, items=items, cursor=page.cursor))
            self._progress(name, len(items))

    def _ours(self, item: Item) -> bool:
        """A stream tells of everybody's deletions; only those of posts we hold concern us."""
        return not isinstance(item, Deleted) or self._store.posts.get(item.platform, item.id) is not None
