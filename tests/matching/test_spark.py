"""Matching on Spark gives the numbers of the batch run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from test_scale import MATCHER, contact_columns, profile_columns

from socialcrm.matching.columns import contact_rows, profile_rows

pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'socialcrm[spark]'")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not here", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")


def table(columns: dict[str, list[str]]) -> list[tuple[str, ...]]:
    return list(zip(*columns.values(), strict=True))


def test_shards_give_the_same_predictions_as_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql import SparkSession

    from socialcrm.matching import spark as on_spark

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "3")
        .getOrCreate()
    )
    try:
        contacts, profiles = contact_columns(200), profile_columns(60)
        assert on_spark.save_index(session.createDataFrame(table(contacts), list(contacts)), tmp_path / "index") == 200
        asked = session.createDataFrame(table(profiles), list(profiles))
        with pytest.raises(ValueError, match="handle"):
            on_spark.match(asked.drop("handle"), tmp_path / "index")
        found = on_spark.match(asked, tmp_path / "index", top=3, shards=3).collect()
        by_keys = on_spark.match(asked, tmp_path / "index", top=3, key_shards=3).collect()
    finally:
        session.stop()
    index = MATCHER.index(contact_rows(contacts))
    (scan,) = MATCHER.scan(profile_rows(profiles), index)
    expected = {
        (profiles["profile_id"][p], contacts["contact_id"][c]): probability
        for p, c, probability in zip(
            *(column[on_spark.best(scan, 3)] for column in (scan.profiles, scan.contacts, scan.probability)),
            strict=True,
        )
    }
    assert len(found) == len(expected) > 30
    for row in found:
        assert row.probability == pytest.approx(expected[row.profile_id, row.contact_id], abs=1e-9)
    assert sorted(by_keys) == sorted(found)
