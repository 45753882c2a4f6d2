"""Everything that writes in the reading room: the queue, reads, the labels made of them, and what is read next."""

from labeling.services.answers import Answers, MeasurementDrawn, RegionDrawn
from labeling.services.deferring import Until, assignment_defer
from labeling.services.exposure import answers_seen_record
from labeling.services.imports import label_import_open, label_import_withdraw, labels_import
from labeling.services.labels import labels_refresh
from labeling.services.queue import (
    assignment_claim,
    assignment_extend,
    assignment_open_single,
    assignment_resume,
    assignment_take,
    assignments_claim,
    assignments_extend,
)
from labeling.services.reading import (
    NotGiven,
    PredictionUnseen,
    read_store,
    read_submit,
)
from labeling.services.referral import NotSent, assignment_escalate, opinion_ask
from labeling.services.release import (
    AssignmentGone,
    assignment_release,
    assignment_skip,
    assignments_release_lapsed,
)
from labeling.services.reopening import NoReason, assignment_unskip, read_amend, read_undo

__all__ = [
    "Answers",
    "AssignmentGone",
    "MeasurementDrawn",
    "NoReason",
    "NotGiven",
    "NotSent",
    "PredictionUnseen",
    "RegionDrawn",
    "Until",
    "answers_seen_record",
    "assignment_claim",
    "assignment_defer",
    "assignment_escalate",
    "assignment_extend",
    "assignment_open_single",
    "assignment_release",
    "assignment_resume",
    "assignment_skip",
    "assignment_take",
    "assignment_unskip",
    "assignments_claim",
    "assignments_extend",
    "assignments_release_lapsed",
    "label_import_open",
    "label_import_withdraw",
    "labels_import",
    "labels_refresh",
    "opinion_ask",
    "read_amend",
    "read_store",
    "read_submit",
    "read_undo",
]
