"""What every account export shares: files picked by name, read in pieces, resumed where a run stopped."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from socialcrm.adapters.archive import json_stream, tables
from socialcrm.adapters.archive.containers import Bounds, Entry, Export
from socialcrm.adapters.archive.json_stream import Broken, Keys
from socialcrm.adapters.base import Adapter, AdapterConfig, Item, Page, Raw, why
from socialcrm.adapters.walks import read_state, write_state
from socialcrm.errors import BadRecord, CursorExpired, SocialCRMError
from socialcrm.http.exchange import Exchange
from socialcrm.model import Direction, Finding, Post, Profile, Skipped

PAGE = 500
_BROKEN_NAMED = 20
_FACTS_READ = 200_000
_FACTS_KEPT = 8


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str | Path) else value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in an export, and what the export says of its owner.

    ``path`` is the file, ``keys`` lead to the value inside it; ``facts`` holds what the importer
    gathered beforehand.
    """

    path: str
    keys: Keys = ()
    owner: Profile | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """Files of one sort: a pattern for their paths, a function that reads a value, which containers are walked.

    ``form`` is ``json`` or ``csv``; the values of a CSV file are its rows. ``private`` files hold direct
    messages and are opened only when asked for.
    """

    files: re.Pattern[str]
    read: Callable[[Raw, Place], Iterable[Item]]
    into: Callable[[Keys], bool] = json_stream.until_list
    form: str = "json"
    private: bool = False


def owner_alone(raw: Raw, place: Place) -> Iterator[Item]:
    """Read a file that tells of the account's owner and nothing else."""
    if place.owner:
        yield place.owner


def section(
    pattern: str,
    read: Callable[[Raw, Place], Iterable[Item]],
    into: Callable[[Keys], bool] = json_stream.until_list,
    *,
    form: str = "json",
    private: bool = False,
) -> Section:
    """Declare a section; ``pattern`` ends at the end of the path and begins at the name of a file or folder."""
    return Section(re.compile(rf"(?:^|.*/){pattern}$", re.IGNORECASE), read, into, form, private)


