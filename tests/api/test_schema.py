"""The API describes itself, completely."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from tests.api.rooms import at, url

pytestmark = pytest.mark.django_db


def operations() -> list[dict[str, Any]]:
    document = SchemaGenerator().get_schema(request=None, public=True)
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_the_schema_is_valid_and_leaves_nothing_to_guess(tmp_path: Path) -> None:
    path = tmp_path / "schema.yml"
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(path))
    assert yaml.safe_load(path.read_text())["openapi"].startswith("3.")


def test_every_operation_has_a_tidy_name_and_says_what_it_does() -> None:
    names = [operation["operationId"] for operation in operations()]
    assert len(set(names)) == len(names) and all(operation["summary"] for operation in operations())
    assert not [name for name in names if name.startswith("projects_") or name.endswith(("_create_2", "_retrieve"))]


def test_every_operation_may_answer_a_problem() -> None:
    for operation in operations():
        assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_the_schema_is_served_to_everybody() -> None:
    answer = at().get(url("schema"), {"format": "json"})
    assert answer.status_code == 200 and "/api/v1/projects/{slug}/images/" in answer.json()["paths"]


def test_the_page_shows_every_operation_and_shape() -> None:
    page = at().get(url("docs")).content.decode()
    document = SchemaGenerator().get_schema(request=None, public=True)
    for name in [operation["operationId"] for operation in operations()]:
        assert f'id="{name}"' in page
    for shape in document["components"]["schemas"]:
        assert f'id="shape-{shape}"' in page


def test_the_page_has_no_inline_script_or_style() -> None:
    page = at().get(url("docs")).content.decode()
    assert "<style" not in page and " style=" not in page and "<script>" not in page and " onclick=" not in page
