#!/usr/bin/env python3
"""Fill the local AT Protocol network with the story of Skylark Air, through its public API.

    python seed.py READY_JSON --stage first --out expected.json
    python seed.py READY_JSON --stage second --first expected.json --out expected2.json
    python seed.py --contacts contacts.csv

Each stage ends when the AppView shows all of it, and answers with what a client should
then find. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

# Also found when a test loads this file by its path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import at_story as story
from at_cast import BRAND, CUSTOMERS, contacts_csv
from at_client import PASSWORD, POST, Account, facets, ref, stamp, wait_for, xrpc

__all__ = ["contacts_csv", "seed_first", "seed_second"]

Json = dict[str, Any]
# The AppView tells the authors of the nearest five posts above a reply, its parent first.
NOTIFIED_LEVELS = 5
# Customers have been there for years; who wants to pass for one has come today.
OPENED = dict.fromkeys(("link", "review"), "2023-04-18T09:00:00.000Z")


class Seed:
    """The accounts, and the posts made so far, by key."""

    def __init__(self, ready: Json, accounts: dict[str, Account]) -> None:
        self.ready, self.accounts = ready, accounts
        self.posts: dict[str, Json] = {}

    @property
    def brand(self) -> Account:
        return self.accounts["brand"]

    def shown(self, uri: str) -> str | None:
        """The cid under which the AppView shows a post; asked there, as the PDS adds its own posts."""
        found = xrpc(self.ready["appview"], "app.bsky.feed.getPosts", params={"uris": [uri]})["posts"]
        return found[0]["cid"] if found else None

    def notifications(self) -> list[Json]:
        """All of them: page by page, as far as there are pages."""
        found: list[Json] = []
        cursor: Json = {}
        while True:
            page = self.brand.get("app.bsky.notification.listNotifications", limit=100, priority="false", **cursor)
            found += page["notifications"]
            if not page.get("cursor"):
                return found
            cursor = {"cursor": page["cursor"]}

    def publish(self, post: story.Post) -> Json:
        author = self.accounts[post.author]
        mentions = [(self.brand.handle, self.brand.did)] if post.mentions_brand else []
        record: Json = {"text": post.text, "createdAt": stamp(), "langs": [post.lang]}
        if found := facets(post.text, mentions, post.links, post.tags):
            record["facets"] = found
        parent = self.posts[post.reply_to] if post.reply_to else None
        root = self.posts[parent["root_key"]] if parent else None
        if parent and root:
            # The AppView indexes accounts side by side, and a reply that comes before its
            # parent is never announced to those above. A person would see the parent first.
            wait_for(f"the parent of {post.key}", lambda: self.shown(parent["uri"]))
            record["reply"] = {"root": ref(root), "parent": ref(parent)}
        quoted = self.posts[post.quotes] if post.quotes else None
        if quoted:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": ref(quoted)}
        made = author.create(POST, record)
        entry = {
            "key": post.key, "uri": made["uri"], "cid": made["cid"], "text": post.text,
            "author": post.author, "author_did": author.did, "kind": post.kind, "notified_as": None,
            "mentions_brand": post.mentions_brand, "root_key": root["key"] if root else post.key,
            "root_uri": root["uri"] if root else None, "parent_uri": parent["uri"] if parent else None,
            "quoted_uri": quoted["uri"] if quoted else None, "lang": post.lang,
            "created_at": record["createdAt"], "deleted": False, "edited": False, "relevant": post.relevant,
        }  # fmt: skip
        self.posts[post.key] = entry
        entry["notified_as"] = self.notified_as(entry)
        return entry

    def notified_as(self, post: Json) -> str | None:
        """The reason that the brand's notification bears, None when the brand is told nothing."""
        if post["author"] == "brand":
            return None
        if post["mentions_brand"]:
            return "mention"
        by_uri = {entry["uri"]: entry for entry in self.posts.values()}
        above = by_uri.get(post["parent_uri"])
        for _ in range(NOTIFIED_LEVELS - 1):
            if above and above["author"] == "brand":
                return "reply"
            above = by_uri.get(above["parent_uri"]) if above else None
        quoted = by_uri.get(post["quoted_uri"])
        return "quote" if quoted and quoted["author"] == "brand" else None


