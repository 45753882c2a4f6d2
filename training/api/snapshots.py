"""REST: snapshots, which runs learn from."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.projects.api import ProjectView
from training.models import Snapshot, SnapshotItem
from training.services import NothingToLearn, snapshot_create


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    counts = serializers.DictField(
        help_text="splits: split → images; findings: finding → value → labels. Of newer ones also left_out: finding → labels "
        "that do not fit it and train nothing; outliers: measurement → value → labels far outside the others, which do train."
    )
    findings = serializers.ListField(child=serializers.DictField(), help_text="In the order of the model's outputs.")

    class Meta:
        model = Snapshot
        fields = ["number", "sha256", "images", "patients", "labels", "counts", "findings", "created_at"]


class SnapshotItemSerializer(serializers.ModelSerializer[SnapshotItem]):
    patient = serializers.CharField(source="image.study.patient.code", help_text="Pseudonym.")
    labels = serializers.DictField(child=serializers.FloatField())
    weights = serializers.DictField(child=serializers.FloatField())

    class Meta:
        model = SnapshotItem
        fields = ["image", "patient", "split", "labels", "weights"]


class SnapshotView(ProjectView):
    permission = "training.view"
    queryset = Snapshot.objects.none()

    def snapshots(self) -> QuerySet[Snapshot]:
        return Snapshot.objects.filter(project=self.project)

    def snapshot(self, number: int) -> Snapshot:
        return get_object_or_404(self.snapshots(), number=number)


class Snapshots(SnapshotView):
    permission_to_write = "training.run"
    ordering = ("-number",)

    @extend_schema("snapshot_list", responses=SnapshotSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The snapshots of a project, newest first."""
        return self.paged(self.snapshots(), SnapshotSerializer)

    @extend_schema("snapshot_create", request=None, responses={201: SnapshotSerializer, 200: SnapshotSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Freeze the labels as they are now. 200 where that snapshot is there already."""
        before = set(self.snapshots().values_list("pk", flat=True))
        try:
            snapshot = snapshot_create(project=self.project)
        except NothingToLearn as nothing:
            raise Problem("Nothing to learn from yet.", str(nothing)) from nothing
        status = 200 if snapshot.pk in before else 201
        return self.show(snapshot, SnapshotSerializer, status)


class SnapshotDetail(SnapshotView):
    @extend_schema("snapshot_get", responses=SnapshotSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One snapshot: its counts, and the hash of its content."""
        return self.show(self.snapshot(number), SnapshotSerializer)


class SnapshotItems(SnapshotView):
    ordering = ("pk",)

    @extend_schema("snapshot_item_list", responses=SnapshotItemSerializer(many=True))
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The images of a snapshot with their labels, weights and splits."""
        items = self.snapshot(number).items.select_related("image__study__patient")
        return self.paged(items, SnapshotItemSerializer)
