"""Importing the package is cheap and loads nobody else's code."""

from __future__ import annotations

import json
import subprocess
import sys

import socialcrm

PROGRAM = """
import json, sys, time
before = set(sys.modules)
start = time.process_time()
import socialcrm
spent = time.process_time() - start
added = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps({"ms": spent * 1000, "foreign": sorted(added - set(sys.stdlib_module_names) - {"socialcrm"})}))
"""


def test_import_is_quick_and_loads_no_third_party_module() -> None:
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert runs[0]["foreign"] == []
    assert min(run["ms"] for run in runs) <= 100


def test_every_public_name_is_there() -> None:
    for name in socialcrm.__all__:
        assert getattr(socialcrm, name) is not None
    assert set(socialcrm.__all__) <= set(dir(socialcrm))
