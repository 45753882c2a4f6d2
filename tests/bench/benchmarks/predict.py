"""Scoring images with small_cnn at 128 px and densenet121 at 224 px: milliseconds an image, beside bare runtimes.

Weights are random: they cost what trained ones do. `session` runs arrays that are prepared already, in batches of 16 by
one thread; the peers do the same, ONNX Runtime by itself and torch eager. `archive` scores images of the archive with
all that belongs to it (read, check, prepare, run, store); `files` scores DICOM files that stay outside, decoding them
in two children. Beside these two stands the same bare ONNX Runtime, to show what they add.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.asked import Asked
from tests.bench.deployment import begin, deployment
from tests.bench.measure import cheapest
from tests.bench.part import part
from tests.bench.rows import Row

SIDE, BATCH = 512, 16
NETWORKS = {"small_cnn": (128, 64), "densenet121": (224, 16)}  # input pixels, images


def run(asked: Asked) -> Iterator[Row]:
    for architecture, (size, most) in NETWORKS.items():
        count = asked.cases or (BATCH if asked.quick else most)
        with deployment() as env:
            env |= {"OMP_NUM_THREADS": "1"}
            found = part(measure, env=env, architecture=architecture, size=size, count=count, seconds=asked.seconds)
        for way in ("session", "archive", "files"):
            for system in ("overread", "onnxruntime", "torch_eager"):
                spent = found[way if system == "overread" else system]
                yield Row(f"{architecture}_{size}/{way}", "image_ms", spent * 1000, system)
                yield Row(f"{architecture}_{size}/{way}", "instances_per_s", 1 / spent, system)


def measure(architecture: str, size: int, count: int, seconds: float) -> dict[str, float]:
    """Seconds an image, by way and peer."""
    begin()
    from django.conf import settings

    from inference.services.files import files_score
    from inference.services.scoring import images_score, session_of
    from overread.archive.services import image_ingest
    from overread.jobs.running import run_all
    from tests.bench import films
    from tests.factories import make_project

    project = make_project()
    pipeline, network, graph = model_of(project, architecture, size)
    files = []
    for patient, content in films.dicoms(SIDE, count):
        image_ingest(project=project, content=content, source="import", patient=patient)
        files.append(Path(settings.DATA) / f"{patient}.dcm")
        files[-1].write_bytes(content)
    run_all(queues=("io",))
    session = session_of(pipeline.classifier.pk)  # opened once in the life of a worker
    prepared = np.random.default_rng(0).standard_normal((count, 1, size, size), np.float32)
    found = {
        "archive": timed(lambda: images_score(pipeline=pipeline)),
        "files": timed(lambda: list(files_score(pipeline=pipeline, files=files))),
        "session": cheapest(lambda: session.run(prepared, BATCH), seconds).wall_s,
        "onnxruntime": cheapest(bare_onnx(graph, prepared), seconds).wall_s,
        "torch_eager": cheapest(eager(network, prepared), seconds).wall_s,
    }
    return {name: spent / count for name, spent in found.items()}


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def model_of(project: Any, architecture: str, size: int) -> tuple[Any, Any, bytes]:
    """A registered pipeline of a network with fresh weights, the network, and its graph in ONNX."""
    import torch

    from inference.engine import network, onnx_export, weights
    from inference.engine.bundle import Bundle, Card
    from inference.engine.digest import sha256_of
    from inference.engine.outputs import Output, OutputLayout
    from inference.engine.preparation import Preparation
    from inference.engine.probability import uncalibrated
    from inference.services.versions import bundle_store, version_register

    torch.manual_seed(0)
    names = tuple(project.findings.values_list("slug", flat=True))
    layout = OutputLayout(tuple(Output(name, "binary") for name in names))
    net = network.assemble(architecture, 1, layout).eval()
    graph, packed = onnx_export.export(net, 1, size), weights.pack(net.state_dict())
    card = Card(
        architecture=architecture,
        layout=layout,
        preparation=Preparation(size=size),
        calibrations=uncalibrated(layout),
        thresholds=dict.fromkeys(names, 0.5),
        weights_sha256=sha256_of(packed),
        onnx_sha256=sha256_of(graph),
    )
    bundle = Bundle(card, packed, graph)
    bundle_store(bundle)
    return version_register(project=project, bundle=bundle, facts={}), net, graph


def batches(images: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [images[start : start + BATCH] for start in range(0, len(images), BATCH)]


def bare_onnx(graph: bytes, images: NDArray[np.float32]) -> Callable[[], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: [session.run(None, {name: batch}) for batch in batches(images)]


def eager(network: Any, images: NDArray[np.float32]) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)

    def forward() -> None:
        with torch.inference_mode():
            for batch in batches(images):
                network(torch.from_numpy(batch))

    return forward
