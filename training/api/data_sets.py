"""REST: what was imported, what became of each row, and withdrawing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import LabelWithdrawal
from labeling.services import label_import_withdraw
from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api import ProjectView
from training.api.data_set_shapes import OptionsSerializer
from training.datasets.layouts import LAYOUTS
from training.models import DatasetImport, DatasetRow
from training.queries.data_sets import import_named, imports_of


class LayoutSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()


class CountsSerializer(serializers.Serializer[Any]):
    """What became of the images of an import, the last time that it went through."""

    images = serializers.IntegerField()
    stored = serializers.IntegerField(help_text="New in the project.")
    known = serializers.IntegerField(help_text="Imported earlier, or held by the project already.")
    labelled = serializers.IntegerField()
    refused = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="Earlier labels that no longer count.")


class WithdrawalSerializer(serializers.ModelSerializer[LabelWithdrawal]):
    by = serializers.CharField(source="withdrawn_by", allow_null=True)

    class Meta:
        model = LabelWithdrawal
        fields = ["at", "by", "reason"]


class ReadBySerializer(OptionsSerializer):
    """How an imported data set was read. A later build may know options that an earlier one did not."""

    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="Name in the data set → finding; empty: left out."
    )

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return instance


class ImportSerializer(serializers.ModelSerializer[DatasetImport]):
    counts = serializers.SerializerMethodField(help_text="Null until it has gone through.")
    options = ReadBySerializer()
    taken = serializers.IntegerField(help_text="Images that are in.")
    refused = serializers.IntegerField(help_text="Images that were refused.")
    declaration = serializers.CharField(
        source="labels.declaration",
        default=None,
        allow_null=True,
        help_text="How the labels came to be. Null: none came.",
    )
    independent = serializers.BooleanField(source="labels.independent", default=None, allow_null=True)
    exposure = serializers.CharField(
        source="labels.exposure",
        default=None,
        allow_null=True,
        help_text="shown: a model was in view when the labels were given; none: none was.",
    )
    withdrawal = WithdrawalSerializer(source="labels.withdrawal", default=None, allow_null=True)
    imported_by = serializers.CharField(allow_null=True)

    class Meta:
        model = DatasetImport
        fields = [
            *("id", "name", "layout", "sha256", "options", "counts", "taken", "refused", "declaration"),
            *("independent", "exposure", "withdrawal", "imported_by", "created_at", "finished_at"),
        ]

    @extend_schema_field(CountsSerializer(allow_null=True))
    def get_counts(self, dataset: DatasetImport) -> dict[str, int] | None:
        return dataset.counts or None


class RowSerializer(serializers.ModelSerializer[DatasetRow]):
    lines = serializers.ListField(
        child=serializers.IntegerField(), help_text="All lines about it, where there are several."
    )

    class Meta:
        model = DatasetRow
        fields = ["number", "lines", "file", "file_sha256", "split", "image", "reason"]


class RowFilter(filters.FilterSet):  # type: ignore[misc]
    refused = filters.BooleanFilter(method="of_refused", label="Whether it was refused.")

    class Meta:
        model = DatasetRow
        fields: list[str] = []

    def of_refused(self, rows: QuerySet[DatasetRow], name: str, value: bool) -> QuerySet[DatasetRow]:
        return rows.exclude(reason="") if value else rows.filter(reason="")


class WithdrawSerializer(Shape):
    reason = serializers.CharField(max_length=500, help_text="Why these labels no longer count.")


class ImportView(ProjectView):
    permission = "training.import"
    queryset = DatasetImport.objects.none()

    def dataset(self, pk: UUID) -> DatasetImport:
        dataset = import_named(self.project, pk)
        if dataset is None:
            raise Http404("There is no such import.")
        return dataset


class Layouts(ProjectView):
    permission = "training.import"
    queryset = DatasetImport.objects.none()  # they are no rows; a list is described by its view's
    pagination_class = None  # type: ignore[assignment]

    @extend_schema("data_set_layout_list", responses=LayoutSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """How a data set may be laid out."""
        return Response([{"name": name} for name in sorted(LAYOUTS)])


class DataSets(ImportView):
    @extend_schema("data_set_list", responses=ImportSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The data sets that were imported, newest first."""
        return self.paged(imports_of(self.project), ImportSerializer)


class DataSetDetail(ImportView):
    @extend_schema("data_set_get", responses=ImportSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """One import."""
        return self.show(self.dataset(pk), ImportSerializer)


class DataSetRows(ImportView):
    queryset = DatasetRow.objects.none()  # type: ignore[assignment]  # the import's own rows
    filterset_class = RowFilter
    ordering = ("number",)

    @extend_schema("data_set_row_list", responses=RowSerializer(many=True))
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """What became of each image of an import, in the order of the data set."""
        return self.paged(self.dataset(pk).entries.all(), RowSerializer)


class DataSetWithdraw(ImportView):
    @extend_schema("data_set_withdraw", request=WithdrawSerializer, responses=ImportSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Withdraw the labels of an import. Images and reads stay.

        Labels that stand on this import alone go; a job derives those of its images anew.
        """
        dataset = self.dataset(pk)
        reason = self.body(WithdrawSerializer)["reason"]
        if dataset.labels is None:
            raise Problem("There is nothing to withdraw.", "This import came without labels.")
        label_import_withdraw(source=dataset.labels, actor=self.user, reason=reason)
        return self.show(self.dataset(pk), ImportSerializer)
