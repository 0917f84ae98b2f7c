"""Times matching of made-up contacts and profiles at growing size, beside Splink on the same rows.

    python benchmarks/match_scale.py --data DIR --json [--sizes 10000,100000,1000000] [--peer-python PYTHON]
        [--plot FILE.svg]

DIR holds contacts.csv, profiles.csv and truth.csv; a smaller size takes the first rows of each. The largest size
is the headline. `cpu_s` counts from after the files are read and the texts are in normal form, which is what the peer
is handed; `normal_forms_cpu_s` is what making these costs, `total_cpu_s` both. Each size has a process of its own;
memory is the most it ever held: the contacts as read and the index of them, or the index and the profiles as read.
PYTHON is one that has `benchmarks/peers/splink/requirements.txt`; without it the
peer is left out. The plot shows cost and quality over size, with a line that grows as N log N does.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from match_scale_plot import plot

PEER = Path(__file__).parent / "peers" / "splink" / "link.py"
PATIENCE = 3600
"""Seconds that the peer may take for one size."""
BLOCK = 4_000
Columns = dict[str, list[str]]
Row, Texts = TypeVar("Row"), TypeVar("Texts")


def read_columns(path: Path, limit: int) -> Columns:
    """The first rows of a CSV file as columns."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        columns: list[list[str]] = [[] for _ in header]
        for row, _ in zip(rows, range(limit), strict=False):
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return dict(zip(header, columns, strict=True))


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """The most memory this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def blocks(rows: Iterator[Row], read: Callable[[list[Row]], Texts]) -> Iterator[tuple[list[Row], Texts, float]]:
    """Rows in portions, in normal form, with the CPU seconds that this took."""
    while True:
        before = cpu()
        some = list(islice(rows, BLOCK))
        texts = read(some)
        if not some:
            return
        yield some, texts, cpu() - before


def ours(data: Path, size: int, out: Path) -> dict[str, float]:
    """Match with this library; the best contact of each profile goes to ``out``."""
    from socialcrm.matching.columns import contact_rows, profile_rows
    from socialcrm.matching.core.contact_texts import ContactTexts
    from socialcrm.matching.core.profile_texts import ProfileTexts
    from socialcrm.matching.index import ContactIndex
    from socialcrm.matching.matcher import Matcher

    contacts = read_columns(data / "contacts.csv", size)
    gc.freeze()
    matcher, index = Matcher(), ContactIndex()
    held, start = peak(), cpu()
    reading = indexing = 0.0
    for rows, texts, spent in blocks(contact_rows(contacts), ContactTexts):
        reading += spent
        before = cpu()
        index.add_texts(rows, texts)
        indexing += cpu() - before
    total = cpu() - start
    del contacts, rows, texts  # the index has them, a tenth of the size
    profiles = read_columns(data / "profiles.csv", size)
    gc.freeze()
    start, best, pairs, done = cpu(), [], 0, 0
    for _, texts, spent in blocks(profile_rows(profiles), ProfileTexts):
        reading += spent
        for scan in matcher.scan_texts([texts], index):
            at = scan.best()
            pairs += len(scan.profiles)
            best.append((scan.profiles[at] + done, scan.contacts[at], scan.probability[at]))
        done += len(texts)
    total += cpu() - start
    cost = {
        "cpu_s": total - reading,
        "index_cpu_s": indexing,
        "normal_forms_cpu_s": reading,
        "total_cpu_s": total,
        "peak_gb": peak(),
        "read_gb": held,
        "pairs": pairs,
    }
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("profile_id", "contact_id", "probability"))
        names = profiles["profile_id"]
        for found, candidates, probability in best:
            ids = index.ids(candidates.tolist())
            writer.writerows(zip([names[row] for row in found.tolist()], ids, probability.tolist(), strict=True))
    return cost


def peer_rows(columns: Columns, *, of_contacts: bool) -> Iterator[tuple[str, ...]]:
    """One side in normal form, by this library's own text keys: what both matchers start from."""
    from socialcrm.matching.columns import contact_rows, profile_rows
    from socialcrm.matching.core.contact_texts import company_phrase
    from socialcrm.matching.handles import parse_handle
    from socialcrm.matching.keys import normal
    from socialcrm.matching.names import display_words, parse_name
    from socialcrm.matching.web import local_part, parse_site

    def site(addresses: tuple[str, ...]) -> str:
        return parse_site(addresses[0]).label if addresses else ""

    if of_contacts:
        for one in contact_rows(columns):
            name = parse_name(one.first_name, one.last_name, one.full_name, one.country)
            local = local_part(one.emails[0]) if one.emails else ""
            yield (
                one.id, name.given, name.surname, name.given + name.surname, local, site(one.websites),
                company_phrase(one.company), normal(one.title), normal(one.city), "",
            )  # fmt: skip
    else:
        for account in profile_rows(columns):
            words = [roman for _, roman in display_words(account.display_name)]
            handle = parse_handle(account.platform, account.handle)
            yield (
                account.id, words[0] if words else "", words[-1] if len(words) > 1 else "", handle.core, handle.whole,
                site(account.urls), "", "", normal(account.location), normal(account.bio),
            )  # fmt: skip


