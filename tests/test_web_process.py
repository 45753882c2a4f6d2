"""The web process stays light: every page and every API view, as everybody, without a library of the models."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.api.world import ROLES, World
from tests.factories import picture
from tests.services.house import ROOT, environment
from tests.test_permissions import TABLE, routes

HEAVY = [
    "torch",
    "torchvision",
    "timm",
    "onnxruntime",
    "onnx",
    "sklearn",
    "scipy",
    "gdcm",
    "pydicom",
    "modAL",
    "openjpeg",
]
FORM, JSON, PNG = "application/x-www-form-urlencoded", "application/json", "image/png"
READ = {"answers": {"effusion": "present", "nodule": "absent"}}


class Asking:
    """The requests that a web process is to answer, in order."""

    def __init__(self, world: World) -> None:
        self.world, self.requests = world, list[dict[str, Any]]()
        self.takes = {route.name: route.takes for route in routes()}

    def ask(self, role: str, method: str, route: str, of: str = "", body: bytes = b"", kind: str = JSON) -> None:
        path = reverse(route, kwargs=self.world.arguments(self.takes[route], of, role))
        self.requests.append(
            {
                "method": method,
                "path": path,
                "cookies": self.world.sessions[role],
                "body": b64encode(body).decode(),
                "type": kind,
            }
        )

    def send(self, role: str, route: str, of: str = "", **body: Any) -> None:
        self.ask(role, "POST", route, of, json.dumps(body).encode())

    def answered(self) -> dict[str, Any]:
        """What a process of its own says to them, and what it was made to import."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "web_process.py")],
            input=json.dumps({"watched": HEAVY, "requests": self.requests}),
            env=environment(DJANGO_SETTINGS_MODULE="config.settings"),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def asking(transactional_db: None) -> Asking:
    return Asking(World())


def check(asking: Asking) -> list[int]:
    """The answers, none of them a failure of ours, given without a library of the models."""
    told = asking.answered()
    broken = {
        f"{request['method']} {request['path']}: {status}"
        for request, status in zip(asking.requests, told["answers"], strict=True)
        if status >= 500
    }
    assert not broken
    assert not told["imported"], "\n".join(f"{name}: {' → '.join(led)}" for name, led in told["imported"].items())
    return told["answers"]


def test_looking_at_everything_imports_no_model_library(asking: Asking) -> None:
    for row in TABLE:
        for role in ROLES if row.method == "GET" else ():
            asking.ask(role, "GET", row.route, row.of)
    check(asking)


def test_doing_everything_imports_no_model_library(asking: Asking) -> None:
    asking.send("reader", "read-submit", "assignment", key=str(uuid4()), **READ)
    asking.send("adjudicator", "api:assignment-read", "assignment", key=str(uuid4()), **READ)
    asking.send("annotator", "api:assignment-skip", "assignment", reason="blurred")
    asking.ask("administrator", "POST", "api:images", body=picture(), kind=PNG)
    asking.send("ml_engineer", "api:run-cancel")
    asking.send("ml_engineer", "api:runs", epochs=2, architecture="timm:test_vit", size=64)
    asking.send("ml_engineer", "run-cancel")
    asking.ask("ml_engineer", "POST", "project-training", body=urlencode({"why": "a test"}).encode(), kind=FORM)
    policies = {"strategy": "margin", "recipe": '{"epochs": 2}', "gate_policy": '{"margin": 0.02}'}
    asking.ask("administrator", "POST", "project-settings", body=urlencode(policies).encode(), kind=FORM)
    for row in TABLE:
        for role in ROLES if row.method != "GET" else ():
            asking.ask(role, row.method, row.route, row.of)
    assert check(asking)[:6] == [201, 201, 204, 201, 200, 201]