def make_accounts(ready: Json) -> dict[str, Account]:
    accounts = {}
    for cast in (BRAND, *CUSTOMERS):
        accounts[cast.name] = Account.new(ready["pds"], cast.handle)
        accounts[cast.name].set_profile(cast.display_name, cast.bio, since=OPENED.get(cast.expect, ""))
    return accounts


def react(seed: Seed) -> list[Json]:
    """Likes, reposts and follows; a list of what was done to what."""
    done = []

    def add(kind: str, collection: str, name: str, subject: Any, target: str) -> None:
        account = seed.accounts[name]
        uri = account.create(collection, {"subject": subject, "createdAt": stamp()})["uri"]
        done.append({"kind": kind, "uri": uri, "author": name, "author_did": account.did, "subject": target})

    for kind, pairs in (("like", story.LIKES), ("repost", story.REPOSTS)):
        for name, key in pairs:
            add(kind, f"app.bsky.feed.{kind}", name, ref(seed.posts[key]), seed.posts[key]["uri"])
    for name in story.FOLLOWS:
        add("follow", "app.bsky.graph.follow", name, seed.brand.did, seed.brand.did)
    return done


def wait_settled(seed: Seed, reactions: list[Json]) -> None:
    """Until the AppView shows what is there, no longer shows what is gone, and has told the brand."""
    posts = [post for post in seed.posts.values() if not post["deleted"]]
    gone = {post["uri"] for post in seed.posts.values() if post["deleted"]}
    for post in posts:
        wait_for(f"the post {post['key']}", lambda post=post: seed.shown(post["uri"]) == post["cid"])
    for uri in gone:
        wait_for(f"the end of {uri}", lambda uri=uri: seed.shown(uri) is None)
    told = {post["uri"]: post["notified_as"] for post in posts if post["notified_as"]}
    told |= {done["uri"]: done["kind"] for done in reactions}
    wait_for("the notifications", lambda: {n["uri"]: n["reason"] for n in seed.notifications()} == told)


def wait_found(seed: Seed, query: str) -> list[str]:
    """The posts that a search finds, once it does. This AppView's search is a plain search
    for the very letters of the query, in upper or lower case as they stand."""
    posts = [post for post in seed.posts.values() if not post["deleted"]]
    wanted = {post["uri"] for post in posts if query in post["text"]}

    def found() -> set[str]:
        params = {"q": query, "limit": 100, "sort": "latest"}
        return {post["uri"] for post in seed.brand.get("app.bsky.feed.searchPosts", **params)["posts"]}

    wait_for(f"the search for {query}", lambda: found() == wanted)
    return sorted(wanted)


def threads(posts: list[Json]) -> Json:
    """Root URI -> nested replies by URI. Roots without a reply are left out."""
    by_uri: Json = {post["uri"]: {} for post in posts if not post["deleted"]}
    for post in posts:
        if post["parent_uri"] and not post["deleted"]:
            by_uri[post["parent_uri"]][post["uri"]] = by_uri[post["uri"]]
    return {post["uri"]: by_uri[post["uri"]] for post in posts
            if not post["parent_uri"] and by_uri.get(post["uri"])}  # fmt: skip


def account_entry(account: Account, cast: Any) -> Json:
    return {
        "handle": account.handle, "did": account.did, "display_name": cast.display_name, "bio": cast.bio,
        "password": PASSWORD, "access_token": account.token, "role": cast.role, "expect": cast.expect,
        "why": cast.why, "contact_id": cast.contact, "near_contacts": list(cast.near),
    }  # fmt: skip


def seed_first(ready: Json) -> Json:
    """Accounts, posts and reactions; one mention is already deleted when this returns."""
    seed = Seed(ready, make_accounts(ready))
    for post in story.FIRST:
        seed.publish(post)
    reactions = react(seed)
    wrong = seed.posts[story.DELETED_AT_ONCE]
    # The AppView has to have told of it, else the deletion would be seen before the post.
    wait_for("the mention that is deleted", lambda: wrong["uri"] in {n["uri"] for n in seed.notifications()})
    seed.accounts[wrong["author"]].delete(wrong["uri"])
    wrong["deleted"] = True
    wait_settled(seed, reactions)
    for cast in CUSTOMERS:
        wait_for(f"the profile of {cast.name}", lambda cast=cast: display_name(seed, cast.name) == cast.display_name)
    accounts = {cast.name: account_entry(seed.accounts[cast.name], cast) for cast in (BRAND, *CUSTOMERS)}
    posts = list(seed.posts.values())
    return {
        "stage": "first",
        "endpoints": {key: ready[key] for key in ("pds", "appview", "plc", "firehose")},
        "brand": accounts.pop("brand"),
        "accounts": accounts,
        "posts": posts,
        "threads": threads(posts),
        "reactions": reactions,
        "search": {query: wait_found(seed, query) for query in story.SEARCHES},
        "changes": [{"change": "deleted", "key": wrong["key"], "uri": wrong["uri"]}],
    }


