"""A case as the script gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from frontend.pages.read.contract import (
    Case,
    CaseFinding,
    CaseUrls,
    Companion,
    MeasurementData,
    OtherRegion,
    RegionData,
)
from frontend.pages.read.images import image_in_front
from frontend.pages.read.opened import OpenCase
from frontend.pages.read.standalone import ALONE, image_url
from labeling.models import Assignment, Measurement, Region
from labeling.queries.disputed import DisputedRead
from labeling.queries.referrals import roles_above, roles_besides
from overread.projects.models import Finding

DIGITS = 9  # findings that a digit selects


def case_data(case: OpenCase, companions: Sequence[Companion] = (), *, alone: bool = False) -> Case:
    """The case, and the images that may hang beside its own. `alone` as in standalone.py."""
    assignment, read = case.assignment, case.read
    outputs = case.prediction.outputs if case.prediction else {}
    findings = [
        finding_data(finding, number, outputs.get(finding.slug), case)
        for number, finding in enumerate(assignment.project.findings.all(), start=1)
    ]
    return {
        "assignment": str(assignment.pk),
        "version": assignment.version,
        "state": case.state,
        "pseudonym": assignment.image.code,
        "image": image_in_front(assignment.image),
        "companions": list(companions),
        "findings": findings,
        "marks": [region_data(region) for region in read.regions.all()] if read else [],
        "measurements": [measurement_data(each) for each in read.measurements.all()] if read else [],
        "others": [other_region(other, region) for other in case.disputed for region in other.regions],
        "foot": None,
        "prediction": str(case.prediction.pk) if case.prediction else None,
        "urls": case_urls(assignment, alone=alone),
    }


def region_data(region: Region) -> RegionData:
    return {
        "finding": region.finding.slug,
        "kind": region.kind,
        "points": region.points,
        "frame": region.frame,
    }


def other_region(read: DisputedRead, region: Region) -> OtherRegion:
    return {"letter": read.letter, **region_data(region)}


def measurement_data(measurement: Measurement) -> MeasurementData:
    return {
        "kind": measurement.kind,
        "points": measurement.points,
        "frame": measurement.frame,
        "result": measurement.result,
    }


def finding_data(finding: Finding, number: int, said: Mapping[str, Any] | None, case: OpenCase) -> CaseFinding:
    """One question, `number` counted from 1; `said` is what the model says of it, where that is shown."""
    return {
        "slug": finding.slug,
        "name": finding.name,
        "kind": finding.kind,
        "options": finding.options,
        "unit": finding.unit,
        "key": digit(number),
        "map_url": map_url(finding, said, case),
        "above": said.get("above") if said else None,
        "against": case.against(finding.slug),
    }


def digit(number: int) -> int | None:
    """The key that selects the finding of that number."""
    return number if number <= DIGITS else None


def map_url(finding: Finding, said: Mapping[str, Any] | None, case: OpenCase) -> str | None:
    if case.prediction is None or said is None or "probability" not in said:
        return None
    assignment = case.assignment
    of_map = reverse("read-map", args=[assignment.project.slug, assignment.pk, finding.slug])
    return f"{of_map}?prediction={case.prediction.pk}"


def case_urls(assignment: Assignment, *, alone: bool = False) -> CaseUrls:
    """Where a case's commands go; None where there is nobody to send it to. `alone`: none of them leads to the queue."""
    project = assignment.project
    query = ALONE if alone else ""

    def of_case(name: str) -> str:
        return reverse(f"read-{name}", args=[project.slug, assignment.pk]) + query

    besides, above = _roles(assignment)
    return {
        "submit": of_case("submit"),
        "skip": of_case("skip"),
        "propose": of_case("propose"),
        "heartbeat": of_case("heartbeat"),
        "defer": of_case("defer"),
        "escalate": of_case("escalate") if above else None,
        "opinion": of_case("opinion") if besides else None,
        "release": reverse("read-release", args=[project.slug]) + query,
        "worklist": image_url(assignment) if alone else reverse("worklist", args=[project.slug]),
    }


def _roles(assignment: Assignment) -> tuple[bool, bool]:
    """Whether anybody else reads in the project, and in a role above the reader's; asked once for all cases of a request."""
    project, reader = assignment.project, assignment.reader
    if reader is not None and "_roles" not in project.__dict__:
        besides = bool(roles_besides(project=project, reader=reader))
        project.__dict__["_roles"] = (besides, besides and bool(roles_above(project=project, reader=reader)))
    found: tuple[bool, bool] = project.__dict__.get("_roles", (False, False))
    return found
