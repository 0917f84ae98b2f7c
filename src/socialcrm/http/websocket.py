"""One WebSocket as an iterator of text frames, on the library websockets (extra ``streaming``)."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from socialcrm.errors import AuthError, BadResponse, ConfigError, MissingExtra, SocialCRMError, Transient
from socialcrm.http.origin import origin
from socialcrm.http.rules import Action, decide

LARGEST = 4 << 20
BEAT = 1.0
_TOO_BIG = 1009
_SCHEMES = {"https": "wss", "http": "ws", "wss": "wss", "ws": "ws"}

# The library logs headers when it logs at all.
_silent = logging.Logger("socialcrm.websocket.silent", logging.CRITICAL + 1)


def frames(
    url: str,
    *,
    label: str,
    headers: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
    beat: float = BEAT,
    largest: int = LARGEST,
) -> Iterator[str | None]:
    """Yield every text frame, and ``None`` after each ``beat`` seconds without one; end when ``stop`` says so.

    Proxies of the environment are not used, redirects are not followed, certificates are checked.
    Raises `Transient` when the connection fails or ends, `AuthError` and `ConfigError` where trying again
    is of no use, and `MissingExtra` without the library.
    """
    try:
        from websockets.sync.client import connect
    except ImportError:
        raise MissingExtra("Listening to a stream", "streaming") from None
    address = _address(url, label)
    secure = ssl.create_default_context() if address.startswith("wss:") else None
    options: dict[str, Any] = {"ssl": secure, "additional_headers": headers, "max_size": largest, "logger": _silent}
    with _failures(label), connect(address, proxy=None, **options) as socket:
        while not stop():
            try:
                frame = socket.recv(timeout=beat)
            except TimeoutError:
                yield None
            else:
                yield frame if isinstance(frame, str) else None


@contextmanager
def _failures(label: str) -> Iterator[None]:
    """The library's errors, as ours."""
    from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

    try:
        yield
    except InvalidStatus as error:
        raise _refused(label, error.response.status_code) from None
    except ConnectionClosed as error:
        if error.sent and error.sent.code == _TOO_BIG:
            raise BadResponse(f"{label}: the stream sent a frame larger than any post; listening begins anew") from None
        raise Transient(f"{label}: the stream ended; listening begins anew") from None
    except (WebSocketException, OSError) as error:
        raise Transient(f"{label}: the stream cannot be opened ({type(error).__name__})") from None


def _address(url: str, label: str) -> str:
    parts = urlsplit(url)
    plain = urlunsplit((parts.scheme.replace("ws", "http", 1), parts.netloc, "", "", ""))
    try:
        origin(plain)
        return urlunsplit(parts._replace(scheme=_SCHEMES[parts.scheme]))
    except (ValueError, KeyError):
        raise ConfigError(f"{label}: the address of the stream does not begin with wss://") from None


def _refused(label: str, status: int) -> SocialCRMError:
    rule = decide(status, (), {})
    if rule is None or rule.action in {Action.RETRY, Action.WAIT}:
        return Transient(f"{label}: the stream is refused with status {status}; it is tried again later")
    kind = AuthError if rule.raises is AuthError else ConfigError
    return kind(f"{label}: the stream is refused with status {status}: {rule.sentence}")
