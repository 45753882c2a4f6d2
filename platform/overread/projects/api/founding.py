"""Making a project, and the templates that one may begin with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.accounts.models import User
from overread.api import Problem
from overread.api.bodies import Shape
from overread.api.views import View
from overread.projects.founding import FOUNDER, NewMember, NotFounded, project_found
from overread.projects.models import Finding, Project, Role
from overread.projects.questions import MOST_FINDINGS
from overread.projects.templates import TEMPLATES, NewFinding, template_named


class NewFindingSerializer(Shape):
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=Finding.Kind.choices, default=Finding.Kind.BINARY)
    options = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=100, default=list, help_text="Of a categorical finding."
    )
    unit = serializers.CharField(max_length=20, default="", allow_blank=True, help_text="Of a measurement.")
    minimum = serializers.FloatField(default=None, allow_null=True)
    maximum = serializers.FloatField(default=None, allow_null=True)
    slug = serializers.SlugField(max_length=60, default="", allow_blank=True, help_text="Made of the name if left out.")


class NewMemberSerializer(Shape):
    who = serializers.CharField(max_length=254, help_text="E-mail address, or what stands before its @.")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), min_length=1, max_length=5)


class NewProjectSerializer(Shape):
    name = serializers.CharField(max_length=120)
    slug = serializers.SlugField(max_length=60, default="", allow_blank=True, help_text="Made of the name if left out.")
    modality = serializers.CharField(
        max_length=60, default="", allow_blank=True, help_text="What is read; the template's if left out."
    )
    template = serializers.ChoiceField(
        choices=[template.slug for template in TEMPLATES], default="", allow_blank=True, help_text="What to begin with."
    )
    findings = serializers.ListField(
        child=NewFindingSerializer(), default=list, max_length=MOST_FINDINGS, help_text="In place of the template's."
    )
    members = serializers.ListField(child=NewMemberSerializer(), default=list, max_length=500)
    my_roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices),
        default=list(FOUNDER),
        max_length=5,
        help_text="My roles beside administrator, which I am in any case.",
    )


class TemplateSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    modality = serializers.CharField()
    says = serializers.CharField(help_text="What it is for, in a sentence.")
    findings = NewFindingSerializer(many=True)


class ProjectTemplates(View):
    queryset = Project.objects.none()  # they are no rows; a list is described by its view's
    pagination_class = None  # type: ignore[assignment]

    @extend_schema("project_template_list", responses=TemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The templates that a new project may begin with: a modality and its usual findings."""
        return Response(TemplateSerializer(TEMPLATES, many=True).data)


def project_founded(given: dict[str, Any], founder: User) -> Project:
    """The new project that the body describes. Raises Problem: 400, or 409 where it is there already."""
    template = template_named(given["template"])
    findings = tuple(NewFinding(**{**each, "options": tuple(each["options"])}) for each in given["findings"])
    modality = given["modality"]
    recipe = None
    if template:
        findings = findings or template.findings
        modality = modality or template.modality
        recipe = template.recipe
    try:
        return project_found(
            name=given["name"],
            slug=given["slug"],
            modality=modality,
            findings=findings,
            founder=founder,
            founder_roles=[Role(role) for role in given["my_roles"]],
            members=[NewMember(each["who"], tuple(each["roles"])) for each in given["members"]],
            recipe=recipe,
        )
    except NotFounded as refusal:
        status = 409 if refusal.taken else 400
        raise Problem("No project was made.", str(refusal), status=status, errors=refusal.errors) from refusal
