"""JSON of any length, value by value: memory holds one of them, and a broken one does not end the reading.

An export keeps ten years in one list. Readers of events would do for healthy files; this one goes
on behind a broken value, and bounds each.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from socialcrm.errors import BadRecord
from socialcrm.text import clean

ITEM = "[]"
LONGEST = 16 << 20
Keys = tuple[str, ...]

_SPACE = re.compile(r"[\s,]*")
_START = re.compile(r"[\[{]")
_MARK = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_PLAIN = re.compile(r"[^,\[\]{}]*")
_HEAD_OF_ITEM = re.compile(r'\{\s*"[^"\\]{1,64}"')
_SUSPECT = re.compile(r"\\u(?:0000|d[89a-f])|\x00", re.IGNORECASE)  # NUL and surrogates, which no database stores
_SPLIT = 16  # a token cut by the end of the window stands at most this far from it
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that cannot be read, and why; what follows it can be."""

    reason: str


def until_list(keys: Keys) -> bool:
    """Walk into objects up to the first list, and through that list item by item."""
    return ITEM not in keys


def whole(keys: Keys) -> bool:
    """Read the document as one value."""
    return False


def walk(
    pieces: Iterable[bytes], into: Callable[[Keys], bool] = until_list, *, longest: int = LONGEST
) -> Iterator[tuple[Keys, Any]]:
    """Yield every value with the keys that lead to it, an item of a list under ``[]``.

    A container whose keys satisfy ``into`` is walked; every other value is read as one. Whatever
    stands before the first bracket (``window.YTD.tweets.part0 =``) is passed over. An unreadable
    value comes as `Broken`; raises what ``pieces`` raises, and `BadRecord` where no JSON is found.
    """
    window = _Window(pieces, longest)
    window.open()
    yield from _value(window, (), into)


class _Window:
    """The part of a text that has been read and not been understood yet."""

    def __init__(self, pieces: Iterable[bytes], longest: int) -> None:
        self._pieces, self._longest = iter(pieces), longest
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._read = json.JSONDecoder(strict=False, parse_constant=_refuse).raw_decode
        self.text, self.at, self.ended = "", 0, False

    def more(self) -> bool:
        """Take in the next piece, at least doubling what is left, so that long values are not read over and over."""
        if self.ended:
            return False
        taken = [self.text[self.at :]]
        enough = len(taken[0])
        while not self.ended and enough >= 0:
            piece = next(self._pieces, None)
            self.ended = piece is None
            taken.append(self._decode(piece or b"", final=self.ended))
            enough -= len(taken[-1]) or 1
        self.text, self.at = "".join(taken), 0
        return True

    def open(self) -> None:
        """Go to the first bracket."""
        while not (found := _START.search(self.text)):
            if len(self.text) > _HEAD or not self.more():
                raise BadRecord("it holds no JSON")
        self.at = found.start()

    def peek(self) -> str:
        """Look at the next character that is neither space nor comma; nothing at the end."""
        while True:
            self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches nothing as well
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """Read the value at this place; raises `BadRecord` where it is none, without moving."""
        while True:
            try:
                found, end = self._read(self.text, self.at)
            except RecursionError:
                raise BadRecord("nested too deeply") from None
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self.text) - _SPLIT
                if not cut:
                    raise BadRecord("not JSON") from None
            except ValueError:
                raise BadRecord("a number that no platform has") from None
            else:
                if self.ended or self.text[end : end + 1] not in {"", ".", "e", "E"}:  # a number may go on
                    begun, self.at = self.at, end
                    return _cleaned(found) if _SUSPECT.search(self.text, begun, end) else found
            if len(self.text) - self.at > self._longest:
                raise BadRecord("larger than any post")
            if not self.more():
                raise BadRecord("cut off" if self.text[self.at :].strip() else "missing")

    def beginning(self, start: int) -> str:
        """How items of a list begin here: what stands between two, and the first key of an object.

        ``start`` is where the item before ended. No text of a value can hold it unescaped.
        """
        head = _HEAD_OF_ITEM.match(self.text, self.at)
        between = self.text[start : self.at]
        return (between if "," in between else "," + between) + head[0] if head else ""

    def pass_over(self, beginning: str = "") -> None:
        """Go behind a value that cannot be read.

        That is the end of its brackets, or the ``beginning`` of the next item if it comes first; for a value
        without brackets the next comma.
        """
        if self.text[self.at : self.at + 1] not in set('[{"'):
            self.at = max(self.at + 1, _PLAIN.match(self.text, self.at).end())  # type: ignore[union-attr]
            return
        depth, begun, held = 0, self.at, True
        while True:
            following = self.text.find(beginning, begun + 1) if beginning else -1
            depth, end, closed = self._follow(depth, following)
            if closed or following >= 0:
                self.at = end if closed else following
                return
            if held := held and len(self.text) - begun <= self._longest:
                depth, self.at = 0, begun  # looked at again when there is more of it
            else:
                self._forget(end)
            if not self.more():
                self.at = len(self.text)
                return
            begun = 0

    def _follow(self, depth: int, before: int) -> tuple[int, int, bool]:
        """Follow brackets from here on: how deep they are, where that was told, whether they are closed.

        The place is behind the last bracket, or before a quote that stays open.
        """
        end = self.at
        for mark in _MARK.finditer(self.text, self.at, before if before >= 0 else len(self.text)):
            if mark[0] == '"':
                return depth, mark.start(), False
            end = mark.end()
            depth += (mark[0] in "[{") - (mark[0] in "]}")
            if depth <= 0:
                return depth, end, True
        return depth, end, False

    def _forget(self, end: int) -> None:
        """Drop what was followed; of a text that goes on, its quote and a backslash that escapes what follows stay."""
        if self.text[end : end + 1] == '"':
            slashes = len(self.text) - len(self.text.rstrip("\\"))
            self.text, self.at = '"' + "\\" * (slashes % 2), 0
        else:
            self.at = len(self.text)


def _value(
    window: _Window, keys: Keys, into: Callable[[Keys], bool], beginning: str = ""
) -> Iterator[tuple[Keys, Any]]:
    first = window.peek()
    if first == "[" and into(keys):
        window.at += 1
        yield from _items(window, (*keys, ITEM), into)
    elif first == "{" and into(keys):
        window.at += 1
        yield from _fields(window, keys, into)
    else:
        yield keys, _read(window, beginning)


def _items(window: _Window, keys: Keys, into: Callable[[Keys], bool]) -> Iterator[tuple[Keys, Any]]:
    beginning, text, start = "", window.text, window.at
    while (sign := window.peek()) != "]":
        if not sign:
            yield keys, Broken("the list is cut off here")
            return
        likely = window.beginning(start) if window.text is text else ""
        healthy = True
        for inner, value in _value(window, keys, into, beginning or likely):
            healthy &= not isinstance(value, Broken)
            yield inner, value
        beginning = (likely if healthy else "") or beginning
        text, start = window.text, window.at
    window.at += 1


def _fields(window: _Window, keys: Keys, into: Callable[[Keys], bool]) -> Iterator[tuple[Keys, Any]]:
    while (sign := window.peek()) != "}":
        name = _read(window) if sign == '"' else None
        if not isinstance(name, str) or window.peek() != ":":
            yield keys, Broken("the object is cut off here")
            return
        window.at += 1
        yield from _value(window, (*keys, name), into)
    window.at += 1


def _read(window: _Window, beginning: str = "") -> Any:
    try:
        return window.value()
    except BadRecord as error:
        window.pass_over(beginning)
        return Broken(str(error))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
