"""Answers and labels as words and as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from labeling.values import NOT_ASSESSABLE, TRI, answer_number
from overread.projects.models import Finding

WORDS = {number: word for word, number in TRI.items()}


def number_of(finding: Finding, value: str | None) -> float | None:
    """The number of an answer; None for not assessable, and for an option that the finding has no more."""
    if value is None:
        return None
    try:
        return answer_number(finding, value)
    except (KeyError, ValueError):
        return None


def words_of(finding: Finding, number: float | None) -> str | None:
    """The answer that has this number: absent, uncertain, present, an option, or the number. None for None."""
    if number is None:
        return None
    if finding.kind == Finding.Kind.BINARY:
        return WORDS.get(number)
    if finding.kind == Finding.Kind.CATEGORICAL:
        place = int(number)
        return str(finding.options[place]) if 0 <= place < len(finding.options) else None
    return repr(number).removesuffix(".0")


def numbers(rows: pa.Table, findings: Mapping[int, Finding]) -> pa.ChunkedArray:
    """The number of each row's `value`."""
    return _each(rows, "value", findings, number_of, pa.float64())


def words(rows: pa.Table, findings: Mapping[int, Finding]) -> pa.ChunkedArray:
    """The words for each row's `number`; of a null one that is not disputed, not assessable."""
    said = _each(rows, "number", findings, words_of, pa.string())
    unsaid = pc.and_(pc.is_null(rows["number"]), pc.invert(rows["disputed"]))
    return pc.if_else(unsaid, NOT_ASSESSABLE, said)


def _each(
    rows: pa.Table,
    name: str,
    findings: Mapping[int, Finding],
    say: Callable[..., object],
    kind: pa.DataType,
) -> pa.ChunkedArray:
    """`say` of each row's finding and value, called once for each different pair."""
    findings_of = rows["finding_id"].combine_chunks().dictionary_encode()
    values_of = rows[name].combine_chunks().dictionary_encode()
    values = values_of.dictionary.to_pylist()
    # Pairs as one number: the finding's place × how many values there are (and null) + the value's place.
    width = len(values) + 1
    places = pc.fill_null(pc.cast(values_of.indices, pa.int64()), len(values))
    pairs = pc.add(pc.multiply(pc.cast(findings_of.indices, pa.int64()), width), places).dictionary_encode()
    known = [findings[pk] for pk in findings_of.dictionary.to_pylist()]
    found = []
    for pair in pairs.dictionary.to_pylist():
        finding, place = divmod(pair, width)
        value = values[place] if place < len(values) else None
        found.append(say(known[finding], value))
    return pa.chunked_array([pa.array(found, kind).take(pairs.indices)])
