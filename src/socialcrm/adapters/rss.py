"""Any web feed: RSS, Atom or JSON Feed; news pages, forums, review sites. See `feeds` for the formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcrm.adapters.base import AdapterConfig, AdapterInfo, Capability, Item, Raw
from socialcrm.adapters.feeds import read_feed
from socialcrm.adapters.fields import count, instant, links, objects, only_here, text, text_id
from socialcrm.adapters.web import Feed, WebAdapter
from socialcrm.errors import ConfigError
from socialcrm.http.origin import HttpsOrigin
from socialcrm.http.paging import NextLink
from socialcrm.model import Deleted, Engagement, Kind, Media, Post, Profile
from socialcrm.text import plain

ACCEPTED = "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
GLOBAL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class RSS(WebAdapter):
    """One feed. Anybody may write any name into one, so each author is known by one item only."""

    info = AdapterInfo(
        name="rss",
        title="RSS, Atom, JSON Feed",
        docs="https://www.rssboard.org/rss-specification",
        can=frozenset({Capability.SEARCH, Capability.EDITS, Capability.DELETES}),
    )

    class Config(AdapterConfig):
        """``service`` is the site, ``path`` the feed on it with its query, if it has one."""

        service: HttpsOrigin
        path: str = "/"

    def headers(self) -> Mapping[str, str]:
        return {"Accept": ACCEPTED}

    def feeds(self) -> Mapping[str, Feed]:
        address = urlsplit(self.config.path)
        if not address.path.startswith("/") or address.netloc or address.scheme:
            raise ConfigError(f"{self.label}: `path` begins with a slash: /blog/feed.xml")
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(address.query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return {
            "items": Feed(address.path, found, NextLink("next_url"), "items", at=("date_modified", "date_published"))
        }

    @staticmethod
    def decode(body: bytes) -> Any:
        return read_feed(body)

    @classmethod
    def items(cls, body: Any) -> Iterator[Raw]:
        # A recording holds a feed in XML as its text, which is in no encoding any more.
        feed = read_feed(body.encode(), encoding="utf-8") if isinstance(body, str) else body
        authors, lang = feed.get("authors") or feed.get("author"), feed.get("language")
        shared = {"authors": authors, "language": lang, "home": feed.get("home_page_url")}
        yield from ({**shared, **_told(raw)} for raw in feed.get("items") or ())

    @classmethod
    def parse(cls, raw: Raw) -> Item:
        name = _unique(text_id(raw["id"]), text(raw.get("url") or raw.get("home")))
        if "deleted" in raw:
            return Deleted(platform="rss", id=name, at=instant(raw["deleted"]) if raw["deleted"] else None)
        title, said = plain(text(raw.get("title"))), _wording(raw)
        made, changed = instant(raw.get("date_published") or raw.get("date_modified")), raw.get("date_modified")
        edited = instant(changed) if changed else made
        people = raw.get("authors") or raw.get("author") or []
        author = next(iter(objects(people if isinstance(people, list) else [people])), None)
        return Post(
            platform="rss",
            id=name,
            kind=Kind.POST,
            author=_author(author, name) if author else None,
            text="\n\n".join(dict.fromkeys(part for part in (title, said) if part)),
            created_at=made,
            edited_at=edited if edited > made else None,
            url=text(raw.get("url") or raw.get("external_url")),
            lang=text(raw.get("language")),
            in_reply_to=text(raw.get("in_reply_to")) or None,
            media=tuple(
                Media(type=text(item.get("mime_type")).partition("/")[0] or "other", url=text(item.get("url")))
                for item in objects(raw.get("attachments"))
            ),
            engagement=Engagement(replies=count(raw.get("replies"))),
            version=text(changed),
        )


def _unique(name: str, place: str) -> str:
    """An item's id; a number or word that another site may use too is told apart by the site."""
    site = "" if GLOBAL.match(name) else urlsplit(place).netloc
    return f"{site}#{name}" if site else name


def _told(raw: Raw) -> dict[str, Any]:
    """What an item says itself; what it leaves empty, the feed says for it."""
    return {name: value for name, value in raw.items() if value not in (None, "", [])}


def _wording(raw: Raw) -> str:
    return text(raw.get("content_text")) or plain(text(raw.get("content_html") or raw.get("summary")))


def _author(raw: Raw, item: str) -> Profile:
    page, name = text(raw.get("url")), text(raw.get("name"))
    return Profile(
        platform="rss",
        id=only_here("author", item, name),
        display_name=name,
        urls=links(page),
        email=text(raw.get("email")),
    )
