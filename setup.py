"""Builds the compiled core of the matcher, every `.pyx` below `socialcrm.matching`; all else is in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCE, BUILD = Path("src"), Path("build/cython")
SHARED = "socialcrm.matching.core.views"
"""What Cython writes for views of arrays: once for all modules, which halves the time to compile them."""
QUICK = ["-O2", "-g0", "-Wno-discarded-qualifiers"]
FAST = {"language_level": 3, "boundscheck": False, "wraparound": False, "initializedcheck": False, "cdivision": True}


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


sources = sorted(SOURCE.glob("socialcrm/matching/**/*.pyx"))
modules = cythonize(
    [module(path) for path in sources],
    compiler_directives=FAST,
    build_dir=str(BUILD),
    quiet=True,
    shared_utility_qualified_name=SHARED,
)
setup(ext_modules=[*modules, shared()], options={"build_ext": {"parallel": 2}})
