"""The words of names that an index has met, each analysed once."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from socialcrm.matching.core.given_names import GivenNames
from socialcrm.matching.core.hashtable import HashTable
from socialcrm.matching.core.vocabulary import number_words
from socialcrm.matching.given import canons, given_names
from socialcrm.matching.hashing import MOST_BYTES, hash_texts
from socialcrm.matching.korean import given_shares
from socialcrm.matching.name import Name
from socialcrm.matching.records import store
from socialcrm.matching.romanise import fold

CANONS = 6
"""How many base forms of one given name are kept (``Sasha`` has several)."""

_DTYPE = np.dtype(
    [
        ("hash", np.uint64), ("length", np.int64), ("initial", np.uint64),
        ("sound", np.uint64), ("sound_length", np.int64), ("sound_tail", np.uint64),
        ("text", "S15"), ("sound_text", "S15"),
        ("sound_first", np.uint8), ("sound_last", np.uint8), ("canon", np.uint64, (CANONS,)),
        ("as_given", np.int32), ("as_surname", np.int32), ("given_prior", np.float32), ("surname_prior", np.float32),
    ]
)  # fmt: skip


class Vocabulary:
    """Interned words: the hash, sound and base forms of each, and how many contacts carry it.

    Word 0 is the empty word: its hash is 0 and it is equal to nothing.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {"": 0}
        self._new: list[str] = []
        self._hashes: HashTable | None = None
        self._asking = Lock()
        self._room = self.table = np.zeros(1, dtype=_DTYPE)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def hashes(self) -> HashTable:
        """The hashes of all words, numbered as the words are; threads that only ask may do so at once."""
        with self._asking:
            if self._hashes is None:
                self._hashes = HashTable(self.table["hash"])
            if len(self._hashes) < len(self.table):
                self._hashes.add(self.table["hash"][len(self._hashes) :])
            return self._hashes

    def numbers(self, names: list[Name]) -> NDArray[np.int32]:
        """The words of names as numbers, each with its analysis: see `number_words`."""
        out = number_words(names, self._ids, self._new)
        self._settle()
        return out

    def write(self, folder: Path) -> None:
        """Write the words and their analysis where `load` finds them."""
        store(folder, "words.table", self.table)
        (folder / "words.txt").write_text("\n".join(self._ids), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read words that were written before; raises `ValueError` for files that are damaged."""
        out = cls()
        out._ids = {word: number for number, word in enumerate((folder / "words.txt").read_text("utf-8").split("\n"))}
        out._room = out.table = np.load(folder / "words.table.npy", allow_pickle=False)
        if out.table.dtype != _DTYPE or out.table.shape != (len(out._ids),):
            raise ValueError(f"words.table has the shape {out.table.shape} for {len(out._ids)} words")
        for column in ("length", "sound_length"):
            if out.table[column].min() < 0 or out.table[column].max() > MOST_BYTES:
                raise ValueError("words.table has a word of no possible length")
        return out

    def _settle(self) -> None:
        """Analyse the words met since the last call."""
        if self._new:
            size, end = len(self.table), len(self.table) + len(self._new)
            if end > len(self._room):
                self._room = np.zeros(end + end // 4, dtype=_DTYPE)
                self._room[:size] = self.table
            self._room[size:end] = _analyse(self._new)
            self.table, self._new = self._room[:end], []

    def count(self, given: NDArray[np.int32], surname: NDArray[np.int32], step: int) -> None:
        """Add ``step`` to how often words stand as given names and surnames."""
        np.add.at(self.table["as_given"], given, step)
        np.add.at(self.table["as_surname"], surname, step)


@lru_cache(maxsize=20_000)
def base_forms(word: str) -> tuple[str, ...]:
    """The base forms of a given name that are kept, itself first."""
    found = canons(word)
    if not found:
        return ()
    return ((word,) if word in found else ()) + tuple(sorted(found - {word}))[:CANONS]


@cache
def given_by_hash() -> GivenNames:
    """The given names that have base forms, with the hashes of these, and the commonest given names."""
    names = sorted(given_names())
    table = np.zeros((len(names), CANONS + 1), dtype=np.uint64)
    for row, name in enumerate(names):
        forms = base_forms(name)
        table[row, : len(forms)] = hash_texts(forms)
    return GivenNames(hash_texts(names), table, hash_texts(list(common_shares("given")[0])))


def _analyse(words: list[str]) -> NDArray[np.void]:
    table = np.zeros(len(words), dtype=_DTYPE)
    sounds = [fold(word) for word in words]
    table["hash"] = hash_texts(words)
    table["text"] = [word.encode()[:15] for word in words]
    table["sound_text"] = [sound.encode()[:15] for sound in sounds]
    table["length"] = [len(word.encode()) for word in words]
    table["initial"] = hash_texts([word[:1] for word in words])
    table["sound"] = hash_texts(sounds)
    table["sound_length"] = [len(sound) for sound in sounds]
    table["sound_tail"] = hash_texts([sound[1:] for sound in sounds])
    table["sound_first"] = [ord(sound[0]) & 255 if sound else 0 for sound in sounds]
    table["sound_last"] = [ord(sound[-1]) & 255 if sound else 0 for sound in sounds]
    flat = [(i, j, canon) for i, word in enumerate(words) for j, canon in enumerate(base_forms(word)[:CANONS])]
    if flat:
        rows, places, forms = zip(*flat, strict=True)
        table["canon"][list(rows), list(places)] = hash_texts(forms)
    for kind in ("given", "surname"):
        common, rare = common_shares(kind)
        table[f"{kind}_prior"] = [common.get(word, rare) for word in words]
    return table


@cache
def common_shares(kind: str) -> tuple[dict[str, float], float]:
    """Shares of the commonest ``given`` names or ``surname`` s among people, and of one not listed."""
    data = json.loads(resources.files("socialcrm.matching").joinpath("frequencies.json").read_text("utf-8"))
    table = data[kind]
    shares = {name: per / 100_000 for name, per in table["per_100000"].items()}
    for name, share in given_shares().items() if kind == "given" else ():
        shares[name] = max(share, shares.get(name, 1e-5))
    return shares, table["unlisted"] / 100_000
