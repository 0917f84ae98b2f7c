"""setuptools, with a compiler from the package index where the machine has none."""

from __future__ import annotations

import shlex
import shutil
import sysconfig

from setuptools.build_meta import *  # noqa: F403
from setuptools.build_meta import (
    get_requires_for_build_editable as _for_editable,
)
from setuptools.build_meta import (
    get_requires_for_build_wheel as _for_wheel,
)

COMPILER = "ziglang>=0.13"


def has_compiler() -> bool:
    """Whether the C compiler is there that this Python was built for."""
    command = shlex.split(sysconfig.get_config_var("CC") or "cc")
    return any(shutil.which(name) for name in (command[0], "cc"))


def get_requires_for_build_wheel(config_settings: dict[str, str] | None = None) -> list[str]:
    """What building a wheel needs besides pyproject.toml's own list."""
    return [*_for_wheel(config_settings), *([] if has_compiler() else [COMPILER])]


def get_requires_for_build_editable(config_settings: dict[str, str] | None = None) -> list[str]:
    """The same for an editable installation."""
    return [*_for_editable(config_settings), *([] if has_compiler() else [COMPILER])]
