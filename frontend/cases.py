"""One case as the reading page sees it: what the script gets (contract.ts) and what the templates are given.

Before a blind first read is stored nothing here asks for a prediction, so nothing of it can leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from frontend.image_words import label_words, view_words
from frontend.sent import sent_words
from frontend.suggestions import suggestion_context
from inference.models import Pipeline, Prediction
from inference.services import prediction_ensure, prediction_show
from inference.services.predictions import NotScored
from labeling.contradiction import contradicted_value
from labeling.models import Assignment, Confidence, Read
from labeling.queries.disputed import DisputedRead, disputed_reads
from labeling.queries.reads import own_read
from labeling.queries.sent import roles_above, roles_besides
from labeling.queries.today import case_number
from labeling.queries.worklist import waiting_besides
from labeling.services import answers_show
from labeling.values import value_words
from overread.accounts.models import User
from overread.archive.models import Image, PackedFrame
from overread.archive.presets import presets, value_unit
from overread.projects.models import Finding

SKIP_REASONS = (  # stored as they stand here, shown in the reader's language
    gettext_noop("Image quality too poor"),
    gettext_noop("Wrong body part or view"),
    gettext_noop("Not my field"),
    gettext_noop("I know this patient"),
)


@dataclass(frozen=True)
class OpenCase:
    """A case in front of a reader: its assignment, the phase it is in, and what may be shown with it."""

    assignment: Assignment
    state: str  # blind, open, revealed, done
    prediction: Prediction | None
    waiting: bool
    read: Read | None  # the reader's own standing answer
    disputed: tuple[DisputedRead, ...] = ()  # between which an adjudicator decides


def case_open(assignment: Assignment, reader: User, pipeline: Pipeline | None) -> OpenCase:
    """The case as it may be shown now, with what `pipeline` says of it.

    A prediction is looked up only where it may be seen. What is shown, it or other readers' answers, is recorded.
    """
    state = state_of(assignment)
    prediction, waiting = (None, False) if state == "blind" else _suggestion(assignment, pipeline)
    if prediction:
        prediction_show(prediction=prediction, user=reader)
    own = own_read(assignment=assignment, reader=reader)
    disputed = tuple(disputed_reads(assignment))
    if disputed:
        answers_show(user=reader, images=[assignment.image_id])
    return OpenCase(assignment, state, prediction, waiting, own, disputed)


def state_of(assignment: Assignment) -> str:
    """blind, open, revealed or done."""
    if assignment.state == Assignment.State.DONE:
        return "done"
    if not assignment.blind:
        return "open"
    return "revealed" if assignment.state == Assignment.State.REVEALED else "blind"


def _suggestion(assignment: Assignment, pipeline: Pipeline | None) -> tuple[Prediction | None, bool]:
    """The pipeline's prediction, or whether one is still being made."""
    if pipeline is None:
        return None, False
    try:
        return prediction_ensure(pipeline=pipeline, image=assignment.image), False
    except NotScored:
        return None, True


