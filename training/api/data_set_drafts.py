"""REST: preparing an import. It is looked through first, then decided, then carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import Http404
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api.bodies import JSONBody, Shape
from overread.archive.api.uploads import ENVELOPE, InMemory, announced
from overread.projects.api import ProjectView
from training.api.data_set_shapes import GuessSerializer, OptionsSerializer, SurveySerializer
from training.datasets.layouts import LAYOUTS
from training.models import DatasetDraft
from training.queries.data_sets import draft_named, drafts_of
from training.services.drafts import draft_change, draft_import, draft_make, draft_remove


class NamedInMemory(InMemory):
    """Keeps the zip in memory with its name, by which the import is listed."""

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        file = super().file_complete(file_size)
        file.name = self.file_name
        return file


class ZipForm(BaseParser):
    """A form with one `zip`, its `layout` and perhaps the `table` in it."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        announced(parser_context or {}, settings.UPLOAD_MAX_BYTES + ENVELOPE)
        try:
            fields, files = MultiPartParser(request.META, cast(Any, stream), [NamedInMemory(request)], "utf-8").parse()
        except MultiPartParserError as error:
            raise ParseError(f"The form is malformed: {error}") from error
        sent = files.getlist("zip")
        if len(sent) != 1 or len(files) != 1:
            raise ParseError("Send one zip, in the field `zip`.")
        given = {name: fields[name] for name in fields if name != "csrfmiddlewaretoken"}
        return {**given, "zip": sent[0]}


class NewDraftSerializer(Shape):
    """A folder that the operator allows."""

    layout = serializers.ChoiceField(sorted(LAYOUTS))
    folder = serializers.CharField(max_length=500, help_text="On the server, among those that the operator allows.")
    table = serializers.CharField(
        max_length=400, required=False, allow_blank=True, help_text="Its table, where it holds several."
    )


class NewZipSerializer(Shape):
    """A zip, without DICOM files."""

    layout = serializers.ChoiceField(sorted(LAYOUTS))
    zip = serializers.FileField()
    table = serializers.CharField(
        max_length=400, required=False, allow_blank=True, help_text="Its table, where it holds several."
    )


class DraftSerializer(serializers.ModelSerializer[DatasetDraft]):
    state = serializers.CharField(help_text="looking, ready, importing, done or failed.")
    options = OptionsSerializer()
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="Name in the data set → finding; empty: left out."
    )
    guess = GuessSerializer(allow_null=True)
    survey = SurveySerializer(allow_null=True)
    created_by = serializers.CharField()

    class Meta:
        model = DatasetDraft
        fields = [
            *("id", "name", "layout", "state", "reason", "options", "mapping", "declaration", "independent", "exposed"),
            *("replace", "add_findings", "guess", "survey", "dataset", "created_by", "created_at", "changed_at"),
        ]


class DraftChangeSerializer(Shape):
    """What is decided. Members that are left out stay; `options` and `mapping` are replaced as a whole."""

    options = OptionsSerializer(required=False)
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=80),
        required=False,
        help_text="Name in the data set → finding; empty: left out. The name * stands for all others.",
    )
    declaration = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="How the labels came to be: by whom, from what."
    )
    independent = serializers.BooleanField(
        required=False, help_text="They are an independent standard: models may be judged by them."
    )
    exposed = serializers.BooleanField(required=False, help_text="A model was in view when they were given.")
    replace = serializers.BooleanField(required=False, help_text="Where they contradict another import, these count.")
    add_findings = serializers.BooleanField(required=False, help_text="Names that are no finding become findings.")


class DraftView(ProjectView):
    permission = "training.import"
    queryset = DatasetDraft.objects.none()

    def draft(self, pk: UUID) -> DatasetDraft:
        draft = draft_named(self.project, pk)
        if draft is None:
            raise Http404("There is no such import.")
        return draft


class Drafts(DraftView):
    parser_classes = [JSONBody, ZipForm]

    @extend_schema("data_set_draft_list", responses=DraftSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The imports that are being prepared, newest first."""
        return self.paged(drafts_of(self.project), DraftSerializer)

    @extend_schema(
        "data_set_draft_make",
        request={"application/json": NewDraftSerializer, "multipart/form-data": NewZipSerializer},
        responses={201: DraftSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Begin an import from a folder that the operator allows, or from a zip.

        It is looked through by a job; nothing is stored before it is asked for at `…/import/`.
        """
        is_form = request.content_type.startswith("multipart/")
        body = self.body(NewZipSerializer if is_form else NewDraftSerializer)
        draft = draft_make(
            project=self.project,
            actor=self.user,
            layout=body["layout"],
            folder=body.get("folder", ""),
            upload=body.get("zip"),
            table=body.get("table", ""),
        )
        return self.show(draft, DraftSerializer, 201)


class DraftDetail(DraftView):
    @extend_schema("data_set_draft_get", responses=DraftSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """One import that is being prepared: what its columns are, what it would do, what is to be decided."""
        return self.show(self.draft(pk), DraftSerializer)

    @extend_schema("data_set_draft_change", request=DraftChangeSerializer, responses=DraftSerializer)
    def patch(self, request: Request, slug: str, pk: UUID) -> Response:
        """Decide how it is read, and have it looked through again."""
        draft = self.draft(pk)
        body = self.body(DraftChangeSerializer)
        if "options" in body:
            body["options"] = {name: value for name, value in body["options"].items() if value}
        return self.show(draft_change(draft=draft, actor=self.user, **body), DraftSerializer)

    @extend_schema("data_set_draft_remove", responses={204: None})
    def delete(self, request: Request, slug: str, pk: UUID) -> Response:
        """Give it up. Its zip is deleted."""
        draft_remove(draft=self.draft(pk), actor=self.user)
        return Response(status=204)


class DraftImport(DraftView):
    @extend_schema("data_set_draft_import", request=None, responses={202: DraftSerializer})
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Carry it out. Refused while something is to be decided; once it is done, `dataset` is its import."""
        return self.show(draft_import(draft=self.draft(pk), actor=self.user), DraftSerializer, 202)
