"""A complete adapter for a platform that is not built in, and a sync that uses it.

python examples/custom_adapter.py

The platform, Chirrup, is invented; `answer` plays its server on this machine. The class is registered
for this process; a package would name it under the entry point group ``socialcrm.adapters`` instead (see
docs/adding_a_platform.md).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from socialcrm import Contact, Sync
from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.fields import instant, text, text_id
from socialcrm.adapters.registry import registry
from socialcrm.adapters.web import Feed, Me, WebAdapter
from socialcrm.http.auth import Bearer
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import CursorParam
from socialcrm.model import Deleted, Kind, Post, Profile


class Chirrup(WebAdapter):
    """Mentions of one account on Chirrup."""

    info = AdapterInfo(
        name="chirrup",
        title="Chirrup",
        docs="https://chirrup.example/docs",
        can=frozenset({Capability.MENTIONS}),
    )

    class Config(AdapterConfig):
        service: HttpsOrigin = "https://api.chirrup.example"
        token: SecretStr

    def auth(self) -> Bearer:
        return Bearer(self.config.token)

    def feeds(self) -> Mapping[str, Feed]:
        return {"mentions": Feed("/mentions", {"limit": 2}, CursorParam("after", "next"), key="chirps", at=("at",))}

    def whoami(self) -> Me:
        me = self.client.get("/me").json
        return Me(text_id(me["id"]), text_id(me["id"]), text(me["name"]))

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        yield from body.get("chirps") or ()

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        if raw.get("removed"):
            return Deleted(platform="chirrup", id=text_id(raw["id"]))
        who = raw["by"]
        return Post(
            platform="chirrup",
            id=text_id(raw["id"]),
            kind=Kind.MENTION,
            author=Profile(platform="chirrup", id=text_id(who["id"]), handle=text(who["name"])),
            text=text(raw["text"]),
            created_at=instant(raw["at"]),
            url=f"https://chirrup.example/c/{raw['id']}",
        )


SETTINGS = """\
[crm]
url = "sqlite:///crm.db"

[sources.chirrup]
service = "SERVICE"
"""

CHIRPS = [
    {"id": 3, "at": "2026-03-03T08:00:00Z", "by": {"id": 8, "name": "gatecrasher"}, "text": "@skylarkair nice gate"},
    {"id": 2, "at": "2026-03-02T08:00:00Z", "by": {"id": 7, "name": "maraq"}, "text": "@skylarkair thank you"},
    {"id": 1, "at": "2026-03-01T08:00:00Z", "by": {"id": 7, "name": "maraq"}, "text": "@skylarkair where is my bag?"},
]


def answer(path: str) -> Any:
    """What Chirrup's server says: newest first, two to a page."""
    if path == "/me":
        return {"id": 1, "name": "skylarkair"}
    return {"chirps": CHIRPS[2:]} if "after=2" in path else {"chirps": CHIRPS[:2], "next": "2"}


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(answer(self.path)).encode()
        self.send_response(200 if self.headers["Authorization"] == "Bearer invented" else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""


def main(folder: Path, service: str) -> None:
    registry.add("chirrup", Chirrup)
    os.environ["SOCIALCRM_SOURCES__CHIRRUP__TOKEN"] = "invented"  # a secret: never in the file
    config = folder / "socialcrm.toml"
    config.write_text(SETTINGS.replace("SERVICE", service), encoding="utf-8")
    with Sync.from_config(config) as sync:
        sync.crm.put_contacts([Contact(id="C1", full_name="Mara Quillfeather", handles={"chirrup": ("maraq",)})])
        report = sync.run()
        for entry in sync.crm.timeline("C1"):
            print(f"{entry.occurred_at:%Y-%m-%d} {entry.subject}: {entry.body}")
    for problem in report.problems:
        print(f"{problem.where}: {problem.what}", file=sys.stderr)
    print(f"{sum(source.new for source in report.sources)} new, {report.written} written")


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory(prefix="socialcrm-example-") as temporary:
            main(Path(temporary), f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
