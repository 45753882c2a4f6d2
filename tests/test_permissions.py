"""Who may do what: one table of every address × role.

A new address fails this test until it has a row here. A row is one line: the method, the route's name, who is let in,
and, where the address has a `pk`, whose it is (image, assignment, read, proposal, verdict, data_set, draft, export, job,
member or account). Who is let in is one of the sets below, or a set of roles. Everybody else must be refused: nobody by a
401 or by the sign-in page, strangers by a 404 below a project, members by a 403. Rows of the API stand in API, those of
pages in PAGES.

The bodies sent are empty, so a POST that says 400, 409 or 422 has let its sender in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLResolver, get_resolver, reverse

from overread.projects.models import Role
from tests.api.world import READING as READING_ROLES
from tests.api.world import ROLES, World

MEMBERS = {str(role) for role in Role}
READING = {str(role) for role in READING_ROLES}
LEARNING = {"ml_engineer", "administrator"}
DECIDING = LEARNING | {"adjudicator"}
ADMINISTRATORS = {"administrator"}
OPERATORS = {"operator"}
SIGNED_IN = MEMBERS | OPERATORS | {"stranger"}
EVERYBODY = SIGNED_IN | {"anonymous"}


class Row(NamedTuple):
    method: str
    route: str
    who: set[str]
    of: str = ""


API = [
    Row("GET", "api:schema", EVERYBODY),
    Row("GET", "api:docs", EVERYBODY),
    Row("POST", "api:tokens", SIGNED_IN),
    Row("GET", "api:tokens", SIGNED_IN),
    Row("DELETE", "api:tokens", SIGNED_IN),
    Row("DELETE", "api:token", SIGNED_IN),
    Row("GET", "api:me", SIGNED_IN),
    Row("GET", "api:preferences", SIGNED_IN),
    Row("PATCH", "api:preferences", SIGNED_IN),
    Row("GET", "api:projects", SIGNED_IN),
    Row("POST", "api:projects", ADMINISTRATORS | OPERATORS),
    Row("GET", "api:project-templates", SIGNED_IN),
    Row("GET", "api:project", MEMBERS),
    Row("GET", "api:members", ADMINISTRATORS),
    Row("POST", "api:members", ADMINISTRATORS),
    Row("DELETE", "api:member", ADMINISTRATORS, "member"),
    Row("GET", "api:label-mapping", MEMBERS),
    Row("PATCH", "api:label-mapping", ADMINISTRATORS),
    Row("POST", "api:findings-urgent", ADMINISTRATORS),
    Row("GET", "api:project-jobs", LEARNING),
    Row("GET", "api:images", MEMBERS),
    Row("POST", "api:images", MEMBERS),
    Row("GET", "api:image", MEMBERS, "image"),
    Row("POST", "api:image-admit", MEMBERS, "image"),
    Row("POST", "api:image-retry", MEMBERS, "image"),
    Row("GET", "api:pixels", MEMBERS, "image"),
    Row("GET", "api:prediction", MEMBERS, "image"),
    Row("GET", "api:prediction-map", MEMBERS, "image"),
    Row("GET", "api:image-result", MEMBERS, "image"),
    Row("POST", "api:image-overrule", DECIDING, "image"),
    Row("POST", "api:predict", MEMBERS),
    Row("GET", "api:stages", MEMBERS),
    Row("POST", "api:stages", LEARNING),
    Row("POST", "api:model-compose", LEARNING),
    Row("GET", "api:similar", MEMBERS, "image"),
    Row("POST", "api:launches", MEMBERS),
    Row("GET", "api:predictions", LEARNING),
    Row("GET", "api:models", MEMBERS),
    Row("GET", "api:model", MEMBERS),
    Row("POST", "api:model-judge", LEARNING),
    Row("POST", "api:model-roll-back", LEARNING),
    Row("GET", "api:assignments", READING),
    Row("POST", "api:assignment-claim", READING),
    Row("GET", "api:assignment", READING, "assignment"),
    Row("POST", "api:assignment-read", READING, "assignment"),
    Row("POST", "api:assignment-skip", READING, "assignment"),
    Row("POST", "api:assignment-unskip", READING, "assignment"),
    Row("GET", "api:assignments-sent", READING),
    Row("GET", "api:assignments-skipped", READING),
    Row("POST", "api:assignment-defer", READING, "assignment"),
    Row("POST", "api:assignment-resume", READING, "assignment"),
    Row("POST", "api:assignment-escalate", READING, "assignment"),
    Row("POST", "api:assignment-opinion", READING, "assignment"),
    Row("POST", "api:assignment-release", READING, "assignment"),
    Row("POST", "api:assignment-extend", READING, "assignment"),
    Row("GET", "api:reads", MEMBERS),
    Row("POST", "api:read-undo", READING, "read"),
    Row("POST", "api:read-amend", READING, "read"),
    Row("GET", "api:proposals", MEMBERS),
    Row("POST", "api:proposals", READING),
    Row("POST", "api:proposal-accept", ADMINISTRATORS, "proposal"),
    Row("POST", "api:proposal-decline", ADMINISTRATORS, "proposal"),
    Row("GET", "api:labels", DECIDING),
    Row("GET", "api:data-set-layouts", LEARNING),
    Row("GET", "api:data-sets", LEARNING),
    Row("GET", "api:data-set", LEARNING, "data_set"),
    Row("GET", "api:data-set-rows", LEARNING, "data_set"),
    Row("POST", "api:data-set-withdraw", LEARNING, "data_set"),
    Row("GET", "api:data-set-drafts", LEARNING),
    Row("POST", "api:data-set-drafts", LEARNING),
    Row("GET", "api:data-set-draft", LEARNING, "draft"),
    Row("PATCH", "api:data-set-draft", LEARNING, "draft"),
    Row("DELETE", "api:data-set-draft", LEARNING, "draft"),
    Row("POST", "api:data-set-draft-import", LEARNING, "draft"),
    Row("GET", "api:selections", LEARNING),
    Row("POST", "api:selections", LEARNING),
    Row("GET", "api:selection-picks", LEARNING, "selection"),
    Row("GET", "api:policies", LEARNING),
    Row("PATCH", "api:policies", ADMINISTRATORS),
    Row("POST", "api:worth-restore", LEARNING),
    Row("GET", "api:worth", LEARNING),
    Row("POST", "api:worth", LEARNING),
    Row("GET", "api:snapshots", LEARNING),
    Row("POST", "api:snapshots", LEARNING),
    Row("GET", "api:snapshot", LEARNING),
    Row("GET", "api:snapshot-items", LEARNING),
    Row("GET", "api:exports", LEARNING),
    Row("POST", "api:exports", LEARNING),
    Row("GET", "api:export", LEARNING, "export"),
    Row("GET", "api:export-file", LEARNING, "export"),
    Row("GET", "api:runs", LEARNING),
    Row("POST", "api:runs", LEARNING),
    Row("GET", "api:run", LEARNING),
    Row("POST", "api:run-cancel", LEARNING),
    Row("GET", "api:verdicts", MEMBERS),
    Row("GET", "api:verdict", MEMBERS, "verdict"),
    Row("POST", "api:verdict-promote", LEARNING, "verdict"),
    Row("GET", "api:jobs", OPERATORS),
    Row("POST", "api:job-retry", OPERATORS, "job"),
    Row("POST", "api:job-cancel", OPERATORS, "job"),
]

PAGES = [
    Row("GET", "catalogue", EVERYBODY),
    Row("GET", "sign-in", EVERYBODY),
    Row("POST", "sign-out", EVERYBODY),
    Row("GET", "password", SIGNED_IN),
    Row("POST", "password", SIGNED_IN),
    Row("GET", "preferences", SIGNED_IN),
    Row("POST", "preferences", SIGNED_IN),
    Row("POST", "preferences-theme", SIGNED_IN),
    Row("GET", "access", SIGNED_IN),
    Row("POST", "access-end", SIGNED_IN),
    Row("GET", "home", SIGNED_IN),
    Row("GET", "launch", MEMBERS),
    Row("GET", "new-project", ADMINISTRATORS | OPERATORS),
    Row("POST", "new-project", ADMINISTRATORS | OPERATORS),
    Row("GET", "project", MEMBERS),
    Row("GET", "worklist", READING),
    Row("GET", "my-reads", READING),
    Row("GET", "upload", MEMBERS),
    Row("POST", "upload", MEMBERS),
    Row("GET", "image", MEMBERS, "image"),
    Row("POST", "image-read", READING, "image"),
    Row("POST", "image-admit", MEMBERS, "image"),
    Row("POST", "image-retry", MEMBERS, "image"),
    Row("GET", "image-summary", MEMBERS, "image"),
    Row("GET", "image-picture", MEMBERS, "image"),
    Row("GET", "image-overlay", MEMBERS, "image"),
    Row("GET", "image-pixels", MEMBERS, "image"),
    Row("POST", "read-start", READING),
    Row("GET", "read", READING, "assignment"),
    Row("POST", "read-submit", READING, "assignment"),
    Row("POST", "read-skip", READING, "assignment"),
    Row("POST", "read-unskip", READING, "assignment"),
    Row("POST", "read-defer", READING, "assignment"),
    Row("POST", "read-escalate", READING, "assignment"),
    Row("POST", "read-opinion", READING, "assignment"),
    Row("POST", "read-propose", READING, "assignment"),
    Row("POST", "read-release", READING),
    Row("POST", "read-heartbeat", READING, "assignment"),
    Row("GET", "read-map", READING, "assignment"),
    Row("GET", "read-similar", READING, "assignment"),
    Row("POST", "read-undo", READING, "read"),
    Row("POST", "read-amend", READING, "read"),
    Row("GET", "project-data", MEMBERS),
    Row("GET", "data-sets", LEARNING),
    Row("POST", "data-sets", LEARNING),
    Row("GET", "data-set-draft", LEARNING, "draft"),
    Row("POST", "data-set-draft", LEARNING, "draft"),
    Row("GET", "data-set-draft-live", LEARNING, "draft"),
    Row("GET", "data-set", LEARNING, "data_set"),
    Row("POST", "data-set", LEARNING, "data_set"),
    Row("GET", "project-exports", LEARNING),
    Row("POST", "project-exports", LEARNING),
    Row("GET", "export-file", LEARNING, "export"),
    Row("GET", "project-worth", LEARNING),
    Row("POST", "project-worth", LEARNING),
    Row("POST", "worth-restore", LEARNING),
    Row("GET", "project-training", LEARNING),
    Row("POST", "project-training", LEARNING),
    Row("GET", "run", LEARNING),
    Row("GET", "run-live", LEARNING),
    Row("POST", "run-cancel", LEARNING),
    Row("GET", "project-models", MEMBERS),
    Row("GET", "model", MEMBERS),
    Row("GET", "model-gate", MEMBERS),
    Row("POST", "model-judge", LEARNING),
    Row("POST", "model-promote", LEARNING),
    Row("POST", "model-roll-back", LEARNING),
    Row("GET", "verdict", MEMBERS, "verdict"),
    Row("GET", "project-settings", ADMINISTRATORS),
    Row("GET", "project-pipeline", LEARNING),
    Row("POST", "pipeline-make", LEARNING),
    Row("POST", "pipeline-compose", LEARNING),
    Row("POST", "image-overrule", DECIDING, "image"),
    Row("POST", "project-settings", ADMINISTRATORS),
    Row("GET", "project-members", ADMINISTRATORS),
    Row("POST", "project-members", ADMINISTRATORS),
    Row("POST", "project-member-remove", ADMINISTRATORS, "member"),
    Row("GET", "project-proposals", ADMINISTRATORS),
    Row("POST", "proposal-accept", ADMINISTRATORS, "proposal"),
    Row("POST", "proposal-decline", ADMINISTRATORS, "proposal"),
    Row("GET", "jobs", OPERATORS),
    Row("GET", "job", OPERATORS, "job"),
    Row("POST", "job-retry", OPERATORS, "job"),
    Row("POST", "job-cancel", OPERATORS, "job"),
    Row("GET", "accounts", OPERATORS),
    Row("GET", "account", OPERATORS, "account"),
    Row("POST", "account-end", OPERATORS, "account"),
    Row("GET", "audit-log", OPERATORS),
    Row("POST", "audit-log", OPERATORS),
]

TABLE = API + PAGES


class Route(NamedTuple):
    """An address of the product: its name, with its namespace, what it takes, and the methods the API answers there."""

    name: str
    takes: set[str]
    methods: set[str]


def routes(patterns: list[Any] | None = None, space: str = "", takes: frozenset[str] = frozenset()) -> Iterator[Route]:
    """Every address there is, from the resolver itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        taken = takes | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner, taken)
        else:
            view = getattr(pattern.callback, "view_class", None) if space else None
            methods = {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
            yield Route(f"{space}{pattern.name}", set(taken), methods)


def let_in(method: str, answer: HttpResponse) -> bool:
    if method == "GET":
        return answer.status_code == 200 or (answer.status_code in (301, 302) and not asks_to_sign_in(answer))
    return answer.status_code < 500 and answer.status_code not in (401, 403, 404, 405) and not asks_to_sign_in(answer)


def asks_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("sign-in") + "?next=")


