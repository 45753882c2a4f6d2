"""Projects as their members see them, and the view that every address below a project is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.bodies import Shape
from overread.api.views import View
from overread.jobs.api import JobSerializer
from overread.jobs.models import Job
from overread.jobs.queries import jobs_newest
from overread.projects.api.founding import NewProjectSerializer, project_founded
from overread.projects.models import Finding, Project, Role
from overread.projects.queries import project_for, projects_of
from overread.projects.rules import user_roles
from overread.projects.services import findings_mark_urgent


class ProjectView(View):
    """A view under /projects/<slug>/: `self.project` is there, and the user may do in it what `permission` names.

    A POST or PATCH needs `permission_to_write`, where there is one.
    """

    permission: ClassVar[str]
    permission_to_write: ClassVar[str] = ""
    project: Project

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        needed = ""
        if request.method in ("POST", "PATCH"):
            needed = self.permission_to_write
        self.project = project_for(self.user, kwargs["slug"], needed or self.permission)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user": self.request.user}


class FindingSerializer(serializers.ModelSerializer[Finding]):
    options = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Finding
        fields = ["slug", "name", "kind", "options", "unit", "minimum", "maximum", "urgent", "quota"]


class PoliciesSerializer(serializers.ModelSerializer[Project]):
    """The reading protocol, the queue and the learning of a project."""

    snippets = serializers.ListField(child=serializers.CharField(), help_text="Ready-made sentences for comments.")
    label_mapping = serializers.DictField(
        child=serializers.CharField(), help_text="Name in a data set → slug of the finding that it means."
    )

    class Meta:
        model = Project
        fields = [
            "blind_first",
            "blind_share",
            "ask_contradictions",
            "reference_readers",
            "lease_minutes",
            "snippets",
            "label_mapping",
            "strategy",
            "batch_size",
            "audit_share",
            "relabel_share",
            "gold_share",
            "repeat_share",
            "washout_days",
            "by_minutes",
            "patient_cap",
            "urgent_orders_blind",
            "fall_back_to_random",
            "recipe",
            "retrain_labels",
            "retrain_hours",
            "gate_policy",
        ]


class ProjectSerializer(serializers.ModelSerializer[Project]):
    roles = serializers.SerializerMethodField(help_text="Mine.")
    champion = serializers.IntegerField(
        source="champion.pipeline.number", default=None, allow_null=True, help_text="Number of the model in use."
    )

    class Meta:
        model = Project
        fields = ["slug", "name", "modality", "description", "roles", "champion"]

    def get_roles(self, project: Project) -> list[Role]:
        return sorted(Role(role) for role in user_roles(self.context["request"].user, project))


class ProjectDetailSerializer(ProjectSerializer):
    findings = FindingSerializer(many=True)
    policies = PoliciesSerializer(source="*")

    class Meta(ProjectSerializer.Meta):
        fields = [*ProjectSerializer.Meta.fields, "intended_use", "not_for", "findings", "policies", "created_at"]


class Projects(View):
    queryset = Project.objects.none()
    ordering = ("slug",)

    @extend_schema("project_list", responses=ProjectSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The projects I am a member of."""
        return self.paged(projects_of(self.user), ProjectSerializer)

    @extend_schema("project_create", request=NewProjectSerializer, responses={201: ProjectDetailSerializer})
    def post(self, request: Request) -> Response:
        """Make a project: its findings, of a template or my own, and its members. I am its administrator.

        For operators, and for whoever administers a project already. Nothing is left of a project that is refused: 400, or
        409 where one of this address is there, or I administer one of this name.
        """
        if not self.user.has_perm("projects.create"):
            raise PermissionDenied(_("Only an operator, or whoever administers a project, can make a new one."))
        made = project_founded(self.body(NewProjectSerializer), self.user)
        return self.show(made, ProjectDetailSerializer, 201)


class ProjectDetail(ProjectView):
    permission = "projects.view"

    @extend_schema("project_get", responses=ProjectDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One project: its findings, its policies, my roles, the model in use."""
        return self.show(self.project, ProjectDetailSerializer)


class UrgentSerializer(Shape):
    findings = serializers.ListField(child=serializers.CharField(max_length=60), max_length=500, help_text="By slug.")


class UrgentFindings(ProjectView):
    permission = "projects.administer"

    @extend_schema("findings_urgent", request=UrgentSerializer, responses=ProjectDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Make these findings urgent, and no others: cases the model suspects of one go first in the queue."""
        slugs = self.body(UrgentSerializer)["findings"]
        try:
            findings_mark_urgent(project=self.project, actor=self.user, slugs=slugs)
        except ValidationError as wrong:
            raise Problem("Not stored.", " ".join(wrong.messages)) from wrong
        return self.show(self.project, ProjectDetailSerializer)


class ProjectJobs(ProjectView):
    permission = "training.view"
    queryset = Job.objects.none()
    filterset_fields = ["state", "kind", "queue"]

    @extend_schema("project_job_list", responses=JobSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The jobs of a project, newest first."""
        return self.paged(jobs_newest().filter(project_id=self.project.pk), JobSerializer)
