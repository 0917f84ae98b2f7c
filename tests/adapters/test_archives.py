"""Account exports of every platform, whole, broken and resumed; all data invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import exports
from adapters.exports import as_files, as_zip, script, tweet
from socialcrm.adapters.archive import base
from socialcrm.adapters.archive.base import ArchiveAdapter
from socialcrm.adapters.archive.meta import repaired
from socialcrm.adapters.archive.times import written
from socialcrm.adapters.base import Adapter, Item
from socialcrm.adapters.registry import archive_adapter, get_adapter
from socialcrm.clock import ManualClock
from socialcrm.errors import BadRecord, ConfigError
from socialcrm.http.exchange import Exchange
from socialcrm.model import Deleted, Direction, Kind, Post, Profile, Skipped, Visibility
from socialcrm.testing.adapters import AdapterContract

EXPORTS = {
    "x-archive": exports.X,
    "facebook-archive": exports.FACEBOOK,
    "instagram-archive": exports.INSTAGRAM,
    "google-plus": exports.GOOGLE_PLUS,
    "vine": exports.VINE,
    "snapchat": exports.SNAPCHAT,
    "reddit-archive": exports.REDDIT,
    "youtube-archive": exports.YOUTUBE,
}


def reader(name: str, *paths: Path, **settings: Any) -> Adapter:
    kind = get_adapter(name)
    return kind(kind.Config(paths=paths, **settings))


def read(name: str, *paths: Path, **settings: Any) -> list[Item]:
    return [item for page in reader(name, *paths, **settings).fetch("items", None) for item in page.items]


def posts(items: list[Item]) -> list[Post]:
    return sorted((item for item in items if isinstance(item, Post)), key=lambda post: (post.created_at, post.id))


def skipped(items: list[Item]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Skipped)]


@pytest.fixture
def whole(tmp_path: Path) -> Callable[..., list[Item]]:
    def items(name: str, **settings: Any) -> list[Item]:
        return read(name, as_zip(EXPORTS[name], tmp_path / f"{name}.zip"), **settings)

    return items


@pytest.mark.parametrize("name", EXPORTS)
class TestContract(AdapterContract):
    """Every importer keeps the contract of every adapter."""

    stream = "items"

    @pytest.fixture(autouse=True)
    def chosen(self, name: str) -> None:
        type(self).adapter = get_adapter(name)

    @pytest.fixture
    def make(
        self, name: str, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[], Adapter]:
        monkeypatch.setattr(base, "PAGE", 2)
        path = as_zip(EXPORTS[name], tmp_path / "export.zip")
        return lambda: reader(name, path, messages=True)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_folder_and_several_zips_give_what_one_zip_gives(name: str, tmp_path: Path) -> None:
    files = EXPORTS[name]
    halves = [dict(list(files.items())[half::2]) for half in (0, 1)]
    one = read(name, as_zip(files, tmp_path / "one.zip"), messages=True)
    assert read(name, as_files(files, tmp_path / "folder"), messages=True) == one
    two = [as_zip(half, tmp_path / f"{number}.zip") for number, half in enumerate(halves)]
    assert posts(read(name, *two, messages=True)) == posts(one)


@pytest.mark.parametrize("name", EXPORTS)
def test_messages_are_read_only_when_asked_for(name: str, whole: Callable[..., list[Item]]) -> None:
    assert not any(post.kind is Kind.MESSAGE for post in posts(whole(name)))


@pytest.mark.parametrize("name", EXPORTS)
def test_no_mail_address_of_an_export_is_believed(name: str, whole: Callable[..., list[Item]]) -> None:
    """An address in a file proves nothing, while one that a platform vouches for links an account."""
    assert "@mail.example" not in repr(whole(name))


@given(st.sampled_from(sorted(EXPORTS)), st.data())
def test_fault_33_whatever_a_file_holds_the_importer_goes_on(name: str, data: st.DataObject) -> None:
    """Any JSON at any place is at worst an item that is skipped with a reason."""
    kind = archive_adapter(name.removesuffix("-archive"))
    assert kind is not None
    leaf = st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["2023-03-01", "[deleted]"])
    keys = st.sampled_from(["tweet", "data", "media", "string_map_data", "items", "kind", "id", "timestamp", "comment"])
    value = data.draw(st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner)))
    adapter = kind(kind.Config(paths=(Path("export"),), messages=True))
    for part in kind.sections:
        items = adapter._items(part, value, base.Place("data/x.json", ("messages", "[]")), 1)
        assert all(isinstance(item, Post | Skipped | Deleted | Profile) for item in items)


class TestX:
    def test_posts_have_their_author_text_and_counts(self, whole: Callable[..., list[Item]]) -> None:
        items = {post.id: post for post in posts(whole("x-archive"))}
        reply = items["1900000000000000001"]
        assert (reply.kind, reply.text, reply.in_reply_to) == (
            Kind.REPLY,
            "@skylarkair bags & seats",
            "1899999999999999999",
        )
        assert reply.created_at == datetime(2023, 3, 1, 9, 30, tzinfo=UTC)
        assert reply.url == "https://x.com/ann_lee/status/1900000000000000001"
        assert [medium.url for medium in reply.media] == ["https://pics.example/1.jpg"]
        assert (reply.engagement.likes, reply.engagement.shares) == (3, 1)
        assert reply.author is not None
        assert (reply.author.id, reply.author.handle) == ("70000000000000000001", "ann_lee")
        assert (reply.author.bio, reply.author.urls) == ("flies a lot", ("https://ann.example",))
        share = items["1900000000000000002"]
        assert (share.kind, share.engagement.likes) == (Kind.SHARE, None)
        assert set(items) == {f"190000000000000000{number}" for number in range(1, 5)}

    def test_a_long_post_is_whole(self, whole: Callable[..., list[Item]]) -> None:
        (long,) = [post for post in posts(whole("x-archive")) if post.id.endswith("3")]
        assert long.text == "a long story about a seat that would not recline, with all its details"

    def test_the_account_and_its_deletions_are_told(self, whole: Callable[..., list[Item]]) -> None:
        items = whole("x-archive")
        assert [item.id for item in items if isinstance(item, Profile)] == ["70000000000000000001"]
        (gone,) = [item for item in items if isinstance(item, Deleted)]
        assert (gone.id, gone.at) == ("1900000000000000009", datetime(2023, 3, 2, 10, tzinfo=UTC))

    def test_messages_are_private_and_know_who_spoke(self, whole: Callable[..., list[Item]]) -> None:
        said = [post for post in posts(whole("x-archive", messages=True, brand=True)) if post.kind is Kind.MESSAGE]
        assert [(post.id, post.direction, post.text) for post in said] == [
            ("31", Direction.OUTBOUND, "where is my bag"),
            ("32", Direction.INBOUND, "we look > we find"),
        ]
        assert {post.visibility for post in said} == {Visibility.PRIVATE}
        assert {post.conversation_id for post in said} == {"9-70000000000000000001"}

    def test_the_brands_own_posts_are_outbound_and_a_customers_are_not(self, whole: Callable[..., list[Item]]) -> None:
        assert {post.direction for post in posts(whole("x-archive"))} == {Direction.INBOUND}
        assert {post.direction for post in posts(whole("x-archive", brand=True))} == {Direction.OUTBOUND}

    def test_without_account_file_the_headers_name_the_owner(self, tmp_path: Path) -> None:
        header = {"tweet": {"tweet_id": "1", "user_id": "77", "created_at": "Wed Mar 01 09:30:00 +0000 2023"}}
        files = {
            "tweet.js": script("tweet", [tweet(1)]),
            "tweet-headers.js": script("tweet_headers", [header]),
        }
        (post,) = posts(read("x-archive", as_files(files, tmp_path)))
        assert post.author == Profile(platform="x", id="77")

    def test_archives_side_by_side_keep_their_owners_apart(self, tmp_path: Path) -> None:
        other = script("account", [{"account": {"accountId": "8", "username": "ben"}}])
        files = {
            **{f"ann/{name}": text for name, text in exports.X_ACCOUNT.items()},
            "ann/data/tweets.js": script("tweets", [tweet(1)]),
            "ben/data/account.js": other,
            "ben/data/tweets.js": script("tweets", [tweet(2)]),
            "nobody/data/tweets.js": script("tweets", [tweet(3)]),
        }
        found = {post.id: post.author for post in posts(read("x-archive", as_files(files, tmp_path)))}
        assert {name: author and author.handle for name, author in found.items()} == {
            "1": "ann_lee",
            "2": "ben",
            "3": None,
        }

    def test_two_zips_with_an_account_each_keep_their_owners_apart(self, tmp_path: Path) -> None:
        other = script("account", [{"account": {"accountId": "8", "username": "ben"}}])
        one = as_zip({**exports.X_ACCOUNT, "data/tweets.js": script("tweets", [tweet(1)])}, tmp_path / "1.zip")
        two = as_zip({"data/account.js": other, "data/tweets.js": script("tweets", [tweet(2)])}, tmp_path / "2.zip")
        found = {post.id: post.author and post.author.handle for post in posts(read("x-archive", one, two))}
        assert found == {"1": "ann_lee", "2": "ben"}

    def test_either_of_its_ids_is_enough(self, tmp_path: Path) -> None:
        (bare,) = [{key: value for key, value in tweet(1)["tweet"].items() if key != "id"}]
        files = {**exports.X_ACCOUNT, "data/tweets.js": script("tweets", [bare])}
        (post,) = posts(read("x-archive", as_files(files, tmp_path)))
        assert (post.id, post.url) == ("1", "https://x.com/ann_lee/status/1")

    def test_the_oldest_form_is_read(self, tmp_path: Path) -> None:
        old = {
            "id_str": "42",
            "id": 42,
            "created_at": "2014-01-31 23:12:08 +0000",
            "text": "hello",
            "user": {"id_str": "7", "screen_name": "ann_lee", "name": "Ann"},
        }
        files = {"data/js/tweets/2014_01.js": f"Grailbird.data.tweets_2014_01 = \n{json.dumps([old])}"}
        (post,) = posts(read("x-archive", as_files(files, tmp_path)))
        assert (post.id, post.text, post.author and post.author.handle) == ("42", "hello", "ann_lee")
        assert post.created_at == datetime(2014, 1, 31, 23, 12, 8, tzinfo=UTC)


class TestFacebook:
    def test_texts_are_put_together_again(self, whole: Callable[..., list[Item]]) -> None:
        found = posts(whole("facebook-archive"))
        assert [(post.kind, post.text) for post in found] == [
            (Kind.POST, "Forsinket igen på Skylark Air 😡"),
            (Kind.POST, "Til lykke!"),
            (Kind.COMMENT, "Også mig – æøå"),
            (Kind.POST, "Hvem flyver med?"),
        ]
        assert found[0].media[0].alt == "kø"

    def test_others_posts_have_no_author_and_own_ones_the_owner(self, whole: Callable[..., list[Item]]) -> None:
        own, other, comment, group = posts(whole("facebook-archive", brand=True))
        assert other.author is None
        assert own.author == comment.author == group.author
        assert own.author is not None
        assert (own.author.display_name, own.author.handle) == ("Søren Åse", "soren.aase")
        assert own.author.id not in {"soren.aase", "Søren Åse"}
        assert (own.direction, other.direction) == (Direction.OUTBOUND, Direction.INBOUND)
        assert own.visibility is Visibility.PRIVATE

    def test_an_account_id_can_be_given(self, whole: Callable[..., list[Item]]) -> None:
        authors = {post.author.id for post in posts(whole("facebook-archive", account="1234")) if post.author}
        assert authors == {"1234"}

    def test_what_has_no_words_is_skipped_and_what_is_no_post_is_not_mentioned(
        self, whole: Callable[..., list[Item]]
    ) -> None:
        assert skipped(whole("facebook-archive")) == ["an entry without words"] * 2

    def test_messages_keep_their_thread(self, whole: Callable[..., list[Item]]) -> None:
        said = [post for post in posts(whole("facebook-archive", messages=True)) if post.kind is Kind.MESSAGE]
        assert [post.text for post in said] == ["Hvor er min kuffert?", "Vi kigger på det"]
        assert {post.conversation_id for post in said} == {"skylarkair_AbC1"}
        assert said[1].author is not None
        assert said[1].author.display_name == "Skylark Air"

    def test_namesakes_in_two_exports_are_two_accounts(self, tmp_path: Path) -> None:
        def export(said: str) -> exports.Files:
            comment = {"timestamp": 5, "data": [{"comment": {"timestamp": 5, "comment": said, "author": "Ann Lee"}}]}
            return {"comments/comments.json": exports.mangled({"comments_v2": [comment]})}

        one, two = (
            posts(read("facebook-archive", as_zip(export(said), tmp_path / said)))[0].author for said in ("a", "b")
        )
        assert one is not None
        assert two is not None
        assert one.display_name == two.display_name
        assert one.id != two.id

    @given(st.text())
    def test_repair_undoes_what_the_download_does(self, value: str) -> None:
        if all(ord(one) < 0xD800 or ord(one) > 0xDFFF for one in value):
            assert repaired(value.encode().decode("latin-1")) == value

    def test_a_text_that_is_fine_stays(self) -> None:
        assert repaired({"café": ["naïve", "日本", 5]}) == {"café": ["naïve", "日本", 5]}


class TestInstagram:
    def test_captions_and_comments_are_read_in_every_form_and_language(self, whole: Callable[..., list[Item]]) -> None:
        assert [(post.kind, post.text) for post in posts(whole("instagram-archive"))] == [
            (Kind.COMMENT, "nice wing"),
            (Kind.POST, "Old photo"),
            (Kind.POST, "Window seat ✈️"),
            (Kind.POST, "Two views"),
            (Kind.POST, "Take-off"),
            (Kind.COMMENT, "@skylarkair café closed"),
            (Kind.COMMENT, "again?"),
        ]

    def test_several_pictures_share_a_caption_and_a_time(self, whole: Callable[..., list[Item]]) -> None:
        (two,) = [post for post in posts(whole("instagram-archive")) if post.text == "Two views"]
        assert [medium.type for medium in two.media] == ["photo", "video"]
        assert two.created_at == datetime.fromtimestamp(1677663300, UTC)

    def test_the_owner_is_known_by_name(self, whole: Callable[..., list[Item]]) -> None:
        found = [post for post in posts(whole("instagram-archive")) if post.text == "Take-off"]
        assert found[0].author is not None
        assert (found[0].author.handle, found[0].author.display_name) == ("ann.lee", "Ann Lée")


def test_google_plus_keeps_only_what_everybody_could_read(whole: Callable[..., list[Item]]) -> None:
    items = whole("google-plus")
    api, post, comment = posts(items)
    assert (post.id, post.text, post.engagement.likes) == ("z100", "Late again, +Skylark Air\nand tired", 1)
    assert post.edited_at == datetime(2018, 11, 3, 10, 5, 2, tzinfo=UTC)
    assert (comment.in_reply_to, comment.created_at) == ("z100", datetime(2018, 11, 3, 10, 1, 2, tzinfo=UTC))
    assert (api.id, api.engagement.likes) == ("z102", 2)
    assert skipped(items) == ["not shared with everybody"]


def test_vine_ids_keep_every_digit(whole: Callable[..., list[Item]]) -> None:
    items = whole("vine")
    assert [(post.id, post.engagement.views) for post in posts(items)] == [
        ("1142232744672612352", 27189),
        ("comment:7", None),
        ("comment:9", None),
        ("1142232744672612353", 2),
    ]
    assert skipped(items) == ["unreadable item: BadRecord"]


@pytest.mark.parametrize(
    ("status", "body", "action"),
    [
        (404, {"code": 900, "data": "", "success": False}, "fail"),
        (400, {"code": 103, "success": False}, "reauth"),
        (503, "", "retry"),
    ],
)
def test_vine_failures_have_an_action(status: int, body: object, action: str) -> None:
    rule = get_adapter("vine").replay_rule(Exchange("GET", "/x", (), status, {}, body))
    assert rule is not None
    assert rule.action == action


def test_snapchat_chats_of_both_forms(whole: Callable[..., list[Item]]) -> None:
    found = posts(whole("snapchat", messages=True, brand=True))
    assert [(post.text, post.direction, post.author and post.author.id) for post in found] == [
        ("hello", Direction.INBOUND, "skylarkair"),
        ("where's my bag", Direction.OUTBOUND, "ann_l"),
    ]
    assert {post.conversation_id for post in found} == {"skylarkair"}


def test_reddit_names_posts_as_the_live_api_does(whole: Callable[..., list[Item]]) -> None:
    items = whole("reddit-archive", messages=True)
    found = {post.id: post for post in posts(items)}
    assert set(found) == {"t1_c1", "t1_c2", "t3_p1", "t4_m1"}
    assert found["t1_c1"].text == 'late, "again"\nreally'
    assert (found["t1_c1"].in_reply_to, found["t1_c2"].in_reply_to) == ("t3_p1", "t1_c1")
    assert {found[name].conversation_id for name in ("t1_c1", "t1_c2", "t3_p1")} == {"t3_p1"}
    assert found["t3_p1"].text == "Late\n\nThree hours"
    assert [item.id for item in items if isinstance(item, Deleted)] == ["t1_c3"]
    assert skipped(items) == ["comments.csv, value 4: a row of another length"]


def test_youtube_comments_of_every_form(whole: Callable[..., list[Item]]) -> None:
    found = posts(whole("youtube-archive"))
    assert [(post.id, post.text, post.in_reply_to) for post in found] == [
        ("Ug1", "late again", None),
        ("Ug1.a", "really\nlate", "Ug1"),
        ("Ug2", "plain words", None),
        ("Lc1", "hello pilots", None),
    ]
    assert {post.author and post.author.display_name for post in found} == {"Ann Lee"}
    assert found[1].conversation_id == "Ug1"


class TestBrokenExports:
    def test_a_cut_file_is_named_and_the_others_are_read(self, tmp_path: Path) -> None:
        files = {**exports.X, "data/tweets.js": exports.X["data/tweets.js"][:900]}
        items = read("x-archive", as_files(files, tmp_path))
        assert "1900000000000000004" in {post.id for post in posts(items)}
        assert any(reason.startswith("data/tweets.js, value") for reason in skipped(items))

    def test_fault_20_a_zip_cut_in_the_middle_is_named(self, tmp_path: Path) -> None:
        good = as_zip(exports.X, tmp_path / "good.zip")
        bad = tmp_path / "bad.zip"
        bad.write_bytes(good.read_bytes()[:-200])
        items = read("x-archive", bad, good)
        assert len({post.id for post in posts(items)}) == 4
        assert any("bad.zip: no whole zip" in reason for reason in skipped(items))

    def test_a_page_of_html_instead_of_json_is_named(self, tmp_path: Path) -> None:
        items = read("x-archive", as_files({"data/tweets.js": "<html>"}, tmp_path))
        assert skipped(items) == ["data/tweets.js, value 1: it holds no JSON"]

    def test_no_reason_repeats_what_was_said(self, tmp_path: Path) -> None:
        files = {"data/tweets.js": script("tweets", [tweet(1, "pr1vate", created_at="pr1vate")])}
        items = read("x-archive", as_files(files, tmp_path))
        assert skipped(items)
        assert "pr1vate" not in "".join(skipped(items))

    def test_nothing_there_is_a_finding_with_a_remedy(self, tmp_path: Path) -> None:
        (finding,) = reader("x-archive", tmp_path).check()
        assert not finding.ok
        assert "again" in finding.remedy
        (missing,) = reader("x-archive", tmp_path / "nowhere").check()
        assert not missing.ok
        with pytest.raises(ConfigError, match="does not exist"):
            read("x-archive", tmp_path / "nowhere")

    def test_a_readable_export_is_a_finding(self, tmp_path: Path) -> None:
        (finding,) = reader("x-archive", as_files(exports.X, tmp_path)).check()
        assert finding.ok


class TestResuming:
    def test_a_finished_export_is_not_read_again(self, tmp_path: Path) -> None:
        path = as_zip(exports.X, tmp_path / "export.zip")
        last = list(reader("x-archive", path).fetch("items", None))[-1].cursor
        assert list(reader("x-archive", path).fetch("items", last)) == []

    def test_an_export_that_changed_is_read_anew(self, tmp_path: Path) -> None:
        path = as_zip(exports.X, tmp_path / "export.zip")
        last = list(reader("x-archive", path).fetch("items", None))[-1].cursor
        as_zip({**exports.X, "data/tweets-part2.js": script("tweets", [tweet(5)])}, path)
        again = [item for page in reader("x-archive", path).fetch("items", last) for item in page.items]
        assert len(posts(again)) == 5

    def test_progress_reaches_the_whole(self, tmp_path: Path) -> None:
        adapter = reader("x-archive", as_zip(exports.X, tmp_path / "export.zip"))
        assert isinstance(adapter, ArchiveAdapter)
        steps: list[tuple[int, int]] = []
        adapter.progress = lambda done, total: steps.append((done, total))
        list(adapter.fetch("items", None))
        assert steps[-1][0] == steps[-1][1] > 0
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize(
    "value",
    [None, 5, "", "10", "2023-03-01", "01/02/2026 10:00:00", "Wed Foo 01 09:30:00 +0000 2023", "2023-03-01 09:30:00"],
)
def test_fault_92_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(BadRecord):
        written(value)


@pytest.mark.parametrize(
    "value",
    [
        "Wed Mar 01 10:30:60 +0100 2023",
        "2023-03-01 09:30:59 UTC",
        "2023-03-01 09:30:59 +0000",
        "2023-03-01T09:30:59Z",
        "2023-03-01 10:30:59+0100",
    ],
)
def test_the_ways_exports_write_a_time(value: str) -> None:
    assert written(value) == datetime(2023, 3, 1, 9, 30, 59, tzinfo=UTC)
