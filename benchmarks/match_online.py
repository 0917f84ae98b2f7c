"""Times one profile after another against an index that was saved to disk and is mapped into memory.

    python benchmarks/match_online.py --data DIR --json [--contacts 1000000] [--profiles 2000] [--index FOLDER]

DIR holds contacts.csv and profiles.csv. The index is built and saved first, in a process of its own, unless FOLDER
has one. Each query is the whole of it: candidates, every kind of evidence, probability, sentences. A changed contact
is checked to be visible to the next query.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from match_scale import read_columns

from socialcrm.matching.columns import contact_rows, profile_rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact, Profile


def build(data: Path, size: int, folder: Path) -> None:
    """Save an index of the first contacts."""
    ContactIndex(contact_rows(read_columns(data / "contacts.csv", size))).save(folder)


def ask(matcher: Matcher, index: ContactIndex, profiles: list[Profile]) -> np.ndarray:
    """Milliseconds of each query, by the clock and of CPU: they part when others use the machine."""
    spent = []
    for profile in profiles:
        start = time.perf_counter(), time.process_time()
        matcher.rank([profile], index)
        spent.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return np.asarray(spent).T * 1e3


def update(matcher: Matcher, index: ContactIndex) -> tuple[float, bool]:
    """Milliseconds to change one contact and ask for it, and whether the answer knew."""
    contact = index.get(next(iter(index))) or Contact(id="none")
    profile = Profile(platform="x", id="changed", handle="zz_just_changed_zz")
    start = time.perf_counter()
    index.update([contact.model_copy(update={"handles": {"x": (profile.handle,)}})])
    found = matcher.rank([profile], index)[0]
    spent = (time.perf_counter() - start) * 1e3
    return spent, [match.contact_id for match in found] == [contact.id]


def measure(data: Path, size: int, count: int, folder: Path) -> dict[str, object]:
    """Load, warm up, ask, change."""
    if not (folder / "manifest.json").exists():
        builder = multiprocessing.get_context("spawn").Process(target=build, args=(data, size, folder))
        builder.start()
        builder.join()
    columns = read_columns(data / "profiles.csv", count + 200)
    profiles = [Profile.model_validate(row._asdict()) for row in profile_rows(columns)]
    matcher = Matcher()
    start = time.perf_counter()
    index = ContactIndex.load(folder)
    loaded = time.perf_counter() - start
    ask(matcher, index, profiles[:200])
    spent, cpu = ask(matcher, index, profiles[200:])
    changed, seen = update(matcher, index)
    return {
        "p50_ms": round(float(np.quantile(spent, 0.5)), 3),
        "p99_ms": round(float(np.quantile(spent, 0.99)), 3),
        "cpu_p50_ms": round(float(np.quantile(cpu, 0.5)), 3),
        "cpu_p99_ms": round(float(np.quantile(cpu, 0.99)), 3),
        "load_s": round(loaded, 3),
        "update_ms": round(changed, 3),
        "update_seen": seen,
        "contacts": len(index),
        "queries": len(spent),
        "disk_gb": round(sum(file.stat().st_size for file in folder.iterdir()) / 1e9, 3),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=2_000)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.index or Path(name) / "index"
        result = measure(arguments.data, arguments.contacts, arguments.profiles, folder)
    print(json.dumps(result) if arguments.json else "\n".join(f"{key}: {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