def refused(role: str, in_project: bool, answer: HttpResponse) -> bool:
    if role == "anonymous":
        return answer.status_code == 401 or asks_to_sign_in(answer)
    if role not in MEMBERS and in_project:
        return answer.status_code == 404
    return answer.status_code in (403, 404)


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_address_has_its_rows() -> None:
    told = {(row.route, row.method) for row in TABLE}
    named = {row.route for row in TABLE}
    missing = {(route.name, method) for route in routes() for method in route.methods} - told
    missing |= {(route.name, "?") for route in routes() if route.name not in named}
    assert not missing, "No row in tests/test_permissions.py for:\n" + "\n".join(map(str, sorted(missing)))


def test_every_row_has_its_address() -> None:
    assert {row.route for row in TABLE} <= {route.name for route in routes()}


def test_everybody_gets_in_where_they_may_and_nowhere_else(world: World) -> None:
    takes = {route.name: route.takes for route in routes()}
    wrong = []
    for row in TABLE:
        for role in ROLES:
            address = reverse(row.route, kwargs=world.arguments(takes[row.route], row.of, role))
            with transaction.atomic():
                answer = world.client(role).generic(row.method, address)
                transaction.set_rollback(True)
            fits = let_in(row.method, answer) if role in row.who else refused(role, "slug" in takes[row.route], answer)
            if not fits:
                wrong.append(f"{row.method} {row.route} {role}: {answer.status_code}")
    assert not wrong, "These do not stand as in the table:\n" + "\n".join(wrong)
