"""REST: the gate's verdicts, promotion and rollback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inference.api import PromotionSerializer
from inference.models import Pipeline
from inference.services import ChampionMoved
from overread.api import Problem
from overread.api.bodies import Shape
from overread.jobs.api import JobSerializer
from overread.projects.api import ProjectView
from training.models import Verdict
from training.services import GateBusy, GateClosed, InUse, model_judge, model_promote, model_roll_back


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    challenger = serializers.IntegerField(source="challenger.number")
    champion = serializers.IntegerField(source="champion.number", default=None, allow_null=True)

    class Meta:
        model = Verdict
        fields = ["id", "challenger", "champion", "passed", "images", "reference_sha256", "created_at"]


class VerdictDetailSerializer(VerdictSerializer):
    report = serializers.DictField()

    class Meta(VerdictSerializer.Meta):
        fields = [*VerdictSerializer.Meta.fields, "report"]


class PromoteSerializer(Shape):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class RollBackSerializer(Shape):
    reason = serializers.CharField(max_length=2000)


@contextmanager
def deciding() -> Iterator[None]:
    """Answer a refusal with 409 and its reason."""
    try:
        yield
    except (GateClosed, ChampionMoved) as closed:
        raise Problem("The model in use stays.", str(closed), status=409) from closed


class VerdictView(ProjectView):
    permission = "inference.view"
    queryset = Verdict.objects.none()

    def verdicts(self) -> QuerySet[Verdict]:
        return Verdict.objects.filter(project=self.project).select_related("challenger", "champion", "project")

    def verdict(self, pk: UUID) -> Verdict:
        return get_object_or_404(self.verdicts(), pk=pk)


class Verdicts(VerdictView):
    @extend_schema("verdict_list", responses=VerdictSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """What the gate said, newest first."""
        return self.paged(self.verdicts(), VerdictSerializer)


class VerdictDetail(VerdictView):
    @extend_schema("verdict_get", responses=VerdictDetailSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """One verdict with its report: every check and every figure."""
        return self.show(self.verdict(pk), VerdictDetailSerializer)


class VerdictPromote(VerdictView):
    permission = "training.promote"

    @extend_schema("model_promote", request=PromoteSerializer, responses={201: PromotionSerializer})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Sign: put the challenger of a passed verdict in use. 409 with the reason where the gate is closed."""
        verdict = self.verdict(pk)
        body = self.body(PromoteSerializer)
        with deciding():
            promotion = model_promote(verdict=verdict, signed_by=self.user, **body)
        return self.show(promotion, PromotionSerializer, 201)


class ModelJudge(ProjectView):
    permission = "training.run"
    queryset = Pipeline.objects.none()

    @extend_schema("model_judge", request=None, responses={202: JobSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Have a model put before the gate again. 409 for the model in use, and while the gate judges this one already."""
        pipeline = get_object_or_404(Pipeline, project=self.project, number=number)
        try:
            job = model_judge(pipeline=pipeline, requested_by=self.user)
        except (InUse, GateBusy) as refusal:
            raise Problem("The gate is not run.", str(refusal), status=409) from refusal
        return self.show(job, JobSerializer, 202)


class ModelRollBack(ProjectView):
    permission = "training.promote"
    queryset = Pipeline.objects.none()

    @extend_schema("model_roll_back", request=RollBackSerializer, responses={201: PromotionSerializer})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Put a model back in use that was in use before, with a reason."""
        pipeline = get_object_or_404(Pipeline, project=self.project, number=number)
        body = self.body(RollBackSerializer)
        with deciding():
            promotion = model_roll_back(project=self.project, pipeline=pipeline, signed_by=self.user, **body)
        return self.show(promotion, PromotionSerializer, 201)
