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
from collections.abc import Iterator, Sequence
from pathlib import Path

from socialcrm.config import SyncSettings
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact
from socialcrm.relevance.judge import Judge, RelevanceRules
from socialcrm.store import open_store
from socialcrm.sync.pipeline import Sync
from socialcrm.testing.platform import BRAND, InventedPlatform

FIRST = "Ana Ben Carla Dmitri Elena Farid Grace Hana Ivan Julia Kofi Lena Marco Nadia Omar Priya Quinn Rosa Sven Tara".split()
LAST = "Abbott Brandt Costa Dvorak Eriksen Fontaine Garcia Haddad Ibrahim Jansen Kovacs Larsen Moreau Novak Okafor Petrov".split()
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
WORDS = "my flight was late again and nobody at the desk could say why please help with bag seat refund thank you".split()


def people(count: int, chance: random.Random) -> Iterator[Contact]:
    """Contacts with names that repeat as names do; a fifth gave a handle, a fifth have a website."""
    for number in range(count):
        first = chance.choice(FIRST)
        last = chance.choice(LAST) if number % 4 == 0 else "".join(chance.choices(SYLLABLES, k=3)).capitalize()
        handle = f"{first.lower()}{last.lower()}{number}"
        yield Contact(
            id=f"C{number:07}",
            first_name=first,
            last_name=last,
            full_name=f"{first} {last}",
            emails=(f"{first.lower()}.{last.lower()}{number}@example.com",),
            handles={"invented": (handle,)} if number % 5 == 0 else {},
            websites=(f"https://{handle}.example/",) if number % 5 == 1 else (),
        )


def network(contacts: Sequence[Contact], *, profiles: int, posts: int, chance: random.Random) -> InventedPlatform:
    """Accounts of contacts and of strangers, and what they said."""
    platform = InventedPlatform(page_size=100)
    platform.join(BRAND, handle="skylarkair", display_name="Skylark Air")
    accounts = []
    for number, contact in enumerate(chance.sample(contacts, k=min(profiles, len(contacts)))):
        account = f"u{number}"
        if number % 3 == 2:
            name = f"{chance.choice(FIRST)} {''.join(chance.choices(SYLLABLES, k=4)).capitalize()}"
            platform.join(account, handle=f"user{number}", display_name=name, bio="just here to read")
        else:
            handle = f"{contact.first_name.lower()}{contact.last_name.lower()}{int(contact.id[1:])}"
            platform.join(account, handle=handle, display_name=contact.full_name, bio="all opinions my own")
        accounts.append(account)
    for _ in range(posts):
        text = " ".join(chance.choices(WORDS, k=14))
        platform.say(chance.choice(accounts), f"@skylarkair {text}")
    return platform


def measure(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Fill the CRM and the network, then time one sync."""
    chance = random.Random(options.seed)
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{folder / 'crm.db'}"))
    contacts = list(people(options.contacts, chance))
    crm.put_contacts(contacts)
    platform = network(contacts, profiles=options.profiles, posts=options.posts, chance=chance)
    del contacts
    before = peak_mb()
    store = open_store(f"sqlite:///{folder / 'socialcrm.db'}", workspace="bench")
    steps: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()

    def progress(step: str, count: int) -> None:
        steps[step] = round(time.perf_counter() - wall, 2)

    with Sync(
        store=store,
        crm=crm,
        sources={"invented": platform.adapter()},
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
        "ended_at_s": steps,  # type: ignore[dict-item]
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
    parser.add_argument("--seed", type=int, default=1)
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
