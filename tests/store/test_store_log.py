"""The log of decisions is append-only, and the present state is a pure function of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from socialcrm.clock import ManualClock
from socialcrm.errors import StoreError
from socialcrm.model import LinkState
from socialcrm.store import open_store
from socialcrm.testing.store_world import ANN, BOB, PLATFORM, START, WORKSPACE, link

PERSON = "person:maria"
DECISIONS = st.builds(
    link,
    st.sampled_from([ANN, BOB]),
    st.sampled_from(["C1", "C2", "C3"]),
    st.sampled_from(list(LinkState)),
    st.sampled_from(["rule", PERSON]),
)


@pytest.mark.parametrize(
    "statement", ["UPDATE store_decisions SET state = 'rejected'", "DELETE FROM store_decisions"], ids=str.split
)
def test_history_cannot_be_rewritten(url: str, statement: str) -> None:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    store.decisions.append([link()])
    with pytest.raises(StoreError), store._db.exclusive() as connection:
        connection.execute(text(statement))
    assert [one.state for one in store.decisions.history(PLATFORM, ANN.id)] == [LinkState.LINKED]
    store.close()


def test_present_state_is_derived(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    store.decisions.append([link(), link(BOB, "C2", LinkState.REVIEW), link(contact="C3", by=PERSON)])
    before = store.decisions.current(PLATFORM, ANN.id)
    assert store.rebuild() == 0
    with store._db.exclusive() as connection:
        connection.execute(text("UPDATE store_links SET state = 'none' WHERE profile_id = 'u-ann'"))
    assert store.rebuild() == 1
    assert store.decisions.current(PLATFORM, ANN.id) == before
    store.close()


def test_no_rule_overrules_a_person_in_any_history() -> None:
    store = open_store("sqlite://", workspace=WORKSPACE, clock=ManualClock(START))

    @settings(max_examples=100, deadline=None)
    @given(batches=st.lists(st.lists(DECISIONS, max_size=4), max_size=5))
    def told(batches: list[list[object]]) -> None:
        for account in (ANN, BOB):
            store.erasure.profile(PLATFORM, account.id)
        for batch in batches:
            store.decisions.append(batch)  # type: ignore[arg-type]
        assert store.rebuild() == 0
        for account in (ANN, BOB):
            history = store.decisions.history(PLATFORM, account.id)
            assert [one.id for one in history] == sorted(one.id or 0 for one in history)
            said: dict[str | None, bool] = {}
            for before, after in zip([None, *history], history, strict=False):
                if after.by == PERSON:
                    said[after.contact_id] = after.state in (LinkState.REJECTED, LinkState.UNLINKED)
                else:
                    assert before is None or before.by != PERSON or before.state is not LinkState.LINKED
                    assert after.state not in (LinkState.LINKED, LinkState.REVIEW) or not said.get(after.contact_id)

    told()
    store.close()


def test_no_without_a_contact_means_the_present_one(url: str) -> None:
    store = open_store(url, workspace=WORKSPACE, clock=ManualClock(START))
    store.decisions.append([link()])
    store.decisions.append([link(contact=None, state=LinkState.UNLINKED, by=PERSON)])
    assert store.decisions.append([link()]) == 1
    store.close()
