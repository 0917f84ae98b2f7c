"""Zips and folders of one export as one list of files, read in pieces; whatever could hurt is refused by name.

Nothing is ever unpacked to disk. Zip bombs: https://www.bamsoftware.com/hacks/zipbomb/
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from socialcrm.adapters.archive import salvage
from socialcrm.errors import BadRecord, ConfigError
from socialcrm.text import clean, printable

PIECE = 256 * 1024
_NAMED = 100
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_FAULTS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one export may hold: files, bytes of its table of contents, of one file, of all, and its compression.

    Deflate packs at most 1:1032, text of real exports about 1:10 to 1:60.
    """

    files: int = 100_000
    contents: int = 48 << 20
    file: int = 16 << 30
    total: int = 64 << 30
    ratio: int = 200
    ratio_from: int = 8 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path inside the export, its size unpacked, a print of its content, and how to open it."""

    path: str
    size: int
    packed: int
    mark: str
    part: int
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not read, and why."""

    path: str
    reason: str


class Export:
    """One or more zips and folders, read as one export; to be used in a ``with`` block.

    ``wanted`` says by its path whether a file is data. Raises `ConfigError` where a path is neither
    zip nor folder, or the whole is larger than any export.
    """

    def __init__(self, paths: Sequence[Path], wanted: Callable[[str], bool], bounds: Bounds = Bounds()) -> None:
        self.entries: list[Entry] = []
        self.refused: list[Refused] = []
        self._wanted, self._bounds, self._parts = wanted, bounds, 0
        self._stack = ExitStack()
        try:
            for path in paths:
                self._add(path)
        except BaseException:
            self._stack.close()
            raise
        self.entries.sort(key=lambda entry: (entry.path, entry.part))
        self.size = sum(entry.size for entry in self.entries)
        if self.size > bounds.total:
            raise ConfigError(f"{paths[0]}: the data would unpack to more than {bounds.total >> 30} GB; it is refused")

    def __enter__(self) -> Export:
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """Read one file piece by piece; raises `BadRecord` where it is broken or swells like a bomb."""
        most = min(self._bounds.file, max(self._bounds.ratio_from, self._bounds.ratio * entry.packed))
        read = 0
        try:
            with entry.open() as file:
                while piece := file.read(PIECE):
                    read += len(piece)
                    if read > most:
                        raise BadRecord("it unpacks to far more than any export does; the rest is refused")
                    yield piece
        except _FAULTS as error:
            raise BadRecord(f"it is damaged ({type(error).__name__})") from error

    def _add(self, path: Path) -> None:
        try:
            if path.is_dir():
                self._add_folder(path)
            elif path.is_file():
                self._add_zip(path, "")
            else:
                raise ConfigError(f"{path} does not exist; name a zip or a folder")
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or 'cannot be read'}") from error

    def _add_folder(self, root: Path) -> None:
        self._parts += 1
        part = self._parts
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                file = Path(folder, name)
                path = printable(clean(file.relative_to(root).as_posix()))
                if file.is_symlink():
                    self._refuse(path, "a link")
                elif name.lower().endswith(".zip"):
                    self._add_zip(file, path + "/")
                elif self._wanted(path) and file.is_file():
                    self._keep(_of_file(file, path, part))

    def _add_zip(self, path: Path, prefix: str) -> None:
        self._parts += 1
        try:
            if _contents_size(path) > self._bounds.contents:
                raise ConfigError(f"{path}: its table of contents is larger than any export's; it is refused")
            archive = self._stack.enter_context(zipfile.ZipFile(path))
        except _FAULTS as error:
            self._salvage(path, prefix, type(error).__name__)
            return
        if len(archive.filelist) > self._bounds.files:
            raise ConfigError(f"{path}: it holds more than {self._bounds.files} files; it is refused")
        for info in archive.filelist:
            name = printable(clean(info.filename))
            reason = _danger(info)
            if reason:
                self._refuse(prefix + name, reason)
            elif self._wanted(name) and not info.is_dir():
                self._keep(_of_zip(archive, info, prefix + name, self._parts))

    def _salvage(self, path: Path, prefix: str, fault: str) -> None:
        """Take from a zip without end what its files' own headers tell."""
        before, size = len(self.entries), path.stat().st_size
        most, largest = self._bounds.files, self._bounds.ratio * size
        for found in salvage.found_in(path, most=most, largest=largest) if size else ():
            info = zipfile.ZipInfo(found.name)
            info.filename, info.flag_bits = found.name, found.flags
            name = printable(clean(found.name))
            known = found.method in {salvage.STORED, salvage.DEFLATED} and not _danger(info)
            if known and self._wanted(name) and not name.endswith("/"):
                packed = size - found.offset if found.packed is None else found.packed
                told = packed if found.size is None else found.size
                self._keep(Entry(prefix + name, told, packed, f"{found.offset}", self._parts, found.open))
        rest = "; what is left of it is read" if len(self.entries) > before else ""
        self._refuse(prefix.rstrip("/") or path.name, f"no whole zip ({fault}){rest}")

    def _keep(self, entry: Entry) -> None:
        if len(self.entries) >= self._bounds.files:
            raise ConfigError(f"{entry.path}: the export holds more than {self._bounds.files} files; it is refused")
        if entry.size > self._bounds.file:
            self._refuse(entry.path, "larger than any export's files")
        elif entry.size > max(self._bounds.ratio_from, self._bounds.ratio * entry.packed):
            self._refuse(entry.path, "it would unpack to far more than any export does")
        else:
            self.entries.append(entry)

    def _refuse(self, path: str, reason: str) -> None:
        if len(self.refused) < _NAMED:
            self.refused.append(Refused(path, reason))


def _of_file(file: Path, path: str, part: int) -> Entry:
    found = file.stat()
    return Entry(path, found.st_size, found.st_size, str(int(found.st_mtime)), part, lambda: file.open("rb"))


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, part: int) -> Entry:
    def unpacked() -> AbstractContextManager[BinaryIO]:
        return archive.open(info)  # type: ignore[return-value]  # read-only, which is all that is asked of it

    return Entry(path, info.file_size, info.compress_size, f"{info.CRC:08x}", part, unpacked)


def _danger(info: zipfile.ZipInfo) -> str:
    parts = info.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        return "its path leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.filename.lower().endswith((".zip", ".gz", ".7z", ".rar")):
        return "an archive inside an archive"
    return ""


def _contents_size(path: Path) -> int:
    """The length of a zip's table of contents as its end record claims it, before anything of it is read."""
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, length - 65_557 - 76))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            return 0  # no zip; the reader says so
        size: int = struct.unpack_from("<L", tail, at + 12)[0]
        locator = tail.rfind(_LOCATOR64, 0, at)
        if locator >= 0 and len(tail) >= locator + 16:
            (place,) = struct.unpack_from("<Q", tail, locator + 8)
            if place + 48 <= start + len(tail):
                file.seek(place)
                record = file.read(48)
                if record.startswith(_END64):
                    size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", record, 40)[0])
        return min(size, length)  # a longer one is no claim but damage
