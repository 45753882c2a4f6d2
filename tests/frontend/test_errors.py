"""What is said where a page cannot be shown."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from frontend.pages import errors
from overread.accounts.models import User
from overread.projects.models import Project

pytestmark = pytest.mark.django_db


def test_an_address_nobody_knows(client: Client) -> None:
    page = client.get("/no/such/place")
    assert page.status_code == 404 and "There is nothing here" in page.content.decode()


def test_below_the_api_it_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/no-such-place")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "Not Found" and "no-such-place" not in answer.json()["detail"]


def test_a_role_that_does_not_include_it(client: Client, project: Project, reader: User) -> None:
    client.force_login(reader)
    page = client.get(reverse("project-settings", args=[project.slug]))
    assert page.status_code == 403 and "Your role in this project does not allow this." in page.content.decode()


def test_a_form_without_its_token(reader: User) -> None:
    page = Client(enforce_csrf_checks=True).post(reverse("sign-in"), {"username": "x", "password": "y"})
    assert page.status_code == 403 and "reload the page" in page.content.decode()


@pytest.mark.parametrize(("path", "kind"), [("/worklist/", "text/html"), ("/api/v1/me/", "application/problem+json")])
def test_a_failure_tells_nothing_of_itself(path: str, kind: str) -> None:
    answer = errors.failed(RequestFactory().get(path))
    assert answer.status_code == 500 and answer["Content-Type"].startswith(kind)
    assert "Traceback" not in answer.content.decode()


def test_nonsense(client: Client) -> None:
    answer = client.get("/", headers={"host": "not a host"})
    assert answer.status_code == 400 and "cannot be understood" in answer.content.decode()
