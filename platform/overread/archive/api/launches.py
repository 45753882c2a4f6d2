"""Links that open an image from a PACS or a RIS."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.bodies import Shape
from overread.archive.launches import launch_make
from overread.archive.queries import image_named
from overread.projects.api import ProjectView

UID = r"^[0-9.]+$"


class LaunchRequestSerializer(Shape):
    """One of the two, as the original DICOM file has it."""

    StudyInstanceUID = serializers.RegexField(
        UID, required=False, max_length=64, help_text="Opens the study's newest image."
    )
    SOPInstanceUID = serializers.RegexField(UID, required=False, max_length=64, help_text="Opens this image.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Send either StudyInstanceUID or SOPInstanceUID.")
        return attrs


class LaunchSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="For the browser of a member of the project; it names no patient and no UID.")
    expires_at = serializers.DateTimeField()


class Launches(ProjectView):
    permission = "archive.view"

    @extend_schema("launch_create", request=LaunchRequestSerializer, responses={201: LaunchSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Make a link that opens an image here for a few minutes.

        The UID is the original one, sent in the body: it is never stored, only its keyed stand-in is looked up. 404
        where the project has no such image.
        """
        asked = self.body(LaunchRequestSerializer)
        study, instance = asked.get("StudyInstanceUID", ""), asked.get("SOPInstanceUID", "")
        image = image_named(project=self.project, study_uid=study, instance_uid=instance)
        if image is None:
            raise Problem("No such image.", "This project has no image of that UID. Send it here first.", status=404)
        launch = launch_make(project=self.project, image=image, whole_study=bool(study), actor=self.user)
        url = request.build_absolute_uri(reverse("launch", args=[launch.token]))
        return self.show({"url": url, "expires_at": launch.expires_at}, LaunchSerializer, 201)
