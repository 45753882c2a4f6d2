"""What the images and labels of a project amount to, counted for charts and tiles."""

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


def label_words(project: Project, images: Iterable[Image]) -> dict[UUID, tuple[str, str]]:
    """Image → what the project holds of it, in words, and how that came to be."""
    said: dict[UUID, list[str]] = defaultdict(list)
    origins: dict[UUID, str] = {}
    labels = labels_standing(project).filter(image__in=[image.pk for image in images]).select_related("finding")
    for label in labels.order_by("finding__order", "finding"):
        origins[label.image_id] = origin_words(label.origin, label.readers)
        if told := _told(label):
            said[label.image_id].append(told)
    return {image: (", ".join(said[image]) or _("No finding"), origin) for image, origin in origins.items()}


def _told(label: ReferenceLabel) -> str:
    finding = label.finding
    if label.value is None:
        told = _("%(finding)s disputed") if label.disputed else _("%(finding)s not assessable")
        return told % {"finding": finding.name}
    if finding.kind == Finding.Kind.BINARY:
        if label.value == 0:
            return ""
        return finding.name if label.value == 1 else _("%(finding)s uncertain") % {"finding": finding.name}
    return f"{finding.name} {answer_words(finding, label.value)}"


def origin_words(origin: str, readers: int) -> str:
    if origin == "read":
        return _("one reader") if readers < 2 else _("%(count)d readers") % {"count": readers}
    return _("adjudicated") if origin == "adjudicated" else _("imported")


@dataclass(frozen=True)
class LabelCounts:
    """Labels by finding and value, and by how they came to be, from one pass over them."""

    values: dict[tuple[int, float | None], int]
    sources: dict[str, int]


def label_counts(project: Project) -> LabelCounts:
    several = Case(When(readers__lt=2, then=Value(1)), default=Value(2))
    rows = labels_standing(project).order_by().annotate(several=several)
    values: dict[tuple[int, float | None], int] = defaultdict(int)
    sources: dict[str, int] = defaultdict(int)
    for finding, value, origin, readers, n in rows.values_list("finding", "value", "origin", "several").annotate(
        n=Count("pk")
    ):
        values[finding, value] += n
        sources[_("several readers") if origin == "read" and readers > 1 else origin_words(origin, 1)] += n
    return LabelCounts(values, sources)


def balance_chart(project: Project, counts: LabelCounts) -> SafeString | None:
    """Images in which each binary finding is present, and uncertain. None while nothing is labelled."""
    names = project.findings.filter(kind=Finding.Kind.BINARY).values_list("pk", "name")
    bars = [Bar(name, counts.values.get((pk, 1.0), 0), counts.values.get((pk, 0.5), 0)) for pk, name in names]
    label = _("Images in which each finding is present, and uncertain")
    return balance(bars, label=label) if bars and counts.values else None


def origin_chart(counts: LabelCounts) -> SafeString | None:
    """Labels by how they came to be. None while there is none."""
    ranked = sorted(counts.sources.items(), key=lambda item: -item[1])
    return shares([Bar(words.capitalize(), n) for words, n in ranked], label=_("Labels by source")) if ranked else None


def view_chart(images: QuerySet[Image]) -> SafeString | None:
    """Images by their commonest views. None where there is no image."""
    counted = images.order_by().values_list("view").annotate(n=Count("pk")).order_by("-n", "view")
    bars = [Bar(view or _("Not given"), n) for view, n in counted[:5]]
    return shares(bars, label=_("Images by view")) if bars else None


def people_chart(images: QuerySet[Image]) -> SafeString | None:
    """Images by decade of age and sex. None where neither is known."""
    known = images.order_by().filter(age_years__isnull=False, sex__in=["F", "M"])
    counted = known.annotate(decade=Floor(F("age_years") / 10)).values_list("decade", "sex").annotate(n=Count("pk"))
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for decade, sex, n in counted:
        counts[min(int(decade), 8), sex] += n
    rows = [(_decade(decade), counts[decade, "M"], counts[decade, "F"]) for decade in range(8, -1, -1)]
    return pyramid(rows, left=_("male"), right=_("female"), label=_("Images by age and sex")) if counts else None


def _decade(decade: int) -> str:
    return "80+" if decade == 8 else f"{10 * decade}–{10 * decade + 9}"
