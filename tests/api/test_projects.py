"""Projects as their members see them."""

from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import make_champion, make_project


def test_only_my_projects_are_listed(project: Project, reader: User) -> None:
    make_project()
    listed = at(reader).get(url("projects")).json()["results"]
    assert [one["slug"] for one in listed] == [project.slug] and listed[0]["roles"] == ["reader"]


def test_a_project_tells_its_findings_and_policies(project: Project, reader: User) -> None:
    told = at(reader).get(url("project", project)).json()
    assert [finding["slug"] for finding in told["findings"]] == ["effusion", "nodule"]
    assert told["policies"]["blind_first"] == "off" and told["champion"] is None


def test_a_project_names_its_champion(project: Project, reader: User) -> None:
    champion = make_champion(project)
    assert at(reader).get(url("project", project)).json()["champion"] == champion.number


def test_a_project_of_others_is_not_there(project: Project, stranger: User) -> None:
    refused = at(stranger).get(url("project", project))
    assert refused.status_code == 404 and refused["Content-Type"] == "application/problem+json"


def test_an_unknown_method_is_a_problem(project: Project, reader: User) -> None:
    refused = at(reader).patch(url("project", project), {}, format="json")
    assert refused.status_code == 405 and refused.json()["title"] == "Method Not Allowed"


def test_nothing_is_cached(project: Project, reader: User) -> None:
    assert at(reader).get(url("project", project))["Cache-Control"] == "private, no-store"


def test_members_see_the_jobs_of_their_project_alone(project: Project, engineer: User) -> None:
    from overread.jobs.services import job_enqueue_once

    mine = job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
    job_enqueue_once(kind="labeling.fill", project=make_project().pk, of="other")
    listed = at(engineer).get(url("project-jobs", project)).json()["results"]
    assert [job["id"] for job in listed] == [str(mine.pk)]
