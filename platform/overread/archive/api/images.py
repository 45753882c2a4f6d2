"""Images of a project."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Busy, Problem
from overread.archive import blobs, dicom
from overread.archive.api.uploads import DicomBody, FormBody, JpegBody, PngBody, Upload
from overread.archive.models import Enrolment, Image, Rendering
from overread.archive.queries import frame_asked, images_in, level_digest
from overread.archive.services import Ingested, enrolment_admit, image_ingest
from overread.audit.views import view_note
from overread.jobs.services import jobs_retry_of
from overread.projects.api import ProjectView

UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "patient": {
                "type": "string",
                "description": "Identifier of the patient, for files that name none; only its pseudonym is kept.",
            },
        },
        "required": ["file"],
    },
    **{kind: {"type": "string", "format": "binary"} for kind in ("application/dicom", "image/png", "image/jpeg")},
}


class RenderingSerializer(serializers.ModelSerializer[Rendering]):
    """How to read the pixels: rows × columns × channels; value = stored · slope + intercept."""

    windows = serializers.ListField(child=serializers.DictField(), help_text="[{label, center, width, function}]")
    padding = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="[lowest, highest] stored number without a measurement.",
    )

    class Meta:
        model = Rendering
        exclude = ["id", "image", "full", "half", "thumb"]

    def get_attribute(self, instance: Any) -> Rendering | None:
        """The rendering of an image; of one that has none yet, without a look into the database."""
        return super().get_attribute(instance) if instance.status == Image.Status.READY else None


class ImageSerializer(serializers.ModelSerializer[Image]):
    code = serializers.CharField(help_text="The name of the case on the pages.")
    patient = serializers.CharField(source="study.patient.code", help_text="Pseudonym.")
    study = serializers.CharField(source="study.uid", help_text="Re-mapped study UID.")
    pixel_spacing = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Millimetres from row to row, from column to column."
    )
    mismatch = serializers.ChoiceField(
        Enrolment.Mismatch.choices,
        default="",
        read_only=True,
        allow_blank=True,
        help_text="Why it plainly is not what the project reads; no model is asked of it, and nobody is given it to read.",
    )
    pixels = RenderingSerializer(source="rendering", default=None, allow_null=True)

    class Meta:
        model = Image
        fields = [
            "id",
            "code",
            "patient",
            "study",
            "sha256",
            "status",
            "reason",
            "kind",
            "modality",
            "intent",
            "view",
            "laterality",
            "body_part",
            "orientation",
            "sex",
            "age_years",
            "device",
            "indication",
            "rows",
            "columns",
            "frames",
            "bits_stored",
            "photometric",
            "transfer_syntax",
            "pixel_spacing",
            "spacing_kind",
            "pixel_aspect",
            "burned_in",
            "mismatch",
            "created_at",
            "pixels",
        ]


IMAGE_ADDED = ImageSerializer()  # one for all uploads: making its fields anew would cost more than filling them


class ImageFilter(filters.FilterSet):  # type: ignore[misc]
    status = filters.ChoiceFilter(choices=Image.Status.choices)
    patient = filters.CharFilter(method="of_patient", label="Pseudonym, such as PX-1A2B3C.")
    view = filters.CharFilter(label="View position, such as PA.")

    def of_patient(self, images: QuerySet[Image], name: str, value: str) -> QuerySet[Image]:
        code = value.upper().removeprefix("PX-")
        return images.filter(study__patient__pseudonym__startswith=code.lower()) if len(code) == 6 else images.none()


class ImageView(ProjectView):
    queryset = Image.objects.none()

    def image(self, pk: UUID) -> Image:
        """The image, if it stands in this project."""
        return get_object_or_404(images_in(self.project), pk=pk)

    def taken_in(self, request: Request) -> Ingested:
        """The image of the file that the request carries. Raises Problem where it is refused, Busy where no child is free."""
        sent = request.data
        if not isinstance(sent, Upload):  # DRF asks no parser where there is no Content-Length
            raise Problem("No file came.", "Send one file, with its Content-Length.", status=411)
        try:
            done = image_ingest(
                project=self.project, content=sent.content, source="rest", actor=self.user, patient=sent.patient
            )
        except dicom.Refused as refusal:
            raise Problem("The file was not taken.", refusal.reason, code=refusal.code) from refusal
        except dicom.Busy as busy:
            raise Busy() from busy
        return done


class Images(ImageView):
    permission = "archive.view"
    permission_to_write = "archive.upload"
    parser_classes = [FormBody, DicomBody, PngBody, JpegBody]
    filterset_class = ImageFilter

    @extend_schema("image_list", responses=ImageSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The images of a project, newest first."""
        return self.paged(images_in(self.project), ImageSerializer)

    @extend_schema("image_add", request=UPLOAD, responses={201: ImageSerializer, 200: ImageSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Add an image.

        One DICOM, PNG or JPEG file, as a form's `file` or as the body. It is de-identified before it is stored;
        decoding follows, and what does not decode is quarantined with its reason. 200 where the project
        has this image already. A form may name the `patient` of a file that names none, such as a PNG; without, the image
        is a patient of its own. A patient that contradicts the file, or the image as it is on record, is refused.
        """
        done = self.taken_in(request)
        return Response(IMAGE_ADDED.to_representation(done.image), 201 if done.enrolled else 200)


class ImageDetail(ImageView):
    permission = "archive.view"

    @extend_schema("image_get", responses=ImageSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """One image: its status, and the reason where it stands in quarantine."""
        return self.show(self.image(pk), ImageSerializer)


class ImageAdmission(ImageView):
    permission = "archive.upload"

    @extend_schema("image_admit", request=None, responses=ImageSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Say that an image is what the project reads, though it looks otherwise.

        It is scored and queued from now on. Nothing changes where it had no mismatch.
        """
        enrolment_admit(project=self.project, image=self.image(pk), actor=self.user)
        return self.show(self.image(pk), ImageSerializer)


class ImageRetry(ImageView):
    permission = "archive.upload"

    @extend_schema("image_retry", request=None, responses=ImageSerializer)
    def post(self, request: Request, slug: str, pk: UUID) -> Response:
        """Try again what failed for good: decoding the image, or asking a model of it."""
        image = self.image(pk)
        jobs_retry_of(image=image.pk, project=self.project.pk, actor=self.user)
        return self.show(image, ImageSerializer)


class Pixels(ImageView):
    permission = "archive.view"

    @extend_schema(
        "image_pixels",
        parameters=[OpenApiParameter("frame", int, description="Of an image with several; counted from 0.")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, pk: UUID, level: str) -> HttpResponseBase:
        """The pixels of an image.

        `full` and `half`: little-endian uint16 (grey) or RGB uint8, row by row, as the image's `pixels` tell, under
        Content-Encoding gzip. `thumb`: a small JPEG. They never change, so a
        program may keep them with their ETag; a browser is told not to.
        """
        digest = level_digest(self.image(pk), level, frame_asked(request.query_params.get("frame", "0")))
        if digest is None:
            raise Http404("There are no such pixels of this image.")
        view_note(user=self.user, image=pk, what=level, project=self.project.pk)
        return get_conditional_response(request._request, etag=f'"{digest}"') or _bytes(digest, level)


def _bytes(digest: str, level: str) -> HttpResponse:
    kind = "image/jpeg" if level == "thumb" else "application/octet-stream"
    response = HttpResponse(blobs.read(digest), content_type=kind)
    response["ETag"] = f'"{digest}"'
    if level != "thumb":
        response["Content-Encoding"] = "gzip"
    return response
