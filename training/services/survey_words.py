"""A survey as lines of text, for a terminal."""

from __future__ import annotations

from training.datasets.near_duplicates import NearDuplicates
from training.datasets.survey import QuestionSurvey, Survey

VALUES_SHOWN = 8


def survey_lines(told: Survey) -> list[str]:
    """What an import would do, in lines."""
    lines = [
        f"{told.images} images: {told.accepted} can be taken in, {told.missing_count} not found, "
        f"{told.refused_count} refused.",
        f"{told.patients} patients, {told.without_patient} images without one.",
    ]
    if told.without_label:
        lines.append(f"{told.without_label} images without a label.")
    if told.regions or told.masks:
        lines.append(f"{told.regions} regions, {told.masks} masks.")
    lines += _split_lines(told)
    lines += [_question_line(question) for question in told.questions]
    for slug, counts in told.answers.items():
        lines.append(f"  {slug}: " + ", ".join(f"{value} {count}" for value, count in counts.most_common(VALUES_SHOWN)))
    for name, count in told.unknown_names.most_common():
        near = f"; the nearest is {told.nearest[name]!r}" if told.nearest[name] else ""
        lines.append(f"Unknown name {name!r}: {count} images are refused{near}.")
    lines += [f"Not found, {number}: {reason}" for number, reason in told.missing]
    lines += [f"Refused, {number}: {reason}" for number, reason in told.refused]
    for names in told.duplicates[:VALUES_SHOWN]:
        lines.append(f"The same file: {', '.join(names[:VALUES_SHOWN])}.")
    lines += near_lines(told.near)
    lines += told.notes
    if told.to_decide:
        lines += ["To be decided before an import:", *told.to_decide]
    return lines


def near_lines(near: NearDuplicates | None) -> list[str]:
    """What looks the same, in lines."""
    if near is None:
        return ["Near duplicates were not looked for (--near-duplicates)."]
    lines = [
        f"Near duplicates: {near.looked_at} images compared; {near.across_patients} pairs in different patients, "
        f"{near.across_splits} in different splits."
    ]
    if near.flat or near.undecoded:
        lines.append(f"Not compared: {near.flat} without any contrast, {near.undecoded} that cannot be opened.")
    lines += [f"Look the same ({pair.bits} of 256 bits differ): {pair.one}, {pair.other}." for pair in near.pairs]
    return lines


def _split_lines(told: Survey) -> list[str]:
    named = {split: count for split, count in told.splits.items() if split}
    if not named:
        return []
    words = ", ".join(f"{split} {count}" for split, count in named.items())
    lines = [f"Its own splits: {words}."]
    if told.patients_in_splits:
        lines.append(f"{told.patients_in_splits} patients are in more than one of them.")
    return lines


def _question_line(asked: QuestionSurvey) -> str:
    question = asked.question
    line = f"{question.name}: {question.kind}"
    if question.options:
        line += f" ({', '.join(question.options[:VALUES_SHOWN])})"
    if question.unit:
        line += f" in {question.unit}"
    if question.why:
        line += f", {question.why}"
    if asked.left_out:
        line += "; left out"
    elif asked.finding:
        line += f" → {asked.finding}"
    else:
        line += "; no finding of the project"
    counts = ", ".join(f"{value} × {count}" for value, count in asked.counts.most_common(VALUES_SHOWN))
    return f"{line}. {counts}".rstrip()
