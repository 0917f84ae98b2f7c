"""CSV of any length, row by row; a broken row does not end the reading."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping

from socialcrm.adapters.archive.json_stream import Broken
from socialcrm.errors import BadRecord
from socialcrm.text import clean

_LONGEST_LINE = 4 << 20
_LONGEST_CELL = 1 << 20


def rows(pieces: Iterable[bytes]) -> Iterator[Mapping[str, str] | Broken]:
    """Yield every row by the names of its columns, in lower case and without spaces around them.

    Empty rows are left out, a row of another length is `Broken`. Raises `BadRecord` where a line is
    longer than any post, and what ``pieces`` raises.
    """
    reader = csv.reader(_lines(pieces))
    names: list[str] | None = None
    while True:
        try:
            cells = _next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Broken("not CSV")
            continue
        if not any(cells):
            continue
        if names is None:
            names = [cell.strip().casefold() for cell in cells]
        elif len(cells) == len(names):
            yield dict(zip(names, (clean(cell) for cell in cells), strict=True))
        else:
            yield Broken("a row of another length")


def _next(reader: Iterator[list[str]]) -> list[str]:
    # The limit is one for the whole process: it is raised for as long as a row is read.
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(before)


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + decode(piece)).split("\n")
        for line in lines:
            yield line + "\n"
        if len(rest) > _LONGEST_LINE:
            raise BadRecord("a line is longer than any post")
    if rest := rest + decode(b"", final=True):
        yield rest
