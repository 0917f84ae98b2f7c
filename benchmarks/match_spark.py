"""Matches the same files in one batch and on Spark local[2]; compares the predictions and the CPU.

    python benchmarks/match_spark.py --data DIR --json [--size 1000000] [--key-shards 4]

DIR holds contacts.csv and profiles.csv. CPU is that of everything, reading and the JVM included, on both sides.
With `--key-shards` candidates are looked up in so many shards of the index's keys, each by a task of its own.
Needs `pip install "socialcrm[spark]"` and Java; without them it says so in one line.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processes() -> Iterator[tuple[int, int, float]]:
    """Every process: its number, its parent's, and CPU seconds, those of its ended children included."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        yield int(path.parent.name), int(fields[1]), sum(map(int, fields[11:15])) / TICKS


def family_cpu() -> float:
    """CPU seconds of this process and all that came of it."""
    table = {pid: (parent, spent) for pid, parent, spent in processes()}
    family, size = {os.getpid()}, 0
    while len(family) > size:
        size = len(family)
        family |= {pid for pid, (parent, _) in table.items() if parent in family}
    return sum(table[pid][1] for pid in family if pid in table)


def in_one_batch(data: Path, out: Path) -> None:
    """The batch run."""
    from match_scale import read_columns

    from socialcrm.matching.columns import contact_rows, profile_rows
    from socialcrm.matching.index import ContactIndex
    from socialcrm.matching.matcher import Matcher

    limit = sys.maxsize
    index = ContactIndex(contact_rows(read_columns(data / "contacts.csv", limit)))
    profiles = read_columns(data / "profiles.csv", limit)
    with out.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerows
        for scan in Matcher().scan(profile_rows(profiles), index):
            at = scan.best()
            names = [profiles["profile_id"][profile] for profile in (scan.profiles[at] + scan.start).tolist()]
            write(zip(names, index.ids(scan.contacts[at].tolist()), scan.probability[at].tolist(), strict=True))


def on_spark(data: Path, out: Path, key_shards: int | None) -> None:
    """The same on two Spark workers."""
    from pyspark.sql import SparkSession

    from socialcrm.matching import spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "6g")
        .config("spark.driver.maxResultSize", "4g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")

    def table(name: str) -> object:
        return session.read.csv(str(data / name), header=True, escape='"', multiLine=False)

    spark.save_index(table("contacts.csv"), out.parent / "index")
    found = spark.match(table("profiles.csv"), out.parent / "index", key_shards=key_shards)
    found.write.csv(str(out))
    cost = family_cpu()
    session.stop()
    print(json.dumps(cost))


def predictions(*files: Path) -> dict[str, tuple[str, float]]:
    """The best contact of each profile."""
    found = {}
    for path in files:
        with path.open(newline="", encoding="utf-8") as file:
            found.update({profile: (contact, float(probability)) for profile, contact, probability in csv.reader(file)})
    return found


def head(data: Path, size: int, folder: Path) -> Path:
    """A folder with the first rows of both files."""
    for name in ("contacts.csv", "profiles.csv"):
        with (data / name).open(encoding="utf-8", newline="") as source, (folder / name).open("w", newline="") as copy:
            copy.writelines(islice(source, size + 1))
    return folder


def run(way: str, data: Path, out: Path, key_shards: int | None) -> float:
    """Run one way in a process of its own; returns its CPU seconds."""
    command = [sys.executable, __file__, "--data", str(data), "--way", way, "--out", str(out)]
    command += ["--key-shards", str(key_shards)] if key_shards else []
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"the {way} run failed")
    return float(done.stdout.splitlines()[-1])


def measure(data: Path, size: int, folder: Path, key_shards: int | None) -> dict[str, object]:
    """Both ways on the same rows."""
    rows = head(data, size, folder)
    batch_cpu, spark_cpu = (
        run("batch", rows, folder / "batch.csv", None),
        run("spark", rows, folder / "spark", key_shards),
    )
    batch, spark = predictions(folder / "batch.csv"), predictions(*(folder / "spark").glob("*.csv"))
    apart = max((abs(batch[key][1] - spark[key][1]) for key in batch.keys() & spark.keys()), default=0.0)
    same_contacts = {key: one for key, (one, _) in batch.items()} == {key: one for key, (one, _) in spark.items()}
    return {
        "same": same_contacts and apart <= 1e-9,
        "cpu_ratio": round(spark_cpu / batch_cpu, 3),
        "batch_cpu_s": round(batch_cpu, 2),
        "spark_cpu_s": round(spark_cpu, 2),
        "most_apart": apart,
        "profiles": len(batch),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--key-shards", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=("batch", "spark"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way == "spark":
        on_spark(arguments.data, arguments.out, arguments.key_shards)
    elif arguments.way == "batch":
        in_one_batch(arguments.data, arguments.out)
        print(family_cpu())
    else:
        try:
            import pyspark  # noqa: F401
        except ImportError:
            sys.exit('Spark is not installed: pip install "socialcrm[spark]"')
        with tempfile.TemporaryDirectory() as name:
            result = measure(arguments.data, arguments.size, Path(name), arguments.key_shards)
        print(json.dumps(result) if arguments.json else "\n".join(f"{key}: {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
