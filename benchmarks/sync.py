"""Times a whole sync through store, matching, decisions and the embedded CRM, on one core.

    python benchmarks/sync.py --json
    python benchmarks/sync.py --posts 100000 --profiles 20000 --contacts 100000

Everything is invented and made from a seed; a third of the accounts belong to nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from socialcrm.adapters.base import Page
from socialcrm.config import SyncSettings
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact, Kind, Post, Profile
from socialcrm.relevance.judge import Judge, RelevanceRules
from socialcrm.store import open_store
from socialcrm.sync.pipeline import Sync
from socialcrm.testing.platform import EPOCH, InventedAdapter, InventedPlatform

FIRST = """
Ana Ben Carla Dmitri Elena Farid Grace Hana Ivan Julia
Kofi Lena Marco Nadia Omar Priya Quinn Rosa Sven Tara
""".split()
LAST = """
Abbott Brandt Costa Dvorak Eriksen Fontaine Garcia Haddad Ibrahim Jansen
Kovacs Larsen Moreau Novak Okafor Petrov
""".split()
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
WORDS = (
    "my flight was late again and nobody at the desk could say why please help with bag seat refund thank you".split()
)


def person(number: int) -> Contact:
    """One contact, the same for the same number: names repeat as names do, a fifth gave a handle."""
    chance = random.Random(number)
    first = chance.choice(FIRST)
    last = chance.choice(LAST) if number % 4 == 0 else "".join(chance.choices(SYLLABLES, k=3)).capitalize()
    handle = f"{first.lower()}{last.lower()}{number}"
    return Contact(
        id=f"C{number:07}",
        first_name=first,
        last_name=last,
        full_name=f"{first} {last}",
        emails=(f"{first.lower()}.{last.lower()}{number}@example.com",),
        handles={"invented": (handle,)} if number % 5 == 0 else {},
        websites=(f"https://{handle}.example/",) if number % 5 == 1 else (),
    )


def account(number: int, contacts: int) -> Profile:
    """One account: two of three belong to a contact, the third to nobody."""
    chance = random.Random(-1 - number)
    if number % 3 == 2:
        name = f"{chance.choice(FIRST)} {''.join(chance.choices(SYLLABLES, k=4)).capitalize()}"
        return Profile(platform="invented", id=f"u{number}", handle=f"user{number}", display_name=name, bio="reading")
    owner = person(number * 5 % contacts + number // contacts)
    handle = f"{owner.first_name.lower()}{owner.last_name.lower()}{int(owner.id[1:])}"
    return Profile(platform="invented", id=f"u{number}", handle=handle, display_name=owner.full_name, bio="my own view")


class Firehose(InventedAdapter):
    """Makes its posts while they are read, so that the process holds the library's memory and little else."""

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(InventedPlatform(page_size=100))
        self.options = options
        self.accounts = [account(number, options.contacts) for number in range(options.profiles)]

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        for begin in range(int(cursor or 0), self.options.posts, self.platform.page_size):
            end = min(begin + self.platform.page_size, self.options.posts)
            yield Page(items=tuple(self.post(number) for number in range(begin, end)), cursor=str(end))

    def post(self, number: int) -> Post:
        # Plain arithmetic: the clock runs while posts are made, and dice would cost as much as a parser.
        words = [WORDS[(number * 7919 + place * 104_729) % len(WORDS)] for place in range(14)]
        return Post(
            platform="invented",
            id=f"p{number}",
            kind=Kind.MENTION,
            author=self.accounts[number * 7_368_787 % len(self.accounts)],
            text=f"@skylarkair {' '.join(words)}, number {number}",
            created_at=EPOCH + timedelta(seconds=number),
            url=f"https://invented.example/p{number}",
            lang="en",
            version="1",
        )


def measure(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Fill the CRM and the network, then time one sync."""
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{folder / 'crm.db'}"))
    crm.put_contacts(person(number) for number in range(options.contacts))
    adapter = Firehose(options)
    before = peak_mb()
    store = open_store(f"sqlite:///{folder / 'socialcrm.db'}", workspace="bench")
    ended: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()

    def progress(step: str, count: int) -> None:
        ended[step] = round(time.process_time() - cpu, 2)

    with Sync(
        store=store,
        crm=crm,
        sources={"invented": adapter},
        judge=Judge(RelevanceRules()),
        matcher=Matcher(),
        settings=SyncSettings(),
    ) as sync:
        report = sync.run(progress=progress)
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        again = sync.run()
    return {
        "posts_per_s": round(options.posts / seconds, 1),
        "posts_per_cpu_s": round(options.posts / cpu_seconds, 1),
        "seconds": round(seconds, 2),
        "peak_mb": round(peak_mb(), 1),
        "peak_mb_before_sync": round(before, 1),
        "posts": options.posts,
        "profiles": options.profiles,
        "contacts": options.contacts,
        "linked": report.decided.linked,
        "review": report.decided.review,
        "written": report.written,
        "written_again": again.written,
        "ended_at_cpu_s": ended,  # type: ignore[dict-item]
    }


def peak_mb() -> float:
    """The process's greatest resident size so far (ru_maxrss: KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--profiles", type=int, default=20_000)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, whatever libraries would like
    with tempfile.TemporaryDirectory(prefix="socialcrm-bench-") as folder:
        result = measure(Path(folder), options)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>22}  {value}")


if __name__ == "__main__":
    main()
