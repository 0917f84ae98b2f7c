"""An invented airline's workspace, so that the examples run offline without an account anywhere."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from socialcrm import Sync
from socialcrm.crm.csv_import import import_contacts

SETTINGS = """\
workspace = "skylark"

[store]
url = "sqlite:///socialcrm.db"

[crm]
type = "sql"
url = "sqlite:///crm.db"

[sources.forum]
type = "jsonl"
path = "posts.jsonl"
platform = "forum"
"""

# The CRM knows Mara's account name. It knows that there is an Odalys Brennick, and nothing of her accounts.
CONTACTS = """\
contact_id,first_name,last_name,email,phone,city,extra
C1,Mara,Quillfeather,mara@quillfeather.example,+44 20 7946 0101,Leeds,handles=forum:maraq
C2,Odalys,Brennick,odalys.brennick@example.com,+44 20 7946 0102,York,
"""

BRAND = {"id": "1", "handle": "skylarkair", "display_name": "Skylark Air"}
MARA = {"id": "7", "handle": "maraq", "display_name": "Mara Q."}
ODALYS = {"id": "8", "handle": "odalysb", "display_name": "Odalys Brennick"}
STRANGER = {"id": "9", "handle": "windowseat", "display_name": "Window Seat"}

POSTS = [
    {"id": "100", "author": MARA, "text": "@skylarkair my bag is still in Lisbon. Who can help?"},
    {"id": "101", "author": BRAND, "text": "Sorry, Mara! It flies tonight.", "in_reply_to": "100"},
    {"id": "102", "author": ODALYS, "text": "@skylarkair may I bring a cello on board?"},
    {"id": "103", "author": STRANGER, "text": "@skylarkair the new livery is lovely"},
]


def write(folder: Path) -> Path:
    """Write settings and posts into a folder, fill its CRM with contacts, and return the settings file."""
    lines = [
        {"kind": "mention", "created_at": f"2026-03-0{day}T09:30:00Z", "lang": "en", "conversation_id": "100", **post}
        | ({"kind": "reply", "direction": "outbound"} if post["author"] == BRAND else {})
        for day, post in enumerate(POSTS, start=1)
    ]
    (folder / "posts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    config = folder / "socialcrm.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    config.chmod(0o600)
    with Sync.from_config(config) as sync:
        import_contacts(folder / "contacts.csv", sync.crm)
    return config


@contextmanager
def settings_file() -> Iterator[Path]:
    """Give the settings file named on the command line, or an invented workspace that is gone afterwards."""
    if len(sys.argv) > 1:
        yield Path(sys.argv[1])
        return
    with tempfile.TemporaryDirectory(prefix="socialcrm-example-") as folder:
        yield write(Path(folder))
