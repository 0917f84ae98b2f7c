"""Builds the compiled core of the matcher: every `.pyx` below `socialcrm.matching`. All else is in pyproject.toml."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCE = Path("src")
MODULES = [
    Extension(".".join(path.relative_to(SOURCE).with_suffix("").parts), [str(path)], extra_compile_args=["-O3"])
    for path in sorted(SOURCE.glob("socialcrm/matching/**/*.pyx"))
]
FAST = {"language_level": 3, "boundscheck": False, "wraparound": False, "initializedcheck": False, "cdivision": True}

setup(ext_modules=cythonize(MODULES, compiler_directives=FAST, build_dir="build/cython", quiet=True))
