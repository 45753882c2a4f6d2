"""The queue has one order, and its index has it too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.models import Assignment, Priority
from labeling.queries.open_cases import open_to
from labeling.queries.worklist import worklist
from labeling.services import assignment_claim
from labeling.services.order import ORDER
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from overread.projects.services import project_change
from tests.factories import make_image


@pytest.fixture
def queue(project: Project) -> Project:
    """Three cases, the last of which goes first."""
    for _ in range(3):
        make_image(project)
    queue_fill(project=project)
    last = Assignment.objects.order_by("rank").last()
    Assignment.objects.filter(pk=last.pk).update(priority=Priority.SUSPECTED)
    return project


def test_priority_goes_before_rank(queue: Project, reader: User) -> None:
    assert assignment_claim(project=queue, reader=reader).priority == Priority.SUSPECTED


def test_the_list_and_the_claim_agree(queue: Project, reader: User) -> None:
    listed = worklist(project=queue, reader=reader).free.first()
    assert listed == assignment_claim(project=queue, reader=reader)


def test_of_two_slots_the_one_that_goes_first_is_listed(project: Project, reader: User) -> None:
    make_image(project, reference=True)
    queue_fill(project=project)
    second = Assignment.objects.get(slot=1)
    Assignment.objects.filter(pk=second.pk).update(priority=Priority.SENT)
    assert list(worklist(project=project, reader=reader).free) == [second]
    assert assignment_claim(project=project, reader=reader) == second


def test_the_next_case_is_read_off_the_index(queue: Project, reader: User) -> None:
    """However long the queue is: nothing is sorted."""
    next_case = open_to(queue, reader).order_by(*ORDER)[:1]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = next_case.explain()
    assert "assignment_queue_order" in plan
    assert "TEMP B-TREE" not in plan and "Sort" not in plan


def test_a_claim_asks_no_more_when_the_queue_grows(queue: Project, reader: User, colleague: User) -> None:
    with CaptureQueriesContext(connection) as few:
        assignment_claim(project=queue, reader=reader)
    for _ in range(5):
        make_image(queue)
    Assignment.objects.update(rank=2.0)
    queue_fill(project=queue, size=5)
    with CaptureQueriesContext(connection) as many:
        assignment_claim(project=queue, reader=colleague)
    assert len(many) <= len(few)


def test_another_strategy_orders_the_queue_anew_at_once(project: Project, administrator: User) -> None:
    for strategy in ("margin", "random"):
        project_change(project=project, actor=administrator, strategy=strategy, lease_minutes=30)
    assert Job.objects.filter(kind="labeling.reorder", state="queued").count() == 1
