"""What pages and the API tell of the arms of a batch, and to whom."""

import pytest
from django.urls import reverse

from frontend.pages.training.words import newest_batch_words
from labeling.models import Assignment, Purpose, Selection
from labeling.services import label_import_open, labels_import
from labeling.services.selection import queue_fill
from overread.audit.models import Event
from overread.projects.models import Finding
from tests.factories import make_image, make_read
from tests.frontend.test_settings import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed(project):
    """One audit and one known answer in the queue."""
    project.auto_fill, project.gold_share, project.audit_share = False, 0.5, 0.5
    project.save()
    make_image(project)
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="CT.", independent=True)
    labels_import(source=source, labels=[(make_image(project), {"effusion": "present", "nodule": "absent"})])
    return project


@pytest.fixture
def queued(mixed, reader):
    queue_fill(project=mixed, size=2)
    return mixed


def test_audit_and_known_answer_look_alike_in_the_worklist(client, queued, reader):
    client.force_login(reader)
    rows = client.get(reverse("worklist", args=[queued.slug])).context["rows"]
    assert {row.assignment.purpose for row in rows} == {"audit", "gold"}
    assert len({(row.reason, row.urgent, row.sent, row.assignment.blind) for row in rows}) == 1


def test_the_api_tells_no_reader_which_control_case_they_have_read(client, queued, reader):
    client.force_login(reader)
    for _ in range(2):
        case = make_read(queued, reader).assignment
        told = client.get(reverse("api:assignment", args=[queued.slug, case.pk])).json()
        assert (told["purpose"], told["reason"]) == (None, "Control case")


def test_members_say_how_readers_do_on_known_answers(client, queued, reader, administrator):
    for _ in range(2):
        make_read(queued, reader, "present")
    client.force_login(administrator)
    page = client.get(reverse("project-members", args=[queued.slug])).content.decode()
    assert "Effusion: 1 of 1" in page and "Nodule: 0 of 1" in page


def test_the_training_page_tells_the_newest_batch(client, queued, engineer):
    client.force_login(engineer)
    page = client.get(reverse("project-training", args=[queued.slug])).content.decode()
    assert "Newest batch of the queue: 1 random audit (1 wanted), 1 known answer (1 wanted)." in page


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (
            40,
            "2 chosen by the strategy (32 wanted), 0 random audits (6 wanted), 1 second look (2 wanted). About 1 minute",
        ),
        (None, "2 chosen by the strategy, 1 second look. About 1 minute"),
    ],
)
def test_the_newest_batch_is_told_beside_what_was_wanted(project, size, said):
    shares = {"exploit": 0.8, "audit": 0.15, "gold": 0.0, "repeat": 0.0, "relabel": 0.05}
    drawn = {"exploit": 2, "relabel": 1}
    told = {"strategy": "margin", "seed": 1, "candidates": 9, "minutes": 1.2}
    Selection.objects.create(project=project, shares=shares, drawn=drawn, size=size, **told)
    assert newest_batch_words(project) == f"Newest batch of the queue: {said} of reading."


def test_the_worklist_says_how_long_the_waiting_cases_usually_take(client, queued, reader):
    Selection.objects.create(project=queued, strategy="margin", seed=1, candidates=1, shares={}, typical_minutes=1.5)
    client.force_login(reader)
    page = client.get(reverse("worklist", args=[queued.slug])).content.decode()
    assert "About 3 min, as cases usually take here." in page


def test_shares_above_one_together_are_refused_on_the_form(client, project, administrator):
    client.force_login(administrator)
    address = reverse("project-settings", args=[project.slug])
    page = client.post(address, filled(project, audit_share="0.6", gold_share="0.5"))
    said = ["Audit, second looks, known answers and repeats are at most 1 together."]
    assert page.context["form"].errors == {"audit_share": said, "gold_share": said}


def test_quotas_are_stored_and_told_to_the_audit_log(client, project, administrator):
    client.force_login(administrator)
    client.post(reverse("project-settings", args=[project.slug]), filled(project, **{"quota-nodule": "0.2"}))
    assert dict(Finding.objects.values_list("slug", "quota")) == {"effusion": 0.0, "nodule": 0.2}
    assert Event.objects.get(verb="project.change").detail["changed"] == {"quota": [{}, {"nodule": 0.2}]}


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        ({"quota-nodule": "0.7", "quota-effusion": "0.4"}, "at most 1 together"),
        ({"quota-nodule": "nan"}, "A share is a number from 0 to 1."),
        ({"quota-nodule": "-0.1"}, "A share is a number from 0 to 1."),
        ({"quota-nodule": "much"}, "A share is a number from 0 to 1."),
    ],
)
def test_quotas_that_do_not_fit_are_refused(client, project, administrator, quota, said):
    client.force_login(administrator)
    page = client.post(reverse("project-settings", args=[project.slug]), filled(project, **quota)).content.decode()
    assert said in page
    assert not Finding.objects.exclude(quota=0).exists()


def test_control_cases_are_read_blind(queued):
    assert all(case.blind for case in Assignment.objects.exclude(purpose=Purpose.EXPLOIT))
