"""What the model says, and to whom."""

from uuid import uuid4

from inference.models import Exposure, Prediction
from labeling.services import read_submit
from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.api.rooms import at, held, make_blind, url
from tests.factories import answers, make_champion, make_image, make_member


def test_a_prediction_names_its_model_and_its_findings(project: Project, reader: User) -> None:
    image, pipeline = make_image(project), make_champion(project)
    told = at(reader).get(url("prediction", project, image)).json()
    assert told["model"] == pipeline.number and set(told["outputs"]) == {"effusion", "nodule"}
    assert 0 <= told["outputs"]["effusion"]["probability"] <= 1 and "column" not in told["outputs"]["effusion"]


def test_showing_a_prediction_is_recorded_once(project: Project, reader: User) -> None:
    image = make_image(project)
    make_champion(project)
    for _ in range(2):
        at(reader).get(url("prediction", project, image))
    assert Exposure.objects.get().user == reader and Exposure.objects.get().image == image


def test_a_case_to_be_read_blind_shows_nothing(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    for address in (
        url("prediction", project, case.image),
        url("prediction-map", project, case.image, "effusion"),
        url("prediction-map", project, case.image, "nonsense"),
    ):
        refused = at(reader).get(address)
        assert refused.status_code == 403 and refused.json()["title"] == "Read it first."
    assert not Exposure.objects.exists() and not Prediction.objects.exists()


def test_a_blind_case_looks_the_same_whether_or_not_it_is_scored(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    unscored = make_image(project)
    first, second = (at(reader).get(url("prediction", project, image)) for image in (case.image, unscored))
    told = [answer.json() | {"request_id": ""} for answer in (first, second)]
    assert told[0] == told[1] and first.status_code == second.status_code


def test_after_the_first_read_the_model_is_revealed(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    read_submit(assignment=case, reader=reader, answers=answers(project), key=uuid4())
    assert at(reader).get(url("prediction", project, case.image)).status_code == 200


def test_a_colleagues_read_reveals_nothing_to_me(project: Project, reader: User, colleague: User) -> None:
    case = make_blind(project, colleague)
    read_submit(assignment=case, reader=colleague, answers=answers(project), key=uuid4())
    assert at(reader).get(url("prediction", project, case.image)).status_code == 403


def test_there_is_no_prediction_before_the_image_is_scored(project: Project, reader: User) -> None:
    image = make_image(project)
    refused = at(reader).get(url("prediction", project, image))
    assert refused.status_code == 404 and refused.json()["title"] == "No prediction yet."


def test_a_map_says_how_to_lay_it(project: Project, reader: User) -> None:
    image = make_image(project)
    make_champion(project)
    answer = at(reader).get(url("prediction-map", project, image, "nodule"))
    assert len(answer.content) == int(answer["X-Map-Rows"]) * int(answer["X-Map-Columns"])
    assert len(answer["X-Map-Box"].split()) == 4 and answer["Cache-Control"] == "private, no-store"


def test_there_is_no_map_of_an_unknown_finding(project: Project, reader: User) -> None:
    image = make_image(project)
    make_champion(project)
    assert at(reader).get(url("prediction-map", project, image, "fracture")).status_code == 404


def test_an_engineer_lists_predictions_and_is_marked_as_having_seen_them(
    project: Project, engineer: User, administrator: User
) -> None:
    image = make_image(project)
    make_champion(project)
    at(administrator).get(url("prediction", project, image))
    listed = at(engineer).get(url("predictions", project), {"image": str(image.pk)}).json()["results"]
    assert [one["image"] for one in listed] == [str(image.pk)]
    assert set(Exposure.objects.values_list("user", flat=True)) == {engineer.pk, administrator.pk}


def test_whoever_reads_gets_no_list(project: Project) -> None:
    both = make_member(project, Role.READER, Role.ML_ENGINEER)
    assert at(both).get(url("predictions", project)).status_code == 403


def test_the_rule_holds_for_an_image_opened_by_oneself(project: Project, reader: User) -> None:
    image = make_image(project, reference=True)
    make_champion(project)
    held(project, reader)
    assert at(reader).get(url("prediction", project, image)).status_code == 403
