"""Links profiles to contacts with Splink 5 on DuckDB, as its documentation advises, and prints what it cost.

    python link.py LEFT.csv RIGHT.csv OUT.csv [--threads 2]

Both files hold the columns `id first last joined local site company title city bio` in normal form, written by
`benchmarks/match_scale.py`. OUT.csv receives the best contact of every profile: profile_id, contact_id, probability.
Run it with a Python that has `requirements.txt`; the cost counts from after the files are read.
"""

from __future__ import annotations

import argparse
import json
import resource
import warnings

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_KEYS = ("first,last", "joined", "local", "site")
_NAMED = ("last", "substr(first, 1, 1)", "city")


def contained(column: str) -> cl.CustomComparison:
    """The contact's value stands in the profile's bio."""
    here = f"coalesce({column}_l, {column}_r)"
    return cl.CustomComparison(
        output_column_name=f"{column}_in_bio",
        comparison_levels=[
            cll.CustomLevel(f"{here} IS NULL OR coalesce(bio_l, bio_r) IS NULL", "null").configure(is_null_level=True),
            cll.CustomLevel(f"contains(coalesce(bio_l, bio_r), {here})", "in the bio"),
            cll.ElseLevel(),
        ],
    )


def settings() -> SettingsCreator:
    """The comparisons that Splink's guide gives for names and exact identifiers, with term frequencies."""
    exact = [cl.ExactMatch(column) for column in ("joined", "local", "site", "city")]
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=[
            cl.NameComparison("first").configure(term_frequency_adjustments=True),
            cl.NameComparison("last").configure(term_frequency_adjustments=True),
            *exact,
            contained("company"),
            contained("title"),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(*key.split(",")) for key in _KEYS),
            block_on(*_NAMED),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def cpu() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read(connection: duckdb.DuckDBPyConnection, name: str, path: str) -> None:
    """Read a file into a table; empty values are missing."""
    columns = "id first last joined local site company title city bio".split()
    chosen = ", ".join(f"nullif({column}, '') AS {column}" for column in columns)
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {chosen} FROM read_csv(?, all_varchar=true, header=true)", [path]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("left")
    parser.add_argument("right")
    parser.add_argument("out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="12GB", help="beyond this DuckDB goes to disk")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    connection = duckdb.connect()
    connection.execute(f"SET threads = {arguments.threads}")
    connection.execute(f"SET memory_limit = '{arguments.memory}'")
    read(connection, "contacts", arguments.left)
    read(connection, "profiles", arguments.right)
    start = cpu()
    api = DuckDBAPI(connection=connection)
    tables = [api.register(name, dataset_display_name=name) for name in ("contacts", "profiles")]
    linker = Linker(tables, settings(), log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("first", "last", "city"), block_on("local")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first", "last"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("joined"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("local"))
    trained = cpu()
    found = linker.inference.predict(threshold_match_probability=0.001).physical_name
    connection.execute(f"""COPY (
        SELECT p AS profile_id, arg_max(c, w) AS contact_id, max(w) AS probability FROM (
            SELECT CASE WHEN source_dataset_l = 'profiles' THEN id_l ELSE id_r END AS p,
                   CASE WHEN source_dataset_l = 'profiles' THEN id_r ELSE id_l END AS c, match_probability AS w
            FROM {found}) GROUP BY p) TO '{arguments.out}' (HEADER)""")
    pairs = connection.execute(f"SELECT count(*) FROM {found}").fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        json.dumps(
            {
                "train_cpu_s": round(trained - start, 3),
                "predict_cpu_s": round(cpu() - trained, 3),
                "peak_gb": round(peak, 3),
                "pairs": pairs[0] if pairs else 0,
            }
        )
    )


if __name__ == "__main__":
    main()
