"""Findings that a reader saw and the project does not ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import FindingProposal
from labeling.queries.proposals import proposals_for
from labeling.services.proposals import ProposalDecided, proposal_accept, proposal_decline, proposal_make
from overread.api import Problem
from overread.api.bodies import Shape
from overread.archive.queries import images_in
from overread.projects.api import FindingSerializer, ProjectView
from overread.projects.models import Finding


class ProposalSerializer(serializers.ModelSerializer[FindingProposal]):
    reader = serializers.CharField()
    finding = serializers.CharField(source="finding.slug", default=None, allow_null=True)

    class Meta:
        model = FindingProposal
        fields = ["id", "image", "reader", "name", "note", "kind", "state", "finding", "reason", "decided_at", "at"]


class ProposeSerializer(Shape):
    image = serializers.UUIDField(help_text="The image on which it was seen.")
    name = serializers.CharField(max_length=80)
    note = serializers.CharField(required=False, allow_blank=True, max_length=1000, help_text="What was seen.")
    kind = serializers.ChoiceField(choices=Finding.Kind.choices, required=False)


class AcceptSerializer(Shape):
    name = serializers.CharField(required=False, max_length=80, help_text="If it gets another name.")
    kind = serializers.ChoiceField(choices=Finding.Kind.choices, required=False)
    options = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=50)
    unit = serializers.CharField(required=False, max_length=20)
    minimum = serializers.FloatField(required=False, allow_null=True)
    maximum = serializers.FloatField(required=False, allow_null=True)


class DeclineSerializer(Shape):
    reason = serializers.CharField(max_length=200)


@contextmanager
def deciding() -> Iterator[None]:
    """Turns refusals into problems: 409 for a proposal that is decided already, else 422 with one entry per field."""
    try:
        yield
    except ProposalDecided as decided:
        raise Problem("Decided already.", str(decided), status=409) from decided
    except ValidationError as wrong:
        errors = {field: " ".join(said) for field, said in wrong.message_dict.items()}
        raise Problem("Nothing was changed.", " ".join(errors.values()), errors=errors) from wrong


class Proposals(ProjectView):
    permission = "projects.view"
    permission_to_write = "labeling.read"
    queryset = FindingProposal.objects.none()
    filterset_fields = ["state"]
    ordering = ("-at", "id")

    @extend_schema("proposal_list", responses=ProposalSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The findings I have proposed, newest first; everybody's for administrators."""
        return self.paged(proposals_for(user=self.user, project=self.project), ProposalSerializer)

    @extend_schema("proposal_make", request=ProposeSerializer, responses={201: ProposalSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Propose a finding. It is kept whether or not the case is read; repeating it changes nothing."""
        body = self.body(ProposeSerializer)
        image = get_object_or_404(images_in(self.project), pk=body.pop("image"))
        with deciding():
            proposal = proposal_make(project=self.project, image=image, reader=self.user, **body)
        return self.show(proposal, ProposalSerializer, 201)


class ProposalView(ProjectView):
    permission = "projects.administer"
    queryset = FindingProposal.objects.none()

    def proposal(self, pk: UUID) -> FindingProposal:
        return get_object_or_404(proposals_for(user=self.user, project=self.project), pk=pk)


class ProposalAccept(ProposalView):
    @extend_schema("proposal_accept", request=AcceptSerializer, responses={201: FindingSerializer})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Accept: ask for this finding from now on. This decides every open proposal of its name."""
        proposal = self.proposal(pk)
        body = self.body(AcceptSerializer)
        with deciding():
            finding: Any = proposal_accept(proposal=proposal, actor=self.user, **body)
        return self.show(finding, FindingSerializer, 201)


class ProposalDecline(ProposalView):
    @extend_schema("proposal_decline", request=DeclineSerializer, responses=ProposalSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Decline, with a reason. This decides every open proposal of its name."""
        proposal, body = self.proposal(pk), self.body(DeclineSerializer)
        with deciding():
            proposal_decline(proposal=proposal, actor=self.user, **body)
        return self.show(proposal, ProposalSerializer)
