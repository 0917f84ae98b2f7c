"""Settings: a TOML file, overridden by environment variables; secrets only from the environment or a keyring.

``SOCIALCRM_`` and the names of the tables, joined by two underscores, name a variable:
``SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD`` is ``app_password`` in ``[sources.bluesky]``.
The parts that own a table (an adapter, a CRM backend) validate it with `section`.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from socialcrm.errors import ConfigError, MissingExtra, bare
from socialcrm.model import Finding
from socialcrm.policy import LinkPolicy, terms

DEFAULT_PATH = Path("socialcrm.toml")
PREFIX = "SOCIALCRM_"
DELIMITER = "__"
KEYRING = "keyring:"
_KEYRING_HINT = f", or write {KEYRING}SERVICE/USER to read it from the keyring"

ModelT = TypeVar("ModelT", bound=BaseModel)


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: object) -> object:
    """Read ``90s``, ``5m``, ``6h`` or ``30d``; anything else is left to pydantic (ISO 8601, seconds)."""
    if isinstance(text, str) and (found := re.fullmatch(r"\s*(\d{1,6})\s*([smhd])\s*", text)):
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    return text


Duration = Annotated[timedelta, BeforeValidator(duration)]


class Unpicklable:
    """Something that holds secrets: it is not pickled, not even by a crash dump or a task queue."""

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(f"{type(self).__name__} may hold secrets and is not pickled; read the settings again instead")


class StoreSettings(BaseModel):
    """Where the library keeps its memory: an SQLAlchemy URL, SQLite or PostgreSQL."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str = "sqlite:///socialcrm.db"


class SyncSettings(BaseModel):
    """How a run behaves.

    ``batch`` is the number of items per transaction and per CRM call. Living posts younger than
    ``recheck_for`` are looked at again every ``recheck_every`` to notice edits and deletions, at
    most ``recheck_limit`` in one run. A delivery that keeps failing is parked after ``attempts`` tries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    batch: int = Field(default=1000, ge=1, le=10_000)
    deliver_batch: int = Field(default=2000, ge=1, le=10_000)
    attempts: int = Field(default=8, ge=1)
    lease: Duration = timedelta(minutes=2)
    recheck_every: Duration = timedelta(hours=6)
    recheck_for: Duration = timedelta(days=30)
    recheck_limit: int = Field(default=2000, ge=0)


class Retention(BaseModel):
    """How long posts are kept, in store and CRM; ``socialcrm retain`` enforces it.

    ``keep`` counts from when a post was written, ``unshown`` from when one was stored that is on no timeline.
    ``platforms`` outranks ``keep``, by ``platform``, ``platform.kind`` or ``*.kind``. Besides, a platform's own
    terms may ask that copies be looked at again in time (`socialcrm.policy.TERMS`); without ``refresh`` that is
    left to you.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    keep: Duration | None = None
    unshown: Duration | None = None
    refresh: bool = True
    platforms: dict[str, Duration] = {}

    def period(self, platform: str, kind: str) -> timedelta | None:
        """Say how long posts of a platform and kind are kept after they were written; ``None`` for ever."""
        if not self.platforms:  # asked of every post
            return self.keep
        names = (f"{platform}.{kind}", platform, f"*.{kind}")
        return next((self.platforms[name] for name in names if name in self.platforms), self.keep)

    def describe(self) -> str:
        """The rules in force, as they go into the audit log."""
        told = {"posts": self.keep, "posts on no timeline": self.unshown, **self.platforms}
        kept = [f"{name} {period.days} d" for name, period in told.items() if period is not None]
        return ", ".join(kept or ["everything is kept"]) + ("" if self.refresh else "; terms left to the operator")

    def refresh_within(self, platform: str) -> timedelta | None:
        """Say within which time the platform's terms want a copy looked at again or gone."""
        return terms(platform).refresh_within if self.refresh else None


