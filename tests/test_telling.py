"""What pytest itself tells here: a skip for a reason of its own is a failure."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.house import ROOT

FILE = """
import pytest
def test_one(): ...
@pytest.mark.skip(reason={reason!r})
def test_another(): ...
"""


@pytest.mark.parametrize("helpers", [["-n", "1"]])
@pytest.mark.parametrize(
    ("reason", "code"), [("needs ../shared/data", 0), ("needs a GPU", 0), ("the weather is fine", 1)]
)
def test_only_a_skip_for_want_of_packs_or_a_gpu_passes(
    tmp_path: Path, reason: str, code: int, helpers: list[str]
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(FILE.format(reason=reason))
    command = [sys.executable, "-m", "pytest", "-p", "tests.telling", "-p", "no:django", "-c", "/dev/null", str(file)]
    done = subprocess.run([*command, *helpers, "--rootdir", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code and "1 passed, 1 skipped" in done.stdout, done.stdout
    assert (f"A skip is a failure unless it needs ../shared or a GPU: {reason}" in done.stdout) == bool(code)
