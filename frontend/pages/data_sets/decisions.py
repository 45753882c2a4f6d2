"""What a person decides about an import: columns, names, and how the labels came to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.pages.data_sets.words import KIND_WORDS, KINDS, ROLES
from training.datasets.translation import EVERYTHING_ELSE, LEFT_OUT
from training.models import DatasetDraft

UNDECIDED = "?"
COLUMN_OF_ROLE = {
    "image": "image_column",
    "patient": "patient_column",
    "split": "split_column",
    "sex": "sex_column",
    "age": "age_column",
    "view": "view_column",
    "indication": "indication_column",
}
# Field → option. A form has a `prefix` of its own.
TEXTS = {
    "patient_pattern": "patient_pattern",
    "table": "table",
    "images": "images",
    "separator": "separator",
    "delimiter": "delimiter",
    "encoding": "encoding",
    "name_prefix": "prefix",
    "name_suffix": "suffix",
    "structure": "structure",
    "patient_ids": "patient_ids",
    "decimal": "decimal",
}
FLAGS = ("distinct_names", "exhaustive", "near_duplicates")


@dataclass(frozen=True)
class ColumnLine:
    """One column of a table on the page. `place` tells its fields from those of other columns."""

    place: int
    name: str
    role: str
    kind: str
    unit: str
    found: str | Promise
    problem: str
    examples: str
    roles: tuple[tuple[str, Promise], ...] = ROLES
    kinds: tuple[tuple[str, Promise], ...] = KINDS


class DecisionsForm(forms.Form):
    """Everything that is not about one column or one name."""

    declaration = forms.CharField(
        label=_("How the labels came to be"),
        required=False,
        help_text=_("By whom, from what. It is kept with every label."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    independent = forms.BooleanField(
        label=_("They are an independent standard: models may be judged by them"), required=False
    )
    exposed = forms.BooleanField(label=_("A model was in view when they were given"), required=False)
    replace = forms.BooleanField(label=_("Where they contradict another import, these count"), required=False)
    add_findings = forms.BooleanField(label=_("Names that are no finding become findings"), required=False)
    leave_out_others = forms.BooleanField(label=_("Names that are no finding are left out"), required=False)
    distinct_names = forms.BooleanField(label=_("Names that differ by a letter are meant to"), required=False)
    exhaustive = forms.BooleanField(label=_("What is not annotated is absent; I vouch for that"), required=False)
    near_duplicates = forms.BooleanField(
        label=_("Look for near duplicates, however many images there are"), required=False
    )
    patient_ids = forms.ChoiceField(
        label=_("Patients 007, 7 and 7.0"),
        required=False,
        choices=[("", _("not decided")), ("numbers", _("are one patient")), ("as-written", _("are three"))],
    )
    patient_pattern = forms.CharField(
        label=_("Patient in the file's path"),
        required=False,
        help_text=_("A regular expression with a group, such as (person[0-9]+)."),
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"), required=False, choices=[("", _("found out")), (".", "."), (",", ",")]
    )
    table = forms.CharField(label=_("Table"), required=False)
    images = forms.CharField(label=_("Folder of the images"), required=False)
    separator = forms.CharField(label=_("Between findings in one cell"), required=False, strip=False)
    delimiter = forms.CharField(label=_("Between cells"), required=False, strip=False)
    encoding = forms.CharField(
        label=_("Encoding"), required=False, help_text=_("UTF-8 if left out; cp1252, for example.")
    )
    name_prefix = forms.CharField(label=_("To take off file names"), required=False)
    name_suffix = forms.CharField(label=_("To put onto file names"), required=False)
    structure = forms.CharField(label=_("What masks outline"), required=False)

    main = ("declaration", "independent", "exposed", "replace")
    naming = ("add_findings", "leave_out_others", "distinct_names", "exhaustive", "near_duplicates")
    reading = tuple(TEXTS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "input"

    @staticmethod
    def initial_of(draft: DatasetDraft) -> dict[str, Any]:
        initial = {name: draft.options.get(option, "") for name, option in TEXTS.items()}
        initial |= {name: draft.options.get(name, False) for name in FLAGS}
        initial |= {name: getattr(draft, name) for name in (*DecisionsForm.main, "add_findings")}
        initial["leave_out_others"] = draft.mapping.get(EVERYTHING_ELSE) == LEFT_OUT
        return initial

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.main]

    def naming_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.naming]

    def reading_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.reading]


def column_lines(draft: DatasetDraft) -> list[ColumnLine]:
    """The columns of a table; none in other layouts."""
    if draft.guess is None:
        return []
    options = draft.options
    roles = {options[option]: role for role, option in COLUMN_OF_ROLE.items() if options.get(option)}
    roles |= dict.fromkeys(options.get("label_columns", []), "label")
    lines = []
    for place, column in enumerate(draft.guess["columns"]):
        name = column["name"]
        counts = sorted(column["counts"].items(), key=lambda pair: -pair[1])
        lines.append(
            ColumnLine(
                place=place,
                name=name,
                role=roles.get(name, ""),
                kind=options.get("kinds", {}).get(name, ""),
                unit=options.get("units", {}).get(name, ""),
                found=KIND_WORDS[column["kind"]] if column["kind"] else "",
                problem=column["problem"],
                examples=", ".join(value for value, _count in counts[:4] if value)[:60],
            )
        )
    return lines


def decisions_of(sent: QueryDict, draft: DatasetDraft) -> dict[str, Any]:
    """The draft's fields as the form has them."""
    form = DecisionsForm(sent)
    form.is_valid()
    given: Mapping[str, Any] = form.cleaned_data
    options = dict(draft.options)
    options |= {option: given.get(name, "") for name, option in TEXTS.items()}
    options |= {name: given.get(name, False) for name in FLAGS}
    options["delimiter"] = options["delimiter"].replace("\\t", "\t")
    if draft.guess is not None and "role-0" in sent:
        options |= _columns(sent, draft)
    return {
        "options": {name: value for name, value in options.items() if value},
        "mapping": _mapping(sent, given),
        **{name: given.get(name, "") for name in (*DecisionsForm.main, "add_findings")},
    }


def _columns(sent: QueryDict, draft: DatasetDraft) -> dict[str, Any]:
    """The options about columns."""
    assert draft.guess is not None
    found: dict[str, Any] = dict.fromkeys(COLUMN_OF_ROLE.values(), "")
    labels = []
    kinds = {}
    units = {}
    for place, column in enumerate(draft.guess["columns"]):
        name = column["name"]
        role = sent.get(f"role-{place}", "")
        if role == "label":
            labels.append(name)
            if kind := sent.get(f"kind-{place}", ""):
                kinds[name] = kind
            if unit := sent.get(f"unit-{place}", "").strip():
                units[name] = unit
        elif role in COLUMN_OF_ROLE:
            found[COLUMN_OF_ROLE[role]] = name
    return {**found, "label_columns": labels, "kinds": kinds, "units": units}


def _mapping(sent: QueryDict, given: Mapping[str, Any]) -> dict[str, str]:
    mapping = {}
    for name, target in zip(sent.getlist("name"), sent.getlist("means"), strict=False):
        if target == UNDECIDED or not name:
            continue
        mapping[name] = target
    if given.get("leave_out_others"):
        mapping[EVERYTHING_ELSE] = LEFT_OUT
    return mapping
