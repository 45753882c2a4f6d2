"""The lock: every requirement by version and hash, as requirements*.in ask for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKED = re.compile(
    r"^([a-z0-9._-]+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
ASKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,-]+\])?==(\S+)$", re.MULTILINE)


def locked(name: str) -> set[tuple[str, str]]:
    return {(package, version) for package, version, _ in LOCKED.findall((ROOT / name).read_text())}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_is_a_version_with_its_hashes(name: str) -> None:
    rest = LOCKED.sub("", (ROOT / name).read_text())
    assert not rest.strip() and len(locked(name)) > 80


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    asked = {(package.lower(), version) for package, version in ASKED.findall((ROOT / f"{name}.in").read_text())}
    assert len(asked) > 15 and asked <= locked(f"{name}.txt")


def test_developers_have_what_production_has() -> None:
    assert locked("requirements.txt") <= locked("requirements-dev.txt")


def test_only_torch_stands_outside_the_lock() -> None:
    outside = {package for package, _ in ASKED.findall((ROOT / "requirements-torch.txt").read_text())}
    assert outside == {"torch", "torchvision"} and not outside & {
        package for package, _ in locked("requirements-dev.txt")
    }
