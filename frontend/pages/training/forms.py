"""The few fields of a recipe that a person sets when starting a run; the rest is the project's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from frontend.pages.training.limits import fitting_limit
from inference.engine import backbones
from overread.projects.models import Project
from training.engine.recipe import RANGES, Recipe


def architectures() -> list[tuple[str, str]]:
    return [(name, name) for name in backbones.names()]


class StartForm(forms.Form):
    """Filled with the project's recipe; what is left as it is overrides nothing."""

    architecture = forms.ChoiceField(label=_("Architecture"), choices=architectures)
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
        recipe = Recipe.from_dict(project.recipe).to_dict()
        self.project = project
        super().__init__(data, initial={name: recipe[name] for name in self.base_fields})
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "input", "id": f"start-{name}"}

    @property
    def overrides(self) -> dict[str, Any]:
        """The fields of a valid form that differ from the project's recipe, and a time limit that fits them."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        if (
            self.cleaned_data["time_limit_s"]
            and "time_limit_s" not in changed
            and changed.keys() & {"architecture", "size"}
        ):
            wanted = {name: self.cleaned_data[name] for name in ("architecture", "size", "epochs")}
            changed["time_limit_s"] = fitting_limit(self.project, **wanted)
        return changed

    def refuse(self, reason: str) -> None:
        """Set what the recipe objects to beside the field it names, or above the form."""
        word = reason.split(" ", 1)[0]
        self.add_error(word if word in self.fields else None, reason)
