"""What a model says of one finding, in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from frontend.pages.read.suggestions import suggestion_context
from labeling.services import assignment_open_single
from overread.archive.models import Image
from overread.projects.models import Finding, Role
from tests.factories import AGE, GRADE, make_champion, make_member, make_project

MONTHS = {"kind": "measurement", "value": 52.3, "unit": "months", "column": 0}
WITHIN = {"low": 44.3, "high": 60.3, "coverage": 0.9, "range": [0.0, 228.0]}


def test_a_measurement_stands_with_unit_and_interval() -> None:
    told = suggestion_context(MONTHS | WITHIN)
    assert (told["probability_text"], told["interval_text"]) == ("52 months", "90 % interval 44–60")
    assert told["span"] == {"from": 19.4, "width": 7.0, "at": 22.9}


def test_an_older_model_has_no_interval() -> None:
    told = suggestion_context(MONTHS)
    assert (told["probability_text"], told["interval_text"], told["span"]) == ("52.3 months", "", None)


def test_an_interval_stays_within_what_can_be_answered() -> None:
    finding = Finding(name="Bone age", unit="months", minimum=0, maximum=240)
    told = suggestion_context(MONTHS | WITHIN | {"value": 3.0, "low": -5.0, "high": 11.0}, finding)
    assert told["interval_text"] == "90 % interval 0–11"
    assert told["span"] == {"from": 0.0, "width": 4.6, "at": 1.2}


def test_a_narrow_interval_keeps_its_digits() -> None:
    told = suggestion_context(MONTHS | WITHIN | {"value": 0.512, "unit": "cm", "low": 0.4, "high": 0.624})
    assert (told["probability_text"], told["interval_text"]) == ("0.51 cm", "90 % interval 0.40–0.62")


@pytest.mark.parametrize(("count", "rows"), [(3, 3), (6, 6), (9, 6)])
def test_every_option_has_its_probability(count: int, rows: int) -> None:
    chances = {f"grade {n}": (n + 1) / sum(range(1, count + 1)) for n in range(count)}
    best = f"grade {count - 1}"
    said: dict[str, Any] = {"option": best, "probability": chances[best], "probabilities": chances}
    told = suggestion_context(said)["chances"]
    assert len(told) == rows and told[0]["option"] == best
    assert sum(row["bar"] for row in told) == pytest.approx(100, abs=0.5)


@pytest.mark.django_db
def test_neither_number_nor_option_is_filled_in(client: Client) -> None:
    project = make_project(findings=(GRADE, AGE), images=1)
    reader = make_member(project, Role.READER)
    make_champion(project)
    client.force_login(reader)
    case = assignment_open_single(project=project, image=Image.objects.get(), reader=reader)
    page = client.get(reverse("read", args=[project.slug, case.pk])).content.decode()
    assert "90 % interval" in page and 'class="chances"' in page
    inputs = re.findall(r'<input[^>]*name="answer-[^>]*>', page)
    assert len(inputs) == 6 and not any(" checked" in each for each in inputs)
    assert not any("value=" in each for each in inputs if 'type="number"' in each)


@pytest.mark.parametrize(
    ("told", "above", "threshold"), [("present", True, "0.45"), ("both", False, None), (None, True, "0.45")]
)
def test_where_the_model_abstains_it_takes_no_side(told: str | None, above: bool, threshold: str | None) -> None:
    output = {"kind": "binary", "probability": 0.56, "threshold": 0.45, "above": True, "set": told}
    said = suggestion_context(output)
    assert (said["probability_text"], said["bar"], said["tick"]) == ("0.56", 56.0, 45.0)
    assert (said["above"], said.get("threshold_text")) == (above, threshold)
    assert ("abstains" in said.get("abstains_text", "")) == (told == "both")
