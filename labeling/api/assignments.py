"""Assignments: taking a case, answering it, giving it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labeling import services
from labeling.api.reads import ReadSerializer, refusing
from labeling.models import CONTROLS, SKIP_REASON, Assignment, Purpose, Read
from labeling.queries.assignments import assignment_given
from labeling.queries.referrals import sent_by
from labeling.queries.skipped import skipped_by
from labeling.services import Until
from labeling.services.disclosure import reason_disclose, suspicion_disclose
from labeling.submission import SubmissionSerializer, submission_of
from overread.api.bodies import Shape
from overread.archive.api.images import ImageSerializer
from overread.projects.api import ProjectView


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    image = ImageSerializer()
    purpose = serializers.ChoiceField(
        choices=Purpose.choices, allow_null=True, help_text="Hidden before a blind read, and always of a control case."
    )
    reason = serializers.CharField(allow_null=True, help_text="Hidden before a blind read.")
    suspected = serializers.CharField(
        allow_null=True, help_text="Urgent findings the model suspects. Hidden before a blind read."
    )
    sent_by = serializers.CharField(allow_null=True, help_text="The colleague who escalated it or asks for an opinion.")
    sent_reason = serializers.CharField(allow_null=True, help_text="Hidden before a blind read.")

    class Meta:
        model = Assignment
        fields = ["id", "state", "version", "blind", "purpose", "reason", "suspected", "sent_as", "sent_by"]
        fields += ["sent_reason", "lease_until", "image"]

    def to_representation(self, instance: Assignment) -> dict[str, Any]:
        reader = self.context["user"]
        # Both record the exposure before anything is written down.
        known = reason_disclose(assignment=instance, reader=reader)
        suspected = suspicion_disclose(assignment=instance, reader=reader) if known else None
        shown = super().to_representation(instance) | {"suspected": suspected}
        if not known:
            shown |= dict.fromkeys(("purpose", "reason", "sent_reason"))
        # Nobody is told which control case this is, not even after their read: they would know the next one.
        if instance.purpose in CONTROLS:
            shown["purpose"] = None
        return shown


class SubmittedSerializer(serializers.Serializer[Any]):
    read = ReadSerializer()
    assignment = AssignmentSerializer(help_text="As it stands now: done, or revealed after a blind first read.")


class SentSerializer(serializers.ModelSerializer[Assignment]):
    reader = serializers.CharField(allow_null=True, help_text="Who has it, or has read it.")
    state = serializers.CharField(help_text="As an assignment's.")
    for_role = serializers.CharField(help_text="Empty: for any reader.")

    class Meta:
        model = Assignment
        fields = ["id", "image", "state", "sent_as", "for_role", "sent_reason", "skip_reason", "reader", "created_at"]


class SkippedSerializer(serializers.ModelSerializer[Assignment]):
    is_taken = serializers.BooleanField(help_text="Whether a colleague has it now, or has read it: it stays skipped.")

    class Meta:
        model = Assignment
        fields = ["id", "image", "skip_reason", "is_taken", "finished_at"]


class DeferSerializer(Shape):
    until = serializers.ChoiceField(choices=Until.choices)


class EscalateSerializer(Shape):
    role = serializers.CharField(
        max_length=14, help_text="A role that reads in this project and that somebody else holds."
    )
    reason = serializers.CharField(max_length=500)


class OpinionSerializer(Shape):
    role = serializers.CharField(max_length=14, required=False, allow_blank=True, help_text="Empty: any reader.")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class AmendSerializer(Shape):
    reason = serializers.CharField(max_length=500)


class SkipSerializer(Shape):
    reason = serializers.CharField(max_length=SKIP_REASON)


class AssignmentView(ProjectView):
    permission = "labeling.read"
    queryset = Assignment.objects.none()

    def mine(self) -> QuerySet[Assignment]:
        """Assignments of this project that were given to me at some time."""
        given = Assignment.objects.filter(project=self.project, holdings__reader=self.user).distinct()
        return given.select_related("project", "image__study__patient", "image__rendering", "sent_by")

    def assignment(self, pk: UUID) -> Assignment:
        """A case that was given to me. Raises Http404."""
        given = assignment_given(project=self.project, reader=self.user, pk=pk)
        if given is None:
            raise Http404("No such case.")
        return given


class Assignments(AssignmentView):
    @extend_schema("assignment_list", responses=AssignmentSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The cases I hold or have put aside."""
        return self.paged(self.mine().filter(reader=self.user, state__in=Assignment.RESERVED), AssignmentSerializer)


