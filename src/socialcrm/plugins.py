"""Named parts, imported only when asked for.

A registry is a table of built-in names to dotted paths. Other packages add names through an entry
point group; they may not replace a built-in one, which is trusted with the operator's tokens.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Generic, TypeVar

from socialcrm.errors import ConfigError, MissingExtra

T = TypeVar("T")


class Registry(Generic[T]):
    """Finds classes by name: built-in ones, ones added by hand, and ones other packages bring.

    ``builtin`` maps a name to the dotted path of its class (``package.module.Class``) and the extra
    that installs what it needs, or ``None``. ``kind`` is the word for one of them in messages.
    """

    def __init__(self, kind: str, group: str, builtin: Mapping[str, tuple[str, str | None]]) -> None:
        self.kind = kind
        self.group = group
        self.builtin = MappingProxyType(dict(builtin))
        self._added: dict[str, type[T]] = {}

    def get(self, name: str) -> type[T]:
        """Import and return the class called ``name``.

        Raises `ConfigError` for an unknown name, naming the nearest known one, and for a name that an
        installed package claims although it is taken; `MissingExtra` when what the class needs is not
        installed.
        """
        points = [point for point in entry_points(group=self.group) if point.name == name]
        taken = name in self.builtin or name in self._added
        if points and (taken or len({point.value for point in points}) > 1):
            owners = ", ".join(sorted({point.dist.name if point.dist else point.value for point in points}))
            raise ConfigError(
                f"the {self.kind} name {name!r} is claimed a second time by {owners}; uninstall that package"
            )
        if name in self.builtin:
            return self._load(name, *self.builtin[name])
        if name in self._added:
            return self._added[name]
        if points:
            return self._load(name, points[0].value.replace(":", "."), None)
        raise ConfigError(self._unknown(name))

    def names(self) -> tuple[str, ...]:
        """List every known name in alphabetical order, importing nothing."""
        return tuple(sorted({*self.builtin, *self._added, *(point.name for point in entry_points(group=self.group))}))

    def add(self, name: str, cls: type[T]) -> None:
        """Register a class for this process; raises `ConfigError` when the name is taken."""
        if name in self.builtin:
            raise ConfigError(f"the {self.kind} {name!r} is built in and cannot be replaced; choose another name")
        if self._added.get(name, cls) is not cls:
            raise ConfigError(f"another {self.kind} is already called {name!r}; choose another name")
        self._added[name] = cls

    def _load(self, name: str, path: str, extra: str | None) -> type[T]:
        module, _, attribute = path.rpartition(".")
        try:
            found: type[T] = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if extra is not None and not (error.name or "").startswith("socialcrm"):
                raise MissingExtra(f"the {self.kind} {name!r}", extra) from None
            raise ConfigError(f"the {self.kind} {name!r} cannot be loaded: no module named {error.name!r}") from error
        except (ImportError, AttributeError) as error:
            raise ConfigError(f"the {self.kind} {name!r} cannot be loaded from {path}") from error
        return found

    def _unknown(self, name: str) -> str:
        names = self.names()
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"
        return f"there is no {self.kind} called {name!r}; {hint}"
