"""Matching on Spark: profiles sharded over workers, each beside the one index, mapped into its memory from disk.

Needs the extra ``socialcrm[spark]``. All candidates of a profile are met in one task, so its posterior
is the whole one and the numbers are those of `Matcher.scan`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from socialcrm.matching import spark_keys
from socialcrm.matching.columns import contact_rows, profile_rows
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.matcher import Matcher, Scan
from socialcrm.matching.weights import WeightModel

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

SCHEMA = "profile_id string, contact_id string, probability double"
_PROFILE = ("profile_id", "platform", "handle", "display_name", "bio", "url", "location", "lang", "email")


def save_index(contacts: DataFrame, folder: Path) -> int:
    """Build the index of a table of contacts (columns as in `contact_rows`) and save it; returns how many it holds.

    ``folder`` must be readable under this path on every worker.
    """
    index = ContactIndex()
    for batch in contacts.fillna("").toArrow().to_batches():
        index.update(contact_rows(spark_keys.columns(batch)))
    index.save(folder)
    return len(index)


def match(
    profiles: DataFrame,
    folder: Path,
    *,
    model: Path | None = None,
    top: int = 1,
    shards: int | None = None,
    key_shards: int | None = None,
) -> DataFrame:
    """Match a table of profiles (columns as in `profile_rows`) with the index saved in ``folder``.

    Returns up to ``top`` contacts per profile with their probability, as `SCHEMA`. ``shards`` spreads
    the profiles anew, by the hash of their id; otherwise they stay in the partitions they are in.
    ``key_shards`` looks candidates up in so many shards of the index's keys, each in a task that reads
    no other; without it every task reads what it needs of the whole index.
    ``folder`` and ``model`` are paths that every worker can read.
    """
    missing = {"profile_id", "platform", "handle"}.difference(profiles.columns)
    if missing:
        raise ValueError(f"the profiles have no column {', '.join(sorted(missing))}")
    here = profiles.select(*(column for column in _PROFILE if column in profiles.columns)).fillna("")
    if shards:
        here = here.repartition(shards, "profile_id")

    if key_shards:
        return _by_keys(here, folder, model, top, key_shards)

    def work(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return match_batches(batches, folder, model, top)

    return here.mapInArrow(work, SCHEMA)


def _by_keys(profiles: DataFrame, folder: Path, model: Path | None, top: int, shards: int) -> DataFrame:
    """`match` with the keys sharded: ask, look up by shard, score by block."""
    written = (folder / "manifest.json").stat().st_mtime_ns

    def asking(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        from pyspark import TaskContext

        task = TaskContext.get()
        return spark_keys.ask(batches, _warm(folder, model, written)[1], shards, str(task.partitionId() if task else 0))

    def looking_up(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        return spark_keys.look_up(batches, _warm(folder, model, written)[1])

    def scoring(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        matcher, index = _warm(folder, model, written)
        for some, found in spark_keys.blocks(batches, index):
            yield from _scored(some, matcher, found, top)

    asked = profiles.mapInArrow(asking, spark_keys.ASKED).repartition(shards, "shard")
    answered = asked.mapInArrow(looking_up, spark_keys.ANSWERED).repartition(shards, "block")
    return answered.sortWithinPartitions("block").mapInArrow(scoring, SCHEMA)


def match_batches(
    batches: Iterable[pyarrow.RecordBatch], folder: Path, model: Path | None, top: int
) -> Iterator[pyarrow.RecordBatch]:
    """What one task does: match its profiles batch by batch."""
    matcher, index = _warm(folder, model, (folder / "manifest.json").stat().st_mtime_ns)
    for batch in batches:
        yield from _scored(batch, matcher, index, top)


def _scored(
    profiles: pyarrow.RecordBatch | pyarrow.Table, matcher: Matcher, index: ContactIndex, top: int
) -> Iterator[pyarrow.RecordBatch]:
    """The most probable contacts of some profiles."""
    import pyarrow

    ids = profiles.column("profile_id").to_pylist()
    for scan in matcher.scan(profile_rows(spark_keys.columns(profiles)), index):
        at = best(scan, top)
        found = [
            [ids[profile] for profile in (scan.profiles[at] + scan.start).tolist()],
            index.ids(scan.contacts[at].tolist()),
            scan.probability[at],
        ]
        yield pyarrow.RecordBatch.from_arrays(list(map(pyarrow.array, found)), _names())


def best(scan: Scan, top: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The places of each profile's most probable candidates."""
    first = scan.best()
    place = np.arange(len(scan.profiles)) - np.repeat(first, np.diff(np.append(first, len(scan.profiles))))
    return np.flatnonzero(place < top)


@lru_cache(maxsize=2)
def _warm(folder: Path, model: Path | None, _written: int) -> tuple[Matcher, ContactIndex]:
    """Model and index of a worker, kept from task to task until the index is written anew."""
    return Matcher(model=WeightModel.load(model)), ContactIndex.load(folder)


def _names() -> list[str]:
    return [column.split()[0] for column in SCHEMA.split(", ")]
