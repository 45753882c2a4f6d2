"""bin/bench as a command: what it lists, what it refuses, and the form of what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from labeling.selection import strategies
from tests.bench.asked import asked
from tests.bench.choosing_peers import PEERS
from tests.bench.rows import Row, table, with_ratios

ROOT = Path(__file__).resolve().parents[2]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "bin/bench", *words], cwd=ROOT, capture_output=True, text=True)


def told(*words: str) -> dict[str, Any]:
    """The JSON object on the last line."""
    done = bench(*words, "--quick", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == {"bench", "machine", "rows"} and found["bench"] == words[0]
    assert {"cores_count", "fsync_per_s", "load_1"} <= set(found["machine"])
    assert all(set(row) == {"case", "system", "metric", "value"} for row in found["rows"])
    return found


def test_alone_it_lists_every_benchmark_with_a_line() -> None:
    lines = dict(line.split(maxsplit=1) for line in bench().stdout.splitlines())
    assert set(lines) >= {"machine", "next_case", "ingest", "predict", "select", "claims", "reorder"}


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    done = bench("nonsense")
    assert done.returncode == 2 and done.stdout == ""
    assert "no benchmark 'nonsense'" in done.stderr and "next_case" in done.stderr


def test_machine() -> None:
    rows = told("machine", "--seconds", "0.1")["rows"]
    assert {"matmul_1_thread_gflops", "sqlite_commits_per_s"} <= {row["metric"] for row in rows}


def test_select_has_every_strategy_and_its_peers() -> None:
    rows = told("select", "--size", "2k", "--seconds", "0.01")["rows"]
    assert {f"2k/{name}" for name in strategies.names()} == {row["case"] for row in rows}
    assert {"overread", *(system for systems in PEERS.values() for system in systems)} == {
        row["system"] for row in rows
    }
    assert {"wall_s", "cpu_s", "peak_rss_mb", "peak_beyond_pool_mb"} <= {row["metric"] for row in rows}


def test_labels_has_ours_and_its_peers_on_the_same_starts() -> None:
    rows = told("labels", "--cases", "1")["rows"]
    assert {"digits", "digits_noise_20", "digits_multilabel"} <= {row["case"] for row in rows}
    assert {"overread", "random", "modal_margin", "modal_avg_score"} <= {row["system"] for row in rows}
    areas = {(row["case"], row["system"]): row["value"] for row in rows if row["metric"] == "aulc_mean"}
    assert all(0 < area < 1 for area in areas.values())
    assert areas["digits", "overread_margin"] == areas["digits", "modal_margin"]


def test_options_stand_before_or_behind_the_names() -> None:
    before, behind = asked(["--size", "50k,1m", "select", "machine"]), asked(["select", "machine", "--size", "50k,1m"])
    assert before == behind and before.names == ("select", "machine") and before.sizes == (50_000, 1_000_000)


def test_only_the_cases_that_are_wanted_are_run() -> None:
    rows = told("select", "--size", "2k,3k", "--seconds", "0.01", "--only", "3k/random, 2k/entropy")["rows"]
    assert {row["case"] for row in rows} == {"3k/random", "2k/entropy"}


def test_a_case_that_there_is_not_is_told_of() -> None:
    done = bench("labels", "--quick", "--only", "nonsense")
    assert done.returncode == 1 and "labels has no case nonsense" in done.stderr


@pytest.mark.parametrize("size", ["many", "", "0", "-3"])
def test_a_size_that_is_none_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        asked(["select", f"--size={size}"])
    assert "--size" in capsys.readouterr().err


def test_ratios_are_of_one_case_and_metric_and_never_of_counts() -> None:
    rows = [
        Row("a", "wall_s", 3.0),
        Row("a", "wall_s", 2.0, "peer"),
        Row("a", "lost_count", 1),
        Row("b", "wall_s", 9.0),
    ]
    rows.append(Row("a", "lost_count", 1, "peer"))
    assert with_ratios(rows)[len(rows) :] == [Row("a", "wall_s_to_peer_ratio", 1.5)]
    assert "3   peer 2 (ratio 1.5)" in table(rows).splitlines()[0]


def test_start_ends_at_a_case_with_suggestions() -> None:
    rows = told("start", "--seconds", "0.1", "--only", "first/idle")["rows"]
    assert {(row["case"], row["metric"]) for row in rows} == {("first/idle", "sign_in_s"), ("first/idle", "ready_s")}


def test_dataset_has_both_builds_and_its_memory() -> None:
    rows = told("dataset", "--only", "folders", "--cases", "12")["rows"]
    assert {(row["metric"], row["system"]) for row in rows} >= {
        ("images_per_s", "overread"),
        ("peak_rss_mb", "overread"),
    }
    assert all(row["value"] > 0 for row in rows)
