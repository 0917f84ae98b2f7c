"""Webhooks in a FastAPI application: what platforms push is stored before it is acknowledged.

    pip install fastapi httpx uvicorn
    uvicorn --factory webhooks_fastapi:app        # behind your TLS proxy

Run as a program it sends itself a signed push and shows where the post went. The mounted application
reads raw bodies; nothing may parse and write them anew in front of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from invented import write

from socialcrm import Sync
from socialcrm.sync.webhooks import Webhooks

PUSH = {
    "object": "page",
    "entry": [
        {
            "id": "1",
            "time": 1772366401,
            "changes": [
                {
                    "field": "feed",
                    "value": {
                        "item": "comment",
                        "verb": "add",
                        "comment_id": "10_20",
                        "post_id": "1_10",
                        "parent_id": "1_10",
                        "from": {"id": "77", "name": "Mara Quillfeather"},
                        "message": "my bag is still in Lisbon",
                        "created_time": 1772366400,
                    },
                }
            ],
        }
    ],
}


def app(config: Path = Path("socialcrm.toml")) -> FastAPI:
    """Build the application: POST and GET /webhooks/NAME go to ``[webhooks.NAME]``."""
    webhooks = Webhooks.from_config(config)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        webhooks.close()

    application = FastAPI(lifespan=lifespan)
    application.mount("/webhooks", webhooks.asgi())

    @application.get("/health")
    def health() -> dict[str, dict[str, int]]:
        """What was kept, unknown, refused and failed, for your monitoring."""
        return {name: dict(webhook.counts) for name, webhook in webhooks.items()}

    return application


async def push(application: FastAPI) -> None:
    body = json.dumps(PUSH).encode()
    signature = hmac.new(b"invented-secret", body, hashlib.sha256).hexdigest()
    transport = httpx.ASGITransport(app=application)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        for sent in (f"sha256={signature}", "sha256=forged"):
            answer = await client.post("/webhooks/facebook", content=body, headers={"X-Hub-Signature-256": sent})
            print(answer.status_code, (await client.get("/health")).json())


def main(config: Path) -> None:
    asyncio.run(push(app(config)))
    with Sync.from_config(config) as sync:
        report = sync.run()
        print(f"{report.written} written; the pushed post: {sync.store.posts.find('facebook:10_20')[0].account}")


if __name__ == "__main__":
    os.environ["SOCIALCRM_WEBHOOKS__FACEBOOK__SECRET"] = "invented-secret"
    with tempfile.TemporaryDirectory(prefix="socialcrm-example-") as folder:
        settings = write(Path(folder))
        settings.write_text(settings.read_text(encoding="utf-8") + "\n[webhooks.facebook]\n", encoding="utf-8")
        main(settings)
