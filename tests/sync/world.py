"""A small invented world with known answers: who owns which account, and what each timeline must show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from socialcrm.clock import Clock
from socialcrm.config import SyncSettings
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.matching.matcher import Matcher
from socialcrm.model import Contact, Direction, Post, interaction_key
from socialcrm.relevance.judge import Judge, RelevanceRules
from socialcrm.store import open_store
from socialcrm.sync.pipeline import Sync
from socialcrm.testing.platform import BRAND, InventedPlatform

WORKSPACE = "skylark"
SETTINGS = SyncSettings(
    batch=50,
    deliver_batch=20,
    recheck_every=timedelta(0),
    recheck_for=timedelta(days=36500),
    recheck_limit=100_000,
)


class World:
    """Accounts of three sorts, by number: a customer whose handle the CRM knows, a namesake, a stranger."""

    def __init__(self, folder: Path, *, accounts: int = 30, page_size: int = 20) -> None:
        self.folder = folder
        self.platform = InventedPlatform(page_size=page_size)
        self.platform.join(BRAND, handle="skylarkair", display_name="Skylark Air")
        self.owner: dict[str, str] = {}
        for number in range(accounts):
            self._join(number)
        self.contacts = [self._contact(number) for number in range(accounts) if number % 3 != 2]

    def _join(self, number: int) -> None:
        account = f"u{number}"
        self.platform.join(account, handle=f"handle{number}", display_name=self._name(number))
        if number % 3 == 0:
            self.owner[account] = f"C{number}"

    @staticmethod
    def _name(number: int) -> str:
        first, last = divmod(number, 26)
        return f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[last]}orin{'aeiou'[first % 5]} Val{'bcdfg'[first % 5]}ent{number}"

    def _contact(self, number: int) -> Contact:
        handles = {"invented": (f"handle{number}",)} if number % 3 == 0 else {}
        return Contact(
            id=f"C{number}", full_name=self._name(number), emails=(f"person{number}@example.com",), handles=handles
        )

    def crm(self) -> SQLCRM:
        return SQLCRM(SQLCRMConfig(url=f"sqlite:///{self.folder / 'crm.db'}"))

    def install(self) -> None:
        """Fill the CRM with the contacts."""
        crm = self.crm()
        crm.put_contacts(self.contacts)
        crm.close()

    def sync(self, *, store_url: str = "", clock: Clock | None = None, settings: SyncSettings = SETTINGS) -> Sync:
        """A sync with everything real: store, matcher, judge, embedded CRM."""
        url = store_url or f"sqlite:///{self.folder / 'socialcrm.db'}"
        return Sync(
            store=open_store(url, workspace=WORKSPACE, **({"clock": clock} if clock else {})),
            crm=self.crm(),
            sources={"invented": self.platform.adapter()},
            judge=Judge(RelevanceRules()),
            matcher=Matcher(),
            settings=settings,
            clock=clock,
        )

    def expected(self, owner: dict[str, str] | None = None) -> dict[str, tuple[str, str]]:
        """What the CRM must hold: key → (contact, text)."""
        owner = self.owner if owner is None else owner
        found = {}
        for post in self.platform.posts.values():
            *_, asked = self._answered(post)
            subject = asked.author.id if asked.author else ""
            if subject in owner and post.id not in self.platform.gone:
                key = interaction_key(WORKSPACE, self.platform.name, post.id)
                found[key] = (owner[subject], post.text)
        return found

    def unsure(self) -> set[str]:
        """Keys of answers to deleted posts: owed only if the post was read before it was deleted."""
        return {
            interaction_key(WORKSPACE, self.platform.name, post.id)
            for post in self.platform.posts.values()
            if any(above.id in self.platform.gone for above in self._answered(post)[1:])
        }

    def _answered(self, post: Post) -> list[Post]:
        """A post, then what the brand answered in it, up to the first that is not the brand's own."""
        chain = [post]
        while chain[-1].direction is Direction.OUTBOUND and chain[-1].in_reply_to:
            chain.append(self.platform.posts[chain[-1].in_reply_to])
        return chain

    def actual(self) -> dict[str, tuple[str, str]]:
        """What the CRM holds, read back contact by contact; a key seen twice fails."""
        crm = self.crm()
        found: dict[str, tuple[str, str]] = {}
        for contact in self.contacts:
            for entry in crm.timeline(contact.id):
                assert entry.key not in found, f"doubled: {entry.key}"
                found[entry.key] = (contact.id, entry.body)
        crm.close()
        return found


def chatter(world: World, posts: int, *, start: int = 0, choose: Callable[[int], int] | None = None) -> None:
    """Let the world talk: every fifth post is a brand answer to the one before it."""
    accounts = [name for name in world.platform.profiles if name != BRAND]
    said = None
    for number in range(start, start + posts):
        if number % 5 == 4 and said is not None:
            said = world.platform.say(BRAND, f"We are sorry, number {number}.", in_reply_to=said.id)
        else:
            account = accounts[(choose(number) if choose else number * 7) % len(accounts)]
            said = world.platform.say(account, f"@skylarkair my bag is late again, number {number}")
