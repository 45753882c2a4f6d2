"""How handlers say what they do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overread.jobs.registry import EACH_MINUTE, KINDS, JobKind, job, named
from overread.jobs.running import Lease
from tests.jobs.handlers import mourn

ROOT = Path(__file__).resolve().parents[2]


def sweep(job: Lease) -> None:
    """Work for a decorator."""


@pytest.fixture
def of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered is forgotten after the test."""
    monkeypatch.setitem(KINDS, "tests.sweep", JobKind("tests.sweep", "io", sweep))
    del KINDS["tests.sweep"]


def test_a_handler_says_what_kind_of_job_it_does(of_its_own: None) -> None:
    assert job("tests.sweep", queue="training", attempts=2, on_death=mourn, shared=True)(sweep) is sweep
    assert KINDS["tests.sweep"] == JobKind("tests.sweep", "training", sweep, attempts=2, on_death=mourn, shared=True)


def test_two_handlers_of_one_kind_are_refused(of_its_own: None) -> None:
    job("tests.sweep", queue="io")(sweep)
    with pytest.raises(ValueError, match=r"test_registry\.sweep does the jobs of kind tests\.sweep already"):
        job("tests.sweep", queue="io")(mourn)


def test_every_room_has_said_its_own_when_django_is_ready() -> None:
    assert {kind.partition(".")[0] for kind in KINDS} >= {"archive", "inference", "labeling", "training", "demo"}


def test_each_room_is_looked_at() -> None:
    looks = {named(look) for look in EACH_MINUTE}
    assert {"overread.audit.services.events_seal", "training.services.runs.runs_due"} <= looks
    assert len(looks) == len(EACH_MINUTE)


HEAVY = ("torch", "sklearn", "scipy", "onnxruntime", "onnx", "pydicom", "gdcm", "pandas", "phantom")


def test_a_process_that_starts_imports_no_model_library() -> None:
    asked = f"import django, sys; django.setup(); print(sorted(set({HEAVY}) & set(sys.modules)))"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
