"""Builds the compiled core of the matcher, every `.pyx` below `socialcrm.matching`; all else is in pyproject.toml."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCE, BUILD = Path("src"), Path("build/cython")
SHARED = "socialcrm.matching.core.views"
"""What Cython writes for views of arrays: once for all modules, which halves the time to compile them."""
QUICK = ["-O2", "-g0", "-w"]
FAST = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "allow_none_for_extension_args": False,
    "auto_pickle": False,
}


def choose_compiler() -> None:
    """Take the compiler that `building/backend.py` brought, where the machine has none."""
    if not shutil.which("cc") and find_spec("ziglang"):
        os.environ.setdefault("CC", f"{sys.executable} -m ziglang cc")
        os.environ.setdefault("LDSHARED", f"{sys.executable} -m ziglang cc -shared")


def shared() -> Extension:
    """The module of what the others share."""
    path = BUILD / "views.c"
    BUILD.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        subprocess.run([sys.executable, "-m", "cython", f"--generate-shared={path}"], check=True)
    return Extension(SHARED, [str(path)], extra_compile_args=QUICK)


def module(path: Path) -> Extension:
    """The module of one source."""
    name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    return Extension(name, [str(path)], extra_compile_args=QUICK)


choose_compiler()
sources = sorted(SOURCE.glob("socialcrm/matching/**/*.pyx"))
modules = cythonize(
    [module(path) for path in sources],
    compiler_directives=FAST,
    build_dir=str(BUILD),
    quiet=True,
    shared_utility_qualified_name=SHARED,
)
setup(ext_modules=[*modules, shared()], options={"build_ext": {"parallel": 2}})
