"""The model registry: bundles in the blob store, model versions and pipelines in the database."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Max

from inference.engine.bundle import CARD, GRAPH, WEIGHTS, Bundle, Card
from inference.models import ModelVersion, Pipeline, PipelineStage
from overread.accounts.models import User
from overread.archive import blobs
from overread.audit.services import event_append
from overread.projects.models import Project


@transaction.atomic
def version_register(*, project: Project, bundle: Bundle, facts: dict[str, Any], actor: User | None = None) -> Pipeline:
    """Register a stored bundle: a model version, and a pipeline that has it as its only stage.

    `facts` are added to those of the bundle's card: metrics, the shortcut report, the snapshot.
    """
    # Locked, so that two runs that end at the same moment do not take the same number.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = ModelVersion.objects.filter(project=project).aggregate(n=Max("number"))["n"]
    number = (last or 0) + 1
    card = json.loads(bundle.card.to_json())
    card["columns"] = list(bundle.card.layout.columns)
    card["facts"] = {**bundle.card.facts, **facts}
    version_id = uuid.uuid4()
    version = ModelVersion.objects.create(
        id=version_id,
        project=project,
        number=number,
        architecture=bundle.card.architecture,
        backbone=version_id.hex,
        bundle=bundle.sha256,
        card=card,
    )
    pipeline = Pipeline.objects.create(project=project, number=number)
    PipelineStage.objects.create(pipeline=pipeline, order=0, version=version)
    event_append(verb="model.register", actor=actor, target=pipeline, project=project.pk, number=number)
    return pipeline


def bundle_store(bundle: Bundle) -> str:
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