class Settings(Unpicklable, BaseSettings):
    """Everything ``socialcrm.toml`` may say. Tables of adapters, CRM and relevance are validated by their owners."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    workspace: str = Field(default="default", min_length=1, max_length=100)
    store: StoreSettings = StoreSettings()
    crm: dict[str, Any] = Field(default_factory=lambda: {"type": "sql"}, repr=False)
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)
    webhooks: dict[str, dict[str, Any]] = Field(default_factory=dict, repr=False)
    relevance: dict[str, Any] = Field(default_factory=dict, repr=False)
    policy: LinkPolicy = LinkPolicy()
    sync: SyncSettings = SyncSettings()
    retention: Retention = Retention()
    model: Path | None = None
    suppression_key: SecretStr | None = None
    token_key: SecretStr | None = None
    tokens: Literal["key", "keyring"] = "key"

    _file: Mapping[str, Any] = PrivateAttr(default_factory=dict)
    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment overrides the file, so that one file serves every machine."""
        return (env_settings, init_settings)

    @property
    def folder(self) -> Path:
        """The folder of the configuration file; relative paths start here."""
        return self._folder

    def path(self, relative: str | Path) -> Path:
        """A path of the configuration, made absolute."""
        return (self._folder / relative).resolve()

    def url(self, url: str) -> str:
        """A database URL with a relative SQLite file made absolute."""
        scheme, separator, rest = url.partition(":///")
        if not separator or not scheme.startswith("sqlite") or rest in {"", ":memory:"}:
            return url
        return f"{scheme}:///{self.path(rest)}"

    def table(self, *names: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """A table as merged with the environment, and as the file alone has it."""
        merged: Any = self.model_dump(include={names[0]})[names[0]]
        in_file: Any = self._file.get(names[0], {})
        for name in names[1:]:
            merged, in_file = merged.get(name, {}), in_file.get(name, {})
        return dict(merged), in_file


def load(path: str | Path = DEFAULT_PATH) -> Settings:
    """Read the settings from a TOML file and the environment.

    Raises `ConfigError` for a missing or unreadable file, an unknown name (with the nearest known
    one) and a value of the wrong kind; no message repeats a value.
    """
    try:
        return _load(Path(path))
    except ConfigError as error:
        raise bare(error)  # noqa: B904 - its own cause stays


def _load(path: Path) -> Settings:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; write one with: socialcrm init") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    for name in {"suppression_key", "token_key"} & raw.keys():
        raise ConfigError(_in_file(path.name, name, variable(name)))
    store = raw.get("store")
    if isinstance(store, dict) and _carries_password(store.get("url")):
        raise ConfigError(_in_file("[store]", "url", variable("store", "url")))
    return from_mapping(raw, folder=path.resolve().parent, where=path.name)


def from_mapping(raw: Mapping[str, Any], *, folder: Path | None = None, where: str = "settings") -> Settings:
    """Validate settings that are already a mapping, merged with the environment."""
    try:
        settings = Settings(**raw)
    except ValidationError as error:
        raise ConfigError(_explain(error, Settings, where=where)) from None
    settings._file = raw
    settings._folder = folder or Path.cwd()
    return settings


def examine(path: Path) -> Finding:
    """Look at who may read and write a settings file: it says where data goes. A group may read it."""
    open_to_others = os.name == "posix" and path.stat().st_mode & 0o027
    return Finding(ok=not open_to_others, what=f"{path} is closed to others", remedy=f"chmod 600 {path}")


def section(
    settings: Settings, model: type[ModelT], *names: str, defaults: Mapping[str, object] = MappingProxyType({})
) -> ModelT:
    """Validate one table with the model of the part that owns it; its ``type`` is not the part's to know.

    A `SecretStr` field must not stand in the file, unless as ``keyring:SERVICE/USER``. Raises
    `ConfigError` naming the table, the nearest known setting, or the variable that is missing.
    """
    try:
        return _section(settings, model, names, defaults)
    except (ConfigError, MissingExtra) as error:
        raise bare(error)  # noqa: B904 - its own cause stays


def _section(settings: Settings, model: type[ModelT], names: tuple[str, ...], defaults: Mapping[str, object]) -> ModelT:
    merged, in_file = settings.table(*names)
    merged = {**defaults, **merged}
    merged.pop("type", None)
    where = f"[{'.'.join(names)}]"
    for name in secrets_of(model):
        value = in_file.get(name)
        if value is None:
            continue
        if not (isinstance(value, str) and value.startswith(KEYRING)):
            raise ConfigError(_in_file(where, name, variable(*names, name)) + _KEYRING_HINT)
        if merged.get(name) == value:
            merged[name] = _from_keyring(value, where=where)
    if _carries_password(in_file.get("url")):
        raise ConfigError(_in_file(where, "url", variable(*names, "url")))
    if "url" in model.model_fields:
        merged.setdefault("url", model.model_fields["url"].default)
    for name, field in model.model_fields.items():
        if field.annotation is Path and isinstance(field.default, Path):
            merged.setdefault(name, str(field.default))
    given = {key: _absolute(settings, model, key, value) for key, value in merged.items()}
    try:
        return model(**given)
    except ValidationError as error:
        raise ConfigError(_explain(error, model, where=where, names=names)) from None


def _absolute(settings: Settings, model: type[BaseModel], name: str, value: object) -> object:
    """Paths and SQLite URLs start at the folder of the configuration file."""
    field = model.model_fields.get(name)
    if isinstance(value, list) and field is not None:
        return [_absolute(settings, model, name, item) for item in value]
    if not isinstance(value, str) or field is None:
        return value
    if field.annotation is Path or Path in get_args(field.annotation):
        return settings.path(value)
    return settings.url(value) if name == "url" else value


def variable(*names: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + DELIMITER.join(names).upper()


def secrets_of(model: type[BaseModel]) -> list[str]:
    """The fields of a model that hold secrets."""
    return [
        name
        for name, field in model.model_fields.items()
        if field.annotation is SecretStr or SecretStr in get_args(field.annotation)
    ]


def _carries_password(url: object) -> bool:
    return isinstance(url, str) and re.search(r"://[^/@]*:[^/@]+@", url) is not None


def _in_file(where: str, name: str, env: str) -> str:
    return f"{where}: {name} holds a secret and must not stand in the file; set {env} instead"


def keyring(what: str) -> Any:
    """Load the system's keyring; raises `MissingExtra`, saying that ``what`` needs it."""
    try:
        import keyring
    except ImportError:
        raise MissingExtra(what, "keyring") from None
    return keyring


def _from_keyring(reference: str, *, where: str) -> str:
    service, _, user = reference.removeprefix(KEYRING).partition("/")
    found: str | None = keyring("Reading secrets from a keyring").get_password(service, user)
    if found is None:
        raise ConfigError(f"{where}: the keyring holds no entry for the service {service!r} and that user")
    return found


def _explain(error: ValidationError, model: type[BaseModel], *, where: str, names: tuple[str, ...] = ()) -> str:
    return "; ".join(_one(entry, model, where, names) for entry in error.errors(include_input=False, include_url=False))


def _one(entry: Any, model: type[BaseModel], where: str, names: tuple[str, ...]) -> str:
    location = ".".join(str(part) for part in entry["loc"])
    known = _fields_at(model, entry["loc"][:-1])
    if entry["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(entry["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known))}"
        return f"{where}: unknown setting {location}; {hint}"
    if entry["type"] == "missing" and location in secrets_of(model):
        return f"{where}: {location} is missing; set the environment variable {variable(*names, location)}"
    return f"{where}: {location}: {entry['msg'][0].lower()}{entry['msg'][1:]}"


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return list(model.model_fields)
