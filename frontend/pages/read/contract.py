"""What the reading page's script receives. frontend/src/reading/contract.ts has the same members and explains them."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from overread.archive.presets import WindowPreset

CaseState = Literal["blind", "open", "revealed", "done"]


class FrameInfo(TypedDict):
    channels: int
    slope: float
    intercept: float
    padding: list[float] | None
    windows: list[WindowPreset]


class CaseImage(FrameInfo):
    id: str
    rows: int
    columns: int
    half_rows: int
    half_columns: int
    inverted: bool
    frame: int
    frames: list[FrameInfo]
    frame_count: int
    modality: str
    view: str
    laterality: str
    label: str
    half_url: str
    full_url: str
    alt: str
    spacing: list[float] | None
    spacing_kind: str
    aspect: float
    orientation: list[str] | None
    unit: str


class Companion(TypedDict):
    role: Literal["prior", "study"]
    label: str
    image: CaseImage


class CaseFinding(TypedDict):
    slug: str
    name: str
    kind: str
    options: list[str]
    unit: str
    key: int | None
    map_url: str | None
    above: bool | None
    set: str | None
    against: str | None


class RegionData(TypedDict):
    finding: str
    kind: str
    points: list[list[float]]
    frame: NotRequired[int]


class OtherRegion(RegionData):
    letter: str


class MeasurementData(TypedDict):
    kind: str
    points: list[list[float]]
    frame: int
    result: str


class CaseUrls(TypedDict):
    submit: str
    skip: str
    propose: str
    defer: str
    escalate: str | None
    opinion: str | None
    worklist: str
    release: str
    heartbeat: str


class Case(TypedDict):
    assignment: str
    version: int
    state: CaseState
    pseudonym: str
    image: CaseImage
    companions: list[Companion]
    findings: list[CaseFinding]
    marks: list[RegionData]
    measurements: list[MeasurementData]
    others: list[OtherRegion]
    image_check: str | None
    prediction: str | None
    urls: CaseUrls


class Confirmation(TypedDict):
    message: str


class Prepared(TypedDict):
    case: Case
    header: str
    panel: str
    url: str


class Upcoming(TypedDict):
    token: str
    assignment: str
    image: CaseImage
    position: str
    begun: bool
    prepared: Prepared | None


class Saved(TypedDict):
    read: str
    extra: bool
    message: str
    undo_url: str | None
    undo_seconds: int


class Turn(TypedDict):
    saved: NotRequired[Saved]
    told: NotRequired[str]
    upcoming: list[Upcoming]
    last: str
    finished: str | None
    url: str
    leave: NotRequired[str]
