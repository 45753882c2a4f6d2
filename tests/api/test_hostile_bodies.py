"""Whatever a body holds, the answer is a problem or a success, and never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, submission, url
from tests.api.world import World

BROKEN = {
    "cut off": b'{"reason": ',
    "a list": b"[1, 2]",
    "a number": b"7",
    "null": b"null",
    "no UTF-8": b'{"reason": "\xff\xfe"}',
    "half a surrogate pair": b'{"reason": "\\ud800"}',
    "half a surrogate pair as a name": b'{"\\ud800": 1}',
    "too deep": b'{"reason":' + b"[" * 100_000,
    "not a number": b'{"active_ms": NaN}',
    "infinity": b'{"active_ms": 1e999}',
    "a long integer": b'{"active_ms": ' + b"9" * 5000 + b"}",
    "more than 63 bits": b'{"active_ms": 9223372036854775808}',
    "an unknown member": b'{"nonsense": 1}',
}
VALUES: list[Any] = [
    None, True, -1, 0, 2**63 - 1, 1e308, "", " ", "x" * 10_000, "\x00", "=1+1", [], [[]], [None], {}, {"a": {"b": []}},
    {"": ""}, {"effusion": {"value": "absent", "bulk": "yes"}}, {"effusion": 1e308, "nodule": "\x00"},
    [{"finding": "effusion", "kind": "box", "points": [[1e308, -1e308], [0]]}],
    [{"finding": "\x00", "kind": "box", "points": [[0, 0], [1, 1]]}],
]  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return World()


class Address(NamedTuple):
    role: str
    url: str
    method: str = "POST"


def addresses(world: World) -> dict[str, Address]:
    """Operation that takes JSON → the role that may do it, and its address."""
    project, case, read = world.project, world.own["reader"].assignment, world.own["reader"].read
    proposal = world.pk("proposal", "administrator")
    return {
        "token_create": Address("reader", url("tokens")),
        "preferences_change": Address("reader", url("preferences"), "PATCH"),
        "read_submit": Address("reader", url("assignment-read", project, case)),
        "assignment_skip": Address("reader", url("assignment-skip", project, case)),
        "assignment_defer": Address("reader", url("assignment-defer", project, case)),
        "assignment_escalate": Address("reader", url("assignment-escalate", project, case)),
        "assignment_second_opinion": Address("reader", url("assignment-opinion", project, case)),
        "read_amend": Address("reader", url("read-amend", project, read)),
        "proposal_make": Address("reader", url("proposals", project)),
        "proposal_accept": Address("administrator", url("proposal-accept", project, proposal)),
        "proposal_decline": Address("administrator", url("proposal-decline", project, proposal)),
        "project_create": Address("administrator", url("projects")),
        "member_add": Address("administrator", url("members", project)),
        "label_mapping_change": Address("administrator", url("label-mapping", project), "PATCH"),
        "findings_urgent": Address("administrator", url("findings-urgent", project)),
        "selection_policies_change": Address("administrator", url("policies", project), "PATCH"),
        "launch_create": Address("reader", url("launches", project)),
        "data_set_draft_make": Address("ml_engineer", url("data-set-drafts", project)),
        "data_set_draft_change": Address("ml_engineer", url("data-set-draft", project, world.pk("draft", "")), "PATCH"),
        "data_set_withdraw": Address("ml_engineer", url("data-set-withdraw", project, world.pk("data_set", ""))),
        "export_request": Address("ml_engineer", url("exports", project)),
        "run_request": Address("ml_engineer", url("runs", project)),
        "model_promote": Address("ml_engineer", url("verdict-promote", project, world.verdict)),
        "image_overrule": Address("ml_engineer", url("image-overrule", project, world.pk("image", ""))),
        "stage_make": Address("ml_engineer", url("stages", project)),
        "pipeline_compose": Address("ml_engineer", url("model-compose", project)),
        "model_roll_back": Address("ml_engineer", url("model-roll-back", project, 1)),
    }


def shapes() -> Iterator[tuple[str, list[str]]]:
    """Every operation that takes JSON, and the members of its body."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for item in document["paths"].values():
        for operation in item.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                name = body["schema"]["$ref"].rpartition("/")[2]
                yield operation["operationId"], list(document["components"]["schemas"][name]["properties"])


def send(client: APIClient, address: Address, body: bytes) -> Any:
    with transaction.atomic():
        answer = client.generic(address.method, address.url, body, content_type="application/json")
        transaction.set_rollback(True)
    return answer


def is_problem(answer: HttpResponse) -> bool:
    return 400 <= answer.status_code < 500 and answer["Content-Type"] == "application/problem+json"


def test_a_broken_body_is_a_problem(world: World) -> None:
    wrong = []
    for name, address in addresses(world).items():
        client = at(world.users[address.role])
        for what, body in BROKEN.items():
            answer = send(client, address, body)
            if not is_problem(answer):
                wrong.append(f"{name}, {what}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_value_of_any_member_breaks_the_server(world: World) -> None:
    known, wrong = addresses(world), []
    for name, members in shapes():
        address = known[name]
        client, right = at(world.users[address.role]), submission(world.project) if name == "read_submit" else {}
        for member in members:
            for value in VALUES:
                answer = send(client, address, json.dumps(right | {member: value}).encode())
                if not is_problem(answer) and answer.status_code not in (200, 201, 204):
                    wrong.append(f"{name} {member}={value!r:.40}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_body_has_a_limit(project: Project, reader: User, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = json.dumps({"reason": "x" * 1000}).encode()
    answer = at(reader).generic("POST", url("tokens"), body, content_type="application/json")
    assert answer.status_code == 413 and is_problem(answer)


def test_a_body_that_is_no_json_is_not_taken(project: Project, reader: User) -> None:
    assert at(reader).post(url("tokens"), "reason=x", content_type="application/xml").status_code == 415


def test_hostile_names_in_the_address_are_not_found(project: Project, reader: User) -> None:
    base = url("projects")
    for path in ("%00/", "..%2f..%2fetc/", f"{project.slug}/runs/{'9' * 400}/", f"{project.slug}/images/nonsense/"):
        assert at(reader).get(base + path).status_code in (403, 404)


def test_hostile_queries_are_problems(project: Project, reader: User) -> None:
    for query in (
        "status=%00",
        "view=%00",
        "page_size=-1",
        f"page_size={'9' * 400}",
        "patient=%F0%28%8C%28",
        "cursor=cA==",
    ):
        assert at(reader).get(f"{url('images', project)}?{query}").status_code in (200, 400, 404)
