"""What a model was trained and tested on, in one sentence for somebody who is about to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inference.models import ModelVersion, Pipeline
from training.queries.runs import verdict_signed

NAMED = 4  # findings; of more, only the lowest and the highest AUROC are named


@dataclass(frozen=True)
class Evaluation:
    """AUROC, and mean absolute error with its unit, by finding slug, on patients the model never saw."""

    images: int
    patients: int
    auroc: Mapping[str, float]
    errors: Mapping[str, str]


def model_summary(pipeline: Pipeline, names: Mapping[str, str]) -> str:
    """`names`: finding slug → name."""
    return f"{trained_words(pipeline)} {tested_words(evaluation_of(pipeline), names)}"


def trained_words(pipeline: Pipeline) -> str:
    run = getattr(pipeline, "run", None)
    if run is None:
        return _("Where it was trained is not on record here;")
    images = ngettext("%(n)d image", "%(n)d images", run.snapshot.images) % {"n": run.snapshot.images}
    patients = ngettext("%(n)d patient", "%(n)d patients", run.snapshot.patients) % {"n": run.snapshot.patients}
    return _("Trained on %(images)s of %(patients)s;") % {"images": images, "patients": patients}


def evaluation_of(pipeline: Pipeline) -> Evaluation | None:
    """The evaluation of the gate the model was promoted on; else that on its training's held-out patients; else None."""
    # The gate comes first: its labels are independent, those held out come from the training's own readers.
    verdict = verdict_signed(pipeline)
    if verdict and verdict.report["figures"]:
        figures = {figure["finding"]: figure["challenger"]["value"] for figure in verdict.report["figures"]}
        return Evaluation(verdict.images, verdict.report["patients"], _known(figures), {})
    held_out = pipeline.classifier.card["facts"].get("held_out") or {}
    figures = {slug: row.get("auroc") for slug, row in held_out.get("findings", {}).items()}
    known = _known(figures)
    errors = _errors(pipeline.classifier)
    if not known and not errors:
        return None
    return Evaluation(held_out["images"], held_out["patients"], known, errors)


def _errors(version: ModelVersion) -> dict[str, str]:
    """The mean absolute error of each measurement on held-out patients, with its unit."""
    findings = version.card["facts"].get("held_out", {}).get("findings", {})
    errors = {}
    for output in version.card["layout"]:
        error = findings.get(output["name"], {}).get("mean_absolute_error")
        if error is not None:
            errors[output["name"]] = f"{error:.3g} {output['unit']}"
    return errors


def _known(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {slug: value for slug, value in figures.items() if value is not None}


def tested_words(evaluation: Evaluation | None, names: Mapping[str, str]) -> str:
    if evaluation is None or not (evaluation.auroc or evaluation.errors):
        return _("it has not been tested on patients it never saw.")
    images = ngettext("%(n)d image", "%(n)d images", evaluation.images) % {"n": evaluation.images}
    patients = ngettext("%(n)d patient", "%(n)d patients", evaluation.patients) % {"n": evaluation.patients}
    told = []
    if evaluation.auroc:
        told.append(_("AUROC %(figures)s") % {"figures": figures_words(evaluation.auroc, names)})
    if evaluation.errors:
        errors = [
            _("%(value)s for %(finding)s") % {"value": error, "finding": names.get(slug, slug)}
            for slug, error in evaluation.errors.items()
        ]
        told.append(_("mean absolute error %(figures)s") % {"figures": ", ".join(errors)})
    words = {"images": images, "patients": patients, "figures": "; ".join(told)}
    return _("tested on %(images)s of %(patients)s it never saw: %(figures)s.") % words


def figures_words(auroc: Mapping[str, float], names: Mapping[str, str]) -> str:
    """AUROC by finding, the highest first; of many findings, only the range."""
    ranked = sorted((value, names.get(slug, slug)) for slug, value in auroc.items())
    if len(ranked) > NAMED:
        low, worst = ranked[0]
        high, best = ranked[-1]
        words = {"low": f"{low:.2f}", "worst": worst, "high": f"{high:.2f}", "best": best}
        return _("from %(low)s (%(worst)s) to %(high)s (%(best)s)") % words
    told = []
    for value, name in reversed(ranked):
        told.append(_("%(value)s for %(finding)s") % {"value": f"{value:.2f}", "finding": name})
    return ", ".join(told)
