"""A WebSocket server on this machine for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

sync_server = pytest.importorskip("websockets.sync.server")


@contextmanager
def serving(handler: Callable[[Any], None], **options: Any) -> Iterator[str]:
    """Serve on a free port of this machine."""
    with sync_server.serve(handler, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()
