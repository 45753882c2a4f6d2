"""The curves of a run."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.charts.curve import Limit, Series, curve
from inference.models import Pipeline
from training.models import Epoch, Run
from training.queries import run_of


def auroc_curve(run: Run, epochs: Sequence[Epoch], champion: Pipeline | None) -> SafeString:
    """Mean validation AUROC per epoch, the best one marked, with what the model in use had reached."""
    points = tuple((epoch.number, epoch.validation_auroc) for epoch in epochs if epoch.validation_auroc is not None)
    told = _("Validation AUROC per epoch")
    if points:
        best = max(points, key=lambda point: point[1])
        told += ": " + _("last %(last).3f, best %(best).3f at epoch %(epoch)d") % {
            "last": points[-1][1],
            "best": best[1],
            "epoch": best[0],
        }
    return curve(
        [Series(_("validation"), points)],
        label=told,
        x_to=last_epoch(run, epochs),
        x_words=_("Epoch"),
        y_from=0.5 if not points or min(y for _x, y in points) < 0.7 else 0.7,
        y_to=1.0,
        limit=_champion(run, champion),
        best=lambda drawn: max(drawn, key=lambda point: point[1]),
    )


def _champion(run: Run, champion: Pipeline | None) -> Limit | None:
    of = run_of(champion) if champion and run.pipeline_id != champion.pk else None
    reached = (
        [value for value in of.epochs.values_list("validation_auroc", flat=True) if value is not None] if of else []
    )
    if champion is None or not reached:
        return None
    return Limit(max(reached), _("%(model)s, in use: %(value).3f") % {"model": champion.name, "value": max(reached)})


def loss_curve(run: Run, epochs: Sequence[Epoch]) -> SafeString:
    """Loss on validation and training images per epoch."""
    training = tuple((epoch.number, epoch.train_loss) for epoch in epochs)
    held = tuple((epoch.number, epoch.validation_loss) for epoch in epochs if epoch.validation_loss is not None)
    drawn = [value for _number, value in training + held] or [0.0, 0.7]
    told = _("Loss per epoch")
    if epochs:
        told += ": " + _("training %(value).2f") % {"value": epochs[-1].train_loss}
    if held:
        told += ", " + _("validation %(value).2f") % {"value": held[-1][1]}
    return curve(
        [Series(_("training"), training, "s2"), Series(_("validation"), held)],
        label=told,
        x_to=last_epoch(run, epochs),
        x_words=_("Epoch"),
        y_from=0.0 if run.state in Run.ACTIVE else min(drawn),
        y_to=max(drawn),
    )


def last_epoch(run: Run, epochs: Sequence[Epoch]) -> int:
    """Where the axis ends: at the last epoch asked for while a run is under way, then at the last there was."""
    if run.state not in Run.ACTIVE and epochs:
        return epochs[-1].number
    return int(run.progress.get("epochs") or run.recipe.get("epochs") or 1)
