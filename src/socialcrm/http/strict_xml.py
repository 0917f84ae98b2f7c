"""XML from strangers: bounded in depth and number, no entity of its own, nothing fetched."""

from __future__ import annotations

import html
import re
from typing import Any, NoReturn
from xml.parsers import expat

from socialcrm.errors import BadResponse
from socialcrm.http.strict_json import NotJSON
from socialcrm.text import clean

Node = dict[str, Any]

DEEPEST, MOST = 64, 200_000
_PREFIX = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")


class NotXML(NotJSON):
    """A body is not well-formed XML; an error page or a cut-off body may be better the next time."""


def looks_like_xml(body: bytes) -> bool:
    """Tell whether a body begins as XML does."""
    return _PREFIX.match(body) is not None or body[:2] in {b"\xff\xfe", b"\xfe\xff"}


def loads(body: bytes, *, encoding: str | None = None) -> Node:
    """Parse a document into ``{"tag", "attrs", "text", "children", "tail"}``; ``encoding`` outranks the declared one.

    ``text`` is what stands before the first child, ``tail`` what follows an element within its parent.
    Tags and attributes outside the empty namespace are ``{namespace}name``. A document type is
    passed over; one that declares entities is refused, because a few lines of them grow to
    gigabytes. Names that only a document type would explain are read as HTML does (``&nbsp;``).
    Raises `NotXML`, and `BadResponse` where reading on would be unsafe.
    """
    builder = _Builder()
    parser = expat.ParserCreate(encoding, "}")
    parser.buffer_text = True
    parser.UseForeignDTD(True)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = lambda *_: 1
    parser.SkippedEntityHandler = builder.skipped
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        raise NotXML("the answer is not well-formed XML") from None
    except (LookupError, ValueError):
        raise NotXML("the answer is in an encoding that cannot be read") from None
    return builder.root


def _refuse(*_: object) -> NoReturn:
    raise BadResponse("the answer declares entities of its own, which is never obeyed")


class _Builder:
    def __init__(self) -> None:
        self._open: list[Node] = []
        self._count = 0
        self.root: Node = {}

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST:
            raise BadResponse("the answer is nested too deeply or holds too many elements")
        named = {_qualified(name): clean(value) for name, value in attrs.items()}
        node: Node = {"tag": _qualified(tag), "attrs": named, "text": [], "children": [], "tail": []}
        if self._open:
            self._open[-1]["children"].append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        node = self._open.pop()
        node["text"] = "".join(node["text"])
        for child in node["children"]:
            child["tail"] = "".join(child["tail"])

    def skipped(self, name: str, parameter: bool) -> None:
        if not parameter:
            self.data(html.unescape(f"&{name};"))

    def data(self, text: str) -> None:
        if self._open:
            node = self._open[-1]
            # As pieces: adding to a growing text over and over would take for ever.
            (node["children"][-1]["tail"] if node["children"] else node["text"]).append(clean(text))


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name
