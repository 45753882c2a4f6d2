"""What the names in data sets mean in a project."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api.projects import ProjectView
from overread.projects.services import project_change


class LabelMappingSerializer(Shape):
    label_mapping = serializers.DictField(
        child=serializers.CharField(max_length=60, allow_blank=True),
        help_text="Name in a data set → slug of the finding that it means; empty: the name is left out.",
    )


class LabelMapping(ProjectView):
    permission = "projects.view"
    permission_to_write = "projects.administer"

    @extend_schema("label_mapping_get", responses=LabelMappingSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """What the names in data sets mean in this project."""
        return self.show(self.project, LabelMappingSerializer)

    @extend_schema("label_mapping_change", request=LabelMappingSerializer, responses=LabelMappingSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """Replace the mapping. Imports made before keep the one they were made with."""
        given = self.body(LabelMappingSerializer)
        try:
            changed = project_change(project=self.project, actor=self.user, label_mapping=given["label_mapping"])
        except ValidationError as wrong:
            errors = {field: " ".join(said) for field, said in wrong.message_dict.items()}
            raise Problem("Nothing was changed.", " ".join(errors.values()), errors=errors) from wrong
        return self.show(changed, LabelMappingSerializer)
