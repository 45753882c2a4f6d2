"""What is suspected urgent goes first, but moves nothing that is read blind unless the project says so."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from inference.models import Exposure
from labeling.models import Assignment, Priority
from labeling.services import assignment_claim
from labeling.services.disclosure import suspicion_disclose
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Finding, Project, Role
from overread.projects.services import findings_mark_urgent, project_change
from tests.factories import make_champion, make_image, make_member, make_project

SUSPECTING = (0.0, 1.0)  # every effusion is above its threshold, no nodule


def suspect(project: Project, actor: User, *slugs: str) -> None:
    findings_mark_urgent(project=project, actor=actor, slugs=slugs)
    run_all()


@pytest.fixture
def scored(project: Project) -> Project:
    """Three cases whose model puts effusion above its threshold, and nodule below."""
    for _ in range(3):
        make_image(project)
    make_champion(project, thresholds=SUSPECTING)
    return project


def test_an_urgent_finding_moves_its_cases(scored: Project, administrator: User) -> None:
    suspect(scored, administrator, "effusion")
    assert set(Assignment.objects.values_list("priority", "suspected")) == {(Priority.SUSPECTED, "Effusion")}
    suspect(scored, administrator)
    assert set(Assignment.objects.values_list("priority", "suspected")) == {(Priority.ORDINARY, "")}


def test_a_finding_below_its_threshold_moves_none(scored: Project, administrator: User) -> None:
    suspect(scored, administrator, "nodule")
    assert not Assignment.objects.exclude(priority=Priority.ORDINARY).exists()


def test_new_cases_are_looked_at_when_they_are_queued(scored: Project, administrator: User) -> None:
    suspect(scored, administrator, "effusion")
    make_image(scored)
    run_all()
    assert set(Assignment.objects.values_list("priority", flat=True)) == {Priority.SUSPECTED}


def test_another_model_suspects_anew(scored: Project, administrator: User) -> None:
    suspect(scored, administrator, "effusion")
    make_champion(scored, seed=1, thresholds=(1.0, 1.0))
    assert not Assignment.objects.exclude(suspected="").exists()


@pytest.mark.parametrize(("orders", "priority"), [(False, Priority.ORDINARY), (True, Priority.SUSPECTED)])
def test_a_blind_case_moves_only_where_the_project_says_so(
    administrator: User, orders: bool, priority: Priority
) -> None:
    blind = make_project(blind_first=BlindFirst.ALWAYS, urgent_orders_blind=orders)
    make_image(blind)
    make_champion(blind, thresholds=SUSPECTING)
    suspect(blind, administrator, "effusion")
    assert Assignment.objects.get(project=blind).priority == priority


def test_taking_the_choice_back_puts_blind_cases_back(administrator: User) -> None:
    blind = make_project(blind_first=BlindFirst.ALWAYS, urgent_orders_blind=True)
    make_image(blind)
    make_champion(blind, thresholds=SUSPECTING)
    suspect(blind, administrator, "effusion")
    project_change(project=blind, actor=administrator, urgent_orders_blind=False)
    run_all()
    assert Assignment.objects.get().suspected == "" and Assignment.objects.get().priority == Priority.ORDINARY


def test_a_suspicion_is_on_record_when_it_is_told(scored: Project, administrator: User, reader: User) -> None:
    suspect(scored, administrator, "effusion")
    case = assignment_claim(project=scored, reader=reader)
    assert suspicion_disclose(assignment=case, reader=reader) == "Effusion"
    assert Exposure.objects.get().user == reader


def test_of_a_blind_case_no_suspicion_is_told(administrator: User) -> None:
    blind = make_project(blind_first=BlindFirst.ALWAYS, urgent_orders_blind=True)
    make_image(blind)
    make_champion(blind, thresholds=SUSPECTING)
    suspect(blind, administrator, "effusion")
    reader = make_member(blind, Role.READER)
    assert suspicion_disclose(assignment=assignment_claim(project=blind, reader=reader), reader=reader) == ""
    assert not Exposure.objects.exists()


def test_only_a_binary_finding_is_urgent(administrator: User) -> None:
    measured = make_project(findings=({"slug": "age", "name": "Age", "kind": "measurement", "unit": "months"},))
    with pytest.raises(ValidationError, match="no threshold"):
        findings_mark_urgent(project=measured, actor=administrator, slugs=["age"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(project=measured).update(urgent=True)


def test_the_change_is_told_to_the_audit_log(project: Project, administrator: User) -> None:
    findings_mark_urgent(project=project, actor=administrator, slugs=["nodule"])
    assert Event.objects.filter(verb="project.change", detail__changed__urgent=[[], ["nodule"]]).exists()
