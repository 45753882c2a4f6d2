"""A made-up reading room that speaks frontend/src/reading/contract.ts, so that the island is tested by itself.

It has the project's own templates, policy headers and static files, no database, and faults on request.
`PYTHONPATH=platform:. DJANGO_SETTINGS_MODULE=tests.settings python -m tests.frontend.reading.serving` shows it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import include, path

from frontend.pages import catalogue
from frontend.pages.read.panel import FirstRead, confidence_steps, others_context
from frontend.pages.read.suggestions import suggestion_context
from labeling.contradiction import contradicted_value
from labeling.queries.disputed import DisputedRead
from overread.accounts.models import Preferences
from overread.archive.dicom import Rendering
from tests.frontend.reading import pictures

NAMES = (
    "Atelectasis",
    "Cardiomegaly",
    "Consolidation",
    "Edema",
    "Effusion",
    "Nodule or mass",
    "Pneumonia",
    "Pneumothorax",
)
CHANCES = (0.22, 0.08, 0.56, 0.05, 0.48, 0.91, 0.31, 0.02)
LIMITS = (0.35, 0.30, 0.45, 0.25, 0.50, 0.38, 0.46, 0.20)
MAPPED = ("consolidation", "effusion", "nodule-or-mass")
READER = SimpleNamespace(pk=7, initials="KM", email="k.moreau@hospital.example", is_authenticated=True)
WINDOWS = [
    ("Standard", 1800, 3200, "LINEAR"),
    ("Lung", 1200, 1600, "LINEAR"),
    ("Soft", 2400, 1400, "SIGMOID"),
    ("Bone", 2800, 2400, "LINEAR_EXACT"),
]


@dataclass
class Sheet:
    """One case of the queue and what became of it."""

    seed: int
    blind: bool = False
    inverted: bool = False
    kind: str = "grey"
    rows: int = 512
    columns: int = 512
    frames: int = 1
    coded: tuple[str, str, str] = ("DX", "PA", "")  # modality, view, laterality
    companions: list[tuple[str, str, Sheet]] = field(default_factory=list)  # role, label, what it shows
    spacing: list[float] | None = field(default_factory=lambda: [0.14, 0.14])
    spacing_kind: str = "detector"
    aspect: float = 1.0
    orientation: list[str] | None = None
    padding: list[int] | None = None
    frame_windows: list[tuple[str, float, float, str]] = field(default_factory=list)  # one of each frame's own
    table: list[float] | None = None  # of a window that comes before the others
    renditions: list[Rendering] = field(default_factory=list)  # its frames, where they are real ones of one size
    assignment: str = field(default_factory=lambda: str(uuid.uuid4()))
    version: int = 1
    state: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    others: list[Any] = field(default_factory=list)  # what disputing readers drew
    disputed: tuple[DisputedRead, ...] = ()  # between which the reader adjudicates
    regions: list[Any] = field(default_factory=list)
    measurements: list[Any] = field(default_factory=list)
    comment: str = ""

    def __post_init__(self) -> None:
        self.state = "blind" if self.blind else "open"

    @property
    def pseudonym(self) -> str:
        return f"PX-{2000 + self.seed}"


@dataclass
class Room:
    """The queue, everything that arrived, and the faults still to come (each answers one submit)."""

    sheets: list[Sheet]
    mixed: bool = False
    asks: bool = False  # whether strong contradictions ask for a key
    many: bool = False
    snippets: tuple[str, ...] = ("No change since the prior.", "Apical scar, unchanged.", "Rotated film.")
    proposals: list[dict[str, Any]] = field(default_factory=list)
    at: int = 0
    preferences: Preferences = field(default_factory=Preferences)
    posts: list[dict[str, Any]] = field(default_factory=list)
    reads: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: bool = False
    skips: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)  # each answers one skip
    asked: list[str] = field(default_factory=list)
    opinions: list[dict[str, Any]] = field(default_factory=list)
    beats: int = 0
    released: list[str] = field(default_factory=list)
    faults: list[Callable[[], HttpResponse]] = field(default_factory=list)
    last: tuple[Sheet, float] | None = None

    @property
    def current(self) -> Sheet | None:
        return self.sheets[self.at] if self.at < len(self.sheets) else None

    def place(self, sheet: Sheet | None) -> int:
        return self.sheets.index(sheet) if sheet else len(self.sheets)

    def find(self, assignment: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.assignment == assignment)


room = Room([])


def findings(sheet: Sheet) -> list[dict[str, Any]]:
    shown = sheet.state != "blind"
    rows: list[dict[str, Any]] = []
    for key, (name, chance, limit) in enumerate(zip(NAMES, CHANCES, LIMITS, strict=True), 1):
        slug = name.lower().replace(" ", "-")
        url = f"/maps/{sheet.assignment}/{slug}" if shown and slug in MAPPED else None
        rows.append(
            {
                "slug": slug,
                "name": name,
                "kind": "binary",
                "options": [],
                "unit": "",
                "key": key,
                "map_url": url,
                "above": chance > limit if shown else None,
                "chance": chance,
                "limit": limit,
            }
        )
    if room.many:
        rows += [further(number) for number in range(9, 26)]
    if room.mixed:
        rows = rows[:3]
        rows.append(
            {
                "slug": "projection",
                "name": "Projection",
                "kind": "categorical",
                "options": ["PA", "AP", "Lateral"],
                "unit": "",
                "key": 4,
                "map_url": None,
                "above": None,
            }
        )
        rows.append(
            {
                "slug": "ratio",
                "name": "Cardiothoracic ratio",
                "kind": "measurement",
                "options": [],
                "unit": "%",
                "key": 5,
                "map_url": None,
                "above": None,
            }
        )
    return rows


def further(number: int) -> dict[str, Any]:
    """One more finding, below its threshold."""
    name = {14: "Pleural thickening", 17: "Œdème interstitiel", 25: "Rib fracture"}.get(number, f"Finding {number}")
    return {
        "slug": f"finding-{number}",
        "name": name,
        "kind": "binary",
        "options": [],
        "unit": "",
        "key": number if number <= 9 else None,
        "map_url": None,
        "above": False,
        "chance": 0.04,
        "limit": 0.30,
    }


def image(sheet: Sheet) -> dict[str, Any]:
    pixels = f"/pixels/{sheet.kind}/{sheet.seed}/{sheet.rows}/{sheet.columns}"
    windows: list[dict[str, Any]] = [
        dict(zip(("label", "center", "width", "function"), window, strict=True)) for window in WINDOWS
    ]
    if sheet.table:
        windows = [
            {"label": "LUT", "center": 2047.5, "width": 4095, "function": "LINEAR_EXACT", "table": sheet.table},
            *windows,
        ]
    if sheet.renditions:
        return rendered(sheet)
    facts = {"channels": 1 if sheet.kind == "grey" else 3, "slope": 1, "intercept": 0, "padding": sheet.padding}
    facts["windows"] = windows if sheet.kind == "grey" else []
    frames = [facts] * sheet.frames if sheet.frames > 1 else []
    for number, own in enumerate(sheet.frame_windows):
        frames[number] = facts | {"windows": [dict(zip(("label", "center", "width", "function"), own, strict=True))]}
    return (
        facts
        | (frames[0] if frames else {})
        | {
            "id": f"{sheet.kind}-{sheet.seed}",
            "rows": sheet.rows,
            "columns": sheet.columns,
            "half_rows": sheet.rows // 2,
            "half_columns": sheet.columns // 2,
            "inverted": sheet.inverted,
            "frame": 0,
            "frames": frames,
            "frame_count": sheet.frames,
            **dict(zip(("modality", "view", "laterality"), sheet.coded, strict=True)),
            "label": "",
            "half_url": f"{pixels}/half",
            "full_url": f"{pixels}/full",
            "alt": "Frontal chest radiograph, PA view",
            "spacing": sheet.spacing,
            "spacing_kind": sheet.spacing_kind,
            "aspect": sheet.aspect,
            "orientation": sheet.orientation,
            "unit": "",
        }
    )


def rendered(sheet: Sheet) -> dict[str, Any]:
    """An image whose frames are renditions, each with facts of its own, as the reading page has it."""
    names = ("channels", "slope", "intercept", "padding")
    frames = [
        {name: getattr(frame, name) for name in names}
        | {"windows": [{name: value for name, value in asdict(each).items() if value != ()} for each in frame.windows]}
        for frame in sheet.renditions
    ]
    first = sheet.renditions[0]
    plain = Sheet(sheet.seed, rows=first.rows, columns=first.columns, inverted=sheet.inverted, kind=sheet.kind)
    pixels = f"/renditions/{sheet.seed}"
    return image(plain) | {
        **frames[0],
        "half_rows": first.half_rows,
        "half_columns": first.half_columns,
        "frames": frames if len(frames) > 1 else [],
        "frame_count": len(frames),
        "half_url": f"{pixels}/half",
        "full_url": f"{pixels}/full",
    }


def case(sheet: Sheet | None) -> dict[str, Any] | None:
    if sheet is None:
        return None
    base = f"/read/{sheet.assignment}"
    keys = ("slug", "name", "kind", "options", "unit", "key", "map_url", "above")
    asks = room.asks and sheet.state == "revealed"
    return {
        "assignment": sheet.assignment,
        "version": sheet.version,
        "state": sheet.state,
        "pseudonym": sheet.pseudonym,
        "image": image(sheet),
        "companions": [
            {"role": role, "label": label, "image": image(beside)} for role, label, beside in sheet.companions
        ],
        "findings": [
            {key: row[key] for key in keys} | {"set": None, "against": against(row) if asks else None}
            for row in findings(sheet)
        ],
        "marks": sheet.regions,
        "measurements": sheet.measurements,
        "others": sheet.others,
        "prediction": None if sheet.state == "blind" else sheet.assignment,
        "image_check": None
        if sheet.state == "blind"
        else "Image check passed: frontal · lungs found · in distribution",
        "urls": {
            "submit": f"{base}/submit/",
            "skip": f"{base}/skip/",
            "propose": f"{base}/propose/",
            "defer": f"{base}/defer/",
            "escalate": f"{base}/escalate/" if room.roles else None,
            "opinion": f"{base}/opinion/" if room.roles else None,
            "worklist": "/worklist/",
            "release": "/release/",
            "heartbeat": f"{base}/heartbeat/",
        },
    }


def against(row: dict[str, Any]) -> str | None:
    if row["kind"] != "binary":
        return None
    return contradicted_value({"kind": "binary", "probability": row["chance"], "above": row["above"]})


def panel_finding(sheet: Sheet, row: dict[str, Any]) -> dict[str, Any]:
    value = sheet.answers.get(row["slug"], {}).get("value")
    suggestion: dict[str, Any] = {"probability_text": None, "above": None, "tags": [], "first_read": None}
    if sheet.state != "blind" and row["kind"] == "binary":
        suggestion = {
            "probability_text": f"{row['chance']:.2f}",
            "threshold_text": f"{row['limit']:.2f}",
            "above": row["above"],
            "bar": round(row["chance"] * 100),
            "tick": round(row["limit"] * 100),
            "interval_text": "",
            "tags": [{"glyph": "unsure", "text": "model abstains", "tone": "warn"}]
            if row["slug"] == "effusion"
            else [],
            "first_read": FirstRead(str(value), str(value)) if sheet.state == "revealed" else None,
        }
        if room.asks and sheet.state == "revealed" and (contradicted := against(row)):
            suggestion |= {"against": contradicted, "against_text": contradicted}
    elif sheet.state != "blind" and row["kind"] == "measurement":
        said = {"value": 52.0, "unit": "%", "low": 48.0, "high": 56.0, "coverage": 0.9, "range": [30.0, 80.0]}
        suggestion |= suggestion_context(said)
    elif sheet.state != "blind":
        chances = {"PA": 0.91, "AP": 0.08, "Lateral": 0.01}
        suggestion |= suggestion_context({"option": "PA", "probability": 0.91, "probabilities": chances})
    return row | suggestion | {"value": value} | others_context(row["slug"], sheet.disputed)


def context(request: HttpRequest, sheet: Sheet | None) -> dict[str, Any]:
    mode = sheet.state if sheet else "open"
    panel = {
        "mode": mode,
        "model_name": "chest model 3.2",
        "maps": [] if mode == "blind" or room.mixed else list(MAPPED),
        "notice": None
        if mode == "blind"
        else "Effusion: at 90 % coverage both answers stay possible {absent, present}, so the model abstains.",
        "findings": [panel_finding(sheet, row) for row in findings(sheet)] if sheet else [],
        "comment": sheet.comment if sheet else "",
        "adjudicates": bool(sheet and sheet.disputed),
        "others_comments": [(read.letter, read.comment) for read in sheet.disputed if read.comment] if sheet else [],
        "has_binary": True,
        "confidence": "",
        "confidence_steps": confidence_steps(),
    }
    return {
        "user": READER,
        "preferences": room.preferences,
        "worklist_url": "/worklist/",
        "sign_in_url": "/sign-in/",
        "case": case(sheet),
        "panel": panel,
        "position": {"number": room.place(sheet) + 1, "waiting": len(room.sheets) - room.place(sheet) - 1},
        "csrf_token": get_token(request),
        "patient": sheet
        and {
            "case": sheet.pseudonym,
            "pseudonym": sheet.pseudonym,
            "age": "60 y",
            "sex": "M",
            "view": "Chest PA",
            "laterality": "L marker",
            "interval": "244 days after the prior",
            "device": "Unit B",
        },
        "first_read_text": "First read stored" if mode == "revealed" else "",
        "finished": {"cases": len(room.sheets), "time_text": "1 h 31 min"},
        "snippets": list(room.snippets),
        "skip_reasons": ["Image not readable", "Wrong view or body part", "I know this patient", "Other"],
        "untils": [
            ("hour", "For 1 hour"),
            ("today", "Until the end of today"),
            ("tomorrow", "Until the end of tomorrow"),
        ],
        "roles_above": [("adjudicator", "Adjudicator")] if room.roles else [],
        "roles": [("reader", "Reader"), ("adjudicator", "Adjudicator")] if room.roles else [],
    }


def waiting() -> list[Sheet]:
    """The case in front and the two after it."""
    return room.sheets[room.at : room.at + 3]


def upcoming(request: HttpRequest, sheets: list[Sheet], known: list[str]) -> list[dict[str, Any]]:
    blind = [any(before.state == "blind" for before in room.sheets[room.at : room.place(sheet)]) for sheet in sheets]
    return [
        prepared(request, sheet, known, withheld=after and sheet.state != "blind")
        for sheet, after in zip(sheets, blind, strict=True)
    ]


def prepared(request: HttpRequest, sheet: Sheet, known: list[str], *, withheld: bool) -> dict[str, Any]:
    values = context(request, sheet)
    token = f"{sheet.assignment}.{sheet.version}.{sheet.state}"
    stub = {
        "token": token,
        "assignment": sheet.assignment,
        "position": render_to_string("read/position.html", values),
        "image": values["case"]["image"],
        "begun": False,
        "prepared": None,
    }
    if token in known or withheld:
        return stub | ({"token": ""} if withheld else {})
    return stub | {
        "prepared": {
            "case": values["case"],
            "header": render_to_string("read/header.html", values),
            "panel": render_to_string("read/panel.html", values),
            "url": f"/read/{sheet.assignment}/",
        }
    }


def turn(request: HttpRequest, saved: dict[str, Any] | None = None) -> JsonResponse:
    known = json.loads(request.body).get("known", [])
    last = room.last and {
        "case": room.last[0].pseudonym,
        "seconds": int(time.monotonic() - room.last[1]),
        "undo_url": f"/read/{room.last[0].assignment}/undo/",
        "opinion_url": f"/read/{room.last[0].assignment}/opinion/" if room.roles else None,
    }
    body = {
        "upcoming": upcoming(request, waiting(), known),
        "last": render_to_string("read/undo.html", {"last": last}) if last else "",
        "url": "/worklist/",
        "finished": None if room.current else render_to_string("read/finished.html", context(request, None)),
    }
    return JsonResponse(body | ({"saved": saved} if saved else {}), status=201 if saved else 200)


def page(request: HttpRequest, assignment: str = "") -> HttpResponse:
    if assignment:
        room.at = room.sheets.index(room.find(assignment))
    values = context(request, room.current) | {"upcoming": upcoming(request, waiting()[1:], [])}
    return HttpResponse(render_to_string("read.html", values))


def submit(request: HttpRequest, assignment: str) -> HttpResponse:
    body = json.loads(request.body)
    room.posts.append(body)
    if room.faults:
        return room.faults.pop(0)()
    sheet = room.find(assignment)
    if body["key"] not in room.reads:
        room.reads[body["key"]] = body | {"assignment": assignment}
        sheet.answers, sheet.regions, sheet.comment = body["answers"], body["regions"], body["comment"]
        sheet.measurements = body["measurements"]
        sheet.version += 1
        if sheet.state == "blind":
            sheet.state = "revealed"
        else:
            room.last = (sheet, time.monotonic())
            room.at = room.sheets.index(sheet) + 1
    saved = {
        "read": str(uuid.uuid4()),
        "extra": False,
        "message": f"{sheet.pseudonym} saved.",
        "undo_url": f"/read/{assignment}/undo/",
        "undo_seconds": 30,
    }
    return turn(request, saved)


def skip(request: HttpRequest, assignment: str) -> HttpResponse:
    room.skips.append(json.loads(request.body))
    if room.refusals:
        return problem(422, room.refusals.pop(0))
    room.at += 1
    return turn(request)


def opinion(request: HttpRequest, assignment: str) -> HttpResponse:
    room.opinions.append(json.loads(request.body))
    return JsonResponse({"message": f"A second opinion on {room.find(assignment).pseudonym} is requested."}, status=201)


def propose(request: HttpRequest, assignment: str) -> HttpResponse:
    if room.faults:
        return room.faults.pop(0)()
    room.proposals.append(json.loads(request.body))
    return JsonResponse({"proposal": str(uuid.uuid4()), "name": room.proposals[-1]["name"]}, status=201)


def undo(request: HttpRequest, assignment: str) -> HttpResponse:
    sheet = room.find(assignment)
    room.at, room.last = room.sheets.index(sheet), None
    return turn(request)


def keep(request: HttpRequest) -> HttpResponse:
    if room.faults:
        return room.faults.pop(0)()
    for name, value in json.loads(request.body).items():
        setattr(room.preferences, name, value)
    return JsonResponse({})


def heartbeat(request: HttpRequest, assignment: str) -> HttpResponse:
    room.beats += 1
    return HttpResponse(status=204)


def release(request: HttpRequest) -> HttpResponse:
    room.released += json.loads(request.body)["assignments"]
    return HttpResponse(status=204)


def pixels(request: HttpRequest, kind: str, seed: int, rows: int, columns: int, level: str) -> HttpResponse:
    room.asked.append(request.get_full_path())
    seed += int(request.GET.get("frame", 0))
    answer = HttpResponse(pictures.packed(kind, seed, rows, columns, level), content_type="application/octet-stream")
    answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


def renditions(request: HttpRequest, seed: int, level: str) -> HttpResponse:
    sheet = next(sheet for sheet in room.sheets if sheet.seed == seed)
    frame = sheet.renditions[int(request.GET.get("frame", 0))]
    answer = HttpResponse(getattr(frame, level), content_type="application/octet-stream")
    answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


def attention_map(request: HttpRequest, assignment: str, slug: str) -> HttpResponse:
    sheet, values = room.find(assignment), pictures.attention(len(slug))
    answer = HttpResponse(values.tobytes(), content_type="application/octet-stream")
    answer["X-Map-Rows"], answer["X-Map-Columns"] = map(str, values.shape)
    answer["X-Map-Box"] = f"0 0 {sheet.columns} {sheet.rows}"
    return answer


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    body = {"title": "Not stored", "detail": detail} | more
    return JsonResponse(body, status=status, content_type="application/problem+json")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><html lang=en><title>Elsewhere</title><h1>Elsewhere</h1>")


urlpatterns = [
    path("", page),
    path("i18n.js", catalogue.page, name="catalogue"),
    path("read/<str:assignment>/", page),
    path("read/<str:assignment>/submit/", submit),
    path("read/<str:assignment>/skip/", skip),
    path("read/<str:assignment>/defer/", skip),
    path("read/<str:assignment>/escalate/", skip),
    path("read/<str:assignment>/opinion/", opinion),
    path("read/<str:assignment>/propose/", propose),
    path("read/<str:assignment>/undo/", undo),
    path("release/", release),
    path("read/<str:assignment>/heartbeat/", heartbeat),
    path("renditions/<int:seed>/<str:level>", renditions),
    path("pixels/<str:kind>/<int:seed>/<int:rows>/<int:columns>/<str:level>", pixels),
    path("maps/<str:assignment>/<str:slug>", attention_map),
    path("worklist/", plain),
    path("preferences/", include(([path("", keep, name="preferences")], "api"))),
    path("sign-in/", plain),
]
