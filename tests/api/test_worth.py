"""Reports on whether selection is worth it, over the API."""

from __future__ import annotations

from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import make_worth


def test_reports_come_newest_first_with_their_figures(project: Project, engineer: User) -> None:
    make_worth(project)
    newest = make_worth(project, "worse", inputs_sha256="1" * 64)
    answer = at(engineer).get(url("worth", project)).json()["results"]
    assert [row["verdict"] for row in answer] == ["worse", "better"]
    assert answer[0]["id"] == str(newest.pk) and answer[0]["result"]["replay"]["saved"]["value"] == 41.6


def test_a_report_is_asked_for_once(project: Project, engineer: User) -> None:
    first, again = (at(engineer).post(url("worth", project)) for _time in range(2))
    assert first.status_code == 202 and first.json()["id"] == again.json()["id"]
