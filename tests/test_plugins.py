"""Named parts: built in, added by hand, or brought by other packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from socialcrm.errors import ConfigError, MissingExtra
from socialcrm.plugins import Registry

GROUP = "socialcrm.invented"


def registry() -> Registry[object]:
    return Registry(
        "toy",
        GROUP,
        {
            "clock": ("socialcrm.clock.SystemClock", None),
            "gone": ("socialcrm.clock.Sundial", None),
            "heavy": ("not_installed_anywhere.Thing", "heavy"),
        },
    )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package that brings one new name, one name of ours and one that cannot be loaded."""
    folder = tmp_path / "their_toys-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: their-toys\nVersion: 1.0\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text(
        f"[{GROUP}]\nkite = their_toys:Kite\nclock = their_toys:Kite\nbroken = their_toys:Nothing\n", encoding="utf-8"
    )
    (tmp_path / "their_toys.py").write_text("class Kite: pass\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "their_toys", raising=False)


def test_a_built_in_name_is_imported_when_asked_for() -> None:
    from socialcrm.clock import SystemClock

    assert registry().get("clock") is SystemClock


def test_a_missing_extra_is_named_with_the_way_to_install_it() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'socialcrm\[heavy\]'"):
        registry().get("heavy")


def test_a_class_that_is_not_there_is_a_clear_error() -> None:
    with pytest.raises(ConfigError, match=r"'gone' cannot be loaded from socialcrm\.clock\.Sundial"):
        registry().get("gone")


def test_an_unknown_name_is_answered_with_the_nearest_or_all() -> None:
    with pytest.raises(ConfigError, match="no toy called 'clok'; did you mean 'clock'"):
        registry().get("clok")
    with pytest.raises(ConfigError, match="known: clock, gone, heavy"):
        registry().get("zzzz")


@pytest.mark.usefixtures("package")
def test_other_packages_add_names_but_replace_none() -> None:
    assert registry().names() == ("broken", "clock", "gone", "heavy", "kite")
    assert registry().get("kite").__name__ == "Kite"
    with pytest.raises(ConfigError, match="'clock' is claimed a second time by their-toys; uninstall"):
        registry().get("clock")
    with pytest.raises(ConfigError, match="'broken' cannot be loaded"):
        registry().get("broken")


def test_a_name_added_by_hand_may_not_hide_another() -> None:
    toys = registry()
    toys.add("kite", dict)
    toys.add("kite", dict)
    assert toys.get("kite") is dict
    with pytest.raises(ConfigError, match="built in"):
        toys.add("clock", dict)
    with pytest.raises(ConfigError, match="already called 'kite'"):
        toys.add("kite", list)
