"""RSS 2.0, RSS 1.0, Atom and JSON Feed, all brought into the form of JSON Feed.

https://www.rssboard.org/rss-specification, RFC 4287, https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from socialcrm.http import strict_json, strict_xml
from socialcrm.http.strict_xml import Node, NotXML
from socialcrm.model import stamp

_ATOM = "{http://www.w3.org/2005/Atom}"
_YT = "{http://www.youtube.com/"
_SHORT = {
    _ATOM: "",
    "{http://purl.org/rss/1.0/}": "",
    "{http://my.netscape.com/rdf/simple/0.9/}": "",
    "{http://purl.org/dc/elements/1.1/}": "dc:",
    "{http://purl.org/dc/terms/}": "dcterms:",
    "{http://purl.org/rss/1.0/modules/content/}": "content:",
    "{http://purl.org/syndication/thread/1.0}": "thr:",
    "{http://purl.org/atompub/tombstones/1.0}": "at:",
    "{http://search.yahoo.com/mrss/}": "media:",
    "{http://www.youtube.com/xml/schemas/2015}": "yt:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}


def read_feed(body: bytes, *, encoding: str | None = None) -> Any:
    """Read a feed's bytes, in whichever format; raises as `strict_json.loads` and `strict_xml.loads` do."""
    if not strict_xml.looks_like_xml(body):
        return strict_json.loads(body)
    root = strict_xml.loads(body, encoding=encoding)
    name = _short(root["tag"])
    if name not in {"rss", "feed", "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF", "entry"}:
        raise NotXML("the answer is XML, but no feed")
    channel = root if name in {"feed", "entry"} else next(_all(root, "channel"), root)
    entries = [node for top in (root, channel) for node in _entries(top)] if channel is not root else _entries(root)
    found = [_entry(node) for node in ([root] if name == "entry" else entries)]
    return {
        "title": _text(channel, "title"),
        "home_page_url": _link(channel, "alternate"),
        "language": _text(channel, "language") or root["attrs"].get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        "next_url": _link(channel, "next"),
        "authors": _people(channel),
        "items": found,
    }


def _entries(node: Node) -> list[Node]:
    return [child for child in node["children"] if _short(child["tag"]) in {"item", "entry", "at:deleted-entry"}]


def _entry(node: Node) -> dict[str, Any]:
    if _short(node["tag"]) == "at:deleted-entry":
        return {"id": node["attrs"].get("ref", ""), "deleted": node["attrs"].get("when", "")}
    link, guid = _link(node, "alternate"), next(_all(node, "guid", "id"), None)
    body = next(_all(node, "content:encoded", "content"), None)
    names = {"in_reply_to": next((child["attrs"].get("ref") for child in _all(node, "thr:in-reply-to")), None)}
    permanent = (
        guid is not None and _short(guid["tag"]) == "guid" and guid["attrs"].get("isPermaLink", "true") == "true"
    )
    return {
        "id": (guid["text"].strip() if guid else "") or link,
        "url": link or (guid["text"].strip() if guid and permanent else ""),
        "title": _text(node, "title"),
        "content_html": _markup(body),
        "summary": _markup(next(_all(node, "description", "summary", "media:description"), None)),
        "date_published": _date(_text(node, "pubDate", "published", "issued", "dc:date", "dcterms:created")),
        "date_modified": _date(_text(node, "updated", "modified", "dcterms:modified")),
        "language": _text(node, "dc:language") or node["attrs"].get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        "authors": _people(node),
        "attachments": [
            {
                "url": child["attrs"].get("url") or child["attrs"].get("href", ""),
                "mime_type": child["attrs"].get("type", ""),
            }
            for child in [*_all(node, "enclosure", "media:content"), *_rel(node, "enclosure")]
        ],
        "replies": _text(node, "thr:total", "{http://purl.org/rss/1.0/modules/slash/}comments"),
        "extra": {_short(child["tag"]): child["text"] for child in node["children"] if child["tag"].startswith(_YT)},
        **names,
    }


def _people(node: Node) -> list[dict[str, str]]:
    found = []
    for child in _all(node, "author", "dc:creator", "managingEditor"):
        if child["children"]:
            name, url, mail = (_text(child, *names) for names in (("name",), ("uri", "url"), ("email",)))
        else:  # RSS: an address with a name in brackets, or a name alone
            whole, url = child["text"].strip(), ""
            address, _, name = whole.partition(" (")
            mail = address if "@" in address else ""
            name = name.rstrip(")") if mail else whole
        found.append({"name": name, "url": url, "email": mail})
    return found


def _markup(node: Node | None) -> str:
    """The markup inside an element; inline XHTML becomes its plain text."""
    if node is None:
        return ""
    return "".join(_flat(node))


def _flat(node: Node) -> Iterator[str]:
    yield node["text"]
    for child in node["children"]:
        yield from _flat(child)
        yield child["tail"]


def _date(value: str) -> str:
    """Bring RFC 822 dates into ISO 8601; anything else stays as it is, for the strict reader to judge."""
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return value
    return value if moment.tzinfo is None else stamp(moment)  # "-0000": the zone is not told


def _short(tag: str) -> str:
    space, brace, name = tag.rpartition("}")
    return _SHORT.get(space + brace, space + brace) + name


def _all(node: Node, *names: str) -> Iterator[Node]:
    """Children by name, those of the first name first."""
    return (child for name in names for child in node["children"] if _short(child["tag"]) == name)


def _text(node: Node, *names: str) -> str:
    return next((found for child in _all(node, *names) if (found := "".join(_flat(child)).strip())), "")


def _rel(node: Node, rel: str) -> Iterator[Node]:
    return (child for child in _all(node, "link") if child["attrs"].get("rel", "alternate") == rel)


def _link(node: Node, rel: str) -> str:
    """An Atom link by its relation; RSS writes its only one as text."""
    links = _rel(node, rel)
    return next((found for child in links if (found := child["attrs"].get("href") or child["text"].strip())), "")
