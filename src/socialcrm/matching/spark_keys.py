"""Candidates on Spark with the keys of the index sharded: who asks, who looks up and who scores are different tasks.

A block of profiles asks each shard of the postings for its keys; the answers meet the block again by its name, are
scored there, and so every posterior is the whole one. A shard is a range of key hashes, which stands in one piece in
the saved index: a task that looks up one shard reads no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.columns import profile_rows
from socialcrm.matching.core.filing import directory
from socialcrm.matching.core.postings import Lookup
from socialcrm.matching.core.profile_texts import ProfileTexts
from socialcrm.matching.facts import Key
from socialcrm.matching.hashing import Hashes, mix
from socialcrm.matching.index import ContactIndex
from socialcrm.matching.profile_keys import encode_texts

if TYPE_CHECKING:
    import pyarrow

ASKED = "shard int, block string, part int, body binary"
ANSWERED = "block string, part int, body binary"
BLOCK = 4_000
_PROFILES = -1
"""The part of a block that is the profiles themselves."""
_COUNTED = (("company", Key.COMPANY), ("city", Key.CITY))
_NONE = np.zeros(0, dtype=np.uint64)
Part = tuple[Hashes, NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


def ask(
    batches: Iterable[pyarrow.RecordBatch], index: ContactIndex, shards: int, task: str
) -> Iterator[pyarrow.RecordBatch]:
    """The questions of profiles, one row per block and shard, and the profiles beside them."""
    number = 0
    for batch in batches:
        for start in range(0, len(batch), BLOCK):
            some = batch.slice(start, BLOCK)
            block, number = f"{task}-{number}", number + 1
            texts = ProfileTexts(list(profile_rows(columns(some))))
            encoded = encode_texts(texts, index.words, index.platforms, holds=index.holds)
            keys, first = np.unique(encoded.ask, return_index=True)
            caps = np.asarray(encoded.ask_caps, dtype=np.int32)[first]
            bounds = np.searchsorted(keys >> np.uint64(32), [(part << 32) // shards for part in range(1, shards)])
            questions = zip(np.split(keys, bounds), np.split(caps, bounds), strict=True)
            rows = [(part, block, part, asked.tobytes() + cap.tobytes()) for part, (asked, cap) in enumerate(questions)]
            yield _batch([*rows, (number % shards, block, _PROFILES, _written(some))], ASKED)


def look_up(batches: Iterable[pyarrow.RecordBatch], index: ContactIndex) -> Iterator[pyarrow.RecordBatch]:
    """The answers to questions: the keys that find somebody and not too many, how many each, and their rows."""
    lookup = index.postings.lookup()
    for batch in batches:
        rows = []
        for block, part, body in zip(*(batch.column(name) for name in ("block", "part", "body")), strict=True):
            answer = body.as_py()
            if part.as_py() != _PROFILES:
                size = len(answer) // 12
                keys = np.frombuffer(answer, dtype=np.uint64, count=size)
                counts = lookup.counts(keys)
                found = (counts > 0) & (counts <= np.frombuffer(answer, dtype=np.int32, offset=8 * size))
                filed = lookup.rows(keys[found])[1]
                answer = b"".join(
                    (int(found.sum()).to_bytes(8, "little"), keys[found].tobytes(),
                     counts[found].astype(np.int32).tobytes(), filed.tobytes())
                )  # fmt: skip
            rows.append((block.as_py(), part.as_py(), answer))
        if rows:
            yield _batch(rows, ANSWERED)


def blocks(batches: Iterable[pyarrow.RecordBatch], index: ContactIndex) -> Iterator[tuple[pyarrow.Table, ContactIndex]]:
    """The profiles of each block, and the index as its answers know it; rows come block by block."""
    import pyarrow

    index.nearby()  # made once, not for every block
    for _, group in groupby(_rows(batches), key=lambda row: row[0]):
        bodies = {part: body for _, part, body in group}
        profiles = pyarrow.ipc.open_stream(bodies.pop(_PROFILES)).read_all()
        yield profiles, index.found_by(_found([bodies[part] for part in sorted(bodies)], index))


def _rows(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[tuple[str, int, bytes]]:
    for batch in batches:
        block, part, body = (batch.column(name).to_pylist() for name in ("block", "part", "body"))
        yield from zip(block, part, body, strict=True)


def _found(answers: list[bytes], index: ContactIndex) -> Lookup:
    """The postings that a block was answered; shards are ranges of keys, so the answers of all stand in order."""
    parts = []
    for body in answers:
        size = int.from_bytes(body[:8], "little")
        numbers = np.frombuffer(body, dtype=np.int32, offset=8 + 8 * size)
        parts.append((np.frombuffer(body, dtype=np.uint64, offset=8, count=size), numbers[:size], numbers[size:]))
    keys, counts, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
    some = index.table[np.unique(rows)]
    shared = np.sort(np.concatenate([mix(np.unique(some[column]), key) for column, key in _COUNTED]))
    sharing = index.postings.lookup().counts(shared)
    there = sharing > 0
    # Of companies and cities only the count is asked: their rows are so many zeros, which take no memory.
    of_shared = np.zeros(int(sharing.sum()), dtype=np.int32)
    filed = [_part(keys, counts, rows), _part(shared[there], sharing[there], of_shared)]
    return Lookup([part for part in filed if len(part[0])], _NONE)


def _part(keys: Hashes, counts: NDArray[np.integer], rows: NDArray[np.int32]) -> Part:
    starts = np.zeros(len(keys) + 1, dtype=np.int32)
    np.cumsum(counts, out=starts[1:])
    return keys, starts, rows, directory(keys)


def columns(batch: pyarrow.RecordBatch | pyarrow.Table) -> dict[str, list[str]]:
    """A table as columns of texts."""
    return {name: batch.column(name).to_pylist() for name in batch.schema.names}


def _written(batch: pyarrow.RecordBatch) -> bytes:
    import pyarrow

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def _batch(rows: Sequence[tuple[object, ...]], schema: str) -> pyarrow.RecordBatch:
    import pyarrow

    kinds = {"int": pyarrow.int32(), "string": pyarrow.string(), "binary": pyarrow.binary()}
    fields = [tuple(field.split()) for field in schema.split(", ")]
    values = [
        pyarrow.array(column, kinds[kind]) for column, (_, kind) in zip(zip(*rows, strict=True), fields, strict=True)
    ]
    return pyarrow.RecordBatch.from_arrays(values, [name for name, _ in fields])
