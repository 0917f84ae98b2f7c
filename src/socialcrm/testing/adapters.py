"""The contract every adapter keeps, as test classes to subclass.

For a platform with a web API::

    class TestForum(WebAdapterContract):
        adapter = get_adapter("forum")
        stream = "mentions"
        page_path = "/api/mentions"
        secrets = ("s3cret-token",)

        def config(self, url): return self.adapter.Config(server=url, token="s3cret-token")
        def exchanges(self): return load_exchanges(Path("tests/exchanges"))
        def empty_page(self, number): return in_json({"items": [], "next": str(number)})

``exchanges`` must hold one whole healthy run of the stream: at least three pages, an item on each.
Any other adapter subclasses `AdapterContract` and says how to ``make`` one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from socialcrm.adapters.base import Adapter, AdapterConfig, Capability, Page
from socialcrm.clock import ManualClock
from socialcrm.errors import (
    AuthError,
    BadResponse,
    ConfigError,
    CursorExpired,
    RateLimited,
    SocialCRMError,
    Transient,
    Unsupported,
)
from socialcrm.http.exchange import Exchange
from socialcrm.http.transport import Limits
from socialcrm.model import Deleted, Post
from socialcrm.testing.bodies import HostileBodies
from socialcrm.testing.dialects import Dialects
from socialcrm.testing.server import (
    Answer,
    Fault,
    FaultServer,
    bomb,
    drip,
    drip_headers,
    failing,
    login_page,
    of_bytes,
    redirect,
    reset,
    short,
)

FAR = "9999-12-31T23:59:59.000000Z"


def run(adapter: Adapter, stream: str, cursor: str | None = None) -> list[Page]:
    """Read a stream to its end."""
    return list(adapter.fetch(stream, cursor))


def names(pages: list[Page]) -> set[tuple[str, str]]:
    """What was read: the sort and id of every post and deletion."""
    return {(type(item).__name__, item.id) for page in pages for item in page.items if isinstance(item, Post | Deleted)}


class AdapterContract:
    """What holds for every adapter, with or without a network."""

    adapter: ClassVar[type[Adapter]]
    stream: ClassVar[str]
    now: ClassVar[datetime] = datetime(2026, 3, 1, tzinfo=UTC)
    secrets: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture
    def clock(self) -> ManualClock:
        return ManualClock(self.now)

    @pytest.fixture
    def make(self, clock: ManualClock) -> Callable[[], Adapter]:
        """Give a function that builds an adapter on healthy data; to override."""
        raise NotImplementedError

    def test_it_introduces_itself(self) -> None:
        info = self.adapter.info
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", info.name)
        assert info.title
        assert info.docs.startswith("https://")
        assert info.can <= set(Capability)

    def test_settings_refuse_unknown_keys_without_repeating_them(self) -> None:
        with pytest.raises(ValidationError) as caught:
            self.adapter.Config.model_validate({"tokn": "p1anted-secret"})
        assert "p1anted-secret" not in str(caught.value)
        assert issubclass(self.adapter.Config, AdapterConfig)

    def test_streams_have_distinct_names(self, make: Callable[[], Adapter]) -> None:
        streams = make().streams()
        assert self.stream in streams
        assert len(set(streams)) == len(streams)

    def test_an_unknown_stream_is_unsupported(self, make: Callable[[], Adapter]) -> None:
        with pytest.raises(Unsupported):
            run(make(), "no such stream")

    def test_what_is_not_declared_is_refused(self, make: Callable[[], Adapter]) -> None:
        if Capability.RECHECK in self.adapter.info.can:
            assert list(make().recheck([])) == []
        else:
            with pytest.raises(Unsupported):
                list(make().recheck(["1"]))

    def test_ids_are_texts_and_instants_are_utc(self, make: Callable[[], Adapter]) -> None:
        posts = [item for page in run(make(), self.stream) for item in page.items if isinstance(item, Post)]
        assert posts
        for post in posts:
            assert isinstance(post.id, str)
            assert post.platform
            assert post.created_at.utcoffset() == timedelta(0)
            assert post.created_at <= self.now + timedelta(days=1)
            assert post.author is None or (isinstance(post.author.id, str) and post.author.platform == post.platform)

    def test_reading_twice_gives_the_same_ids(self, make: Callable[[], Adapter]) -> None:
        first = run(make(), self.stream)
        assert names(first)
        assert names(run(make(), self.stream)) == names(first)

    def test_every_cursor_resumes_without_loss(self, make: Callable[[], Adapter]) -> None:
        pages = run(make(), self.stream)
        for number, page in enumerate(pages):
            if page.cursor is not None:
                rest = run(make(), self.stream, page.cursor)
                assert names(pages[: number + 1]) | names(rest) == names(pages), f"lost after page {number + 1}"

    def test_cursors_are_small_texts(self, make: Callable[[], Adapter]) -> None:
        for page in run(make(), self.stream):
            assert page.cursor is None or len(page.cursor.encode()) < 65_536

    def test_the_last_cursor_is_stable(self, make: Callable[[], Adapter]) -> None:
        last = [page.cursor for page in run(make(), self.stream) if page.cursor][-1]
        again = [page.cursor for page in run(make(), self.stream, last) if page.cursor]
        assert not again or json.loads(again[-1]) == json.loads(last)

    def test_a_far_future_cursor_does_no_harm(self, make: Callable[[], Adapter]) -> None:
        cursor = [page.cursor for page in run(make(), self.stream) if page.cursor][-1]
        poisoned = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", FAR, cursor)
        pages = run(make(), self.stream, poisoned)
        assert all(FAR not in (page.cursor or "") for page in pages)

    @pytest.mark.parametrize("cursor", ["", "nonsense", "[]", "{}", '{"v":99}', "[" * 100_000])
    def test_an_unreadable_cursor_has_expired(self, make: Callable[[], Adapter], cursor: str) -> None:
        with pytest.raises(CursorExpired):
            run(make(), self.stream, cursor)

    def test_its_repr_holds_no_secret(self, make: Callable[[], Adapter]) -> None:
        adapter = make()
        shown = repr(adapter) + str(adapter) + repr(adapter.config) + repr(getattr(adapter, "client", ""))
        assert not any(secret in shown for secret in self.secrets)

    def test_closing_twice_is_fine(self, make: Callable[[], Adapter]) -> None:
        adapter = make()
        adapter.close()
        adapter.close()


class WebAdapterContract(HostileBodies, Dialects, AdapterContract):
    """What holds for every adapter with a web API, on a real server that breaks on demand.

    ``ends_empty`` says that an empty page is the platform's way to end a list.
    """

    page_path: ClassVar[str]
    refused: ClassVar[tuple[int, Any]] = (401, {"error": "Unauthorized"})
    renews: ClassVar[bool] = False
    ends_empty: ClassVar[bool] = False
    limits: ClassVar[Limits] = Limits(connect=2, read=0.3, call=0.5, tries=3, wire=1 << 20, body=4 << 20)

    def config(self, url: str) -> AdapterConfig:
        """Settings for a server at ``url``; to override."""
        raise NotImplementedError

    def exchanges(self) -> list[Exchange]:
        """One whole healthy run of the stream; to override."""
        raise NotImplementedError

    def empty_page(self, number: int) -> Answer:
        """A page without items that names a further page; to override."""
        raise NotImplementedError

    @pytest.fixture
    def server(self) -> Iterator[FaultServer]:
        with FaultServer(self.exchanges(), volatile=getattr(self.adapter, "volatile", ())) as server:
            yield server

    @pytest.fixture
    def make(self, clock: ManualClock, server: FaultServer) -> Iterator[Callable[[], Adapter]]:
        made: list[Adapter] = []

        def build() -> Adapter:
            made.append(self.adapter(self.config(server.url), clock=clock, limits=self.limits))
            return made[-1]

        yield build
        for adapter in made:
            adapter.close()

    @pytest.fixture
    def healthy(self, make: Callable[[], Adapter]) -> set[tuple[str, str]]:
        """What an undisturbed run finds."""
        return names(run(make(), self.stream))

    def breaks(self, server: FaultServer, fault: Fault, *, after: int = 0, times: int = 1) -> None:
        """Plan a fault for the paged list."""
        server.breaks(fault, path=self.page_path, after=after, times=times)

    def raised(self, make: Callable[[], Adapter]) -> tuple[list[Page], SocialCRMError]:
        """Run until the error that must come; also the pages before it."""
        pages: list[Page] = []
        with pytest.raises(SocialCRMError) as caught:
            pages.extend(make().fetch(self.stream, None))
        return pages, caught.value

    def test_check_proves_the_credential(self, make: Callable[[], Adapter]) -> None:
        assert all(finding.ok for finding in make().check())

    def test_a_healthy_run_has_several_pages(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        pages = run(make(), self.stream)
        assert len(pages) >= 3
        assert server.count(self.page_path) >= 3
        assert not any(page.incomplete for page in pages)

    @pytest.mark.parametrize(
        "word", ["2", "Sun, 01 Mar 2026 00:00:05 GMT", "soon", "-5", "0", "nan", None], ids=lambda word: str(word)[:6]
    )
    def test_slow_down_in_every_dialect(
        self,
        make: Callable[[], Adapter],
        server: FaultServer,
        clock: ManualClock,
        healthy: set[tuple[str, str]],
        word: str | None,
    ) -> None:
        headers = {} if word is None else {"Retry_After": word}
        self.breaks(server, failing(429, **headers), after=1)
        clock.slept.clear()
        assert names(run(make(), self.stream)) == healthy
        assert clock.slept
        assert word != "2" or max(clock.slept) >= 2

    def test_a_wait_longer_than_a_call_is_handed_on(
        self, make: Callable[[], Adapter], server: FaultServer, clock: ManualClock
    ) -> None:
        self.breaks(server, failing(429, Retry_After="1000000000"), after=1, times=99)
        pages, error = self.raised(make)
        assert isinstance(error, RateLimited)
        assert clock.now() < error.retry_at <= clock.now() + timedelta(days=1)
        assert sum(clock.slept) < 1
        assert len(pages) == 1

    def test_slowed_down_for_ever_keeps_what_was_read(
        self, make: Callable[[], Adapter], server: FaultServer, healthy: set[tuple[str, str]]
    ) -> None:
        self.breaks(server, failing(429), after=1, times=self.limits.tries)
        pages, error = self.raised(make)
        assert isinstance(error, RateLimited)
        assert names(pages) | names(run(make(), self.stream, pages[-1].cursor)) == healthy

    def test_a_refused_credential_is_renewed_once_or_reported(
        self, make: Callable[[], Adapter], server: FaultServer, healthy: set[tuple[str, str]]
    ) -> None:
        """Fault 24."""
        self.breaks(server, failing(*self.refused), after=1)
        if self.renews:
            assert names(run(make(), self.stream)) == healthy
            return
        pages, error = self.raised(make)
        assert isinstance(error, AuthError)
        assert names(pages) | names(run(make(), self.stream, pages[-1].cursor)) == healthy

    def test_a_credential_refused_for_ever_is_reported(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        self.breaks(server, failing(*self.refused), times=99)
        _, error = self.raised(make)
        assert isinstance(error, AuthError)
        assert server.count(self.page_path) <= 2

    def test_a_missing_scope_is_reported(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        """Fault 26."""
        self.breaks(server, failing(403, {}), times=99)
        assert isinstance(self.raised(make)[1], AuthError)

    @pytest.mark.parametrize(
        "fault", [failing(503), failing(500), short, reset, login_page], ids=["503", "500", "short", "reset", "html"]
    )
    def test_a_passing_fault_is_outlived(
        self, make: Callable[[], Adapter], server: FaultServer, fault: Fault, healthy: set[tuple[str, str]]
    ) -> None:
        self.breaks(server, fault, after=1)
        assert names(run(make(), self.stream)) == healthy

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            (failing(503), Transient),
            (short, Transient),
            (reset, Transient),
            (drip, Transient),
            (drip_headers, Transient),
            (login_page, BadResponse),
            (of_bytes(b'{"cut": "of'), BadResponse),
            (of_bytes(b""), BadResponse),
            (of_bytes(b'"a text"'), BadResponse),
            (of_bytes(b"null"), BadResponse),
            (of_bytes(b"[NaN]"), BadResponse),
            (of_bytes(b"[" * 100_000), BadResponse),
            (of_bytes(b"[" + b"9" * 5_000 + b"]"), BadResponse),
            (of_bytes(b"[1]" + b" " * (1 << 20)), BadResponse),
            (bomb(), BadResponse),
            (redirect("https://example.org/elsewhere"), ConfigError),
            (failing(404), ConfigError),
        ],
        ids=lambda value: getattr(value, "__name__", "fault"),
    )
    def test_a_lasting_fault_has_its_class_and_ends_soon(
        self, make: Callable[[], Adapter], server: FaultServer, fault: Fault, expected: type[SocialCRMError]
    ) -> None:
        """Faults 19 to 21, 23 and 34."""
        self.breaks(server, fault, after=1, times=99)
        began = time.monotonic()
        pages, error = self.raised(make)
        assert isinstance(error, expected), error
        assert len(pages) == 1
        assert time.monotonic() - began < 5
        assert server.count(self.page_path) <= 1 + self.limits.tries

    def test_a_redirect_is_never_followed(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        """Fault 34."""
        with FaultServer(lambda asked: Answer()) as elsewhere:
            self.breaks(server, redirect(elsewhere.url), times=99)
            self.raised(make)
            assert elsewhere.asked == []

    def test_a_repeated_token_ends_the_walk(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        """Fault 28."""
        page = self.first_page()
        self.breaks(server, lambda answer: Answer(200, page.headers, page.reply().body), times=9_999)
        assert names(run(make(), self.stream))
        assert server.count(self.page_path) < 10

    def test_endless_empty_pages_end_the_walk(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        """Fault 28."""
        numbers = iter(range(1, 9_999))
        self.breaks(server, lambda answer: self.empty_page(next(numbers)), times=9_999)
        pages = run(make(), self.stream)
        assert server.count(self.page_path) < 20
        assert self.ends_empty or any(page.incomplete for page in pages)

    def test_secrets_are_nowhere(
        self, make: Callable[[], Adapter], server: FaultServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert self.secrets
        shown: list[str] = []
        with caplog.at_level(logging.DEBUG):
            run(make(), self.stream)
            for fault in (failing(*self.refused), failing(500), reset, login_page, failing(429), failing(403, {})):
                server.breaks(fault, times=2 * self.limits.tries)
                with contextlib.suppress(SocialCRMError):
                    try:
                        run(make(), self.stream)
                    except SocialCRMError as error:
                        shown += ["".join(traceback.format_exception(error)), repr(error), *_chain(error)]
                        raise
                server.heal()
        assert shown
        assert caplog.records
        texts = "\n".join([*shown, *(record.getMessage() for record in caplog.records), caplog.text])
        assert not [secret for secret in self.secrets if secret in texts]

    def test_errors_name_the_adapter(self, make: Callable[[], Adapter], server: FaultServer) -> None:
        self.breaks(server, failing(500), times=99)
        assert self.adapter.info.name in str(self.raised(make)[1])


def _chain(error: BaseException | None) -> list[str]:
    shown = []
    while error is not None:
        shown.append(f"{error!r} {error.args!r}")
        error = error.__cause__ or error.__context__
    return shown
