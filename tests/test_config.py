"""Settings: clear errors, secrets from the environment only, relative paths from the file's folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from socialcrm.config import Settings, from_mapping, load, section
from socialcrm.errors import ConfigError

SECRET = "hunter2-canary"


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid")

    identifier: str
    app_password: SecretStr
    folder: Path | None = None
    url: str = "sqlite:///default.db"


def write(folder: Path, text: str) -> Path:
    path = folder / "socialcrm.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workspcae = 'x'", "did you mean workspace?"),
        ("[sync]\nrechek_every = '1h'", "unknown setting sync.rechek_every; did you mean recheck_every?"),
        ("[policy]\npreset = 'loose'", "policy.preset"),
        ("[sync]\nbatch = 'many'", "sync.batch"),
        ("a = = b", "not valid TOML"),
        ("suppression_key = 'x'", "SOCIALCRM_SUPPRESSION_KEY"),
        ("[store]\nurl = 'postgresql://me:hunter2-canary@host/db'", "SOCIALCRM_STORE__URL"),
    ],
)
def test_what_is_wrong_and_how_to_mend_it(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_missing_file_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="socialcrm init"):
        load(tmp_path / "nowhere.toml")


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "workspace = 'file'\n[sync]\nrecheck_every = '90s'")
    assert load(path).sync.recheck_every == timedelta(seconds=90)
    monkeypatch.setenv("SOCIALCRM_SYNC__RECHECK_EVERY", "2h")
    monkeypatch.setenv("SOCIALCRM_WORKSPACE", "environment")
    settings = load(path)
    assert settings.sync.recheck_every == timedelta(hours=2)
    assert settings.workspace == "environment"


def source(raw: dict[str, object], folder: Path | None = None) -> Source:
    return section(from_mapping({"sources": {"net": raw}}, folder=folder), Source, "sources", "net")


def test_a_missing_secret_names_its_variable() -> None:
    with pytest.raises(ConfigError, match="SOCIALCRM_SOURCES__NET__APP_PASSWORD"):
        source({"identifier": "a"})


def test_an_empty_variable_is_a_missing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALCRM_SOURCES__NET__APP_PASSWORD", "")
    with pytest.raises(ConfigError, match="SOCIALCRM_SOURCES__NET__APP_PASSWORD"):
        source({"identifier": "a"})


def test_a_secret_in_the_file_is_refused_unread() -> None:
    with pytest.raises(ConfigError, match="must not stand in the file") as caught:
        source({"identifier": "a", "app_password": SECRET})
    assert SECRET not in str(caught.value)


def test_a_secret_from_the_environment_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALCRM_SOURCES__NET__APP_PASSWORD", SECRET)
    settings = from_mapping({"sources": {"net": {"identifier": "a"}}})
    found = section(settings, Source, "sources", "net")
    assert found.app_password.get_secret_value() == SECRET
    assert SECRET not in repr(settings) + str(settings) + repr(found)


def test_an_unknown_setting_of_a_source_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALCRM_SOURCES__NET__APP_PASSWORD", SECRET)
    with pytest.raises(ConfigError, match="did you mean identifier"):
        source({"identifer": "a"})


def test_paths_and_sqlite_files_start_at_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIALCRM_SOURCES__NET__APP_PASSWORD", SECRET)
    found = source({"identifier": "a", "folder": "exports", "url": "sqlite:///net.db"}, tmp_path)
    assert found.folder == tmp_path / "exports"
    assert found.url == f"sqlite:///{tmp_path / 'net.db'}"
    assert source({"identifier": "a"}, tmp_path).url == f"sqlite:///{tmp_path / 'default.db'}"


def test_a_password_in_a_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCIALCRM_SOURCES__NET__APP_PASSWORD", "x")
    with pytest.raises(ConfigError, match="SOCIALCRM_SOURCES__NET__URL") as caught:
        source({"identifier": "a", "url": f"postgresql://me:{SECRET}@host/db"})
    assert SECRET not in str(caught.value)


def test_defaults_need_no_file_content(tmp_path: Path) -> None:
    assert load(write(tmp_path, "")).model_dump() == Settings().model_dump()
