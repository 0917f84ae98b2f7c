"""Webhooks beside a Flask application: what platforms push is stored before it is acknowledged.

    pip install flask
    flask --app 'webhooks_flask:app' run          # behind your TLS proxy

Run as a program it sends itself a question of X and a signed push. The mounted application reads raw
bodies; nothing may parse and write them anew in front of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import tempfile
from pathlib import Path

from flask import Flask
from invented import write
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from socialcrm.sync.webhooks import Webhooks

PUSH = {
    "for_user_id": "1",
    "tweet_create_events": [
        {
            "id_str": "1900000000000000001",
            "created_at": "Sun Mar 01 12:00:00 +0000 2026",
            "text": "@skylarkair my bag is still in Lisbon",
            "user": {"id_str": "77", "screen_name": "maraq", "name": "Mara Q."},
        }
    ],
}


def app(config: Path = Path("socialcrm.toml")) -> Flask:
    """Build the application: POST and GET /webhooks/NAME go to ``[webhooks.NAME]``."""
    webhooks = Webhooks.from_config(config)
    application = Flask(__name__)
    application.extensions["socialcrm"] = webhooks
    application.wsgi_app = DispatcherMiddleware(application.wsgi_app, {"/webhooks": webhooks.wsgi()})
    return application


def main(config: Path) -> None:
    application = app(config)
    client, body = application.test_client(), json.dumps(PUSH).encode()
    code = base64.b64encode(hmac.new(b"invented-secret", body, hashlib.sha256).digest()).decode()
    print("asked:", client.get("/webhooks/x?crc_token=abc").text)
    for sent in (f"sha256={code}", "sha256=forged"):
        answer = client.post("/webhooks/x", data=body, headers={"x-twitter-webhooks-signature": sent})
        print("pushed:", answer.status_code)
    webhooks = application.extensions["socialcrm"]
    print("stored:", webhooks.store.posts.find("x:1900000000000000001")[0].post.author.handle)
    webhooks.close()


if __name__ == "__main__":
    os.environ["SOCIALCRM_WEBHOOKS__X__SECRET"] = "invented-secret"
    with tempfile.TemporaryDirectory(prefix="socialcrm-example-") as folder:
        settings = write(Path(folder))
        settings.write_text(settings.read_text(encoding="utf-8") + "\n[webhooks.x]\n", encoding="utf-8")
        main(settings)
