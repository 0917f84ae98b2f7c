"""WebSockets against a real server on this machine."""

from __future__ import annotations

import logging
import threading
from http import HTTPStatus
from typing import Any

import pytest

from socialcrm.errors import AuthError, BadResponse, ConfigError, Transient
from socialcrm.http.websocket import frames
from sockets import serving


def heard(url: str, **options: Any) -> list[str | None]:
    """Frames up to the end of the connection."""
    found: list[str | None] = []
    with pytest.raises(Transient, match="ended"):
        found.extend(frames(url, label="forum", beat=0.05, **options))
    return found


def test_frames_come_in_order_and_the_end_is_transient() -> None:
    def handler(socket: Any) -> None:
        for text in ("one", "two", b"bytes"):
            socket.send(text)

    with serving(handler) as url:
        assert heard(url) == ["one", "two", None]


def test_silence_beats_so_that_one_can_stop() -> None:
    done = threading.Event()
    with serving(lambda socket: done.wait(5)) as url:
        beats = [frame for frame, _ in zip(frames(url, label="forum", beat=0.02), range(3), strict=False)]
        stopped = list(frames(url, label="forum", beat=0.02, stop=lambda: True))
        done.set()
    assert (beats, stopped) == ([None, None, None], [])


def test_headers_are_sent_and_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[str] = []

    def handler(socket: Any) -> None:
        asked.append(socket.request.headers["Authorization"])

    with caplog.at_level(logging.DEBUG, "websockets.client"), serving(handler) as url:
        caplog.clear()
        heard(url, headers={"Authorization": "Bearer s3cret"})
        logged = [record.getMessage() for record in caplog.records if record.name == "websockets.client"]
    assert asked == ["Bearer s3cret"]
    assert "s3cret" not in "".join(logged)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthError), (403, AuthError), (404, ConfigError), (429, Transient), (503, Transient), (301, ConfigError)],
)
def test_a_refusal_has_its_class(status: int, error: type[Exception]) -> None:
    def refuse(connection: Any, request: Any) -> Any:
        return connection.respond(HTTPStatus(status), "no")

    with serving(lambda socket: None, process_request=refuse) as url, pytest.raises(error) as caught:
        list(frames(url, label="forum"))
    assert "forum" in str(caught.value)


def test_a_frame_larger_than_any_post_is_refused() -> None:
    with serving(lambda socket: socket.send("x" * 10_000)) as url, pytest.raises(BadResponse, match="larger"):
        list(frames(url, label="forum", largest=1_000))


def test_nobody_there_is_transient() -> None:
    with serving(lambda socket: None) as url:
        gone = url
    with pytest.raises(Transient, match="cannot be opened"):
        list(frames(gone, label="forum"))


@pytest.mark.parametrize(
    "url", ["ws://forum.example/x", "http://forum.example", "ftp://127.0.0.1", "wss://u@forum.example"]
)
def test_only_safe_addresses_are_opened(url: str) -> None:
    with pytest.raises(ConfigError, match="wss://"):
        list(frames(url, label="forum"))
