"""What every test shares: no surprise skips in continuous integration."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

# A skip is expected only where a test names something that a machine, or a platform, may lack for good reasons.
EXPECTED_SKIPS = ("evaluation data is not here", "the platform's page tokens do not expire")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    strict = os.environ.get("SOCIALCRM_UNEXPECTED_SKIP") == "fail"
    if strict and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(expected in reason for expected in EXPECTED_SKIPS):
            report.outcome = "failed"
            report.longrepr = f"unexpected skip: {reason}"
    return report
