"""How fast recorded answers become posts, on one core.

``python benchmarks/parse.py --data DIR --json``: ``DIR`` holds recorded exchanges, ``<platform>/<endpoint>/*.json``.
The bytes are parsed before the clock starts; measured is finding the items, reading them, cleaning their texts and
building the models, as a live run and a replay do it.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from socialcrm.adapters.base import Adapter
from socialcrm.adapters.registry import ALIASES, get_adapter, registry
from socialcrm.errors import SocialCRMError
from socialcrm.http.exchange import Exchange, load_exchange
from socialcrm.model import Post

SECONDS = 1.0


def load(folder: Path) -> list[Exchange]:
    """Every exchange of one platform whose answer is JSON; account exports lie in folders of their own."""
    files = (file for file in sorted(folder.rglob("*.json")) if "archive" not in file.parts)
    return [exchange for file in files if isinstance((exchange := load_exchange(file)).body, dict | list)]


def run(adapter: type[Adapter], exchanges: list[Exchange]) -> int:
    """Read every exchange once; how many posts there were."""
    posts = 0
    for exchange in exchanges:
        try:
            posts += sum(isinstance(item, Post) for item in adapter.replay_parse(exchange))
        except SocialCRMError:
            continue
    return posts


def measure(adapter: type[Adapter], exchanges: list[Exchange], seconds: float) -> tuple[int, float]:
    """Posts of one round, and seconds for it: the fastest of as many as fit into the time."""
    began, best, posts = time.perf_counter(), float("inf"), run(adapter, exchanges)
    while time.perf_counter() - began < seconds or best == float("inf"):
        start = time.perf_counter()
        run(adapter, exchanges)
        best = min(best, time.perf_counter() - start)
    return posts, best


def main() -> None:
    """Measure every platform below a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each platform")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for folder in sorted(path for path in options.data.iterdir() if path.is_dir()):
        if ALIASES.get(folder.name, folder.name) not in registry.names():
            continue
        posts, seconds = measure(get_adapter(folder.name), load(folder), options.seconds)
        if posts:
            found[folder.name] = {"posts": posts, "posts_per_s": round(posts / seconds)}
    total = sum(one["posts"] for one in found.values())
    took = sum(one["posts"] / one["posts_per_s"] for one in found.values())
    result = {"posts": total, "posts_per_s": round(total / took) if total else 0, "platforms": found}
    print(json.dumps(result, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
