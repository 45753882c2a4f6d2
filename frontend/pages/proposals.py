"""Findings that readers proposed while reading; an administrator accepts or declines them."""

from __future__ import annotations

from typing import Any, TypedDict
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
SHOWN = 8  # thumbnails beside one name
DECIDED = 20  # newest decisions


class AcceptForm(forms.Form):
    """The finding as the project will ask it."""

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

    def clean(self) -> dict[str, object]:
        """Keep only what belongs to the kind: options of a categorical finding, unit and limits of a measurement."""
        given = self.cleaned_data
        finding: dict[str, object] = {"name": given.get("name", ""), "kind": given.get("kind")}
        finding |= {"options": [], "unit": "", "minimum": None, "maximum": None}
        if given.get("kind") == Finding.Kind.CATEGORICAL:
            lines = given.get("options", "").splitlines()
            finding["options"] = [line.strip() for line in lines if line.strip()]
        if given.get("kind") == Finding.Kind.MEASUREMENT:
            for name in ("unit", "minimum", "maximum"):
                finding[name] = given.get(name)
        return finding


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


class ProposalRow(TypedDict):
    """One proposed name: its proposals, and the two forms. `accepting`, `declining`: that form was refused, and is open."""

    proposed: Proposed
    first: FindingProposal
    shown: tuple[FindingProposal, ...]
    more: int
    accept: AcceptForm
    decline: DeclineForm
    accepting: bool
    declining: bool


def _row(
    proposed: Proposed, of: FindingProposal | None, accept: AcceptForm | None, decline: DeclineForm | None
) -> ProposalRow:
    """`of` is the proposal whose form was refused; `accept` or `decline` is that form."""
    if of not in proposed.proposals:
        accept = decline = None
    first = proposed.proposals[0]
    # capitalize() would make lower case of all other letters, as of RUL.
    name = proposed.name[:1].upper() + proposed.name[1:]
    return {
        "proposed": proposed,
        "first": first,
        "shown": proposed.proposals[:SHOWN],
        "more": len(proposed.proposals) - SHOWN,
        "accept": accept or AcceptForm(initial={"name": name, "kind": first.kind}, auto_id=f"accept-{first.pk}-%s"),
        "decline": decline or DeclineForm(auto_id=f"decline-{first.pk}-%s"),
        "accepting": accept is not None,
        "declining": decline is not None,
    }


def _proposal(request: HttpRequest, slug: str, pk: UUID) -> FindingProposal:
    project = project_for(person(request), slug, "projects.administer")
    return get_object_or_404(proposals_for(user=person(request), project=project), pk=pk)


@login_required
@require_POST
def accept(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Add the finding to the project."""
    proposal = _proposal(request, slug, pk)
    form = AcceptForm(request.POST, auto_id=f"accept-{pk}-%s")
    if not form.is_valid():
        return _page(request, proposal.project, of=proposal, accept=form)
    try:
        finding = proposal_accept(proposal=proposal, actor=person(request), **form.cleaned_data)
    except ProposalDecided as decided:
        messages.warning(request, str(decided))
        return redirect("project-proposals", slug)
    except ValidationError as wrong:
        for name, errors in wrong.message_dict.items():
            form.add_error(name if name in form.fields else None, " ".join(errors))
        return _page(request, proposal.project, of=proposal, accept=form)
    told = _("%(name)s is asked from the next case on. Cases given out before may be stored without it.")
    messages.success(request, told % {"name": finding.name})
    return redirect("project-proposals", slug)


@login_required
@require_POST
def decline(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Decline the proposal, with a reason."""
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
