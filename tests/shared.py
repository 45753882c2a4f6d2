"""The packs beside the repository (../shared), which a clone alone does not have."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def needs(name: str) -> pytest.MarkDecorator:
    """Leaves a test out where ../shared/`name` is not there, and says so."""
    return pytest.mark.skipif(not (SHARED / name).exists(), reason=f"needs ../shared/{name}")


def module_needs(name: str) -> Path:
    """../shared/`name`, for a file that reads it before there is any test; the whole file is left out without it."""
    if not (SHARED / name).exists():
        pytest.skip(f"needs ../shared/{name}", allow_module_level=True)
    return SHARED / name
