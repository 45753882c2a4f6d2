"""Taking a case and giving it back."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from inference.models import Exposure
from labeling.models import Assignment, Read
from labeling.services import assignments_release_lapsed, read_submit
from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, held, make_blind, submission, url
from tests.factories import answers, make_champion, make_image, make_project


def test_a_claim_brings_a_case_with_its_image(project: Project, reader: User) -> None:
    image = make_image(project)
    make_champion(project)
    told = at(reader).post(url("assignment-claim", project)).json()
    assert told["state"] == "claimed" and told["image"]["id"] == str(image.pk) and told["lease_until"]


def test_claiming_again_gives_the_same_case(project: Project, reader: User) -> None:
    for _ in range(2):
        make_image(project)
    held(project, reader)
    first, second = (at(reader).post(url("assignment-claim", project)).json() for _ in range(2))
    assert first["id"] == second["id"]


def test_an_empty_queue_gives_no_content(project: Project, reader: User) -> None:
    answer = at(reader).post(url("assignment-claim", project))
    assert answer.status_code == 204 and not answer.content


def test_an_open_case_tells_its_reason(project: Project, reader: User) -> None:
    make_image(project)
    make_champion(project)
    told = at(reader).post(url("assignment-claim", project)).json()
    assert told["blind"] is False and told["purpose"] == "exploit" and told["reason"]


def test_a_reason_that_quotes_the_model_counts_as_shown(project: Project, reader: User) -> None:
    image = make_image(project)
    make_champion(project)
    assert "Model" in at(reader).post(url("assignment-claim", project)).json()["reason"]
    assert Exposure.objects.get().user == reader and Exposure.objects.get().image == image


def test_a_blind_case_hides_why_it_was_given(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    for answer in (
        at(reader).post(url("assignment-claim", project)).json(),
        at(reader).get(url("assignment", project, case)).json(),
        at(reader).get(url("assignments", project)).json()["results"][0],
        at(reader).post(url("assignment-extend", project, case)).json(),
    ):
        assert answer["blind"] is True and answer["purpose"] is None and answer["reason"] is None
    assert not Exposure.objects.exists()


def test_the_reason_stays_hidden_when_somebody_else_has_read_it(
    project: Project, reader: User, colleague: User
) -> None:
    case = make_blind(project, reader)
    Assignment.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assignments_release_lapsed(project=project)
    read_submit(assignment=held(project, colleague), reader=colleague, answers=answers(project), key=uuid4())
    told = at(reader).get(url("assignment", project, case)).json()
    assert told["state"] == "revealed" and told["reason"] is None


def test_i_see_the_cases_i_hold(project: Project, reader: User, colleague: User) -> None:
    for _ in range(2):
        make_image(project)
    mine, _ = held(project, reader), held(project, colleague)
    assert [one["id"] for one in at(reader).get(url("assignments", project)).json()["results"]] == [str(mine.pk)]


def test_a_case_of_somebody_else_is_not_there(project: Project, reader: User, colleague: User) -> None:
    make_image(project)
    theirs = held(project, colleague)
    assert at(reader).get(url("assignment", project, theirs)).status_code == 404
    for name in ("assignment-read", "assignment-skip", "assignment-release", "assignment-extend"):
        body = {"reason": "x", "key": str(uuid4()), "answers": {}}
        assert at(reader).post(url(name, project, theirs), body, format="json").status_code == 404


def test_a_case_is_not_found_through_another_project(project: Project, reader: User) -> None:
    from overread.projects.models import Role
    from overread.projects.services import membership_add

    make_image(project)
    case, other = held(project, reader), make_project()
    membership_add(project=other, user=reader, role=Role.READER)
    assert at(reader).get(url("assignment", other, case)).status_code == 404


def test_skipping_needs_a_reason(project: Project, reader: User) -> None:
    make_image(project)
    case = held(project, reader)
    for body in ({}, {"reason": "  "}, {"reason": "x" * 601}):
        assert at(reader).post(url("assignment-skip", project, case), body, format="json").status_code == 400
    assert (
        at(reader).post(url("assignment-skip", project, case), {"reason": "Blurred"}, format="json").status_code == 204
    )
    case.refresh_from_db()
    assert case.state == "skipped" and case.skip_reason == "Blurred"


def test_skipping_a_revealed_case_leaves_its_first_read(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    at(reader).post(url("assignment-read", project, case), submission(project), format="json")
    assert at(reader).post(url("assignment-skip", project, case), {"reason": "Odd"}, format="json").status_code == 204
    case.refresh_from_db()
    assert case.state == "done" and Read.objects.get().assignment == case


def test_a_released_case_goes_to_the_next_reader(project: Project, reader: User, colleague: User) -> None:
    make_image(project)
    case = held(project, reader)
    assert at(reader).post(url("assignment-release", project, case)).status_code == 204
    assert at(colleague).post(url("assignment-claim", project)).json()["id"] == str(case.pk)


def test_what_is_no_longer_held_is_a_conflict(project: Project, reader: User) -> None:
    make_image(project)
    case = held(project, reader)
    at(reader).post(url("assignment-release", project, case))
    for name in ("assignment-release", "assignment-extend"):
        refused = at(reader).post(url(name, project, case))
        assert refused.status_code == 409 and refused.json()["title"] == "Not your case."
