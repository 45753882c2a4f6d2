"""Assignments: taking a case, answering it, giving it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling import services
from labeling.api.reads import ReadSerializer, SubmissionSerializer, answers_of, refusing
from labeling.models import Assignment, Purpose, Read
from labeling.services.telling import reason_tell
from overread.api.bodies import Shape
from overread.archive.api.images import ImageSerializer
from overread.projects.api import ProjectView


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    image = ImageSerializer()
    purpose = serializers.ChoiceField(choices=Purpose.choices, allow_null=True, help_text="Hidden before a blind read.")
    reason = serializers.CharField(allow_null=True, help_text="Hidden before a blind read.")

    class Meta:
        model = Assignment
        fields = ["id", "state", "version", "blind", "purpose", "reason", "lease_until", "image"]

    def to_representation(self, instance: Assignment) -> dict[str, Any]:
        known = reason_tell(
            assignment=instance, reader=self.context["user"]
        )  # and on record, before it is written down
        return super().to_representation(instance) | ({} if known else {"purpose": None, "reason": None})


class SubmittedSerializer(serializers.Serializer[Any]):
    read = ReadSerializer()
    assignment = AssignmentSerializer(help_text="As it stands now: done, or revealed after a blind first read.")


class SkipSerializer(Shape):
    reason = serializers.CharField(max_length=200)


class AssignmentView(ProjectView):
    permission = "labeling.read"
    queryset = Assignment.objects.none()

    def mine(self) -> QuerySet[Assignment]:
        """Assignments of this project that were given to me at some time."""
        given = Assignment.objects.filter(project=self.project, holdings__reader=self.user).distinct()
        return given.select_related("project", "image__study__patient", "image__rendering")

    def assignment(self, pk: UUID) -> Assignment:
        return get_object_or_404(self.mine(), pk=pk)


class Assignments(AssignmentView):
    @extend_schema("assignment_list", responses=AssignmentSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The cases I hold."""
        return self.paged(self.mine().filter(reader=self.user, state__in=Assignment.HELD), AssignmentSerializer)


class AssignmentClaim(AssignmentView):
    @extend_schema("assignment_claim", request=None, responses={200: AssignmentSerializer, 204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Take the next case: the one I hold, or else the first of the queue. 204 when there is none."""
        with refusing():
            claimed = services.assignment_claim(project=self.project, reader=self.user)
        return self.show(self.assignment(claimed.pk), AssignmentSerializer) if claimed else Response(status=204)


class AssignmentDetail(AssignmentView):
    @extend_schema("assignment_get", responses=AssignmentSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """A case that was given to me."""
        return self.show(self.assignment(pk), AssignmentSerializer)


class AssignmentRead(AssignmentView):
    @extend_schema(
        "read_submit", request=SubmissionSerializer, responses={201: SubmittedSerializer, 200: SubmittedSerializer}
    )
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Store a read.

        200 and the first read when its key was used before. A lease that lapsed loses nothing: a late answer is kept,
        as an extra read where somebody else has the case.
        """
        assignment, body = self.assignment(pk), self.body(SubmissionSerializer)
        repeated = Read.objects.filter(reader=self.user, key=body["key"]).exists()
        with refusing():
            read = services.read_submit(
                assignment=assignment, reader=self.user, answers=answers_of(body), key=body["key"]
            )
        stored = {"read": read, "assignment": self.assignment(pk)}
        return self.show(stored, SubmittedSerializer, 200 if repeated else 201)


class AssignmentSkip(AssignmentView):
    @extend_schema("assignment_skip", request=SkipSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Refuse a case, with a reason; somebody else gets it."""
        with refusing():
            services.assignment_skip(assignment=self.assignment(pk), reader=self.user, **self.body(SkipSerializer))
        return Response(status=204)


class AssignmentRelease(AssignmentView):
    @extend_schema("assignment_release", request=None, responses={204: None})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Put a case back into the queue unread."""
        with refusing():
            services.assignment_release(assignment=self.assignment(pk), reader=self.user)
        return Response(status=204)


class AssignmentExtend(AssignmentView):
    @extend_schema("assignment_extend", request=None, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Prolong the lease of a case I hold."""
        with refusing():
            extended = services.assignment_extend(assignment=self.assignment(pk), reader=self.user)
        return self.show(extended, AssignmentSerializer)


class ReadUndo(AssignmentView):
    @extend_schema("read_undo", request=None, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Reopen the case of a read I stored in the last 30 seconds; it stands until a new one supersedes it."""
        read = get_object_or_404(Read, project=self.project, reader=self.user, pk=pk)
        with refusing():
            reopened = services.read_undo(read=read, reader=self.user)
        return self.show(self.assignment(reopened.pk), AssignmentSerializer)
