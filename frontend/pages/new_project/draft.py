"""A project as it is being written down, over as many requests as that takes. Nothing is stored before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from frontend.pages.new_project.forms import FindingForms, MemberForms, ProjectForm, options_typed
from overread.accounts.models import User
from overread.projects.founding import NotFounded, project_found
from overread.projects.models import Project, Role
from overread.projects.templates import TEMPLATES, NewFinding, Template, template_named

FIRST_FINDINGS, FIRST_MEMBERS = 4, 2  # empty lines
MORE = 4  # empty lines at the press of a button
Line = dict[str, Any]
LIKELY = {"kind", "role"}  # chosen in every line, empty or not


class Draft:
    """The three parts of the form, empty or as they were sent."""

    def __init__(self, sent: QueryDict | None = None) -> None:
        self.project = ProjectForm(sent)
        self.findings = FindingForms(sent, prefix="findings", initial=[{}] * FIRST_FINDINGS)
        self.members = MemberForms(sent, prefix="members", initial=[{}] * FIRST_MEMBERS)
        self.refused = ""  # what fits beside no field

    @property
    def template(self) -> Template | None:
        return template_named(self.project["template"].value() or "")

    def again(self, act: str) -> Draft:
        """The draft with what a button has changed: another template's findings, more lines, one line less."""
        draft = Draft()
        project = {name: self.project[name].value() for name in self.project.fields}
        findings, members = lines(self.findings), lines(self.members)
        what, _colon, which = act.partition(":")
        chosen = template_named(which)
        if what == "template" and chosen:
            project |= {"template": chosen.slug, "modality": chosen.modality}
            project["name"] = project["name"] or str(chosen.name)
            findings = [line_of(finding) for finding in chosen.findings]
        elif what == "more-findings":
            findings += [{}] * MORE
        elif what == "more-members":
            members += [{}] * MORE
        elif what == "remove-finding" and which.isdecimal():
            del findings[int(which) : int(which) + 1]
        draft.project = ProjectForm(initial=project)
        draft.findings = FindingForms(prefix="findings", initial=findings or [{}])
        draft.members = MemberForms(prefix="members", initial=members or [{}])
        return draft

    def store(self, founder: User) -> Project | None:
        """The project, made; None if anything is wrong, which then stands beside its field."""
        valid = [part.is_valid() for part in (self.project, self.findings, self.members)]
        if not all(valid):
            counted = [*self.findings.non_form_errors(), *self.members.non_form_errors()]
            self.refused = " ".join(map(str, counted))
            return None
        given = self.project.cleaned_data
        asked = [form for form in self.findings if is_filled(form)]
        invited = [form for form in self.members if is_filled(form)]
        template = self.template
        try:
            return project_found(
                name=given["name"],
                slug=given["slug"],
                modality=given["modality"],
                findings=[form.finding() for form in asked],
                members=[form.member() for form in invited],
                founder=founder,
                founder_roles=[Role(role) for role in given["my_roles"]],
                recipe=template.recipe if template else None,
            )
        except NotFounded as refusal:
            self._place(refusal.errors, {"findings": asked, "members": invited})
        return None

    def _place(self, errors: Mapping[str, str], parts: Mapping[str, list[Any]]) -> None:
        """Put each error beside its field."""
        for place, said in errors.items():
            part, _dot, rest = place.partition(".")
            number, _dot, field = rest.partition(".")
            if part in parts and number:
                form = parts[part][int(number)]
                form.add_error(field if field in form.fields else next(iter(form.fields)), said)
            elif place in self.project.fields:
                self.project.add_error(place, said)
            else:
                self.refused = said

    @property
    def wrong(self) -> list[tuple[str, forms.BoundField]]:
        """The fields that are wrong, in the order of the page, each by its label and its line."""
        found = [(str(self.project[name].label), self.project[name]) for name in self.project.errors]
        for part in (self.findings, self.members):
            for place, form in enumerate(part, start=1):
                for name in form.errors:
                    words = _("%(field)s, line %(line)d") % {"field": form[name].label, "line": place}
                    found.append((words, form[name]))
        return found

    @property
    def is_wrong(self) -> bool:
        return bool(self.refused or self.wrong)


def lines(part: Any) -> list[Line]:
    """What was typed into each line, whether or not it fits."""
    return [{name: form[name].value() for name in form.fields} for form in part]


def is_filled(form: forms.Form) -> bool:
    return any(form[name].value() for name in form.fields if name not in LIKELY)


def line_of(finding: NewFinding) -> Line:
    return {**vars(finding), "options": options_typed(finding.options)}


def modalities() -> list[str]:
    """What is often read, for the list beside the field."""
    return sorted({template.modality for template in TEMPLATES})
