"""Findings that readers propose while they read, decided among the settings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from frontend.people import person
from labeling.models import FindingProposal
from labeling.queries.proposals import Proposed, proposals_for, proposed_names
from labeling.services.proposals import ProposalDecided, proposal_accept, proposal_decline
from overread.projects.models import Finding, Project
from overread.projects.queries import project_for

KINDS = [
    (Finding.Kind.BINARY, gettext_lazy("Absent or present")),
    (Finding.Kind.CATEGORICAL, gettext_lazy("One of several options")),
    (Finding.Kind.MEASUREMENT, gettext_lazy("A measured number")),
]
SHOWN = 8  # pictures beside one name
DECIDED = 20


class AcceptForm(forms.Form):
    """The finding as it will be asked."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    options = forms.CharField(
        label=gettext_lazy("Options, one a line, where there are several"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    unit = forms.CharField(label=gettext_lazy("Unit of a measured number"), max_length=20, required=False)
    minimum = forms.FloatField(label=gettext_lazy("Smallest that can be answered"), required=False)
    maximum = forms.FloatField(label=gettext_lazy("Largest that can be answered"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """Only what belongs to the kind: options to a categorical finding, unit and limits to a measurement."""
        given = self.cleaned_data
        kind = given.get("kind")
        measured = kind == Finding.Kind.MEASUREMENT
        lines = [line.strip() for line in given.get("options", "").splitlines() if line.strip()]
        return {
            "name": given.get("name", ""),
            "kind": kind,
            "options": lines if kind == Finding.Kind.CATEGORICAL else [],
            "unit": given.get("unit", "") if measured else "",
            "minimum": given.get("minimum") if measured else None,
            "maximum": given.get("maximum") if measured else None,
        }


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.TextInput(attrs={"class": "input"})
    )


@login_required
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "projects.administer")
    return _page(request, project)


def _page(
    request: HttpRequest,
    project: Project,
    *,
    of: FindingProposal | None = None,
    accept: AcceptForm | None = None,
    decline: DeclineForm | None = None,
) -> HttpResponse:
    """The proposals; `of` is the one whose form was refused."""
    rows = [_row(each, of, accept, decline) for each in proposed_names(user=person(request), project=project)]
    decided = proposals_for(user=person(request), project=project).exclude(state=FindingProposal.State.OPEN)
    context = {"project": project, "names": rows, "decided": decided.order_by("-decided_at")[:DECIDED]}
    return render(request, "proposals.html", context)


def _row(
    proposed: Proposed, of: FindingProposal | None, accept: AcceptForm | None, decline: DeclineForm | None
) -> dict[str, Any]:
    first = proposed.proposals[0]
    here = of in proposed.proposals
    name = proposed.name[:1].upper() + proposed.name[1:]
    begun = AcceptForm(initial={"name": name, "kind": first.kind}, auto_id=f"accept-{first.pk}-%s")
    return {
        "proposed": proposed,
        "first": first,
        "shown": proposed.proposals[:SHOWN],
        "more": len(proposed.proposals) - SHOWN,
        "accept": accept if here and accept else begun,
        "decline": decline if here and decline else DeclineForm(auto_id=f"decline-{first.pk}-%s"),
        "accepting": here and accept is not None,
        "declining": here and decline is not None,
    }


def _proposal(request: HttpRequest, slug: str, pk: UUID) -> FindingProposal:
    project = project_for(person(request), slug, "projects.administer")
    return get_object_or_404(proposals_for(user=person(request), project=project), pk=pk)


@login_required
@require_POST
def accept(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Ask for the finding from now on."""
    proposal = _proposal(request, slug, pk)
    form = AcceptForm(request.POST, auto_id=f"accept-{pk}-%s")
    if form.is_valid():
        try:
            finding = proposal_accept(proposal=proposal, actor=person(request), **form.cleaned_data)
        except ProposalDecided as decided:
            messages.warning(request, str(decided))
            return redirect("project-proposals", slug)
        except ValidationError as wrong:
            for name, said in wrong.message_dict.items():
                form.add_error(name if name in form.fields else None, " ".join(said))
        else:
            told = _("%(name)s is asked from the next case on. Cases given out before may be stored without it.")
            messages.success(request, told % {"name": finding.name})
            return redirect("project-proposals", slug)
    return _page(request, proposal.project, of=proposal, accept=form)


@login_required
@require_POST
def decline(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Leave the findings as they are."""
    proposal = _proposal(request, slug, pk)
    form = DeclineForm(request.POST, auto_id=f"decline-{pk}-%s")
    if not form.is_valid():
        return _page(request, proposal.project, of=proposal, decline=form)
    try:
        proposal_decline(proposal=proposal, actor=person(request), **form.cleaned_data)
    except ProposalDecided as decided:
        messages.warning(request, str(decided))
    else:
        messages.success(request, _("%(name)s is declined.") % {"name": proposal.name})
    return redirect("project-proposals", slug)
