"""The product without its demo."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
import django
django.setup()
from django.core.management import call_command
from django.urls import get_resolver
from overread.jobs.registry import KINDS
call_command("check", "--fail-level", "WARNING")
assert get_resolver().url_patterns
import config.asgi
print(sorted(KINDS))
"""


def test_pages_api_and_jobs_are_there_without_it() -> None:
    env = {"DJANGO_SETTINGS_MODULE": "tests.demo.without", "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PATH": ""}
    asked = subprocess.run([sys.executable, "-c", ASKED], cwd=ROOT, env=env, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    assert "training.run" in asked.stdout and "demo" not in asked.stdout