class AssignmentsSent(AssignmentView):
    @extend_schema("assignment_sent_list", responses=SentSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """What I have escalated or asked a second opinion on, newest first, and what became of it."""
        return self.paged(sent_by(project=self.project, reader=self.user), SentSerializer)


class AssignmentsSkipped(AssignmentView):
    ordering = ("-finished_at", "pk")

    @extend_schema("assignment_skipped_list", responses=SkippedSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The cases I have skipped."""
        return self.paged(skipped_by(project=self.project, reader=self.user), SkippedSerializer)


class AssignmentClaim(AssignmentView):
    @extend_schema("assignment_claim", request=None, responses={200: AssignmentSerializer, 204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Take the next case: the one I hold, or else the first of the queue. 204 if there is none."""
        with refusing():
            claimed = services.assignment_claim(project=self.project, reader=self.user)
        return self.show(claimed, AssignmentSerializer) if claimed else Response(status=204)


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

        A case that is read blind first takes two reads. POST the blind read. If the assignment in the answer is revealed, GET
        images/{image}/prediction/ and POST a second read, with a key of its own, that confirms or corrects the first. This
        completes the case. Before the prediction has been shown, the second read is refused with 409 and not stored.

        A key that was used before gives 200 and the first read. A lapsed lease loses nothing: a late answer is kept, as an
        extra read if somebody else has the case.
        """
        try:
            given = submission_of(self.body(SubmissionSerializer))
        except ValidationError:
            self.assignment(pk)  # 404 for somebody else's case comes before what is wrong with the body
            raise
        with refusing():
            read, new = services.read_store(
                project=self.project, assignment=pk, reader=self.user, answers=given.answers, key=given.key
            )
        return self.show({"read": read, "assignment": read.assignment}, SubmittedSerializer, 201 if new else 200)


class AssignmentSkip(AssignmentView):
    @extend_schema("assignment_skip", request=SkipSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Skip a case, with a reason; somebody else gets it.

        If you have answered it already, it is done: your answer stands and nobody else is asked.
        """
        with refusing():
            services.assignment_skip(assignment=self.assignment(pk), reader=self.user, **self.body(SkipSerializer))
        return Response(status=204)


class AssignmentUnskip(AssignmentView):
    @extend_schema("assignment_unskip", request=None, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Take back a case that I have skipped. 409 if a colleague has taken it meanwhile. Repeating it changes nothing."""
        with refusing():
            services.assignment_unskip(assignment=self.assignment(pk), reader=self.user)
        return self.show(self.assignment(pk), AssignmentSerializer)


class AssignmentDefer(AssignmentView):
    @extend_schema("assignment_defer", request=DeferSerializer, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Put aside a case that I hold: it stays mine until the time I choose."""
        until = Until(self.body(DeferSerializer)["until"])
        with refusing():
            services.assignment_defer(assignment=self.assignment(pk), reader=self.user, until=until)
        return self.show(self.assignment(pk), AssignmentSerializer)


class AssignmentResume(AssignmentView):
    @extend_schema("assignment_resume", request=None, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Resume a case that I have put aside."""
        with refusing():
            resumed = services.assignment_resume(assignment=self.assignment(pk), reader=self.user)
        return self.show(resumed, AssignmentSerializer)


class AssignmentEscalate(AssignmentView):
    @extend_schema("assignment_escalate", request=EscalateSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Send a case I hold to a role, with a reason: it goes first in line there and does not come back to me."""
        with refusing():
            services.assignment_escalate(
                assignment=self.assignment(pk), reader=self.user, **self.body(EscalateSerializer)
            )
        return Response(status=204)


class AssignmentOpinion(AssignmentView):
    @extend_schema("assignment_second_opinion", request=OpinionSerializer, responses={204: None})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Ask another reader to read the image of one of my cases, without seeing my answers."""
        with refusing():
            services.opinion_ask(assignment=self.assignment(pk), reader=self.user, **self.body(OpinionSerializer))
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
        """Extend the lease of a case that I hold."""
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


class ReadAmend(AssignmentView):
    @extend_schema("read_amend", request=AmendSerializer, responses=AssignmentSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Reopen the case of a standing read of mine, with a reason; it stands until a new one supersedes it."""
        read = get_object_or_404(Read, project=self.project, reader=self.user, pk=pk)
        with refusing():
            reopened = services.read_amend(read=read, reader=self.user, **self.body(AmendSerializer))
        return self.show(self.assignment(reopened.pk), AssignmentSerializer)
