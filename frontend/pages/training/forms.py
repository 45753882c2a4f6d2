"""The few fields of a recipe that a person sets to start a run; the others are the project's."""

from __future__ import annotations

from typing import TypedDict, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from frontend.architectures import ArchitectureField
from frontend.pages.training.limits import fitting_limit
from overread.projects.models import Project
from training.engine.recipe import RANGES, Recipe


class RecipeOverrides(TypedDict, total=False):
    """What differs from the project's recipe."""

    architecture: str
    size: int
    epochs: int
    time_limit_s: float
    batch: int


class StartForm(forms.Form):
    """Filled with the project's recipe. A field that is left as it is overrides nothing."""

    architecture = ArchitectureField(label=_("Architecture"))
    size = forms.IntegerField(label=_("Image side, pixels"), min_value=16, max_value=2048)
    epochs = forms.IntegerField(label=_("Epochs"), min_value=1, max_value=1000)
    time_limit_s = forms.FloatField(
        label=_("Time limit, seconds of training"),
        min_value=RANGES["time_limit_s"][0],
        max_value=RANGES["time_limit_s"][1],
        help_text=_(
            "The epochs are fitted into it, as many as there is time for; 0 for no limit. Left as it is, it follows another "
            "architecture or image side: by what such runs took here, else without a limit."
        ),
    )
    batch = forms.IntegerField(label=_("Images a batch"), min_value=2, max_value=1024)

    def __init__(self, data: QueryDict | None = None, *, project: Project) -> None:
        # Not checked here: a network that the operator no longer allows is told of where a run is asked for.
        recipe = {**Recipe().to_dict(), **project.recipe}
        self.project = project
        super().__init__(data, initial={name: recipe[name] for name in self.base_fields})
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "input", "id": f"start-{name}"}

    @property
    def overrides(self) -> RecipeOverrides:
        """The fields of a valid form that differ from the project's recipe, and a time limit that fits them."""
        given = self.cleaned_data
        changed = cast(RecipeOverrides, {name: given[name] for name in self.changed_data})
        other_network = "architecture" in changed or "size" in changed
        if other_network and given["time_limit_s"] and "time_limit_s" not in changed:
            # The project's limit was measured on its own network: a larger one would stop after an epoch or two.
            changed["time_limit_s"] = fitting_limit(
                self.project, architecture=given["architecture"], size=given["size"], epochs=given["epochs"]
            )
        return changed

    def refuse(self, reason: str) -> None:
        """Show the recipe's objection beside the field that its first word names, else above the form."""
        name = reason.split(" ", 1)[0]
        self.add_error(name if name in self.fields else None, reason)