class ArchiveAdapter(Adapter):
    """An account export. A subclass declares its sections and, if it needs any, the facts gathered first.

    ``about`` are the files of those facts, ``identity`` those among them that say whose export it is,
    ``folders`` the names of the topmost folders that every export has.

    A zip or folder is read in the order of its paths, page by page; a cursor names the export, the
    file and how much of it was read. An export that changed is read anew: known posts stay as they are.
    """

    platform: ClassVar[str]
    sections: ClassVar[tuple[Section, ...]]
    about: ClassVar[tuple[Section, ...]] = ()
    identity: ClassVar[tuple[Section, ...]] = ()
    folders: ClassVar[frozenset[str]] = frozenset()
    bounds: ClassVar[Bounds] = Bounds()

    class Config(AdapterConfig):
        """``paths`` are the zips or folders of one export, or of several exports.

        ``account`` is the platform's id of the account whose export it is, where the export does not tell;
        ``brand`` says that it is the brand's own, so that its posts are outbound. ``messages`` reads
        direct messages too.
        """

        paths: Annotated[tuple[Path, ...], BeforeValidator(_listed)] = Field(min_length=1)
        account: str = ""
        brand: bool = False
        messages: bool = False

    progress: Callable[[int, int], None] = staticmethod(lambda done, total: None)

    @classmethod
    def wants(cls, path: str) -> bool:
        """Whether a file of this path is read."""
        return _any((*cls.about, *cls.sections), path)

    def streams(self) -> tuple[str, ...]:
        return ("items",)

    def fetch(self, stream: str, cursor: str | None) -> Iterator[Page]:
        if stream not in self.streams():
            raise self._unsupported(stream)
        with self._open() as export:
            mark = _mark(export)
            file, value = _resumed(cursor, mark)
            found: list[Item] = [] if cursor else list(self._refusals(export))
            for _, items, at in self._values(export, file, value):
                found += items
                file, value = at
                if len(found) >= PAGE:
                    yield Page(tuple(found), write_state(export=mark, file=file, value=value))
                    found = []
            if found or (file, value) != (len(export.entries), 0):
                yield Page(tuple(found), write_state(export=mark, file=len(export.entries), value=0))

    def rows(self) -> Iterator[tuple[str, Item]]:
        """Yield every item with the path of the file it came from, for `socialcrm replay`."""
        with self._open() as export:
            for refusal in self._refusals(export):
                yield refusal.id, refusal
            for path, items, _ in self._values(export, 0, 0):
                yield from ((path, item) for item in items)

    def check(self) -> Iterator[Finding]:
        try:
            with self._open() as export:
                files, refused = len(export.entries), export.refused
        except SocialCRMError as error:
            yield Finding(ok=False, what=f"{self.label}: {error}", remedy="correct `paths`")
            return
        remedy = f"download the export of {self.info.title} again, in its machine-readable form (JSON, not HTML)"
        yield Finding(ok=files > 0, what=f"{self.label}: {files} files to read", remedy="" if files else remedy)
        for entry in refused:
            yield Finding(ok=False, what=f"{self.label}: {entry.path}: {entry.reason}", remedy="it will be left out")

    @classmethod
    def facts(cls, read: Callable[[Section], Iterator[tuple[Place, Raw]]]) -> dict[str, Any]:
        """Gather what the sections of ``about`` say of one account; ``owner`` holds its profile."""
        return {}

    @classmethod
    def replay_parse(cls, exchange: Exchange) -> list[Item]:
        return []

    def _open(self) -> Export:
        return Export(self.config.paths, self.wants, self.bounds)

    def _refusals(self, export: Export) -> Iterator[Skipped]:
        for entry in export.refused:
            yield Skipped(platform=self.platform, id=entry.path, reason=f"{entry.path}: {entry.reason}")

    def _values(self, export: Export, file: int, value: int) -> Iterator[tuple[str, list[Item], tuple[int, int]]]:
        """Every value of every section: its path, what it is, and the place behind it."""
        facts_of = _Facts(self, export)
        done = sum(entry.size for entry in export.entries[:file])
        for number, entry in enumerate(export.entries[file:], file):
            part = next((part for part in self.sections if part.files.match(entry.path)), None)
            if part and (self.config.messages or not part.private):
                yield from self._entry(export, entry, part, facts_of(entry), (number, value if number == file else 0))
            done += entry.size
            self.progress(done, export.size)

    def _entry(
        self, export: Export, entry: Entry, part: Section, facts: Mapping[str, Any], start: tuple[int, int]
    ) -> Iterator[tuple[str, list[Item], tuple[int, int]]]:
        number, before = start
        broken = count = 0
        place = Place(entry.path, (), facts.get("owner"), facts)
        for keys, raw in _readable(export, entry, part):
            count += 1
            if count <= before:
                continue
            if isinstance(raw, Broken):
                broken += 1
                if broken <= _BROKEN_NAMED:
                    yield entry.path, [self._broken(entry, count, raw.reason)], (number, count)
            else:
                yield entry.path, self._items(part, raw, replace(place, keys=keys), count), (number, count)
        yield entry.path, [], (number + 1, 0)

    def _items(self, part: Section, raw: Raw, place: Place, count: int) -> list[Item]:
        try:
            return [self._ours(item) for item in part.read(raw, place)]
        except Exception as error:  # hostile input, not ours: anything may happen in there
            return [Skipped(platform=self.platform, id=place.path, reason=f"{place.path}, value {count}: {why(error)}")]

    def _ours(self, item: Item) -> Item:
        """Own posts are outbound only where the owner is the brand."""
        if self.config.brand or not (isinstance(item, Post) and item.direction is Direction.OUTBOUND):
            return item
        return item.model_copy(update={"direction": Direction.INBOUND})

    def _broken(self, entry: Entry, count: int, reason: str) -> Skipped:
        return Skipped(platform=self.platform, id=entry.path, reason=f"{entry.path}, value {count}: {reason}")

    @classmethod
    def root(cls, path: str) -> str:
        """The folder that holds one account's export, known by the folders every export has."""
        parts = posixpath.dirname(path).split("/")
        at = next((number for number, part in enumerate(parts) if part.casefold() in cls.folders), len(parts))
        return "/".join(parts[:at])


