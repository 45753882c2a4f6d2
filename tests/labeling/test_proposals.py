"""Findings that readers propose, and what becomes of a project that takes one in."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from inference.queries import champion_of
from inference.services import prediction_ensure
from labeling.models import FindingProposal
from labeling.queries.proposals import proposals_for, proposed_names
from labeling.services import assignment_claim, assignment_open_single, read_submit
from labeling.services.proposals import ProposalDecided, proposal_accept, proposal_decline, proposal_make
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.models import Event
from overread.projects.models import Finding, Project, Role
from overread.projects.services import membership_add
from overread.projects.slugs import finding_slug
from tests.factories import answers, make_champion, make_image, make_read

pytestmark = pytest.mark.django_db
State = FindingProposal.State


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def propose(image: Image, reader: User, name: str = "Rib fracture", **fields: Any) -> FindingProposal:
    return proposal_make(project=Project.objects.get(), image=image, reader=reader, name=name, **fields)


def test_it_works(image: Image, reader: User) -> None:
    proposal = propose(image, reader, "  Rib  fracture ", note="Seventh rib.", kind="binary")
    assert (proposal.name, proposal.note, proposal.state) == ("Rib fracture", "Seventh rib.", State.OPEN)
    assert Event.objects.get(verb="proposal.make").actor == reader


def test_saying_it_twice_of_an_image_makes_one(image: Image, reader: User, colleague: User) -> None:
    assert propose(image, reader) == propose(image, reader, "rib FRACTURE")
    assert propose(image, colleague) != propose(image, reader)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "\u200d \u2060\ufeff\u3164"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Effusion"}, "name"),
        ({"note": "x" * 1001}, "note"),
        ({"kind": "guess"}, "kind"),
    ],
)
def test_what_does_not_fit_is_named(image: Image, reader: User, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        propose(image, reader, **fields)
    assert field in refused.value.message_dict and not FindingProposal.objects.exists()


def test_an_accepted_one_is_asked_from_now_on_at_the_end(image: Image, reader: User, administrator: User) -> None:
    mine, other = propose(image, reader), propose(image, administrator)
    finding = proposal_accept(proposal=mine, actor=administrator)
    assert list(Project.objects.get().findings.values_list("slug", flat=True)) == ["effusion", "nodule", "rib-fracture"]
    assert finding.added_at is not None
    assert set(FindingProposal.objects.values_list("state", "finding")) == {(State.ACCEPTED, finding.pk)}
    assert Event.objects.get(verb="proposal.accept").detail == {"finding": "rib-fracture", "proposals": 2}
    with pytest.raises(ProposalDecided, match="already been accepted"):
        proposal_decline(proposal=other, actor=administrator, reason="Late.")


def test_it_may_be_accepted_under_another_name_and_kind(image: Image, reader: User, administrator: User) -> None:
    fields = {"kind": "categorical", "options": ["none", "one", "several"]}
    finding = proposal_accept(proposal=propose(image, reader), actor=administrator, name="Fractured ribs", **fields)
    assert (finding.slug, finding.options) == ("fractured-ribs", ["none", "one", "several"])


@pytest.mark.parametrize(
    "fields", [{"name": "Nodule"}, {"kind": "categorical"}, {"kind": "measurement"}, {"name": "x" * 81}]
)
def test_a_finding_that_makes_no_sense_leaves_it_open(
    image: Image, reader: User, administrator: User, fields: dict[str, Any]
) -> None:
    proposal = propose(image, reader)
    with pytest.raises(ValidationError):
        proposal_accept(proposal=proposal, actor=administrator, **fields)
    assert FindingProposal.objects.get().state == State.OPEN and Finding.objects.count() == 2


def test_a_name_in_another_script_gets_a_slug(image: Image, reader: User, administrator: User) -> None:
    for name in ("Перелом", "骨折"):
        assert proposal_accept(proposal=propose(image, reader, name), actor=administrator).slug == finding_slug(name)


@pytest.mark.parametrize("name", ["EFFUSION", "Ｅffusion", "effusion "])
def test_a_name_that_is_asked_is_not_proposed(image: Image, reader: User, name: str) -> None:
    with pytest.raises(ValidationError, match="already a finding"):
        propose(image, reader, name)


def test_a_declined_one_keeps_its_reason(image: Image, reader: User, administrator: User) -> None:
    proposal = proposal_decline(proposal=propose(image, reader), actor=administrator, reason="Not on this view.")
    assert (proposal.state, proposal.reason) == (State.DECLINED, "Not on this view.")
    with pytest.raises(ValidationError):
        proposal_decline(proposal=propose(image, reader, "Scar"), actor=administrator, reason=" ")


def test_the_database_knows_who_decided(image: Image, reader: User) -> None:
    propose(image, reader)
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingProposal.objects.update(state=State.ACCEPTED)


def test_readers_see_their_own_and_administrators_all(
    image: Image, project: Project, reader: User, colleague: User, administrator: User
) -> None:
    propose(image, reader)
    seen = [proposals_for(user=user, project=project).count() for user in (reader, colleague, administrator)]
    assert seen == [1, 0, 1]


def test_an_administrator_who_reads_sees_none_of_a_case_they_are_to_read_blind(
    project: Project, reader: User, administrator: User
) -> None:
    membership_add(project=project, user=administrator, role=Role.READER)
    administrator.__dict__.pop("_roles", None)
    case = make_image(project, reference=True)
    queue_fill(project=project)
    propose(case, reader)
    assert proposed_names(user=administrator, project=project) == []
    make_read(project, administrator)
    assert len(proposed_names(user=administrator, project=project)) == 1


def test_names_are_counted_the_most_frequent_first(
    project: Project, image: Image, reader: User, colleague: User, administrator: User
) -> None:
    propose(image, reader, "Scar")
    for who, name in ((reader, "Rib fracture"), (colleague, "rib fracture")):
        propose(image, who, name)
    told = proposed_names(user=administrator, project=project)
    assert [(each.name.lower(), len(each.proposals), each.readers) for each in told] == [
        ("rib fracture", 2, 2),
        ("scar", 1, 1),
    ]


def test_a_standing_model_the_queue_and_a_case_in_hand_go_on(
    project: Project, image: Image, reader: User, administrator: User
) -> None:
    waiting = make_image(project)
    pipeline = make_champion(project)
    in_hand, before = assignment_open_single(project=project, image=image, reader=reader), answers(project)
    proposal_accept(proposal=propose(image, reader), actor=administrator)
    assert champion_of(project) == pipeline
    assert set(prediction_ensure(pipeline=pipeline, image=waiting).outputs) == {"effusion", "nodule"}
    read_submit(assignment=in_hand, reader=reader, answers=before, key=in_hand.pk)
    make_image(project)
    queue_fill(project=project)
    claimed = assignment_claim(project=project, reader=reader)
    assert claimed is not None and read_submit(
        assignment=claimed, reader=reader, answers=answers(project), key=claimed.pk
    )
