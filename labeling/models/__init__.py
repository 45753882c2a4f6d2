"""Who reads what and why, what they answered, and what the project holds to be true."""

from labeling.models.assignments import SKIP_REASON, Assignment, Holding
from labeling.models.labels import (
    ImportedLabel,
    ImportedMask,
    ImportedRegion,
    LabelImport,
    LabelWithdrawal,
    ReferenceLabel,
)
from labeling.models.purposes import ALWAYS_BLIND, CONTROLS, MEASURING, Priority, Purpose, Sent
from labeling.models.reads import (
    Answer,
    AnswersSeen,
    Confidence,
    Contradiction,
    ExposureKind,
    FindingProposal,
    Measurement,
    Read,
    Region,
)
from labeling.models.selections import Selection, StrategyFailure, WorthReport

__all__ = [
    "ALWAYS_BLIND",
    "CONTROLS",
    "MEASURING",
    "SKIP_REASON",
    "Answer",
    "AnswersSeen",
    "Assignment",
    "Confidence",
    "Contradiction",
    "ExposureKind",
    "FindingProposal",
    "Holding",
    "ImportedLabel",
    "ImportedMask",
    "ImportedRegion",
    "LabelImport",
    "LabelWithdrawal",
    "Measurement",
    "Priority",
    "Purpose",
    "Read",
    "ReferenceLabel",
    "Region",
    "Selection",
    "Sent",
    "StrategyFailure",
    "WorthReport",
]