class _Facts:
    """What an export says of the account a file belongs to.

    Several zips are one export, unless each says whose it is: then only what stands in the same zip counts.
    """

    def __init__(self, adapter: ArchiveAdapter, export: Export) -> None:
        self._adapter, self._export, self._mark = adapter, export, _mark(export)
        self._told: dict[str, list[Entry]] = {}
        self._known: dict[tuple[str, int], dict[str, Any]] = {}
        for entry in export.entries if adapter.about else ():
            if _any(adapter.about, entry.path):
                self._told.setdefault(adapter.root(entry.path), []).append(entry)

    def __call__(self, entry: Entry) -> Mapping[str, Any]:
        root = self._adapter.root(entry.path)
        told = self._told.get(root, [])
        owners = {other.part for other in told if _any(self._adapter.identity, other.path)}
        chosen = told if len(owners) <= 1 else [other for other in told if other.part == entry.part]
        key = (root, entry.part if len(owners) > 1 else 0)
        if key not in self._known:
            if len(self._known) >= _FACTS_KEPT:
                self._known.clear()  # an export is read folder by folder
            self._known[key] = self._gathered(chosen)
        return self._known[key]

    def _gathered(self, entries: Sequence[Entry]) -> dict[str, Any]:
        facts = {"export": self._mark, **self._adapter.facts(lambda part: self._values(entries, part))}
        if account := self._adapter.config.account:
            owner = facts.get("owner") or Profile(platform=self._adapter.platform, id=account)
            facts["owner"] = owner.model_copy(update={"id": account})
        return facts

    def _values(self, entries: Sequence[Entry], part: Section) -> Iterator[tuple[Place, Raw]]:
        for entry in entries:
            if part.files.match(entry.path):
                for keys, raw in islice(_readable(self._export, entry, part), _FACTS_READ):
                    if not isinstance(raw, Broken):
                        yield Place(entry.path, keys), raw


def _any(sections: Sequence[Section], path: str) -> bool:
    return any(part.files.match(path) for part in sections)


def named(*parts: object) -> str:
    """Make an id for what an export gives none: the same words at the same second are the same thing."""
    joined = "\x00".join(map(str, parts))
    return "export:" + hashlib.sha256(joined.encode(errors="replace")).hexdigest()[:32]


def _readable(export: Export, entry: Entry, part: Section) -> Iterator[tuple[Keys, Any]]:
    """A file's values up to where it breaks."""
    try:
        pieces = export.pieces(entry)
        if part.form == "csv":
            yield from (((), row) for row in tables.rows(pieces))
        else:
            yield from json_stream.walk(pieces, part.into)
    except BadRecord as error:
        yield (), Broken(str(error))


def _mark(export: Export) -> str:
    digest = hashlib.sha256()
    for entry in export.entries:
        digest.update(f"{entry.path}\x00{entry.size}\x00{entry.mark}\n".encode(errors="replace"))
    return digest.hexdigest()[:16]


def _resumed(cursor: str | None, mark: str) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    state = read_state(cursor)
    try:
        file, value, export = int(state["file"]), int(state["value"]), state["export"]
    except (KeyError, TypeError, ValueError):
        raise CursorExpired("the stored place cannot be read; the export is read anew") from None
    return (max(0, file), max(0, value)) if export == mark else (0, 0)
