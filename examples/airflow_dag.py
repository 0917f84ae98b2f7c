"""A DAG with one task: sync a workspace. Copy it into the dags folder; Airflow 2.4 or newer.

``sync`` is a plain function and runs without Airflow too: python examples/airflow_dag.py [socialcrm.toml]
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from socialcrm import Sync
from socialcrm.errors import AuthError, ConfigError, Transient, Unsupported

try:
    from airflow.exceptions import AirflowFailException

    try:
        from airflow.sdk import dag, task  # Airflow 3
    except ImportError:
        from airflow.decorators import dag, task
except ImportError:  # not on an Airflow machine
    dag = None


class NeedsMendingError(Exception):
    """Trying again does not help: the configuration or a credential has to be mended."""


def sync(config: str) -> dict[str, Any]:
    """Run one sync and return its report; raises `NeedsMendingError`, or what a later try may cure."""
    try:
        with Sync.from_config(config) as job:
            report = job.run()
    except (ConfigError, AuthError, Unsupported) as error:
        raise NeedsMendingError(str(error)) from error
    problems = "; ".join(f"{problem.where}: {problem.what}" for problem in report.problems)
    if report.exit_code == 2:
        raise NeedsMendingError(problems)
    if report.exit_code == 3:
        raise Transient(problems or "the run was stopped early")
    return report.model_dump(mode="json")


if dag is not None:

    @dag(
        schedule=timedelta(minutes=10),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        catchup=False,  # a run reads everything since the last one; missed runs need no making up
        max_active_runs=1,
        default_args={"retries": 3, "retry_delay": timedelta(minutes=2), "retry_exponential_backoff": True},
    )
    def socialcrm() -> None:
        @task
        def sync_workspace() -> dict[str, Any]:
            try:
                return sync(os.environ.get("SOCIALCRM_CONFIG", "/srv/socialcrm/socialcrm.toml"))
            except NeedsMendingError as error:
                raise AirflowFailException(str(error)) from error

        sync_workspace()

    socialcrm()


if __name__ == "__main__":
    from invented import settings_file

    with settings_file() as path:
        print(sync(str(path))["written"], "written")
