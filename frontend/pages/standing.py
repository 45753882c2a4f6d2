"""What a model was trained and tested on, in one honest sentence for somebody who is about to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inference.models import Pipeline
from training.queries import verdict_signed

NAMED = 4  # findings whose figures stand by name; of more only the least and the best


@dataclass(frozen=True)
class Tested:
    """Figures on patients the model never saw: AUROC by finding slug."""

    images: int
    patients: int
    auroc: Mapping[str, float]


def standing(pipeline: Pipeline, names: Mapping[str, str]) -> str:
    """`names`: finding slug → name."""
    return f"{trained_words(pipeline)} {tested_words(tested(pipeline), names)}"


def trained_words(pipeline: Pipeline) -> str:
    run = getattr(pipeline, "run", None)
    if run is None:
        return _("Where it was trained is not on record here;")
    images = ngettext("%(n)d image", "%(n)d images", run.snapshot.images) % {"n": run.snapshot.images}
    patients = ngettext("%(n)d patient", "%(n)d patients", run.snapshot.patients) % {"n": run.snapshot.patients}
    return _("Trained on %(images)s of %(patients)s;") % {"images": images, "patients": patients}


def tested(pipeline: Pipeline) -> Tested | None:
    """The figures of the gate that let it in, on independent labels; else those it was made with; None without any."""
    verdict = verdict_signed(pipeline)
    if verdict and verdict.report["figures"]:
        figures = {figure["finding"]: figure["challenger"]["value"] for figure in verdict.report["figures"]}
        return Tested(verdict.images, verdict.report["patients"], _known(figures))
    held_out = pipeline.classifier.card["facts"].get("held_out") or {}
    figures = {slug: row.get("auroc") for slug, row in held_out.get("findings", {}).items()}
    known = _known(figures)
    return Tested(held_out["images"], held_out["patients"], known) if known else None


def _known(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {slug: value for slug, value in figures.items() if value is not None}


def tested_words(found: Tested | None, names: Mapping[str, str]) -> str:
    if found is None or not found.auroc:
        return _("it has not been tested on patients it never saw.")
    images = ngettext("%(n)d image", "%(n)d images", found.images) % {"n": found.images}
    patients = ngettext("%(n)d patient", "%(n)d patients", found.patients) % {"n": found.patients}
    words = {"images": images, "patients": patients, "figures": figures_words(found.auroc, names)}
    return _("tested on %(images)s of %(patients)s it never saw: AUROC %(figures)s.") % words


def figures_words(auroc: Mapping[str, float], names: Mapping[str, str]) -> str:
    said = sorted((value, names.get(slug, slug)) for slug, value in auroc.items())
    if len(said) > NAMED:
        (low, worst), (high, best) = said[0], said[-1]
        words = {"low": f"{low:.2f}", "worst": worst, "high": f"{high:.2f}", "best": best}
        return _("from %(low)s (%(worst)s) to %(high)s (%(best)s)") % words
    each = [_("%(value)s for %(finding)s") % {"value": f"{value:.2f}", "finding": name} for value, name in said[::-1]]
    return ", ".join(each)
