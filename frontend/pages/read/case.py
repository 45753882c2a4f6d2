"""A case as the script receives it."""

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
from frontend.pages.read.standalone import STANDALONE, image_url
from labeling.models import Assignment, Measurement, Region
from labeling.queries.disputed import DisputedRead
from labeling.queries.referrals import roles_above, roles_besides
from overread.projects.models import Finding

DIGITS = 9  # findings that a digit selects


def case_data(case: OpenCase, companions: Sequence[Companion] = (), *, standalone: bool = False) -> Case:
    """The case, and the images that may hang beside its own. `standalone` as in standalone.py."""
    assignment = case.assignment
    data: Case = {
        "assignment": str(assignment.pk),
        "version": assignment.version,
        "state": case.state,
        "pseudonym": assignment.image.code,
        "image": image_in_front(assignment.image),
        "companions": list(companions),
        "findings": findings_data(case),
        "marks": [],
        "measurements": [],
        "others": [],
        "image_check": None,
        "prediction": str(case.prediction.pk) if case.prediction else None,
        "urls": case_urls(assignment, standalone=standalone),
    }
    if case.read:
        data["marks"] = [region_data(region) for region in case.read.regions.all()]
        data["measurements"] = [measurement_data(each) for each in case.read.measurements.all()]
    for other in case.disputed:
        data["others"] += [other_region(other, region) for region in other.regions]
    return data


def findings_data(case: OpenCase) -> list[CaseFinding]:
    """The project's questions in their order."""
    outputs = case.prediction.outputs if case.prediction else {}
    found = []
    for number, finding in enumerate(case.assignment.project.findings.all(), start=1):
        found.append(finding_data(finding, number, outputs.get(finding.slug), case))
    return found


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


def finding_data(finding: Finding, number: int, output: Mapping[str, Any] | None, case: OpenCase) -> CaseFinding:
    """One question, `number` counted from 1. `output` is the model's answer to it, None while it is hidden."""
    return {
        "slug": finding.slug,
        "name": finding.name,
        "kind": finding.kind,
        "options": finding.options,
        "unit": finding.unit,
        "key": digit(number),
        "map_url": map_url(finding, output, case),
        "above": output.get("above") if output else None,
        "set": output.get("set") if output else None,
        "against": case.against(finding.slug),
    }


def digit(number: int) -> int | None:
    """The digit key that selects the finding of that number; None beyond the ninth."""
    return number if number <= DIGITS else None


def map_url(finding: Finding, output: Mapping[str, Any] | None, case: OpenCase) -> str | None:
    """Where the attention map of this finding is; None for a measurement, and while the model is hidden."""
    if case.prediction is None or output is None or "probability" not in output:
        return None
    assignment = case.assignment
    address = reverse("read-map", args=[assignment.project.slug, assignment.pk, finding.slug])
    return f"{address}?prediction={case.prediction.pk}"


def case_urls(assignment: Assignment, *, standalone: bool = False) -> CaseUrls:
    """The addresses of a case's commands. `escalate` and `opinion` are None when there is nobody to send it to."""
    project = assignment.project
    query = STANDALONE if standalone else ""

    def of_case(name: str) -> str:
        return reverse(f"read-{name}", args=[project.slug, assignment.pk]) + query

    _besides, above = _others_read(assignment)
    return {
        "submit": of_case("submit"),
        "skip": of_case("skip"),
        "propose": of_case("propose"),
        "heartbeat": of_case("heartbeat"),
        "defer": of_case("defer"),
        "escalate": of_case("escalate") if above else None,
        "opinion": opinion_url(assignment, standalone=standalone),
        "release": reverse("read-release", args=[project.slug]) + query,
        "worklist": image_url(assignment) if standalone else reverse("worklist", args=[project.slug]),
    }


def opinion_url(assignment: Assignment, *, standalone: bool = False) -> str | None:
    """Where to ask for a second opinion; None when there is nobody to give one."""
    besides, _above = _others_read(assignment)
    if not besides:
        return None
    address = reverse("read-opinion", args=[assignment.project.slug, assignment.pk])
    return address + STANDALONE if standalone else address


def _others_read(assignment: Assignment) -> tuple[bool, bool]:
    """Whether anybody else reads in the project, and whether anybody does in a role above the reader's."""
    project = assignment.project
    reader = assignment.reader
    if reader is None:
        return False, False
    # Kept on the project's instance, which all cases of a request share: else each case would ask anew.
    if "_others_read" not in project.__dict__:
        besides = bool(roles_besides(project=project, reader=reader))
        above = besides and bool(roles_above(project=project, reader=reader))
        project.__dict__["_others_read"] = (besides, above)
    found: tuple[bool, bool] = project.__dict__["_others_read"]
    return found
