"""The compose file hands on what an operator may set."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = [name for name in COMPOSE["services"] if name not in ("database", "broker")]
FIXED = {"OVERREAD_DATA"}  # by the Dockerfile, and by the volume that lies there


def documented() -> set[str]:
    table = (ROOT / "docs" / "operator.md").read_text().partition("## Environment")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    names = {name for first, _ in rows for name in re.findall("`([A-Z0-9_]+)`", first)}
    assert len(names) > 25
    return names


def test_every_documented_setting_reaches_every_process() -> None:
    for name in OURS:
        assert documented() - FIXED <= set(COMPOSE["services"][name]["environment"]), name


def test_what_is_not_set_stays_unset() -> None:
    """An empty text would take the place of a default, and a default written here would have to follow the code's."""
    for name in OURS:
        for variable, value in COMPOSE["services"][name]["environment"].items():
            assert value is None or not str(value).endswith(":-}"), variable


def test_what_the_sample_names_is_handed_on() -> None:
    sample = re.findall(r"^(?:# )?([A-Z0-9_]+)=", (ROOT / "docs" / "example.env").read_text(), re.MULTILINE)
    assert set(sample) - {"POSTGRES_PASSWORD"} <= set(COMPOSE["services"]["web"]["environment"])
