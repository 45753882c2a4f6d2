"""The model registry: bundles in the blob store, model versions in the database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from inference.engine.bundle import CARD, GRAPH, WEIGHTS, Bundle, Card
from inference.engine.stages import bundle as stage_files
from inference.engine.stages.bundle import StageBundle, StageCard
from inference.models import ModelVersion, Pipeline, Stage
from inference.queries.champions import champion_of
from inference.services.pipelines import pipeline_make
from overread.accounts.models import User
from overread.archive import blobs
from overread.audit.services import event_append
from overread.projects.models import Project


@transaction.atomic
def version_register(*, project: Project, bundle: Bundle, facts: dict[str, Any], actor: User | None = None) -> Pipeline:
    """Register a stored classifier, and make a pipeline of it and of the stages that stand before the one in use.

    `facts` are added to those of the bundle's card: metrics, the shortcut report, the snapshot.
    """
    # Locked, so that two runs that end at the same moment do not take the same number.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    card = json.loads(bundle.card.to_json())
    card["columns"] = list(bundle.card.layout.columns)
    card["facts"] = {**bundle.card.facts, **facts}
    version_id = uuid.uuid4()
    version = ModelVersion.objects.create(
        id=version_id,
        project=project,
        stage=Stage.CLASSIFIER,
        number=_next_number(project, Stage.CLASSIFIER),
        architecture=bundle.card.architecture,
        backbone=version_id.hex,
        bundle=bundle.sha256,
        card=card,
    )
    before: list[ModelVersion] = []
    if champion := champion_of(project):
        before = champion.versions[:-1]
    pipeline = pipeline_make(project=project, stages=[*before, version], actor=actor)
    event_append(verb="model.register", actor=actor, target=pipeline, project=project.pk, number=version.number)
    return pipeline


@transaction.atomic
def stage_register(
    *, project: Project, bundle: StageBundle, facts: Mapping[str, Any] | None = None, actor: User | None = None
) -> ModelVersion:
    """Register a stored stage. The same bundle is one version, registered once. It joins no pipeline by itself."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    same = ModelVersion.objects.filter(project=project, stage=bundle.card.kind, bundle=bundle.sha256)
    if found := same.first():
        return found
    card = json.loads(bundle.card.to_json())
    card["facts"] = {**bundle.card.facts, **(facts or {})}
    version = ModelVersion.objects.create(
        project=project,
        stage=bundle.card.kind,
        number=_next_number(project, bundle.card.kind),
        architecture=bundle.card.architecture,
        bundle=bundle.sha256,
        card=card,
    )
    event_append(
        verb="stage.register",
        actor=actor,
        target=version,
        project=project.pk,
        stage=version.stage,
        number=version.number,
    )
    return version


def _next_number(project: Project, stage: str) -> int:
    last = ModelVersion.objects.filter(project=project, stage=stage).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1


def bundle_store(bundle: Bundle | StageBundle) -> str:
    """Put a bundle's files into the blob store. Returns the SHA-256 of its card, which names it.

    To be called outside any transaction, which would stay open during the uploads.
    """
    for content in bundle.to_files().values():
        blobs.put(content)
    return bundle.sha256


def bundle_load(digest: str) -> Bundle:
    """The bundle of that SHA-256, every byte of it checked. Raises ArtifactError, BlobDamaged, FileNotFoundError."""
    card = blobs.get(digest)
    named = Card.from_json(card)
    files = {CARD: card, WEIGHTS: blobs.get(named.weights_sha256), GRAPH: blobs.get(named.onnx_sha256)}
    return Bundle.from_files(files, digest)


def stage_load(digest: str) -> StageBundle:
    """The stage of that SHA-256, every byte of it checked. Raises as `bundle_load` does."""
    card = blobs.get(digest)
    named = StageCard.from_json(card)
    files = {
        stage_files.CARD: card,
        stage_files.ARRAYS: blobs.get(named.arrays_sha256),
        stage_files.GRAPH: blobs.get(named.onnx_sha256),
    }
    return StageBundle.from_files(files, digest)
