"""Records of contacts and their ids, packed into one block each, read from disk only where they are looked at."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from socialcrm.matching.columns import AnyContact, ContactRow, packed
from socialcrm.matching.core.packing import Pack
from socialcrm.matching.hashing import Hashes, hash_text


@contextmanager
def few_collections() -> Iterator[None]:
    """Put off the collector of cycles while a block is read: it would walk millions of rows, which have none."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


class Packed:
    """Many texts in one array of bytes, with the place where each ends."""

    def __init__(self, data: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.data, self.ends = data, ends

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return self.data[start : int(self.ends[number])].tobytes()

    @classmethod
    def empty(cls) -> Packed:
        """No text at all."""
        return cls(np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.int64))

    @classmethod
    def write(cls, folder: Path, name: str, texts: Sequence[bytes]) -> None:
        """Write texts where `load` finds them."""
        store(folder, f"{name}.ends", np.cumsum([len(text) for text in texts], dtype=np.int64))
        store(folder, name, np.frombuffer(b"".join(texts), dtype=np.uint8))

    @classmethod
    def load(cls, folder: Path, name: str) -> Packed:
        """Map texts into memory."""
        data, ends = mapped(folder, name, np.uint8), mapped(folder, f"{name}.ends", np.int64)
        if len(ends) and ends[-1] > len(data):
            raise ValueError(f"{name} is cut short")
        return cls(data, ends)


def mapped(folder: Path, name: str, dtype: DTypeLike) -> NDArray[Any]:
    """An array on disk; what is written to it stays in memory, the file never changes.

    Raises `ValueError` for a file that holds something else, or less than it says.
    """
    mode: Literal["c"] | None = "c" if _filled(folder, name) else None
    array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode=mode, allow_pickle=False)
    if array.dtype != np.dtype(dtype) or array.ndim != 1:
        raise ValueError(f"{name} is an array of {array.dtype}, not {np.dtype(dtype)}")
    return array.view(np.ndarray)


def store(folder: Path, name: str, array: NDArray[Any], *, spare: int = 0) -> None:
    """Write an array beside the old one and put it in its place, which may still be mapped into memory.

    ``spare`` rows of zeros follow.
    """
    part = folder / f"{name}.part.npy"
    if spare:
        shape = (len(array) + spare, *array.shape[1:])
        out = np.lib.format.open_memmap(part, mode="w+", dtype=array.dtype, shape=shape)
        out[: len(array)] = array
        out.flush()
        del out
    else:
        np.save(part, array, allow_pickle=False)
    part.replace(folder / f"{name}.npy")


def _filled(folder: Path, name: str) -> bool:
    """True if an array has data: an empty one cannot be mapped."""
    with (folder / f"{name}.npy").open("rb") as file:
        np.lib.format.read_magic(file)
        return 0 not in np.lib.format.read_array_header_1_0(file)[0]


class Records:
    """The contacts of all rows: packed ones first, then those added since."""

    def __init__(self, base: Packed | None = None) -> None:
        self._base = base or Packed.empty()
        self._later = Pack()

    def __len__(self) -> int:
        return len(self._base) + len(self._later)

    def extend(self, contacts: Sequence[AnyContact]) -> None:
        """Keep more contacts."""
        rows = [contact for contact in contacts if isinstance(contact, ContactRow)]
        if len(rows) == len(contacts):
            self._later.add_rows(rows)
            return
        for contact in contacts:
            self._later.add(packed(contact))

    def forget(self, row: int) -> None:
        """Wipe what a row holds, as far as memory holds it."""
        if row >= len(self._base):
            self._later.wipe(row - len(self._base))

    def keep(self, rows: Sequence[int]) -> None:
        """Keep these rows only, in this order."""
        kept = Pack()
        for row in rows:
            kept.add(self.json(row))
        self._base, self._later = Packed.empty(), kept

    def json(self, row: int) -> bytes:
        """The record of a row as JSON."""
        return self._base[row] if row < len(self._base) else self._later[row - len(self._base)]

    def read(self, row: int) -> ContactRow:
        """The contact of a row, as far as it is matched by."""
        held = json.loads(self.json(row))
        handles = {platform: tuple(names) for platform, names in held.get("handles", {}).items()}
        lists = {name: tuple(held.get(name, ())) for name in ("emails", "phones", "websites")}
        texts = {name: value for name, value in held.items() if name in ContactRow._fields}
        return ContactRow(**{**texts, **lists, "handles": handles})

    def id(self, row: int) -> str:
        """The id of the contact of a row: the first member of its record."""
        record = self.json(row)
        written = record[_ID : record.find(b'"', _ID)]
        return self.read(row).id if b"\\" in written else written.decode()

    def write(self, folder: Path) -> None:
        """Write the records where `Packed.load` finds them, under the name “records”."""
        base, later = self._base, self._later
        start = int(base.ends[-1]) if len(base) else 0
        store(folder, "records.ends", np.concatenate([base.ends, later.ends() + start]))
        store(folder, "records", np.concatenate([base.data[:start], later.data()]))


