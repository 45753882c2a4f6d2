"""The learning curves of a run."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.charts.curve import Limit, Series, curve
from inference.models import Pipeline
from training.models import Epoch, Run
from training.queries.runs import run_of


def auroc_curve(run: Run, epochs: Sequence[Epoch], champion: Pipeline | None) -> SafeString:
    """Mean validation AUROC per epoch, the best epoch marked. A limit line shows the best of the model in use."""
    points = [(epoch.number, epoch.validation_auroc) for epoch in epochs if epoch.validation_auroc is not None]
    label = _("Validation AUROC per epoch")
    # A model that is hardly better than chance needs the scale from 0.5; any other gets a finer one.
    y_from = 0.5
    if points:
        epoch, highest = _highest(points)
        words = _("last %(last).3f, best %(best).3f at epoch %(epoch)d")
        label += ": " + words % {"last": points[-1][1], "best": highest, "epoch": epoch}
        if min(auroc for _epoch, auroc in points) >= 0.7:
            y_from = 0.7
    return curve(
        [Series(_("validation"), tuple(points))],
        label=label,
        x_to=last_epoch(run, epochs),
        x_words=_("Epoch"),
        y_from=y_from,
        y_to=1.0,
        limit=_champion_limit(run, champion),
        best=_highest,
    )


def _highest(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return max(points, key=lambda point: point[1])


def _champion_limit(run: Run, champion: Pipeline | None) -> Limit | None:
    """The best AUROC of the model in use; None without one, for its own run, and for an imported model."""
    if champion is None or run.pipeline_id == champion.pk:
        return None
    trained_by = run_of(champion)
    if trained_by is None:
        return None
    stored = trained_by.epochs.values_list("validation_auroc", flat=True)
    aurocs = [auroc for auroc in stored if auroc is not None]
    if not aurocs:
        return None
    best = max(aurocs)
    return Limit(best, _("%(model)s, in use: %(value).3f") % {"model": champion.name, "value": best})


def loss_curve(run: Run, epochs: Sequence[Epoch]) -> SafeString:
    """Loss on training and validation images per epoch."""
    training = [(epoch.number, epoch.train_loss) for epoch in epochs]
    validation = [(epoch.number, epoch.validation_loss) for epoch in epochs if epoch.validation_loss is not None]
    losses = [loss for _epoch, loss in training + validation]
    label = _("Loss per epoch")
    if training:
        label += ": " + _("training %(value).2f") % {"value": training[-1][1]}
    if validation:
        label += ", " + _("validation %(value).2f") % {"value": validation[-1][1]}
    # From 0 while the run goes on: the axis must not jump with every epoch.
    y_from = 0.0 if run.state in Run.ACTIVE else min(losses, default=0.0)
    return curve(
        [Series(_("training"), tuple(training), "s2"), Series(_("validation"), tuple(validation))],
        label=label,
        x_to=last_epoch(run, epochs),
        x_words=_("Epoch"),
        y_from=y_from,
        y_to=max(losses, default=0.7),  # the loss of a coin toss, ln 2
    )


def last_epoch(run: Run, epochs: Sequence[Epoch]) -> int:
    """Where the axis ends: during a run at the last epoch asked for, afterwards at the last one trained."""
    if run.state not in Run.ACTIVE and epochs:
        return epochs[-1].number
    return int(run.progress.get("epochs") or run.recipe.get("epochs") or 1)
