"""One synthetic radiograph with its truth."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phantom.chest import Chest, chest_project
from phantom.detector import Window, expose, scatter, shutters
from phantom.devices import DEVICES, Device, device_named
from phantom.findings import FINDINGS, REGISTRY, findings_known
from phantom.lungs import Lungs
from phantom.marker import marker_draw
from phantom.patient import Patient, Pose, View
from phantom.projection import Projection
from phantom.raster import BILINEAR, turn
from phantom.shapes import Map
from phantom.streams import Streams
from phantom.tissue import Side, Tissue

MU_SOFT, MU_LUNG, MU_BONE = 0.200, 0.058, 0.52
"""Linear attenuation near 60 keV, 1/cm; bone is cortical (after NIST's XCOM tables)."""
FINEST = 640
"""Pixels across which the anatomy is drawn at most; larger films are enlarged, their noise is not."""


@dataclass(frozen=True)
class Truth:
    """One finding as drawn: mask (H, W) bool, box x0 y0 x1 y1 in pixels (ends excluded), extent in `unit`."""

    name: str
    severity: float
    side: Side
    mask: NDArray[np.bool_]
    box: tuple[int, int, int, int]
    extent: float
    unit: str


@dataclass(frozen=True)
class Radiograph:
    """pixels (size, size) uint16, as stored by the device; spacing: millimetres per pixel at the detector."""

    seed: int
    pixels: NDArray[np.uint16]
    patient: Patient
    pose: Pose
    device: Device
    spacing: float
    findings: dict[str, Truth]

    @property
    def bits(self) -> int:
        return self.device.bits

    @property
    def monochrome1(self) -> bool:
        return self.device.monochrome1

    def display(self) -> NDArray[np.uint8]:
        """8 bit, bone white."""
        out = (self.pixels >> (self.bits - 8)).astype(np.uint8)
        return 255 - out if self.monochrome1 else out


def draw_findings(
    seed: int, prevalence: float | Mapping[str, float] = 0.25, *, patient: int | None = None
) -> dict[str, float]:
    """Independent findings, each with its probability (0 where a mapping leaves it out), as name: severity in 0.15..1.

    Lasting findings follow the patient's seed, the others the image's. Raises ValueError for an unknown name.
    """
    chances = prevalence if isinstance(prevalence, Mapping) else dict.fromkeys(FINDINGS, prevalence)
    findings_known(set(chances))
    streams = Streams.seeded(seed, patient)
    drawn = {}
    for name in FINDINGS:
        rng = streams.of(f"draw {name}", lasting=REGISTRY[name].lasting)
        present = rng.random() < chances.get(name, 0)
        severity = float(rng.uniform(0.15, 1))
        if present:
            drawn[name] = severity
    return drawn


def render(
    seed: int,
    findings: Mapping[str, float] | None = None,
    *,
    size: int = 512,
    difficulty: float = 0.5,
    view: View | None = None,
    device: str | None = None,
    patient: int | None = None,
) -> Radiograph:
    """Draw one radiograph of size x size pixels; the same arguments give the same bytes.

    findings: severity in (0, 1] by name; difficulty: 0 plain .. 1 subtle; patient: seed of the person, for several
    images of one. Raises ValueError for an unknown finding or device and for values out of range.
    """
    findings = dict(findings or {})
    _check(findings, size, difficulty)
    streams = Streams.seeded(seed, patient)
    person = Patient.draw(streams.of_patient("patient"))
    machine = _device(device, streams)
    pose = Pose.draw(streams.of_image("pose"), person, _view(view, machine, streams))
    chest = chest_project(Projection(person, pose, min(size, FINEST)), streams)
    tissue = Tissue(chest, _lungs(chest, findings, 1 - difficulty))
    drawn = [name for name in FINDINGS if name in findings]
    truths = {name: _find(name, findings[name], tissue, 1 - difficulty, streams, size) for name in drawn}
    grey = _film(chest, tissue, machine, streams, size)
    levels = 2**machine.bits - 1
    if machine.monochrome1:
        grey = 1 - grey
    stored = np.rint(grey * levels).astype(np.uint16)
    return Radiograph(seed, stored, person, pose, machine, 10 * pose.field / size, truths)


def _check(findings: Mapping[str, float], size: int, difficulty: float) -> None:
    findings_known(set(findings))
    if wrong := [name for name, severity in findings.items() if not 0 < severity <= 1]:
        raise ValueError(f"severity of {', '.join(wrong)} must be above 0 and at most 1")
    if not 0 <= difficulty <= 1:
        raise ValueError(f"difficulty must be from 0 to 1, not {difficulty}")
    if not 64 <= size <= 4096:
        raise ValueError(f"size must be from 64 to 4096 pixels, not {size}")


def _device(name: str | None, streams: Streams) -> Device:
    if name:
        return device_named(name)
    return DEVICES[int(streams.of_image("device").integers(len(DEVICES)))]


def _view(view: View | None, device: Device, streams: Streams) -> View:
    if view:
        return view
    supine = device.mobile or streams.of_image("view").random() < 0.2
    return "AP" if supine else "PA"


def _lungs(chest: Chest, findings: Mapping[str, float], ease: float) -> Lungs:
    for name, severity in findings.items():
        if enlarge := REGISTRY[name].ctr:
            return chest.lungs_about(enlarge(severity, ease))
    return chest.lungs


def _find(name: str, severity: float, tissue: Tissue, ease: float, streams: Streams, size: int) -> Truth:
    finding = REGISTRY[name]
    rng = streams.of(name, lasting=finding.lasting)
    side: Side = finding.side or ("R" if rng.random() < 0.5 else "L")
    drawn = finding.draw(tissue, rng, severity, ease, side)
    mask = turn(drawn.mask.astype(np.float32), tissue.projection.pose.turn, size, BILINEAR) > 0.5
    return Truth(name, severity, side, mask, _box(mask), drawn.extent, finding.unit)


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows = np.flatnonzero(mask.any(1))
    columns = np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _attenuation(chest: Chest, lung: Map, tissue: Tissue | None = None) -> Map:
    """-ln of the transmitted share of the beam, with the findings drawn into `tissue` or without any."""
    markings = tissue.markings if tissue else 1
    airways, opaque = (tissue.airways, tissue.opaque) if tissue else (0, 0)
    vessels = 1.5 * chest.vessels * np.minimum(lung / 4, 1) * markings
    return np.asarray(
        MU_SOFT * np.maximum(chest.body - lung - chest.gas - airways, 0)
        + MU_LUNG * lung * (1 + 0.025 * chest.texture * markings)
        + (MU_BONE - MU_SOFT) * chest.bone
        + (MU_SOFT - MU_LUNG) * (vessels + opaque)
    )


def _film(chest: Chest, tissue: Tissue, device: Device, streams: Streams, size: int) -> Map:
    """Grey values (size, size). Window and scatter are those of the patient without findings, so that a finding
    changes the film only where it lies (and, by local contrast, a little about it)."""
    p = chest.projection
    healthy = chest.lungs.right + chest.lungs.left
    plain = _attenuation(chest, healthy)
    step = max(1, p.n // 128)
    coarse = (slice(None, None, step), slice(None, None, step))
    window = Window.of(plain[coarse], chest.body[coarse], healthy[coarse])
    scattered = scatter(plain[coarse], chest.body[coarse], p.px * step)
    sick = _attenuation(chest, tissue.lung["R"] + tissue.lung["L"], tissue)
    grey = expose(
        turn(sick, p.pose.turn, size), turn(scattered, p.pose.turn, size), device, window, streams.of_image("noise")
    )
    marks = marker_draw(device.marker, p.pose.view, size, streams.of_image("marker"))
    return shutters(np.maximum(grey, 0.96 * marks), device.collimation, streams.of_image("shutters"))