def display_name(seed: Seed, name: str) -> str:
    params = {"actor": seed.accounts[name].did}
    return xrpc(seed.ready["appview"], "app.bsky.actor.getProfile", params=params).get("displayName", "")


def resume(ready: Json, first: Json) -> Seed:
    """The first stage's accounts and posts; its tokens, so that nobody has to log in."""
    entries = {"brand": first["brand"], **first["accounts"]}
    accounts = {name: Account(ready["pds"], entry["handle"], entry["did"], entry["access_token"])
                for name, entry in entries.items()}  # fmt: skip
    seed = Seed(ready, accounts)
    seed.posts = {post["key"]: post for post in first["posts"]}
    return seed


def seed_second(ready: Json, first: Json) -> Json:
    """One edit, one deletion, one new reply, one new display name. `first` stays as it is."""
    expected = deepcopy(first)
    seed = resume(ready, expected)
    key, text = story.EDITED, story.EDITED_TEXT
    edited = seed.posts[key]
    old = {"cid": edited["cid"], "text": edited["text"]}
    # The same record key: the URI stays, the cid changes.
    record = {"text": text, "createdAt": edited["created_at"], "langs": [edited["lang"]],
              "facets": facets(text, [(seed.brand.handle, seed.brand.did)], (), ())}  # fmt: skip
    made = seed.accounts[edited["author"]].put(POST, edited["uri"].rsplit("/", 1)[1], record)
    edited |= {"cid": made["cid"], "text": text, "edited": True}

    gone = seed.posts[story.DELETED_LATER]
    seed.accounts[gone["author"]].delete(gone["uri"])
    gone["deleted"] = True

    new = seed.publish(story.NEW_REPLY)
    name, shown = story.RENAMED
    renamed = expected["accounts"][name]
    seed.accounts[name].set_profile(shown, renamed["bio"], since=OPENED["link"])
    wait_settled(seed, expected["reactions"])
    wait_for("the new display name", lambda: display_name(seed, name) == shown)

    changes = [
        {"change": "edited", "key": key, "uri": edited["uri"], "old": old, "new": {"cid": made["cid"], "text": text}},
        {"change": "deleted", "key": gone["key"], "uri": gone["uri"]},
        {"change": "new", "key": new["key"], "uri": new["uri"]},
        {"change": "renamed", "account": name, "did": renamed["did"], "old": renamed["display_name"], "new": shown},
    ]
    renamed["display_name"] = shown
    posts = list(seed.posts.values())
    search = {query: wait_found(seed, query) for query in story.SEARCHES}
    return expected | {"stage": "second", "posts": posts, "threads": threads(posts), "search": search,
                       "changes": changes}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ready", nargs="?", help="the ready.json whose path start.sh printed")
    parser.add_argument("--stage", choices=("first", "second"), default="first")
    parser.add_argument("--first", help="expected.json of the first stage")
    parser.add_argument("--out", help="where to write what a client should find")
    parser.add_argument("--contacts", help="where to write the CRM's contacts as CSV")
    arguments = parser.parse_args()
    if arguments.contacts:
        Path(arguments.contacts).write_text(contacts_csv(), encoding="utf-8")
    if not arguments.ready:
        return 0 if arguments.contacts else parser.error("READY_JSON or --contacts is needed")
    ready = json.loads(Path(arguments.ready).read_text(encoding="utf-8"))
    if arguments.stage == "first":
        expected = seed_first(ready)
    elif arguments.first:
        expected = seed_second(ready, json.loads(Path(arguments.first).read_text(encoding="utf-8")))
    else:
        parser.error("--stage second needs --first")
    text = json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
    if arguments.out:
        Path(arguments.out).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
