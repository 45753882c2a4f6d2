"""An OpenAPI document as a page shows it: operations by noun, and the shapes they take and give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

METHODS = ("get", "post", "patch", "delete")
FORMATS = {"binary": "bytes", "uri": "link"}


@dataclass(frozen=True)
class Kind:
    """What a value is, in words, and the shape it has, if that has a name."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Member:
    """A parameter or a member of a shape."""

    name: str
    kind: Kind
    required: bool
    text: str


@dataclass(frozen=True)
class Body:
    """What travels. `label`: the media type of a request, or the status of an answer."""

    label: str
    kind: Kind | None


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    tag: str
    summary: str
    text: str
    parameters: tuple[Member, ...]
    requests: tuple[Body, ...]
    answers: tuple[Body, ...]


@dataclass(frozen=True)
class SchemaOutline:
    name: str
    text: str
    members: tuple[Member, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    operations: tuple[tuple[str, tuple[Operation, ...]], ...]
    shapes: tuple[SchemaOutline, ...]


def outline(document: dict[str, Any]) -> Outline:
    """The outline of an OpenAPI 3 document."""
    found = sorted(_operations(document), key=lambda operation: operation.tag)
    shapes = (_shape(name, schema) for name, schema in document["components"]["schemas"].items())
    return Outline(
        tuple((tag, tuple(group)) for tag, group in groupby(found, key=lambda operation: operation.tag)),
        tuple(shapes),
    )


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in (name for name in METHODS if name in item):
            said = item[method]
            yield Operation(
                name=said["operationId"],
                method=method.upper(),
                path=path,
                tag=said["tags"][0],
                summary=said["summary"],
                text=said.get("description", ""),
                parameters=tuple(
                    _member(one["name"], one["schema"], one)
                    for one in said.get("parameters", [])
                    if one["in"] == "query"  # the path speaks for itself
                ),
                requests=tuple(_bodies(said.get("requestBody", {}))),
                answers=tuple(_answers(said["responses"])),
            )


def _bodies(said: dict[str, Any]) -> Iterator[Body]:
    for media, content in said.get("content", {}).items():
        yield Body(media, kind_of(content["schema"]))


def _answers(responses: dict[str, Any]) -> Iterator[Body]:
    for status, said in responses.items():
        if status != "default":
            bodies = list(_bodies(said))
            yield Body(status, bodies[0].kind if bodies else None)


def _shape(name: str, schema: dict[str, Any]) -> SchemaOutline:
    required = schema.get("required", [])
    members = (
        _member(member, said, {"required": member in required, "description": said.get("description", "")})
        for member, said in schema.get("properties", {}).items()
    )
    values = tuple(str(value) for value in schema.get("enum", []))
    return SchemaOutline(name, "" if values else schema.get("description", ""), tuple(members), values)


def _member(name: str, schema: dict[str, Any], said: dict[str, Any]) -> Member:
    text = said.get("description", "").partition("* `")[0].strip()  # what choices are called is left out
    return Member(name, kind_of(schema), bool(said.get("required")), text)


def kind_of(schema: dict[str, Any]) -> Kind:
    """The type of a value in words."""
    kind = _plain(schema)
    return Kind(f"{kind.words} or null", kind.shape) if schema.get("nullable") else kind


def _plain(schema: dict[str, Any]) -> Kind:
    if ref := schema.get("$ref"):
        name = ref.rpartition("/")[2]
        return Kind("null") if name == "NullEnum" else Kind(name, name)
    if several := schema.get("allOf") or schema.get("oneOf"):
        kinds = [kind_of(one) for one in several]
        return Kind(" or ".join(kind.words for kind in kinds), next((kind.shape for kind in kinds if kind.shape), ""))
    if values := schema.get("enum"):
        return Kind(" | ".join(str(value) for value in values))
    if schema.get("type") == "array":
        item = kind_of(schema["items"])
        return Kind(f"list of {item.words}", item.shape)
    if isinstance(schema.get("additionalProperties"), dict) and schema["additionalProperties"]:
        item = kind_of(schema["additionalProperties"])
        return Kind(f"object of {item.words}", item.shape)
    form = schema.get("format", "")
    return Kind(FORMATS.get(form, form) if schema.get("type") == "string" and form else schema.get("type", "any"))
