"""What readers did in the older build's project."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from inference.queries import champion_of
from inference.services import prediction_ensure, prediction_show
from labeling.models import Assignment, Purpose, Read
from labeling.services import (
    Answers,
    RegionDrawn,
    Until,
    answers_show,
    assignment_claim,
    assignment_defer,
    assignment_escalate,
    assignment_open_single,
    assignment_skip,
    opinion_ask,
    read_amend,
    read_submit,
)
from labeling.services.proposals import proposal_accept, proposal_decline, proposal_make
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project, Role


def make_reads(project: Project, people: dict[str, User]) -> None:
    """Blind reads and revealed ones, with regions and comments; two who differ; cases sent, put aside and refused."""
    rosa, rolf, ada = people[Role.READER], people["second"], people[Role.ADJUDICATOR]
    queue_fill(project=project)
    for number in range(3):
        case = claimed(project, rosa)
        answer(case, rosa, "present" if number else "absent", regions=True)
        answer(case, rosa, "present", comment="Seen again beside the model.")
    assignment_skip(assignment=claimed(project, rosa), reader=rosa, reason="The film is too dark.")
    assignment_defer(assignment=claimed(project, rosa), reader=rosa, until=Until.TOMORROW)
    sent = claimed(project, rosa)
    assignment_escalate(assignment=sent, reader=rosa, role=Role.ADJUDICATOR, reason="Is this fluid or a fold?")
    asked = claimed(project, rosa)
    opinion_ask(assignment=asked, reader=rosa, reason="Please look at the left base.")
    answer(asked, rosa, "uncertain", comment="A second opinion is asked for.", confidence="low")
    opened = assignment_open_single(project=project, image=asked.image, reader=rolf)
    answer(opened, rolf, "present", confidence="high")
    answer(opened, rolf, "present", comment="The model agrees.")
    adjudicate(project, ada, asked.image)
    answers_show(user=ada, images=[asked.image_id])
    answer(claimed(project, ada), ada, "present", comment="Fluid, no fold.")
    again = Read.objects.filter(reader=rolf).latest("created_at")
    amended = read_amend(read=again, reader=rolf, reason="The wrong side was marked.")
    answer(amended, rolf, "absent", comment="Amended: the other side.")
    claimed(project, rolf)
    run_all()


def claimed(project: Project, reader: User) -> Assignment:
    case = assignment_claim(project=project, reader=reader)
    assert case is not None, f"nothing waits for {reader}"
    return case


def answer(case: Assignment, reader: User, value: str, *, regions: bool = False, **fields: Any) -> Read:
    case.refresh_from_db()
    if case.state == Assignment.State.REVEALED:
        model = champion_of(case.project)
        prediction_show(prediction=prediction_ensure(pipeline=model, image=case.image), user=reader)
    values = {"effusion": value, "nodule": "absent", "grade": "II", "age": "132"}
    outlines = (
        RegionDrawn("effusion", "box", ((2.0, 2.0), (9.0, 8.0))),
        RegionDrawn("effusion", "polygon", ((1.0, 1.0), (5.0, 1.5), (4.0, 6.0))),
    )
    drawn = outlines if regions and value == "present" else ()
    said = Answers(values=values, regions=drawn, active_ms=21_000, level="full", bulk=frozenset({"nodule"}), **fields)
    return read_submit(assignment=case, reader=reader, answers=said, key=uuid4())


def adjudicate(project: Project, judge: User, image: Image) -> None:
    """A case that waits for the adjudicator, as those of a disputed reference image do."""
    case = Assignment.objects.create(
        project=project, image=image, purpose=Purpose.ADJUDICATE, blind=True, rank=0.0, for_role=Role.ADJUDICATOR,
        reason="Two readers differ.",
    )  # fmt: skip
    case.state, case.reader = Assignment.State.CLAIMED, judge
    case.lease_until = case.claimed_at = timezone.now()
    case.save()
    answer(case, judge, "present", comment="It is present: the angle is blunted.")


def make_proposals(project: Project, people: dict[str, User], images: list[Image]) -> None:
    rosa, boss = people[Role.READER], people[Role.ADMINISTRATOR]
    proposal_make(project=project, image=images[0], reader=rosa, name="Scar", note="In the right upper field.")
    taken = proposal_make(project=project, image=images[1], reader=rosa, name="Pleural plaque", note="Calcified.")
    proposal_accept(proposal=taken, actor=boss)
    left = proposal_make(project=project, image=images[2], reader=rosa, name="Old film", note="Yellowed.")
    proposal_decline(proposal=left, actor=boss, reason="That is no finding.")
