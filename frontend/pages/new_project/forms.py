"""The parts of the page's form: the project itself, a line for each finding, a line for each member."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from frontend.pages.proposals import KINDS
from overread.projects.founding import FOUNDER, NewMember
from overread.projects.models import Finding, Role
from overread.projects.templates import TEMPLATES, NewFinding

OWN_ROLES = [(role.value, role.label) for role in Role if role != Role.ADMINISTRATOR]
MOST = 100  # lines of a kind; REST and the command take more


def text(label: Any, longest: int, *, required: bool = False, hint: Any = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})
    return forms.CharField(label=label, max_length=longest, required=required, help_text=hint, widget=widget)


def limit(label: Any) -> forms.FloatField:
    """A plain text field, so that what is no number comes back as it was typed."""
    widget = forms.TextInput(attrs={"class": "input", "inputmode": "decimal", "autocomplete": "off", "size": "5"})
    return forms.FloatField(label=label, required=False, widget=widget)


class ProjectForm(forms.Form):
    use_required_attribute = False

    name = text(gettext_lazy("Name"), 120, required=True)
    modality = text(
        gettext_lazy("What is read"),
        60,
        required=True,
        hint=gettext_lazy(
            "Chest radiograph, dermoscopy, hand radiograph: files that plainly are no such image are stopped."
        ),
        list="modalities",
    )
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As it stands in the addresses of its pages. Left empty, it is made of the name."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    my_roles = forms.MultipleChoiceField(
        label=gettext_lazy("My roles here"),
        choices=OWN_ROLES,
        required=False,
        initial=[role.value for role in FOUNDER],
        widget=forms.CheckboxSelectMultiple,
    )
    template = forms.ChoiceField(
        choices=[("", ""), *((template.slug, template.name) for template in TEMPLATES)],
        required=False,
        widget=forms.HiddenInput,
    )


class FindingForm(forms.Form):
    use_required_attribute = False

    name = text(gettext_lazy("Name of the finding"), 80)
    kind = forms.ChoiceField(
        label=gettext_lazy("Answer"), choices=KINDS, required=False, widget=forms.Select(attrs={"class": "input"})
    )
    options = text(gettext_lazy("Options, with commas between"), 2000)
    unit = text(gettext_lazy("Unit"), 20, size="6")
    minimum = limit(gettext_lazy("Smallest"))
    maximum = limit(gettext_lazy("Largest"))

    def finding(self) -> NewFinding:
        given = self.cleaned_data
        return NewFinding(
            given["name"],
            given["kind"] or Finding.Kind.BINARY,
            options_in(given["options"]),
            unit=given["unit"],
            minimum=given["minimum"],
            maximum=given["maximum"],
        )


def options_in(typed: str) -> tuple[str, ...]:
    """The options of a line: with semicolons between where there is one, as an option may hold a comma."""
    separator = ";" if ";" in typed else ","
    options = [option.strip() for option in typed.split(separator)]
    return tuple(option for option in options if option)


def options_typed(options: tuple[str, ...]) -> str:
    """The line that gives these options."""
    between = "; " if any("," in option for option in options) else ", "
    return between.join(options)


class MemberForm(forms.Form):
    use_required_attribute = False

    who = text(gettext_lazy("E-mail"), 254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=Role.choices,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )

    def member(self) -> NewMember:
        return NewMember(self.cleaned_data["who"], (self.cleaned_data["role"] or Role.READER,))


FindingForms = forms.formset_factory(FindingForm, extra=0, max_num=MOST, absolute_max=MOST + 1, validate_max=True)
MemberForms = forms.formset_factory(MemberForm, extra=0, max_num=MOST, absolute_max=MOST + 1, validate_max=True)
