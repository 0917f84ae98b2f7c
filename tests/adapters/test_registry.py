"""Adapters by name, with one that lives in a package of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.scripts import exchange
from socialcrm.adapters.base import AdapterConfig
from socialcrm.adapters.registry import adapters, get_adapter
from socialcrm.errors import ConfigError
from socialcrm.http.exchange import Exchange
from socialcrm.testing.adapters import WebAdapterContract
from socialcrm.testing.server import Answer, in_json

PLUGIN = Path(__file__).parents[1] / "plugin"
TOKEN = "p1anted-sample-token"


def installed(folder: Path, name: str, entry: str) -> None:
    """Write what an installer leaves beside a package, so that its entry points are found."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[socialcrm.adapters]\n{entry}\n", encoding="utf-8")


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, "socialcrm-sample-adapter", "guestbook = socialcrm_sample_adapter:Guestbook")
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_built_in_ones_come_under_their_own_names() -> None:
    names = adapters()
    assert {"bluesky", "jsonl", "mastodon"} <= set(names)
    assert list(names) == sorted(names)
    assert [get_adapter(name).info.name for name in names] == list(names)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'bluesky'"):
        get_adapter("blusky")


def test_a_package_may_not_take_a_built_in_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adapters hold tokens: whoever could replace one would be handed them."""
    installed(tmp_path, "evil-adapter", "bluesky = evil:Bluesky")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigError, match="'bluesky' is claimed a second time by evil-adapter"):
        get_adapter("bluesky")


def test_an_entry_point_must_be_an_adapter_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, "odd-adapter", "odd = socialcrm.adapters.bluesky:Bluesky\nodder = pathlib:Path")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("odd", "odder"):
        with pytest.raises(ConfigError, match=f"{name!r} is no `Adapter` of that name"):
            get_adapter(name)


@pytest.mark.usefixtures("sample")
class TestSamplePlugin(WebAdapterContract):
    """The whole contract, on an adapter kept outside the package and found by its entry point."""

    stream = "entries"
    page_path = "/api/entries"
    secrets = (TOKEN,)

    @pytest.fixture(autouse=True)
    def found(self, sample: None) -> None:
        TestSamplePlugin.adapter = get_adapter("guestbook")

    def config(self, url: str) -> AdapterConfig:
        return self.adapter.Config.model_validate({"service": url, "token": TOKEN})

    def exchanges(self) -> list[Exchange]:
        pages = [
            {"entries": [entry(9 - 3 * page - place) for place in range(3)], "next": page + 1 if page < 2 else None}
            for page in range(3)
        ]
        path, params = self.page_path, [{"limit": 3}, {"limit": 3, "page": 1}, {"limit": 3, "page": 2}]
        lists = [exchange(path, body, **asked) for body, asked in zip(pages, params, strict=True)]
        return [exchange("/api/me", {"id": 1, "name": "skylark"}), *lists]

    def empty_page(self, number: int) -> Answer:
        return in_json({"entries": [], "next": number})


def entry(number: int) -> dict[str, object]:
    return {
        "id": 9_007_199_254_740_993 + number,
        "at": f"2026-02-{number + 1:02d}T08:00:00Z",
        "by": {"id": 50 + number % 2, "name": "ann"},
        "text": f"row {number} was cold",
    }
