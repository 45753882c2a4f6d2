"""Opening a data set for a project: what it says, and which findings that means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overread.projects.models import Finding, Project
from overread.projects.services import FindingSpec
from overread.projects.slugs import finding_slug
from training.datasets.errors import DatasetError
from training.datasets.items import ColumnKind, Dataset, Kind, Question
from training.datasets.layouts import LAYOUTS
from training.datasets.options import Source
from training.datasets.patients import Patients
from training.datasets.translation import EVERYTHING_ELSE, LEFT_OUT, Target, Translation
from training.datasets.words import plain

CHUNK = 2**20


@dataclass(frozen=True)
class OpenDataset:
    """A data set with its translation. `specs`: the findings that the project lacks, where they are to be made.

    `mapping`: names in the data set → short names of findings, as it is used here.
    """

    layout: str
    source: Source
    dataset: Dataset
    translation: Translation
    patients: Patients
    mapping: Mapping[str, str]
    specs: Sequence[FindingSpec]

    @property
    def states_anything(self) -> bool:
        """Whether it says more of its images than that they are there."""
        return bool(self.translation.questions) or self.layout == "masks"

    def key(self) -> str:
        """64 hexadecimal digits of what the data set says and of the way it is read: its import is known by them."""
        read = [self.layout, self.source.options.reading(), dict(sorted(self.mapping.items()))]
        digest = hashlib.sha256(json.dumps(read, sort_keys=True).encode())
        for table in self.dataset.tables:
            with table.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        if not self.dataset.tables:
            for item in self.dataset.items():
                digest.update(item.file.encode(errors="surrogateescape") + b"\0")
        return digest.hexdigest()


def data_set_open(
    *,
    layout: str,
    source: Source,
    project: Project | None,
    mapping: Mapping[str, str] | None = None,
    add_findings: bool = False,
) -> OpenDataset:
    """Open a data set for a project, or for one that is to be made of it. `mapping` stands beside the project's own.
    `add_findings`: names that are no finding of the project are to become one.

    Raises DatasetError where it cannot be read, or does not fit the project's findings.
    """
    if layout not in LAYOUTS:
        raise DatasetError(f"There is no layout {layout!r}. There are {', '.join(sorted(LAYOUTS))}.")
    used = dict(mapping or {})
    findings: list[Finding] = []
    if project is not None:
        used = {**project.label_mapping, **used}
        findings = list(project.findings.all())
    targets = [_target(finding) for finding in findings]
    dataset = LAYOUTS[layout](source, _kinds(targets, used))
    questions = dataset.questions()
    specs: list[FindingSpec] = []
    if project is None or add_findings:
        specs = findings_of(questions, used, targets)
        targets += [Target(spec["slug"], spec["name"], spec["kind"], tuple(spec["options"])) for spec in specs]
    resolved = _resolved(used, targets)
    translation = Translation(questions, targets, resolved)
    return OpenDataset(layout, source, dataset, translation, Patients(source.options), resolved, specs)


def findings_of(
    questions: Sequence[Question], mapping: Mapping[str, str], there: Sequence[Target] = ()
) -> list[FindingSpec]:
    """The findings that a project needs beside those that are there: one for each name that the mapping does not send
    elsewhere, and one for each name that it sends others to.
    """
    specs: list[FindingSpec] = []
    made = {plain(target.name) for target in there} | {plain(target.slug) for target in there}
    taken = {target.slug for target in there}
    sent = {plain(name): target for name, target in mapping.items()}
    others_left_out = sent.get(EVERYTHING_ELSE) == LEFT_OUT
    wanted = {plain(target) for target in sent.values()}
    for question in questions:
        named = plain(question.name)
        if named in made or named in sent or (others_left_out and named not in wanted):
            continue
        specs.append(_spec(question, taken | {spec["slug"] for spec in specs}))
    made |= {plain(spec["name"]) for spec in specs} | {plain(spec["slug"]) for spec in specs}
    for target in dict.fromkeys(sent.values()):
        if target != LEFT_OUT and plain(target) not in made:
            specs.append(_spec(Question(target), taken | {spec["slug"] for spec in specs}))
    return specs


def _spec(question: Question, taken: set[str]) -> FindingSpec:
    name = question.name.replace("_", " ").strip()[:80]
    return {
        "slug": finding_slug(question.name, taken),
        "name": name[:1].upper() + name[1:],
        "kind": question.kind,
        "options": list(question.options),
        "unit": question.unit,
        "minimum": question.minimum,
        "maximum": question.maximum,
    }


def _target(finding: Finding) -> Target:
    kind: Kind = finding.kind  # type: ignore[assignment]  # the database holds no other kinds
    return Target(finding.slug, finding.name, kind, tuple(finding.options))


def finding_kinds(project: Project) -> dict[str, ColumnKind]:
    """The kinds of a project's findings by the plain names that a data set may use for them."""
    return _kinds([_target(finding) for finding in project.findings.all()], project.label_mapping)


def _kinds(targets: Sequence[Target], mapping: Mapping[str, str]) -> dict[str, ColumnKind]:
    """The kind of every finding by each name that it goes by, made plain."""
    kinds: dict[str, ColumnKind] = {}
    for target in targets:
        kinds[plain(target.slug)] = target.kind
        kinds[plain(target.name)] = target.kind
    for name, target_name in mapping.items():
        if plain(target_name) in kinds:
            kinds[plain(name)] = kinds[plain(target_name)]
    return kinds


def _resolved(mapping: Mapping[str, str], targets: Sequence[Target]) -> dict[str, str]:
    """The mapping with short names, where it gives a finding's name. Translation refuses what is neither."""
    slugs = {plain(target.name): target.slug for target in targets}
    slugs |= {plain(target.slug): target.slug for target in targets}
    return {name: slugs.get(plain(target), target) if target else LEFT_OUT for name, target in mapping.items()}
