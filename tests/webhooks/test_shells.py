"""ASGI and WSGI around webhooks, and the webhooks of a configuration."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from socialcrm.config import load
from socialcrm.errors import ConfigError
from socialcrm.sync.webhooks import Webhooks
from socialcrm.webhooks.shells import asgi, wsgi
from webhooks.conftest import Make
from webhooks.pushing import PUSHES, SECRET, meta

BODY = PUSHES["facebook"].body
SIGNED = meta(BODY, SECRET)


def ask_asgi(
    app: Any, method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes], query: str = ""
) -> tuple[int, dict[str, str], bytes, int]:
    """Speak ASGI as a server does; gives status, headers, body, and how many pieces were taken."""
    sent: list[dict[str, Any]] = []
    pieces, taken = list(pieces), 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": pieces[taken - 1], "more_body": taken < len(pieces)}

    async def send(event: Any) -> None:
        sent.append(event)

    told = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": told, "query_string": query.encode()}
    asyncio.run(app(scope, receive, send))
    start, body = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"], taken


def ask_wsgi(app: Any, method: str, path: str, headers: dict[str, str], body: bytes, **more: Any) -> tuple[int, bytes]:
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": more.pop("query", ""),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        **more,
    }
    environ = {key: value for key, value in environ.items() if value is not None}

    def start_response(status: str, headers: Any, failure: Any = None) -> Any:
        told.append(status)
        return lambda data: None

    found = app(environ, start_response)
    try:
        answer = b"".join(found)
    finally:
        if hasattr(found, "close"):
            found.close()
    return int(told[0].split()[0]), answer


def test_asgi_hands_the_raw_body_over(make: Make) -> None:
    webhook = make("facebook")
    status, headers, _, _ = ask_asgi(
        asgi({"facebook": webhook}), "POST", "/webhooks/facebook", SIGNED, [BODY[:10], BODY[10:]]
    )
    assert status == 200
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert webhook.counts == {"kept": 1}


def test_wsgi_hands_the_raw_body_over(make: Make) -> None:
    webhook = make("facebook")
    app = validator(wsgi({"facebook": webhook}))
    assert ask_wsgi(app, "POST", "/facebook", SIGNED, BODY)[0] == 200
    assert webhook.counts == {"kept": 1}


def test_fault_47_asgi_stops_reading_a_body_without_length(make: Make) -> None:
    app = asgi({"facebook": make("facebook", limit=100_000)})
    status, _, _, taken = ask_asgi(app, "POST", "/facebook", {}, [b"x" * 50_000] * 200)
    assert (status, taken) == (413, 3)


def test_fault_47_wsgi_stops_reading_a_body_that_is_too_large(make: Make) -> None:
    app = wsgi({"facebook": make("facebook", limit=100_000)})
    body = io.BytesIO(b"x" * (10 << 20))
    huge = {"wsgi.input": body, "CONTENT_LENGTH": str(10 << 20)}
    assert ask_wsgi(app, "POST", "/facebook", {}, b"", **huge)[0] == 413
    assert body.tell() <= 100_001
    ended = {"wsgi.input": io.BytesIO(b"x" * (10 << 20)), "CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert ask_wsgi(app, "POST", "/facebook", {}, b"", **ended)[0] == 413


def test_fault_47_wsgi_refuses_a_body_whose_end_nobody_knows(make: Make) -> None:
    app = wsgi({"facebook": make("facebook")})
    assert ask_wsgi(app, "POST", "/facebook", SIGNED, BODY, CONTENT_LENGTH="")[0] == 411
    assert ask_wsgi(app, "POST", "/facebook", SIGNED, BODY, CONTENT_LENGTH="many")[0] == 411
    whole = ask_wsgi(app, "POST", "/facebook", SIGNED, BODY, **{"CONTENT_LENGTH": "", "wsgi.input_terminated": True})
    assert whole[0] == 200


def test_questions_come_through_both(make: Make) -> None:
    webhooks = {"meta": make("facebook", verify_token="t0ken")}
    query = "hub.mode=subscribe&hub.verify_token=t0ken&hub.challenge=1158201444"
    assert ask_asgi(asgi(webhooks), "GET", "/a/b/meta/", {}, [b""], query)[::2] == (200, b"1158201444")
    assert ask_wsgi(wsgi(webhooks), "GET", "/meta", {}, b"", query=query) == (200, b"1158201444")
    many = "&".join(f"a{number}=1" for number in range(500))
    assert ask_wsgi(wsgi(webhooks), "GET", "/meta", {}, b"", query=many)[0] == 403


@pytest.mark.parametrize("path", ["/", "", "/other", "/webhooks/facebook/x"])
def test_another_path_is_404(make: Make, path: str) -> None:
    webhooks = {"facebook": make("facebook")}
    assert ask_asgi(asgi(webhooks), "POST", path, {}, [b""])[0] == 404
    assert ask_wsgi(wsgi(webhooks), "POST", path, {}, b"")[0] == 404


def test_asgi_lives_as_long_as_its_server() -> None:
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(events)

    async def send(event: Any) -> None:
        sent.append(event["type"])

    asyncio.run(asgi({})({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


SETTINGS = """
workspace = "skylark"
[store]
url = "sqlite:///store.db"
[webhooks.facebook]
own = ["1"]
[webhooks.our-page]
type = "facebook"
"""


def configured(folder: Path, text: str) -> Webhooks:
    (folder / "socialcrm.toml").write_text(text, encoding="utf-8")
    return Webhooks.from_config(load(folder / "socialcrm.toml"))


def test_webhooks_of_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALCRM_WEBHOOKS__FACEBOOK__SECRET", SECRET)
    with configured(tmp_path, SETTINGS) as webhooks:
        assert set(webhooks) == {"facebook", "our-page"}
        assert webhooks.receive("facebook", SIGNED, BODY).status == 200
        assert webhooks.receive("our-page", SIGNED, BODY).status == 503
        assert webhooks.receive("nobody", SIGNED, BODY).status == 404
        assert webhooks.store.posts.get("facebook", "10_20") is not None
        assert ask_wsgi(webhooks.wsgi(), "POST", "/facebook", SIGNED, BODY)[0] == 200
        assert ask_asgi(webhooks.asgi(), "POST", "/facebook", SIGNED, [BODY])[0] == 200


def test_wsgi_does_not_wait_for_a_body_that_does_not_come(make: Make) -> None:
    class Open(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("a connection that stays open would be waited for")

    more = {"CONTENT_LENGTH": None, "wsgi.input": Open(), "query": "crc_token=abc"}
    assert ask_wsgi(wsgi({"x": make("x")}), "GET", "/x", {}, b"", **more)[0] == 200


@pytest.mark.parametrize("platform", sorted(PUSHES))
def test_check_names_what_is_missing(make: Make, platform: str) -> None:
    complete = {"verify_token": "t0ken", "topics": ("https://topic.example",), "confirmation": "a1b2"}
    assert all(finding.ok for finding in make(platform, **complete).check())
    bare = list(make(platform, secret=None).check())
    assert not any(finding.ok for finding in bare)
    assert all(finding.remedy for finding in bare)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[webhooks.forum]\n", "'forum' pushes nothing"),
        ('[webhooks.facebook]\nsecret = "in the file"\n', "must not stand in the file"),
        ("[webhooks.facebook]\nsecrt = 1\n", "secret"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        configured(tmp_path, text)


def test_what_was_pushed_is_delivered_by_the_next_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from socialcrm.sync.pipeline import Sync

    monkeypatch.setenv("SOCIALCRM_WEBHOOKS__FACEBOOK__SECRET", SECRET)
    with configured(tmp_path, SETTINGS) as webhooks:
        webhooks.receive("facebook", SIGNED, BODY)
    with Sync.from_config(tmp_path / "socialcrm.toml") as sync:
        sync.run()
        found = sync.store.posts.get("facebook", "10_20")
        assert found is not None
        assert found.account != "recorded"
        assert json.dumps(sync.run().model_dump(mode="json"))
