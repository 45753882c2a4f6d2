"""Counts of a project's images and labels, as charts; the label of each image in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, F, QuerySet, Value, When
from django.db.models.functions import Floor
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.charts.bars import Bar, balance, pyramid, shares
from labeling.models import ReferenceLabel
from labeling.queries.labels import labels_standing
from labeling.values import answer_words
from overread.archive.models import Image
from overread.projects.models import Finding, Project

OLDEST = 8  # the decade of age from which on all are counted together


def label_words(project: Project, images: Iterable[Image]) -> dict[UUID, tuple[str, str]]:
    """Image → its reference labels in words, and their origin. Images without a label are left out."""
    findings: dict[UUID, list[str]] = defaultdict(list)
    origins: dict[UUID, str] = {}
    labels = labels_standing(project).filter(image__in=[image.pk for image in images]).select_related("finding")
    for label in labels.order_by("finding__order", "finding"):
        origins[label.image_id] = origin_words(label.origin, label.readers)
        if words := _value_words(label):
            findings[label.image_id].append(words)
    found = {}
    for image, origin in origins.items():
        words = ", ".join(findings[image]) or _("No finding")
        found[image] = (words, origin)
    return found


def _value_words(label: ReferenceLabel) -> str:
    """The finding with its value; "" for an absent finding."""
    finding = label.finding
    told = {"finding": finding.name}
    if label.value is None:
        return (_("%(finding)s disputed") if label.disputed else _("%(finding)s not assessable")) % told
    if finding.kind != Finding.Kind.BINARY:
        return f"{finding.name} {answer_words(finding, label.value)}"
    if label.value == 0:
        return ""
    if label.value == 1:
        return finding.name
    return _("%(finding)s uncertain") % told


def origin_words(origin: str, readers: int) -> str:
    """ "3 readers", "adjudicated" or "imported"."""
    if origin == "adjudicated":
        return _("adjudicated")
    if origin != "read":
        return _("imported")
    if readers < 2:
        return _("one reader")
    return _("%(count)d readers") % {"count": readers}


def source_words(origin: str, readers: int) -> str:
    """As origin_words, but with "several readers" for any number above one."""
    if origin == "read" and readers > 1:
        return _("several readers")
    return origin_words(origin, 1)


@dataclass(frozen=True)
class LabelCounts:
    """Labels by finding and value, and by source, from one query."""

    values: dict[tuple[int, float | None], int]
    sources: dict[str, int]


def label_counts(project: Project) -> LabelCounts:
    # The database groups one reader and several apart, not each number of readers: fewer rows to fetch.
    several = Case(When(readers__lt=2, then=Value(1)), default=Value(2))
    labels = labels_standing(project).order_by().annotate(several=several)
    rows = labels.values_list("finding", "value", "origin", "several").annotate(n=Count("pk"))
    values: dict[tuple[int, float | None], int] = defaultdict(int)
    sources: dict[str, int] = defaultdict(int)
    for finding, value, origin, readers, n in rows:
        values[finding, value] += n
        sources[source_words(origin, readers)] += n
    return LabelCounts(values, sources)


def balance_chart(project: Project, counts: LabelCounts) -> SafeString | None:
    """Images in which each binary finding is present, and uncertain. None while nothing is labelled."""
    bars = []
    for pk, name in project.findings.filter(kind=Finding.Kind.BINARY).values_list("pk", "name"):
        present = counts.values.get((pk, 1.0), 0)
        uncertain = counts.values.get((pk, 0.5), 0)
        bars.append(Bar(name, present, uncertain))
    if not bars or not counts.values:
        return None
    return balance(bars, label=_("Images in which each finding is present, and uncertain"))


def source_chart(counts: LabelCounts) -> SafeString | None:
    """Labels by source. None while nothing is labelled."""
    ranked = sorted(counts.sources.items(), key=lambda item: -item[1])
    if not ranked:
        return None
    return shares([Bar(words.capitalize(), n) for words, n in ranked], label=_("Labels by source"))


def view_chart(images: QuerySet[Image]) -> SafeString | None:
    """Images by their five commonest views. None for a project without images."""
    counted = images.order_by().values_list("view").annotate(n=Count("pk")).order_by("-n", "view")
    bars = [Bar(view or _("Not given"), n) for view, n in counted[:5]]
    if not bars:
        return None
    return shares(bars, label=_("Images by view"))


def people_chart(images: QuerySet[Image]) -> SafeString | None:
    """Images by decade of age and sex. None when no image has both."""
    known = images.order_by().filter(age_years__isnull=False, sex__in=["F", "M"])
    counted = known.annotate(decade=Floor(F("age_years") / 10)).values_list("decade", "sex").annotate(n=Count("pk"))
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for decade, sex, n in counted:
        counts[min(int(decade), OLDEST), sex] += n
    if not counts:
        return None
    rows = []
    for decade in range(OLDEST, -1, -1):
        rows.append((_decade_words(decade), counts[decade, "M"], counts[decade, "F"]))
    return pyramid(rows, left=_("male"), right=_("female"), label=_("Images by age and sex"))


def _decade_words(decade: int) -> str:
    if decade == OLDEST:
        return f"{10 * decade}+"
    return f"{10 * decade}–{10 * decade + 9}"
