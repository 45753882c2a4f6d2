"""The members of a project: who has which role."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.accounts.queries import account_called
from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api.projects import ProjectView
from overread.projects.models import Membership, Role
from overread.projects.queries import memberships_of
from overread.projects.services import membership_add, membership_remove


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """One role of one person; a person with two roles is there twice."""

    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role"]


class NewMembershipSerializer(Shape):
    who = serializers.CharField(max_length=254, help_text="E-mail address, or what stands before its @.")
    role = serializers.ChoiceField(choices=Role.choices)


class Members(ProjectView):
    permission = "projects.administer"
    queryset = Membership.objects.none()
    ordering = ("pk",)

    @extend_schema("member_list", responses=MemberSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The roles of people in this project."""
        return self.paged(memberships_of(self.project), MemberSerializer)

    @extend_schema("member_add", request=NewMembershipSerializer, responses={201: MemberSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Give somebody with an account a role. Giving it again changes nothing."""
        given = self.body(NewMembershipSerializer)
        user = account_called(given["who"])
        if user is None:
            said = "Nobody of this address or name has an account. An operator can make one: manage.py create_user."
            raise Problem("Nobody was added.", said, status=400, errors={"who": said})
        membership = membership_add(project=self.project, user=user, role=Role(given["role"]), actor=self.user)
        return self.show(membership, MemberSerializer, 201)


class Member(ProjectView):
    permission = "projects.administer"

    @extend_schema("member_remove", responses={204: None})
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """Take a role away. 409 for the last administrator's."""
        membership = memberships_of(self.project).filter(pk=pk).first()
        if membership is None:
            raise Http404("No such member.")
        try:
            membership_remove(membership=membership, actor=self.user)
        except ValidationError as refusal:
            raise Problem("Nobody was removed.", " ".join(refusal.messages), status=409) from refusal
        return Response(status=204)
