"""What tests are made of: real rows and real files, made through the product's own services."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any
from uuid import uuid4

import numpy as np
from PIL import Image as Picture

from inference.engine.bundle import Bundle
from inference.engine.outputs import Output, OutputLayout
from inference.engine.stages.bundle import StageBundle
from inference.models import ModelVersion, Pipeline
from labeling.models import ReferenceLabel, WorthReport
from labeling.services import Answers, assignment_claim, read_submit
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from overread.projects.services import membership_add, project_create

EFFUSION, NODULE = {"slug": "effusion", "name": "Effusion"}, {"slug": "nodule", "name": "Nodule"}
GRADE = {"slug": "grade", "name": "Grade", "kind": "categorical", "options": ["I", "II", "III"]}
AGE = {"slug": "age", "name": "Bone age", "kind": "measurement", "unit": "months", "minimum": 0, "maximum": 240}
PASSWORD = "a-good-long-password"


def make_user(name: str = "", **fields: Any) -> User:
    name = name or f"user-{uuid4().hex[:8]}"
    return User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.title(), **fields)


def make_project(
    *, findings: tuple[dict[str, Any], ...] = (EFFUSION, NODULE), images: int = 0, **policies: Any
) -> Project:
    """A project, with so many images outside the reference set; nothing is drawn for the audit unless asked for."""
    policies = {"audit_share": 0.0} | policies  # an audit case is read blind first: by chance, no test may depend on it
    project = project_create(
        slug=f"p-{uuid4().hex[:8]}", name="Chest", modality="test images", findings=findings, **policies
    )
    for _ in range(images):
        make_image(project)
    return project


def make_member(project: Project, *roles: Role, name: str = "") -> User:
    user = make_user(name)
    for role in roles:
        membership_add(project=project, user=user, role=role)
    return user


def picture(seed: int | None = None, size: tuple[int, int] = (40, 48), kind: str = "png") -> bytes:
    """A grey picture of noise, never the same twice unless seeded."""
    pixels = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, kind)
    return out.getvalue()


def make_image(
    project: Project, *, reference: bool = False, patient: str = "", ready: bool = True, content: bytes = b""
) -> Image:
    """One image, noise unless given, of a patient who is, or is not, of the reference set, decoded unless told
    otherwise.
    """
    while True:
        name = patient or uuid4().hex
        if patient or in_reference(name) == reference:
            break
    image = image_ingest(project=project, content=content or picture(), source="import", patient=name).image
    if ready:
        run_all(queues=("io",))
        image.refresh_from_db()
    return image


def in_reference(patient: str) -> bool:
    from django.conf import settings

    from overread.archive import dicom
    from overread.archive.services import reference_draw

    return (
        reference_draw(dicom.pseudonym(issuer="", patient_id=patient, key=settings.PSEUDONYM_KEY.encode()))
        < settings.REFERENCE_SHARE
    )


@lru_cache
def small_bundle(
    names: tuple[str, ...] = ("effusion", "nodule"),
    seed: int = 0,
    thresholds: tuple[float, ...] = (),
    layout: OutputLayout | None = None,
) -> Bundle:
    """A small network with fresh weights, exported: what a trained one is, but for having learned.

    `layout` instead of `names` where not every finding is binary; a measurement's interval is the value ± 8 then.
    """
    import torch

    from inference.engine import network, onnx_export, weights
    from inference.engine.bundle import Card
    from inference.engine.digest import sha256_of
    from inference.engine.intervals import PredictionInterval
    from inference.engine.preparation import Preparation
    from inference.engine.probability import uncalibrated

    torch.manual_seed(seed)
    layout = layout or OutputLayout(tuple(Output(name, "binary") for name in names))
    kinds = {output.name: output.kind for output in layout}
    binary = [name for name, kind in kinds.items() if kind == "binary"]
    net = network.assemble("small_cnn", 1, layout).eval()
    graph, packed = onnx_export.export(net, 1, 32), weights.pack(net.state_dict())
    card = Card(
        architecture="small_cnn",
        layout=layout,
        preparation=Preparation(size=32),
        calibrations=uncalibrated(layout),
        thresholds=dict.fromkeys(binary, 0.5) | dict(zip(binary, thresholds, strict=False)),
        weights_sha256=sha256_of(packed),
        onnx_sha256=sha256_of(graph),
        intervals={
            name: PredictionInterval(8.0, 0.9, 40, 0.0, 60.0) for name, kind in kinds.items() if kind == "measurement"
        },
    )
    return Bundle(card, packed, graph)


def make_pipeline(project: Project, *, seed: int = 0, thresholds: tuple[float, ...] = ()) -> Pipeline:
    from inference.services.versions import bundle_store, version_register
    from training.services.snapshots import finding_specs
    from training.services.training_data import layout_of

    bundle = small_bundle(seed=seed, thresholds=thresholds, layout=layout_of(finding_specs(project)))
    bundle_store(bundle)
    return version_register(project=project, bundle=bundle, facts={})


@lru_cache
def noise_gate() -> StageBundle:
    """A gate fitted to pictures such as `picture` makes: noise passes, an even picture does not."""
    from inference.engine.stages.results import StageImage
    from training.engine.stages import gate

    draws = np.random.default_rng(0)
    images = [StageImage(draws.integers(0, 256, (40, 48)).astype(np.float32) / 255) for _ in range(200)]
    return gate.fit(images, false_refusals=1e-6)  # a test is not to fail by chance


def black_picture(level: int = 0) -> bytes:
    """An even picture, which no gate takes for an image of a project. Another `level`, another file."""
    out = io.BytesIO()
    Picture.fromarray(np.full((40, 48), level, np.uint8)).save(out, "png")
    return out.getvalue()


def make_gate(project: Project) -> ModelVersion:
    from inference.services.versions import bundle_store, stage_register

    bundle = noise_gate()
    bundle_store(bundle)
    return stage_register(project=project, bundle=bundle)


def make_gated_champion(project: Project, *, seed: int = 0) -> Pipeline:
    """A model in use with a gate before its classifier, which has scored or refused every image of the project."""
    from inference.queries import champion_of
    from inference.services import champion_swap
    from inference.services.pipelines import pipeline_compose

    classifier = make_pipeline(project, seed=seed).classifier
    pipeline = pipeline_compose(project=project, stages=[make_gate(project), classifier])
    champion_swap(project=project, pipeline=pipeline, expected=champion_of(project), signed_by=make_user())
    run_all()
    return pipeline


def make_champion(project: Project, *, seed: int = 0, thresholds: tuple[float, ...] = ()) -> Pipeline:
    """A model in use that has scored every image of the project, its queue filled."""
    from inference.queries import champion_of
    from inference.services import champion_swap

    pipeline = make_pipeline(project, seed=seed, thresholds=thresholds)
    champion_swap(project=project, pipeline=pipeline, expected=champion_of(project), signed_by=make_user())
    run_all()
    return pipeline


def answers(project: Project, value: str = "absent", **fields: Any) -> Answers:
    """The same answer to every finding."""
    return Answers(values=dict.fromkeys(project.findings.values_list("slug", flat=True), value), **fields)


def make_read(project: Project, reader: User, value: str = "absent") -> Any:
    """Claim the next case, see the prediction where it is revealed, answer, and let its jobs run."""
    from inference.queries import champion_of
    from inference.services import exposure_record, prediction_ensure

    assignment = assignment_claim(project=project, reader=reader)
    assert assignment is not None
    if assignment.state == assignment.State.REVEALED:
        exposure_record(
            prediction=prediction_ensure(pipeline=champion_of(project), image=assignment.image), user=reader
        )
    read = read_submit(assignment=assignment, reader=reader, answers=answers(project, value), key=uuid4())
    run_all()
    return read


def estimate(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


WORTH_COMPARED = {
    "sizes": [10, 60, 120],
    "chosen": [0.61, 0.78, 0.84],
    "random": [0.61, 0.7, 0.79],
    "gain": estimate(0.043, 0.012, 0.08),
    "saved": estimate(41.6, 12, 77),
    "minutes": estimate(22.2, -3, 51),
    "tested": 240,
}
WORTH: dict[str, Any] = {
    "verdict": "better", "labelled": 420, "random": 240, "picked": 180, "findings": ["effusion"], "chosen_seconds": 41.0,
    "random_seconds": 35.0, "replay": WORTH_COMPARED, "arms": None, "stopping": {
        "signal": "learning", "sizes": [120, 220, 320, 420], "kappas": [0.91, 0.93, 0.96],
        "slope": estimate(0.004, -0.002, 0.01), "sample": 2000,
    },
}  # fmt: skip


def make_worth(project: Project, verdict: str = "better", **fields: Any) -> WorthReport:
    """A report on whether selection is worth it, as the service leaves it."""
    told = {"strategy": "margin", "result": WORTH, "labels": 420, "inputs_sha256": "0" * 64, "seed": 1, **fields}
    return WorthReport.objects.create(project=project, verdict=verdict, **told)


def label(project: Project, image: Image, seed: int) -> None:
    """One label a finding, whatever its kind."""
    for finding in project.findings.all():
        value = float(seed % (3 if finding.kind == "categorical" else 2)) + (
            seed if finding.kind == "measurement" else 0
        )
        ReferenceLabel.objects.create(
            project=project, image=image, finding=finding, value=value, exposure="none", origin="read", method="single"
        )
