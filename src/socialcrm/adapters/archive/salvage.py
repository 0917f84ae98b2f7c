"""What can still be read of a zip whose end is missing: a download that broke off has no table of contents.

Every file in a zip has a header of its own in front of it (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT,
4.3.7). Those are found one after the other; the file that was cut is read up to the cut.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

HEADER = b"PK\x03\x04"
STORED, DEFLATED = 0, 8
_FIXED = struct.Struct("<4s5H3L2H")
_PIECE = 256 * 1024
_SIZES_FOLLOW = 0x8
_UTF8 = 0x800
_IN_EXTRA = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Found:
    """A file in a broken zip: where its bytes begin, and how many there are if its header tells."""

    path: Path
    name: str
    flags: int
    method: int
    offset: int
    packed: int | None
    size: int | None

    def open(self) -> BinaryIO:
        """Read it from its beginning, up to its end or the cut; raises `EOFError` at the cut."""
        file = self.path.open("rb")
        file.seek(self.offset)
        return cast(BinaryIO, _Unpacked(file, self))  # unbuffered: a buffer would swallow what stands before the cut


def found_in(path: Path, *, most: int, largest: int) -> Iterator[Found]:
    """List the files whose headers can be found, at most ``most``; ends where one cannot be passed over.

    ``largest`` bounds what is unpacked to find the end of a file whose header does not tell its length.
    """
    with path.open("rb") as file:
        behind: int | None = 0
        for _ in range(most):
            at = None if behind is None else _next(file, behind)
            one = None if at is None else _header(file, path, at)
            if one is None:
                return
            yield one
            behind = one.offset + one.packed if one.packed is not None else _behind(file, one, largest)


def _next(file: BinaryIO, at: int) -> int | None:
    """The next header from here on."""
    file.seek(at)
    before = b""
    while piece := file.read(_PIECE):
        window = before + piece
        hit = window.find(HEADER)
        if hit >= 0:
            return file.tell() - len(window) + hit
        before = window[-3:]
    return None


def _header(file: BinaryIO, path: Path, at: int) -> Found | None:
    file.seek(at)
    raw = file.read(_FIXED.size)
    if len(raw) < _FIXED.size:
        return None
    _, _, flags, method, _, _, _, packed, size, name_length, extra_length = _FIXED.unpack(raw)
    name, extra = file.read(name_length), file.read(extra_length)
    if len(extra) < extra_length:
        return None
    told = not flags & _SIZES_FOLLOW
    if told and _IN_EXTRA in {packed, size}:
        size, packed = _long(extra)
    return Found(
        path,
        name.decode("utf-8" if flags & _UTF8 else "cp437", "replace"),
        flags,
        method,
        file.tell(),
        packed if told else None,
        size if told else None,
    )


def _long(extra: bytes) -> tuple[int, int]:
    """Sizes of files over 4 GB."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            size, packed = struct.unpack_from("<2Q", extra, 4)
            return size, packed
        extra = extra[4 + length :]
    return 0, 0


def _behind(file: BinaryIO, one: Found, largest: int) -> int | None:
    """The place behind a file that does not tell its length: unpack it, or look for the next header."""
    if one.method != DEFLATED:
        return one.offset
    file.seek(one.offset)
    unpacker, unpacked = zlib.decompressobj(-15), 0
    try:
        while (piece := file.read(_PIECE)) and not unpacker.eof:
            while piece and not unpacker.eof:
                unpacked += len(unpacker.decompress(piece, _PIECE))
                piece = unpacker.unconsumed_tail
                if unpacked > largest:
                    return None
            if unpacker.eof:
                return file.tell() - len(unpacker.unused_data)
    except zlib.error:
        return one.offset
    return None


class _Unpacked(io.RawIOBase):
    """The bytes of one file, unpacked as they are asked for."""

    def __init__(self, file: BinaryIO, one: Found) -> None:
        self._file, self._left = file, one.packed
        self._unpacker = zlib.decompressobj(-15) if one.method == DEFLATED else None
        self._packed = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while True:
            if self._unpacker and self._unpacker.eof:
                return 0
            if not self._packed:
                self._packed = self._more()
                if not self._packed:
                    if self._left == 0 and self._unpacker is None:
                        return 0
                    raise EOFError("the zip is cut off here")
            if self._unpacker is None:
                data, self._packed = self._packed[: len(target)], self._packed[len(target) :]
            else:
                data = self._unpacker.decompress(self._packed, len(target))
                self._packed = self._unpacker.unconsumed_tail
            if data:
                target[: len(data)] = data
                return len(data)

    def _more(self) -> bytes:
        piece = self._file.read(_PIECE if self._left is None else min(_PIECE, self._left))
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
        super().close()
