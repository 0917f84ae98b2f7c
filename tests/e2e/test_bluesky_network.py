"""The whole road against a network that nobody here wrote: what the seed did is what the CRM shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import Network
from socialcrm.config import from_mapping
from socialcrm.crm.csv_import import import_contacts
from socialcrm.model import LinkState
from socialcrm.store.base import Account
from socialcrm.sync.pipeline import Sync

pytestmark = pytest.mark.e2e

PASSWORD_VARIABLE = "SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD"
SEARCHES = ["Skylark", "skylark"]
QUERY = '"skylark air" OR @skylarkair OR @skylarkair.test'


@pytest.fixture(scope="module")
def settings(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("e2e")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSWORD_VARIABLE, network.expected["brand"]["password"])
        yield from_mapping(
            {
                "workspace": "skylark",
                "store": {"url": "sqlite:///socialcrm.db"},
                "crm": {"type": "sql", "url": "sqlite:///crm.db"},
                "relevance": {"query": QUERY},
                "sync": {"recheck_every": "0s", "recheck_for": "36500d"},
                "sources": {
                    "bluesky": {
                        "service": network.ready["pds"],
                        "identifier": network.expected["brand"]["handle"],
                        "search": SEARCHES,
                    }
                },
            },
            folder=folder,
        )


def wanted(expected: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every living post that concerns the brand: announced, in a thread it takes part in, or found by the search."""
    found = {uri for uris in expected["search"].values() for uri in uris}
    roots = {post["root_key"] for post in expected["posts"] if post["author"] == "brand"}
    return {
        post["uri"]: post
        for post in expected["posts"]
        if not post["deleted"] and (post["notified_as"] or post["uri"] in found or post["root_key"] in roots)
    }


def compare(sync: Sync, expected: dict[str, Any]) -> list[str]:
    """Ids, authors, texts, threads, deletions and edits; an empty list when all agree."""
    wrong = []
    for uri, post in wanted(expected).items():
        stored = sync.store.posts.get("bluesky", uri)
        if stored is None:
            wrong.append(f"missing {post['key']}")
            continue
        got = stored.post
        pairs = {
            "text": (got.text, post["text"]),
            "author": (got.author.id if got.author else None, post["author_did"]),
            "parent": (got.in_reply_to, post["parent_uri"]),
            "root": (got.conversation_id if got.in_reply_to else None, post["root_uri"]),
            "version": (got.version, post["cid"]),
            "language": (got.lang, post["lang"]),
            "direction": (got.direction.value, "outbound" if post["author"] == "brand" else "inbound"),
        }
        wrong += [f"{post['key']}: {name} is {a!r}, not {b!r}" for name, (a, b) in pairs.items() if a != b]
    for post in expected["posts"]:
        stored = sync.store.posts.get("bluesky", post["uri"])
        if post["deleted"] and stored is not None and (stored.deleted_at is None or stored.post.text):
            wrong.append(f"{post['key']}: deleted, and still there")
    return wrong


def decided(sync: Sync, expected: dict[str, Any]) -> list[str]:
    """Compare every account's decision with what a careful matcher may do."""
    wrong = []
    for name, account in expected["accounts"].items():
        link = sync.store.decisions.current("bluesky", account["did"])
        state = link.state if link else LinkState.NONE
        fine = {
            "link": state is LinkState.LINKED and link is not None and link.contact_id == account["contact_id"],
            "review": state is LinkState.REVIEW,
            "no_link": state is not LinkState.LINKED,
            "nothing": state is LinkState.NONE,
        }[account["expect"]]
        if not fine:
            wrong.append(f"{name} ({account['role']}): {state.value}, expected {account['expect']}")
        if link and link.state is LinkState.LINKED and not link.evidence:
            wrong.append(f"{name}: linked without evidence")
    return wrong


def timelines(sync: Sync, expected: dict[str, Any]) -> list[str]:
    """Every kept post of a linked account stands on its contact's timeline, once, and nothing else does."""
    wrong = []
    accounts = {account["did"]: account for account in expected["accounts"].values()}
    by_uri = {post["uri"]: post for post in expected["posts"]}
    due: dict[str, set[str]] = {}
    for post in wanted(expected).values():
        subject = post["author_did"]
        if post["author"] == "brand":
            subject = by_uri[post["parent_uri"]]["author_did"] if post["parent_uri"] else ""
        account = accounts.get(subject)
        if account and account["expect"] == "link" and post["relevant"]:
            due.setdefault(account["contact_id"], set()).add(post["text"])
    for contact in sync.store.contacts.all():
        texts = [entry.body for entry in sync.crm.timeline(contact.id)]
        if len(texts) != len(set(texts)):
            wrong.append(f"{contact.id}: something stands there twice")
        missing, extra = due.get(contact.id, set()) - set(texts), set(texts) - due.get(contact.id, set())
        wrong += [f"{contact.id}: {len(missing)} missing, {len(extra)} too many"] if missing or extra else []
    return wrong


def test_first_sync_finds_what_the_seed_did(network: Network, settings: Any) -> None:
    contacts = settings.folder / "contacts.csv"
    Path(contacts).write_text(network.seed.contacts_csv(), encoding="utf-8")
    with Sync.from_config(settings) as sync:
        imported = import_contacts(contacts, sync.crm)
        assert (imported.imported, len(imported.bad)) == (35, 2)
        assert all(finding.ok for finding in sync.check())
        report = sync.run()
        assert report.problems == []
        assert compare(sync, network.expected) == []
        assert decided(sync, network.expected) == []
        assert timelines(sync, network.expected) == []
        assert sum(report.posts.values()) >= len(wanted(network.expected))


def test_second_sync_writes_nothing(network: Network, settings: Any) -> None:
    with Sync.from_config(settings) as sync:
        report = sync.run()
    assert (report.written, report.problems) == (0, [])


def test_an_edit_a_deletion_and_a_reply_arrive(network: Network, settings: Any) -> None:
    expected = network.advance()
    with Sync.from_config(settings) as sync:
        report = sync.run()
        assert report.problems == []
        assert compare(sync, expected) == []
        assert timelines(sync, expected) == []
        assert (report.delivery.updated, report.delivery.retracted, report.delivery.created) == (1, 1, 1)
        gone = next(post for post in expected["posts"] if post["key"] == "refund_ok")
        stored = sync.store.posts.get("bluesky", gone["uri"])
        assert stored is not None
        assert stored.account is Account.GONE
        again = sync.run()
    assert (again.written, again.problems) == (0, [])
