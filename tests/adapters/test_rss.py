"""Feeds: the contract on JSON Feed, and RSS and Atom brought into the same form."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.rss import RSS
from socialcrm.clock import ManualClock
from socialcrm.errors import BadResponse, ConfigError
from socialcrm.http import strict_xml
from socialcrm.http.exchange import Exchange
from socialcrm.model import Deleted, Kind, Post, Skipped
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, FaultServer, in_json

PATH = "/news.json"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"https://blog.example/{number}",
        "url": f"https://blog.example/{number}",
        "content_html": f"<p>where is bag {number}?</p>",
        "date_published": f"2026-02-{28 - number // 24:02d}T{23 - number % 24:02d}:00:00Z",
        "authors": [{"name": "Ann Lee", "url": "https://fly.example/me"}],
        **more,
    }


def feed(*items: Any, after: int = 0) -> dict[str, Any]:
    following = {"next_url": f"https://blog.example{PATH}?page={after}"} if after else {}
    return {"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": list(items), **following}


def news(size: int = 3, pages: int = 4) -> list[Exchange]:
    found = []
    for page in range(pages):
        items = [item(number) for number in range(page * size, (page + 1) * size)]
        body = feed(*items, after=page + 1 if page < pages - 1 else 0)
        found.append(exchange(PATH, body, **({"page": page} if page else {})))
    return found


class TestContract(WebAdapterContract):
    adapter = RSS
    stream = "items"
    page_path = PATH
    secrets = ("p1anted-query-token",)

    def config(self, url: str) -> AdapterConfig:
        return RSS.Config(service=url, path=PATH)

    def exchanges(self) -> list[Exchange]:
        return news()

    def empty_page(self, number: int) -> Answer:
        return in_json(feed(after=number))


def read(text: str) -> list[Any]:
    return RSS.replay_parse(exchange("/feed", text, headers={"content-type": "application/xml"}))


RSS_2 = """<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://blog.example/rss.dtd">
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Blog</title><link>https://blog.example/</link><language>en-gb</language>
<item><title>Bags &amp; more</title><link>https://blog.example/1</link><guid isPermaLink="false">71</guid>
 <dc:creator>Ann&nbsp;Lee</dc:creator><pubDate>Sun, 01 Feb 2026 11:00:00 +0100</pubDate>
 <description>short</description><content:encoded><![CDATA[<p>where is<br/>bag 1?</p>]]></content:encoded>
 <enclosure url="https://blog.example/1.jpg" length="1" type="image/jpeg"/></item>
<item><title>No time</title><guid>72</guid></item>
<item><title>No zone</title><guid>73</guid><pubDate>Sun, 01 Feb 2026 11:00:00 -0000</pubDate></item>
</channel></rss>"""


def test_rss_is_read_and_one_bad_item_costs_no_other() -> None:
    post, *rest = read(RSS_2)
    assert isinstance(post, Post)
    assert post.author
    assert (post.id, post.url) == ("blog.example#71", "https://blog.example/1")
    assert post.text == "Bags & more\n\nwhere is\nbag 1?"
    assert post.created_at == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert (post.author.display_name, post.lang, post.kind) == ("Ann\xa0Lee", "en-gb", Kind.POST)
    assert [one.type for one in post.media] == ["image"]
    assert [type(one) for one in rest] == [Skipped, Skipped]


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="de">
<title>Forum</title><link href="https://forum.example/"/><link rel="next" href="https://forum.example/feed?page=2"/>
<author><name>The forum</name></author>
<entry><id>tag:forum.example,2026:1</id><title type="html">Wo ist &lt;b>Koffer&lt;/b> 1?</title>
 <link rel="alternate" href="https://forum.example/1"/>
 <link rel="enclosure" href="https://forum.example/1.png" type="image/png"/>
 <published>2026-02-01T10:00:00Z</published><updated>2026-02-02T10:00:00Z</updated>
 <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Seit <em>gestern</em>.</p></div></content></entry>
<at:deleted-entry ref="tag:forum.example,2026:0" when="2026-02-03T10:00:00Z"/></feed>"""


def test_atom_is_read_with_its_tombstones_and_what_the_feed_says_for_all() -> None:
    post, gone = read(ATOM)
    assert isinstance(post, Post)
    assert isinstance(gone, Deleted)
    assert post.author
    assert (post.id, post.text) == ("tag:forum.example,2026:1", "Wo ist Koffer 1?\n\nSeit gestern.")
    assert (post.edited_at, post.lang) == (datetime(2026, 2, 2, 10, tzinfo=UTC), "de")
    assert post.author.display_name == "The forum"
    assert (gone.id, gone.at) == ("tag:forum.example,2026:0", datetime(2026, 2, 3, 10, tzinfo=UTC))


def test_two_people_of_one_name_are_not_one() -> None:
    """Fault 69: whoever writes into a feed chooses name and address."""
    first, second = [RSS.read(item(number)) for number in (1, 2)]
    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert first.author
    assert second.author
    assert first.author.id != second.author.id
    assert first.author.urls == ("https://fly.example/me",)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
SECRET_FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        SECRET_FILE,
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><rss/>',
        "<a>" * 1_000,
        "<a>" * 100 + "</a>" * 100,
        "<rss>" + "<item/>" * 200_001 + "</rss>",
        "<rss><channel>",
        '<?xml version="1.0" encoding="no-such"?><rss/>',
        "<html><body>Please log in</body></html>",
        "<rss>\x00</rss>",
    ],
    ids=["laughs", "file", "parameter", "open", "deep", "many", "cut off", "encoding", "page", "nul"],
)
def test_hostile_xml_is_refused(body: str) -> None:
    """Faults 21 to 23, in XML: entities, external files, depth, number, what is no feed."""
    with pytest.raises(BadResponse):
        RSS.decode(body.encode())


def test_a_long_text_in_many_pieces_is_read_in_no_time() -> None:
    """Fault 22: ten megabytes in one element, each piece of it an entity that stands for itself."""
    began = time.monotonic()
    found = RSS.decode(b"<rss><channel><title>" + b"&nbsp;" * 500_000 + b"x</title></channel></rss>")
    assert found["title"] == "x"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1251"])
def test_the_declared_encoding_is_obeyed(encoding: str) -> None:
    word = "Привет" if encoding == "windows-1251" else "Grüße"
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><title>{word}</title></channel></rss>'
    assert RSS.decode(text.encode(encoding))["title"] == word


@given(st.binary(max_size=200) | st.text(alphabet="<>&;/a=\"'! ", max_size=80).map(str.encode))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    try:
        root = strict_xml.loads(body)
    except BadResponse:
        return
    assert root["tag"]


def test_xml_is_read_over_the_network_too() -> None:
    with FaultServer(lambda asked: Answer(200, {"Content-Type": "application/atom+xml"}, ATOM.encode())) as server:
        rss = RSS(RSS.Config(service=server.url, path="/feed?page=1"), clock=ManualClock(NOW))
        found = [one for page in rss.fetch("items", None) for one in page.items]
        rss.close()
    assert {type(one) for one in found} == {Post, Deleted}
    assert dict(server.asked[0].params)["page"] == "1"
    assert "application/atom+xml" in server.asked[0].headers["Accept"]


def test_the_path_is_a_path() -> None:
    rss = RSS(RSS.Config(service="https://blog.example", path="https://evil.example/feed"), clock=ManualClock(NOW))
    with pytest.raises(ConfigError, match="slash"):
        rss.streams()
