"""How the views describe themselves in OpenAPI: the docstring is the text, and every operation may answer a problem."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from overread.api.problems import PROBLEM


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="What kind of error, in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong, and what to do.")
    request_id = serializers.CharField(help_text="Your operator finds it in the log by this.")
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="Field or finding → what is wrong with it."
    )


class Schema(AutoSchema):
    """Operations with the first line of their docstring as summary, tagged by noun."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            error = self.resolve_serializer(ProblemSerializer, "response").ref
            operation["responses"]["default"] = {"description": "Refused.", "content": {PROBLEM: {"schema": error}}}
        return operation

    def get_summary(self) -> str:
        return super().get_description().partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        return super().get_description().partition("\n")[2].strip()

    def get_tags(self) -> list[str]:
        """The noun: what follows the project, where there is one."""
        words = [word for word in self.path.split("/") if word and not word.startswith("{")][2:]
        return [words[1] if words[0] == "projects" and len(words) > 1 else words[0]]
