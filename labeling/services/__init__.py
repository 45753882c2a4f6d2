"""Everything that writes in the reading room: the queue, the reads, the labels made of them, and what is read next."""

from labeling.services.labels import label_import_open, labels_import, labels_listen, labels_refresh
from labeling.services.queue import (
    AssignmentGone,
    assignment_claim,
    assignment_extend,
    assignment_open_single,
    assignment_release,
    assignment_skip,
    assignment_take,
    assignments_claim,
    assignments_extend,
    assignments_release_lapsed,
)
from labeling.services.reading import Answers, RegionDrawn, read_submit, read_undo

__all__ = [
    "Answers",
    "AssignmentGone",
    "RegionDrawn",
    "assignment_claim",
    "assignment_extend",
    "assignment_open_single",
    "assignment_release",
    "assignment_skip",
    "assignment_take",
    "assignments_claim",
    "assignments_extend",
    "assignments_release_lapsed",
    "label_import_open",
    "labels_import",
    "labels_listen",
    "labels_refresh",
    "read_submit",
    "read_undo",
]
