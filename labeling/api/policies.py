"""The policies that fill the queue: reading and changing them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import StrategyFailure
from labeling.queries.selections import strategy_failure
from labeling.services.policies import selection_change
from labeling.services.worth import NothingToRestore, strategy_restore
from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api import ProjectView
from overread.projects.models import Project


class StrategyFailureSerializer(serializers.ModelSerializer[StrategyFailure]):
    class Meta:
        model = StrategyFailure
        fields = ["reason", "since"]


class SelectionPoliciesSerializer(serializers.ModelSerializer[Project]):
    """The policies that fill the queue."""

    quotas = serializers.SerializerMethodField(help_text="Finding → the least share of the strategy's picks about it.")
    strategy_failure = serializers.SerializerMethodField(
        help_text="Why the strategy fails; null if it works. While it fails, batches are drawn at random."
    )

    class Meta:
        model = Project
        fields = ["strategy", "strategy_failure", "batch_size", "auto_fill", "patient_cap", "by_minutes"]
        fields += ["audit_share", "relabel_share", "gold_share", "repeat_share", "washout_days", "quotas"]
        fields += ["urgent_orders_blind", "fall_back_to_random"]

    def get_quotas(self, project: Project) -> dict[str, float]:
        return dict(project.findings.filter(quota__gt=0).values_list("slug", "quota"))

    @extend_schema_field(StrategyFailureSerializer(allow_null=True))
    def get_strategy_failure(self, project: Project) -> Any:
        failure = strategy_failure(project)
        if failure is None:
            return None
        return StrategyFailureSerializer(failure).data


def share(text: str) -> serializers.FloatField:
    return serializers.FloatField(required=False, min_value=0, max_value=1, help_text=text)


def number(highest: int, text: str) -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=1, max_value=highest, help_text=text)


def choice(text: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, help_text=text)


class SelectionPoliciesChangeSerializer(Shape):
    strategy = serializers.CharField(
        required=False,
        max_length=120,
        help_text="A strategy's name, or the dotted path of one in a library that the operator allows.",
    )
    batch_size = number(10_000, "Cases in a batch.")
    auto_fill = choice("Draw a new batch automatically when the queue runs low.")
    patient_cap = number(1000, "The most images of one patient that may wait at a time.")
    by_minutes = choice("Whether the strategy's picks go by gain per expected reading minute.")
    audit_share = share("Share of every batch drawn uniformly at random.")
    relabel_share = share("Share of second looks at labels that the other labels contradict.")
    gold_share = share("Share of cases with a known answer, hidden among the others.")
    repeat_share = share("Share of cases that the same reader reads again.")
    washout_days = number(3650, "Days before a reader may get a case of their own again.")
    quotas = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1),
        required=False,
        help_text="Finding → the least share of the strategy's picks about it; none for those left out. At most 1 in total.",
    )
    urgent_orders_blind = choice("Whether a suspected urgent finding moves a case that is read blind.")
    fall_back_to_random = choice("Put the queue in random order when the strategy is shown to be worse than that.")


@contextmanager
def changing() -> Iterator[None]:
    """Turns refusals into problems: 422 with one entry per field, 409 if no strategy is put aside."""
    try:
        yield
    except NothingToRestore as nothing:
        raise Problem("Nothing was changed.", str(nothing), status=409) from nothing
    except ValidationError as wrong:
        errors = {field: " ".join(said) for field, said in wrong.message_dict.items()}
        raise Problem("Nothing was changed.", " ".join(errors.values()), errors=errors) from wrong


class SelectionPolicies(ProjectView):
    permission = "labeling.select"
    permission_to_write = "projects.administer"

    @extend_schema("selection_policies_get", responses=SelectionPoliciesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The policies that fill the queue: the strategy, the arms' shares, the caps."""
        return self.show(self.project, SelectionPoliciesSerializer)

    @extend_schema(
        "selection_policies_change", request=SelectionPoliciesChangeSerializer, responses=SelectionPoliciesSerializer
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change the policies that fill the queue. What is left out stays. They apply from the next batch on."""
        with changing():
            changed = selection_change(
                project=self.project, actor=self.user, **self.body(SelectionPoliciesChangeSerializer)
            )
        return self.show(changed, SelectionPoliciesSerializer)


class StrategyRestore(ProjectView):
    permission = "labeling.select"

    @extend_schema("strategy_restore", request=None, responses=SelectionPoliciesSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Restore the strategy that a report has put aside; 409 if there is none."""
        with changing():
            restored = strategy_restore(project=self.project, actor=self.user)
        return self.show(restored, SelectionPoliciesSerializer)
