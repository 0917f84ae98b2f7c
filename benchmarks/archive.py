"""Measures the memory and the speed of importing one large account export into a store.

    python benchmarks/archive.py --json
    python benchmarks/archive.py --mb 200 --read-only

Writes an invented X archive of that many megabytes (unpacked) as a zip, all posts in one file, and imports it
page by page in a process of its own. A tenth of the values are broken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from socialcrm.adapters.registry import get_adapter
from socialcrm.model import Post
from socialcrm.store import open_store
from socialcrm.store.base import PageRecord

WORDS = "my flight was late again and nobody at the desk could say why please help with bag seat thank you".split()
ENTITIES = {"hashtags": [], "symbols": [], "urls": [], "user_mentions": [{"screen_name": "skylarkair", "id_str": "9"}]}


def tweet(number: int) -> str:
    """One invented post, of the length such records have."""
    words = " ".join(WORDS[(number * 7919 + place * 104_729) % len(WORDS)] for place in range(30))
    name = str(1_700_000_000_000_000_000 + number)
    day = f"Fri Mar {number % 28 + 1:02} {number % 24:02}:{number % 60:02}:05 +0000 2023"
    record = {
        "edit_info": {"initial": {"editTweetIds": [name], "editsRemaining": "5", "isEditEligible": False}},
        "entities": ENTITIES,
        "favorite_count": str(number % 50),
        "id_str": name,
        "id": name,
        "in_reply_to_status_id_str": str(number + 1),
        "created_at": day,
        "full_text": f"@skylarkair {words} {number:x} {'é' * (number % 5)}",
        "lang": "en",
    }
    text = json.dumps({"tweet": record}, indent=2)
    return text[: len(text) // 2] + "}" if number % 10 == 9 else text


def write(path: Path, megabytes: int) -> int:
    """Write the archive; returns how many posts can be read from it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        account = {"account": {"accountId": "7", "username": "ann", "accountDisplayName": "Ann Lee"}}
        archive.writestr("data/account.js", f"window.YTD.account.part0 = {json.dumps([account])}")
        written = number = 0
        with archive.open("data/tweets.js", "w", force_zip64=True) as file:
            file.write(b"window.YTD.tweets.part0 = [\n")
            while written < megabytes << 20:
                written += file.write((",\n" if number else "").encode() + tweet(number).encode())
                number += 1
            file.write(b"\n]\n")
    return number - number // 10


def imported(path: Path, *, into: Path | None) -> dict[str, float]:
    """Import the archive in this process, and tell what it took."""
    kind = get_adapter("x-archive")
    adapter = kind(kind.Config(paths=(path,)))
    store = open_store(f"sqlite:///{into}", workspace="bench") if into else None
    began, cpu, items, largest = time.perf_counter(), time.process_time(), 0, 0
    for page in adapter.fetch("items", None):
        items += sum(isinstance(item, Post) for item in page.items)
        largest = max(largest, len(page.items))
        if store:
            store.posts.record(PageRecord(source="archive", stream="items", items=page.items, cursor=page.cursor))
    seconds = time.perf_counter() - began
    return {
        "peak_mb": round(peak_mb(), 1),
        "items_per_s": round(items / seconds, 1),
        "items_per_cpu_s": round(items / (time.process_time() - cpu), 1),
        "seconds": round(seconds, 1),
        "items": items,
        "largest_page": largest,
    }


def peak_mb() -> float:
    """The process's greatest resident size so far (ru_maxrss: KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mb", type=int, default=1024, help="size of the archive unpacked, in MB")
    parser.add_argument("--read-only", action="store_true", help="read only, store nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--import-from", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.import_from:  # the measured process
        into = None if options.read_only else options.import_from.with_name("socialcrm.db")
        print(json.dumps(imported(options.import_from, into=into)))
        return
    with tempfile.TemporaryDirectory(prefix="socialcrm-bench-") as folder:
        path = Path(folder, "archive.zip")
        readable = write(path, options.mb)
        command = [sys.executable, __file__, "--import-from", str(path), *(["--read-only"] * options.read_only)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
        result = {**json.loads(done.stdout), "readable": readable, "unpacked_mb": options.mb}
        result["zip_mb"] = round(path.stat().st_size / (1 << 20), 1)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>22}  {value}")


if __name__ == "__main__":
    main()
