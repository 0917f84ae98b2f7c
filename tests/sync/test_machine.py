"""Whatever happens, in whatever order, with kills in between: the promises hold.

The machine plays people, the platform, the CRM's staff and a process that dies; after every run that
gets through, it compares the CRM with the world.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from crash_harness import KILLED, run_child
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from world import WORKSPACE, World, chatter

from socialcrm.clock import SystemClock
from socialcrm.errors import SocialCRMError
from socialcrm.model import Link, LinkState
from socialcrm.store import open_store
from socialcrm.store.base import Account, Store
from socialcrm.sync.review import confirm, reject, undo
from socialcrm.testing.platform import BRAND

NUMBERS = st.integers(min_value=0, max_value=11)
STEPS = int(os.environ.get("SOCIALCRM_MACHINE_STEPS", "25"))
EXAMPLES = int(os.environ.get("SOCIALCRM_MACHINE_EXAMPLES", "12"))


class Road(RuleBasedStateMachine):
    """Platform, store, CRM and crashes against a model that only knows what people did."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="socialcrm-machine-")
        self.world = World(Path(self.folder.name), accounts=12, page_size=4)
        self.world.install()
        chatter(self.world, 6)
        self.refused: set[tuple[str, str]] = set()
        self.confirmed: set[str] = set()
        self.cursor = 0

    def teardown(self) -> None:
        self.folder.cleanup()

    # What people do on the platform.

    @rule(number=NUMBERS)
    def say(self, number: int) -> None:
        self.world.platform.say(f"u{number}", f"@skylarkair again, {len(self.world.platform.order)}")

    @rule(pick=st.integers(min_value=0))
    def answer(self, pick: int) -> None:
        order = self.world.platform.order
        self.world.platform.say(BRAND, f"Sorry, {len(order)}", in_reply_to=order[pick % len(order)])

    @rule(pick=st.integers(min_value=0), text=st.text(min_size=1, max_size=30).map(lambda text: f"@skylarkair {text}"))
    def edit(self, pick: int, text: str) -> None:
        order = self.world.platform.order
        self.world.platform.edit(order[pick % len(order)], text.replace("\x00", ""))

    @rule(pick=st.integers(min_value=0))
    def delete(self, pick: int) -> None:
        order = self.world.platform.order
        self.world.platform.delete(order[pick % len(order)])

    @rule(number=NUMBERS)
    def rename(self, number: int) -> None:
        old = self.world.platform.profiles[f"u{number}"]
        self.world.platform.join(old.id, handle=old.handle, display_name=f"{old.display_name} ✈")

    # What the CRM's staff do.

    @rule(number=NUMBERS)
    def note_handle(self, number: int) -> None:
        """A colleague writes the customer's account into the record."""
        if number % 3 != 1:
            return
        crm = self.world.crm()
        contact = next(contact for contact in self.world.contacts if contact.id == f"C{number}")
        crm.put_contacts([contact.model_copy(update={"handles": {"invented": (f"handle{number}",)}})])
        crm.close()

    @rule(number=NUMBERS, action=st.sampled_from([confirm, reject, undo]))
    def review(self, number: int, action: Callable[..., Link]) -> None:
        account = f"u{number}"
        store = self.store()
        try:
            before = store.decisions.current("invented", account)
            after = action(store, f"invented:handle{number}", by="ann", clock=SystemClock())
        except SocialCRMError:
            return
        finally:
            store.close()
        pair = (account, (before.contact_id if before else None) or "")
        self.confirmed.discard(account)
        self.refused.discard(pair)
        if after.state in {LinkState.REJECTED, LinkState.UNLINKED}:
            self.refused.add(pair)
        if after.state is LinkState.LINKED:
            self.confirmed.add(account)

    # What happens to the process.

    @rule(passage=st.integers(min_value=1, max_value=60))
    def killed(self, passage: int) -> None:
        assert run_child(self.world, passage) in {0, KILLED}

    @precondition(lambda self: bool(self.world.platform.order))
    @rule()
    def run(self) -> None:
        assert run_child(self.world, 0) == 0
        self.promises()
        before = self.world.actual()
        assert run_child(self.world, 0) == 0
        assert self.world.actual() == before

    def promises(self) -> None:
        store = self.store()
        links = {
            account: link
            for account in self.world.platform.profiles
            if (link := store.decisions.current("invented", account))
        }
        linked = {account: link for account, link in links.items() if link.state is LinkState.LINKED}
        for account, link in linked.items():
            assert link.evidence, "I5: a link without its evidence"
            assert int(account[1:]) % 3 != 2, "a stranger was linked"
            if link.by == "rule":
                assert (account, link.contact_id) not in self.refused, "I6: a person's no was overruled"
        for account in self.confirmed:
            assert account in linked, "a confirmed link was lost"
        owner = {account: link.contact_id or "" for account, link in linked.items()}
        # I1 and I2: what is due stands there once, with its present text; I4: nothing else does.
        unsure = self.world.unsure()
        expected, actual = self.world.expected(owner), self.world.actual()
        assert {key: actual[key] for key in actual.keys() - unsure} == {
            key: expected[key] for key in expected.keys() - unsure
        }
        account = store.posts.account()
        alive = len(self.world.platform.order)
        assert sum(account.values()) <= alive
        assert account.get(Account.RECORDED, 0) == account.get(Account.QUEUED, 0) == 0
        cursor = int(store.cursors.get("invented", "mentions") or 0)
        assert cursor >= self.cursor, "I8: the cursor went back"
        self.cursor = cursor
        store.close()

    def store(self) -> Store:
        return open_store(f"sqlite:///{self.world.folder / 'socialcrm.db'}", workspace=WORKSPACE)


TestRoad = Road.TestCase
TestRoad.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
