"""No process of a production deployment starts on a database with demo accounts, whose passwords are published."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from overread.accounts.models import User
from tests.factories import make_user
from tests.services.house import ROOT, House, environment

SECRETS = {name: f"{name}, a secret of its own".ljust(32, ".") for name in ("SECRET_KEY", "PSEUDONYM_KEY", "AUDIT_KEY")}
PRODUCTION = {"OVERREAD_PRODUCTION": "1", "REFERENCE_KEY": settings.REFERENCE_KEY, **SECRETS}
REFUSAL = "This database holds demo accounts"
WEB = [sys.executable, "-c", "import config.asgi; print('serving')"]


@pytest.fixture
def demo(transactional_db: None) -> User:
    return make_user("demo", is_demo=True)


def web(**more: str) -> subprocess.CompletedProcess[str]:
    env = environment(DJANGO_SETTINGS_MODULE="config.settings", **more)
    return subprocess.run(WEB, cwd=ROOT, env=env, capture_output=True, text=True)


def test_the_web_process_refuses_to_start(demo: User) -> None:
    done = web(**PRODUCTION)
    assert done.returncode and f"ImproperlyConfigured: {REFUSAL}" in done.stderr and "serving" not in done.stdout


def test_outside_production_it_starts(demo: User) -> None:
    assert web().stdout == "serving\n"


def test_with_the_accounts_locked_it_starts(demo: User) -> None:
    User.objects.update(is_active=False)
    assert web(**PRODUCTION).stdout == "serving\n"


def test_without_its_secrets_it_refuses(transactional_db: None) -> None:
    done = web(**PRODUCTION | {"AUDIT_KEY": ""})
    assert done.returncode and "AUDIT_KEY must be set in production" in done.stderr


def test_with_two_secrets_the_same_it_refuses(transactional_db: None) -> None:
    done = web(**PRODUCTION | {"AUDIT_KEY": SECRETS["SECRET_KEY"]})
    assert done.returncode and "SECRET_KEY and AUDIT_KEY are the same" in done.stderr


def test_a_worker_refuses_to_start(demo: User, house: House) -> None:
    worker = house.celery("worker", "--queues", "io", "--concurrency", "1", **PRODUCTION)
    assert worker.wait(120) != 0
    assert REFUSAL in Path(house.log).read_text()
