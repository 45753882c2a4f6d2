"""Another commit of ours, unpacked beside this one: the system `before` of a comparison."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.part import Unfinished

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "6137379"  # the last build before whole scans were proved and pixel data cleaned


@contextmanager
def build(commit: str) -> Iterator[Path]:
    """Its folder, gone afterwards. It runs in this environment, which keeps what that build needs (requirements-dev.in).

    Raises Unfinished where the commit is not in the history, as in a shallow clone.
    """
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if packed.returncode:
        raise Unfinished(f"commit {commit} is not in this clone's history")
    with tempfile.TemporaryDirectory(prefix="overread-build-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def environment_of(root: Path) -> dict[str, str]:
    """Where Python finds the modules of the build at `root`, and its settings."""
    package = "config" if (root / "platform" / "config").is_dir() else "overread"
    films = ROOT / "platform"  # the synthetic films, which have not always had a room of their own
    modules = os.pathsep.join(map(str, (root / "platform", root, films)))
    return {"PYTHONPATH": modules, "DJANGO_SETTINGS_MODULE": f"{package}.settings"}