def case_data(case: OpenCase, companions: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What the script gets of a case, and of the images that may hang beside its own."""
    outputs = case.prediction.outputs if case.prediction else {}
    findings = [
        finding_data(finding, key, outputs.get(finding.slug), case)
        for key, finding in enumerate(case.assignment.project.findings.all(), start=1)
    ]
    marks = [
        {"finding": region.finding.slug, "kind": region.kind, "points": region.points, "frame": region.frame}
        for region in (case.read.regions.all() if case.read else ())
    ]
    measurements = case.read.measurements.all() if case.read else ()
    assignment = case.assignment
    return {
        "assignment": str(assignment.pk),
        "version": assignment.version,
        "state": case.state,
        "pseudonym": assignment.image.code,
        "image": image_data(assignment.image) | {"frames": frames_data(assignment.image)},
        "companions": list(companions),
        "findings": findings,
        "marks": marks,
        "measurements": [
            {name: getattr(each, name) for name in ("kind", "points", "frame", "result")} for each in measurements
        ],
        "others": [
            {
                "letter": read.letter,
                "finding": region.finding.slug,
                "kind": region.kind,
                "points": region.points,
                "frame": region.frame,
            }
            for read in case.disputed
            for region in read.regions
        ],
        "foot": None,
        "prediction": str(case.prediction.pk) if case.prediction else None,
        "urls": urls(assignment),
    }


def urls(assignment: Assignment) -> dict[str, str | None]:
    """Where a case's commands go; None where there is nobody to send it to."""
    slug = assignment.project.slug
    names = ("submit", "skip", "propose", "heartbeat", "defer", "escalate", "opinion")
    of_case: dict[str, str | None] = {name: reverse(f"read-{name}", args=[slug, assignment.pk]) for name in names}
    besides, above = _roles(assignment)
    of_case |= {"opinion": None} if not besides else {}
    of_case |= {"escalate": None} if not above else {}
    of_project = {"release": reverse("read-release", args=[slug]), "worklist": reverse("worklist", args=[slug])}
    return of_case | of_project


def _roles(assignment: Assignment) -> tuple[bool, bool]:
    """Whether anybody else reads in the project, and in a role above the reader's; asked once for all cases of a request."""
    project, reader = assignment.project, assignment.reader
    if reader is not None and "_roles" not in project.__dict__:
        besides = bool(roles_besides(project=project, reader=reader))
        project.__dict__["_roles"] = (besides, besides and bool(roles_above(project=project, reader=reader)))
    found: tuple[bool, bool] = project.__dict__.get("_roles", (False, False))
    return found


def finding_data(finding: Finding, key: int, said: Mapping[str, Any] | None, case: OpenCase) -> dict[str, Any]:
    assignment, map_url = case.assignment, None
    if case.prediction and said is not None and "probability" in said:
        of_map = reverse("read-map", args=[assignment.project.slug, assignment.pk, finding.slug])
        map_url = f"{of_map}?prediction={case.prediction.pk}"
    return {
        "slug": finding.slug,
        "name": finding.name,
        "kind": finding.kind,
        "options": finding.options,
        "unit": finding.unit,
        "key": key if key <= 9 else None,
        "map_url": map_url,
        "above": said.get("above") if said else None,
        "against": _against(said, case),
    }


def others_context(slug: str, disputed: Sequence[DisputedRead]) -> dict[str, Any]:
    """What each of the disputed reads says of a finding, and whether they differ in it."""
    said = [(read.letter, read.answers[slug]) for read in disputed if slug in read.answers]
    others = [{"letter": letter, "text": value_words(value)} for letter, value in said]
    return {"others": others, "differ": len({value for _letter, value in said}) > 1}


def against_context(said: Mapping[str, Any] | None, case: OpenCase) -> dict[str, str]:
    against = _against(said, case)
    return {"against": against, "against_text": value_words(against)} if against else {}


def _against(said: Mapping[str, Any] | None, case: OpenCase) -> str | None:
    """The answer that a reader who has read blind keeps or changes by a key of its own, because the model contradicts it."""
    asks = case.state == "revealed" and case.assignment.project.ask_contradictions
    return contradicted_value(said) if asks else None


def image_data(image: Image) -> dict[str, Any]:
    rendering = image.rendering
    return {
        "id": str(image.pk),
        **{
            name: getattr(rendering, name)
            for name in ("rows", "columns", "half_rows", "half_columns", "channels", "slope", "intercept", "inverted")
        },
        "windows": presets(image, rendering, tones=rendering.tones),
        "padding": rendering.padding,
        "frame": 0,
        "frames": [],
        "frame_count": image.frames,
        "modality": image.modality,
        "view": image.view,
        "laterality": image.laterality,
        "label": label_words(image),
        "half_url": reverse("image-pixels", args=[image.pk, "half"]),
        "full_url": reverse("image-pixels", args=[image.pk, "full"]),
        "alt": " ".join(part for part in (image.modality, view_words(image)) if part) or _("Image"),
        "spacing": image.pixel_spacing,
        "spacing_kind": image.spacing_kind,
        "aspect": image.pixel_aspect,
        "orientation": image.orientation.split("\\") if image.orientation else None,
        "unit": value_unit(image, rendering),
    }


def frames_data(image: Image) -> list[dict[str, Any]]:
    """What each frame that was kept has of its own; none are asked for where there is but one."""
    kept = [image.rendering, *image.frame_renderings.all()] if image.frames > 1 else []
    return [frame_data(image, frame) for frame in kept] if len(kept) > 1 else []


def frame_data(image: Image, frame: PackedFrame) -> dict[str, Any]:
    own = {name: getattr(frame, name) for name in ("channels", "slope", "intercept", "padding")}
    return own | {"windows": presets(image, frame, tones=image.rendering.tones)}


def panel_context(case: OpenCase) -> dict[str, Any]:
    """What the panel's template is given. In mode blind nothing of it knows the model."""
    outputs = case.prediction.outputs if case.prediction else {}
    said = {answer.finding.slug: answer.value for answer in case.read.answers.all()} if case.read else {}
    first = first_read(case)
    findings = [
        finding_context(finding, key, outputs.get(finding.slug), said.get(finding.slug), first.get(finding.slug))
        | against_context(outputs.get(finding.slug), case)
        | others_context(finding.slug, case.disputed)
        for key, finding in enumerate(case.assignment.project.findings.all(), start=1)
    ]
    return {
        "mode": "open" if case.state == "done" else case.state,
        "model_name": case.prediction.pipeline.name if case.prediction else "",
        "findings": findings,
        "maps": [slug for slug, output in outputs.items() if "probability" in output],
        "notice": notice(case),
        "indication": case.assignment.image.indication,
        "asked": asked(case),
        "comment": case.read.comment if case.read else "",
        "adjudicates": bool(case.disputed),
        "others_comments": [(read.letter, read.comment) for read in case.disputed if read.comment],
        "has_binary": any(finding["kind"] == Finding.Kind.BINARY for finding in findings),
        "confidence": confidence(case),
        "confidence_steps": confidence_steps(),
    }


def confidence(case: OpenCase) -> str:
    """What the reader said themselves, where they amend it; how sure they were blind is not carried over."""
    own = case.read
    return own.confidence if own and (case.state == "blind" or own.phase != Read.Phase.BLIND) else ""


def confidence_steps() -> list[dict[str, str]]:
    """What the control offers; the first is that nothing is said."""
    return [
        {"value": "", "short": "–", "name": _("not given")},
        {"value": Confidence.LOW, "short": _("Low"), "name": _("low")},
        {"value": Confidence.MEDIUM, "short": _("Medium"), "name": _("medium")},
        {"value": Confidence.HIGH, "short": _("High"), "name": _("high")},
    ]


def notice(case: OpenCase) -> str:
    if case.state == "blind":
        return ""
    if case.waiting:
        return _("The suggestion for this case is still being made. Read as usual.")
    return "" if case.prediction else _("There is no model yet. Read as usual.")


def asked(case: OpenCase) -> str:
    """Why the reader has this case, where a colleague sent it or they amend their own read of it."""
    if case.assignment.amending:
        return _("You are amending your stored read: %(reason)s") % {"reason": case.assignment.amending}
    return sent_words(case.assignment, known=case.state != "blind")


@dataclass(frozen=True)
class FirstRead:
    """What the reader answered blind, as it is stored and in words."""

    value: str
    text: str


def first_read(case: OpenCase) -> dict[str, FirstRead]:
    """After the reveal: finding slug → the blind answer."""
    if case.state != "revealed":
        return {}
    blind = Read.objects.filter(
        assignment=case.assignment, reader=case.assignment.reader, phase=Read.Phase.BLIND, superseded_by=None
    ).first()
    answers = blind.answers.select_related("finding") if blind else ()
    return {answer.finding.slug: FirstRead(answer.value, value_words(answer.value)) for answer in answers}


def finding_context(
    finding: Finding, key: int, said: Mapping[str, Any] | None, value: str | None, first: FirstRead | None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "slug": finding.slug,
        "name": finding.name,
        "kind": finding.kind,
        "options": finding.options,
        "unit": finding.unit,
        "key": key if key <= 9 else None,
        "value": value,
        "first_read": first,
        "probability_text": None,
        "tags": [],
    }
    return context | (suggestion_context(said, finding) if said else {})


@dataclass(frozen=True)
class Position:
    """Which of the reader's cases today, and how many wait besides (`more`: at least so many)."""

    number: int
    besides: int
    more: bool

    @property
    def waiting(self) -> str:
        return f"{self.besides}+" if self.more else str(self.besides)

    def after(self, cases: int) -> Position:
        """Where the reader will be that many cases later."""
        return Position(self.number + cases, max(self.besides - cases, 0), self.more)


def position_of(assignment: Assignment, reader: User) -> Position:
    """Both figures stay true when the queue is refilled."""
    besides, more = waiting_besides(assignment=assignment, reader=reader)
    return Position(case_number(assignment=assignment, reader=reader), besides, more)
