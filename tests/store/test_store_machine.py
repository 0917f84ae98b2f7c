"""A store, a CRM and a world that changes its mind, in any order: in the end the CRM shows what it should."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from socialcrm.clock import ManualClock
from socialcrm.model import Contact, LinkState, Post, interaction_key
from socialcrm.store import open_store
from socialcrm.store.base import Account, Due, Verdict
from socialcrm.testing.store_world import ANN, BOB, START, WORKSPACE, Gone, answer, deleted, link, post, record

NUMBERS = st.integers(0, 4)
PEOPLE = st.sampled_from([ANN, BOB])
CONTACTS = ("A", "B", "C")
PERSON = "person:maria"


class FakeCRM:
    """Entries under keys; an older revision never replaces a newer one."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[int, str, str | None]] = {}

    def upsert(self, due: Due) -> None:
        if due.revision >= self.entries.get(due.key, (0, "", ""))[0]:
            text = None if due.retracted else due.stored.post.text
            self.entries[due.key] = (due.revision, due.contact_id, text)

    def timeline(self) -> dict[str, tuple[str, str]]:
        return {key: (contact, text) for key, (_, contact, text) in self.entries.items() if text is not None}


class World(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(START)
        self.store = open_store("sqlite://", workspace=WORKSPACE, clock=self.clock)
        self.store.contacts.record([Contact(id=one) for one in CONTACTS], source="crm", cursor=None)
        self.crm = FakeCRM()
        self.now: dict[int, Post] = {}
        self.told: list[Post] = []
        self.gone: set[int] = set()
        self.noise: set[int] = set()
        self.owner: dict[str, str | None] = {}
        self.merged: dict[str, str] = {}

    def teardown(self) -> None:
        self.clock.advance(timedelta(days=2))
        self.store.outbox.requeue()
        self.work()
        while batch := self.store.outbox.due(3):
            for due in batch:
                self.crm.upsert(due)
            self.store.outbox.mark([answer(due) for due in batch])
        assert self.crm.timeline() == self.expected()
        accounts = self.store.posts.account()
        assert accounts[Account.DELIVERED] == len(self.expected())
        assert accounts[Account.RECORDED] == accounts[Account.QUEUED] == accounts[Account.PARKED] == 0
        assert self.store.rebuild() == 0
        self.store.close()

    def expected(self) -> dict[str, tuple[str, str]]:
        shown = {}
        for number, one in self.now.items():
            author = one.author.id if one.author else ""
            owner = self.owner.get(author)
            if owner and number not in self.gone | self.noise:
                shown[interaction_key(WORKSPACE, one.platform, one.id)] = (self.today(owner), one.text)
        return shown

    def today(self, contact: str) -> str:
        while contact in self.merged:
            contact = self.merged[contact]
        return contact

    def tell(self, number: int, one: Post) -> None:
        self.now[number] = one
        self.told.append(one)
        record(self.store, one)

    def tick(self) -> ManualClock:
        self.clock.advance(timedelta(minutes=1))
        return self.clock

    @rule(number=NUMBERS, author=PEOPLE)
    def say(self, number: int, author: object) -> None:
        if number not in self.now:
            at = self.tick().now()
            self.tell(number, post(str(number), f"text {len(self.told)}", at=at, author=author))

    @rule(number=NUMBERS)
    def edit(self, number: int) -> None:
        if number in self.now and number not in self.gone:
            wording = {"text": f"text {len(self.told)}", "edited_at": self.tick().now()}
            self.tell(number, self.now[number].model_copy(update=wording))

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        if number in self.now:
            self.gone.add(number)
            record(self.store, deleted(str(number), self.tick().now()))

    @rule(chance=st.randoms(use_true_random=False))
    def replay(self, chance: object) -> None:
        if self.told:
            record(self.store, *(chance.choice(self.told) for _ in range(3)))  # type: ignore[attr-defined]

    @rule(author=PEOPLE, contact=st.sampled_from(CONTACTS), state=st.sampled_from(list(LinkState)))
    def decide(self, author: object, contact: str, state: LinkState) -> None:
        self.store.decisions.append([link(author, contact, state, PERSON)])  # type: ignore[arg-type]
        self.owner[author.id] = contact if state is LinkState.LINKED else None  # type: ignore[attr-defined]

    @rule(old=st.sampled_from(CONTACTS), new=st.sampled_from(CONTACTS))
    def merge(self, old: str, new: str) -> None:
        if self.today(old) == old and self.today(new) != old:
            self.merged[old] = new
            self.store.contacts.record([Gone(old, new)], source="crm", cursor=None)

    @rule(noise=st.sets(NUMBERS))
    def change_rules(self, noise: set[int]) -> None:
        self.noise = noise
        self.store.posts.unjudge()

    @rule()
    def work(self) -> None:
        while waiting := self.store.posts.unjudged(3):
            self.store.posts.judge([self.verdict(one.post, one.revision) for one in waiting])
        while self.store.outbox.settle(3).looked_at:
            pass

    def verdict(self, one: Post, revision: int) -> Verdict:
        keep = int(one.id) not in self.noise
        subject = one.author.id if one.author else None
        return Verdict(one.platform, one.id, keep, reason="" if keep else "noise", subject=subject, revision=revision)

    @rule(outcomes=st.lists(st.sampled_from(["done", "lost", "away", "retry", "parked"]), min_size=1, max_size=4))
    def deliver(self, outcomes: list[str]) -> None:
        marks = []
        for due, outcome in zip(self.store.outbox.due(len(outcomes)), outcomes, strict=False):
            if outcome in ("done", "lost"):
                self.crm.upsert(due)
            if outcome in ("done", "retry", "parked"):
                marks.append(answer(due, done=outcome == "done", parked=outcome == "parked"))
            # lost: the CRM has it and the answer never arrived; away: neither
        self.store.outbox.mark(marks)

    @rule()
    def requeue(self) -> None:
        self.store.outbox.requeue()

    @invariant()
    def every_post_is_accounted_for(self) -> None:
        assert sum(self.store.posts.account().values()) == len(self.now)

    @invariant()
    def text_of_deleted_posts_is_nowhere_here(self) -> None:
        for number in self.gone:
            stored = self.store.posts.get("invented", str(number))
            assert stored is not None
            assert stored.post.text == ""


World.TestCase.settings = settings(max_examples=60, stateful_step_count=35, deadline=None)
TestWorld = World.TestCase