_ID = len(b'{"id":"')


class Ids:
    """The row of each contact: a dictionary of what is new, over sorted hashes of what was loaded."""

    def __init__(self) -> None:
        self._names = Packed.empty()
        self._hashes: Hashes = np.zeros(0, dtype=np.uint64)
        self._rows: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._gone: set[int] = set()
        self._new: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._names) - len(self._gone) + len(self._new)

    def __iter__(self) -> Iterator[str]:
        for row in range(len(self._names)):
            if row not in self._gone:
                yield self._names[row].decode()
        yield from self._new

    def get(self, contact_id: str) -> int | None:
        """The row of a contact, if it has one."""
        row = self._new.get(contact_id)
        return self._loaded(contact_id) if row is None else row

    def _loaded(self, contact_id: str) -> int | None:
        if not len(self._hashes):
            return None
        key = np.uint64(hash_text(contact_id))
        at = int(np.searchsorted(self._hashes, key))
        name = contact_id.encode("utf-8", "replace")
        while at < len(self._hashes) and self._hashes[at] == key:
            row = int(self._rows[at])
            if row not in self._gone and self._names[row] == name:
                return row
            at += 1
        return None

    def add(self, ids: Sequence[str], first: int) -> None:
        """Give new contacts the rows from ``first`` on."""
        self._new.update(zip(ids, range(first, first + len(ids)), strict=True))

    def pop(self, contact_id: str) -> int:
        """Take a contact's row away."""
        row = self._new.pop(contact_id, None)
        if row is None:
            row = self._loaded(contact_id)
            if row is None:
                raise KeyError(contact_id)
            self._gone.add(row)
        return row

    def renumber(self, numbers: NDArray[np.int32]) -> None:
        """Give every contact its new row (old row → new row)."""
        rows = {contact_id: int(numbers[self._row(contact_id)]) for contact_id in self}
        self.__init__()  # type: ignore[misc]
        self._new = rows

    def _row(self, contact_id: str) -> int:
        row = self.get(contact_id)
        if row is None:
            raise KeyError(contact_id)
        return row

    def write(self, folder: Path, hashes: Hashes) -> None:
        """Write the ids of rows 0, 1, 2, … in order; ``hashes`` are theirs."""
        names = [b""] * len(self)
        for contact_id in self:
            names[self._row(contact_id)] = contact_id.encode("utf-8", "replace")
        Packed.write(folder, "ids", names)
        order = np.argsort(hashes)
        store(folder, "ids.hashes", hashes[order])
        store(folder, "ids.rows", order.astype(np.int32))

    @classmethod
    def load(cls, folder: Path) -> Ids:
        """Map ids into memory."""
        out = cls()
        out._names = Packed.load(folder, "ids")
        out._hashes, out._rows = mapped(folder, "ids.hashes", np.uint64), mapped(folder, "ids.rows", np.int32)
        if not len(out._names) == len(out._hashes) == len(out._rows):
            raise ValueError(f"{len(out._names)} ids have {len(out._hashes)} hashes and {len(out._rows)} rows")
        return out