def peer(python: str, data: Path, size: int, folder: Path, out: Path) -> dict[str, float]:
    """Match with Splink in a process of its own."""
    sides = []
    for name in ("contacts", "profiles"):
        side = folder / f"{name}-normal.csv"
        with side.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow("id first last joined local site company title city bio".split())
            writer.writerows(peer_rows(read_columns(data / f"{name}.csv", size), of_contacts=name == "contacts"))
        sides.append(str(side))
    try:
        command = [python, str(PEER), *sides, str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        print(f"the peer did not finish {size} rows in {PATIENCE} s", file=sys.stderr)
        return {}
    if done.returncode:
        print(f"the peer failed at {size} rows:\n{done.stderr[-2000:]}", file=sys.stderr)
        return {}
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return cost


def quality(data: Path, size: int, predictions: Path) -> dict[str, float]:
    """Greatest F1 of any threshold, and greatest recall at precision >= .99 and .995, over each profile's best contact.

    A truth whose contact is beyond the rows read counts as nobody.
    """
    import numpy as np

    here = set(read_columns(data / "contacts.csv", size)["contact_id"])
    truth = dict(zip(*read_columns(data / "truth.csv", size).values(), strict=True))
    truth = {profile: contact if contact in here else "" for profile, contact in truth.items()}
    owned = sum(map(bool, truth.values()))
    found = read_columns(predictions, size)
    right = np.asarray(
        [truth[p] == c != "" for p, c in zip(found["profile_id"], found["contact_id"], strict=True)], dtype=float
    )
    probability = np.asarray(found["probability"], dtype=float)
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0, True)
    hits, links = np.cumsum(right[order])[last], np.flatnonzero(last) + 1
    precision, recall = hits / links, hits / owned
    f1 = 2 * hits / (links + owned)
    sure = {f"recall_at_{bar}": float(recall[precision >= bar / 1000].max(initial=0)) for bar in (990, 995)}
    return {"f1": float(f1.max(initial=0)), **sure, "first": float(right.sum() / owned)}


def apart(data: Path, size: int, out: Path) -> dict[str, float]:
    """Run `ours` in a fresh process, so that memory and caches are its own."""
    command = [sys.executable, __file__, "--data", str(data), "--one", str(size), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def measure(data: Path, size: int, python: str) -> dict[str, float | None]:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        row: dict[str, float | None] = {"size": size, **apart(data, size, folder / "ours.csv")}
        row |= quality(data, size, folder / "ours.csv")
        print(json.dumps(row), file=sys.stderr)  # the peer may take long
        cost = peer(python, data, size, folder, folder / "peer.csv") if python else {}
        if cost:
            cost["cpu_s"] = cost["train_cpu_s"] + cost["predict_cpu_s"]
            row |= {f"splink_{key}": value for key, value in (cost | quality(data, size, folder / "peer.csv")).items()}
            row["splink_cpu_ratio"] = cost["cpu_s"] / (row["cpu_s"] or 1)
            row["splink_predict_cpu_ratio"] = cost["predict_cpu_s"] / (row["cpu_s"] or 1)
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--peer-python", default="", help="a Python that has splink")
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(ours(arguments.data, arguments.one, arguments.out)))
        return
    if not arguments.peer_python:
        print("no --peer-python given: Splink is left out and its fields are null", file=sys.stderr)
    table = [measure(arguments.data, size, arguments.peer_python) for size in map(int, arguments.sizes.split(","))]
    if arguments.plot:
        arguments.plot.write_text(plot(table), "utf-8")
    keys = "cpu_s normal_forms_cpu_s total_cpu_s peak_gb splink_cpu_ratio".split()
    keys += "f1 splink_f1 recall_at_990 splink_recall_at_990".split()
    result = {**{key: table[-1].get(key) for key in keys}, "sizes": table}
    if arguments.json:
        print(json.dumps(result))
        return
    for row in table:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
