"""The data sets of a project: what was imported, what is being prepared, and the form that begins another."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.data_sets.words import LAYOUTS, layout_name
from frontend.people import person
from overread.projects.queries import project_for
from training.queries.data_sets import drafts_of, imports_of
from training.services.drafts import draft_make


class BeginForm(forms.Form):
    """Which data set, and how it is laid out."""

    layout = forms.ChoiceField(
        label=gettext_lazy("Layout"),
        choices=[(words.layout, words.name) for words in LAYOUTS],
        widget=forms.RadioSelect,
        initial="folders",
    )
    zip = forms.FileField(
        label=gettext_lazy("A zip"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"class": "input", "accept": ".zip"}),
    )
    folder = forms.CharField(
        label=gettext_lazy("Or a folder on the server"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )
    table = forms.CharField(
        label=gettext_lazy("Its table, where it holds several"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, object]:
        given = self.cleaned_data
        file = given.get("zip")
        if file and file.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 2**20
            self.add_error(
                "zip", _("The zip is larger than %(limit)d MB. Name a folder on the server.") % {"limit": limit}
            )
        return given


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The list and the form; a POST begins an import. Never cached: names of files may name a patient."""
    user = person(request)
    project = project_for(user, slug, "training.import")
    form = BeginForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            draft = draft_make(
                project=project,
                actor=user,
                layout=given["layout"],
                folder=given["folder"].strip(),
                upload=given["zip"],
                table=given["table"].strip(),
            )
        except ValidationError as wrong:
            form.add_error(None, wrong) if not hasattr(wrong, "error_dict") else _add_errors(form, wrong)
        else:
            messages.info(
                request,
                _("%(name)s is being looked through. Nothing is stored before you say so.") % {"name": draft.name},
            )
            return redirect("data-set-draft", slug, draft.pk)
    context = {
        "project": project,
        "form": form,
        "layouts": LAYOUTS,
        "chosen": form["layout"].value(),
        "folders": settings.DATASET_FOLDERS,
        "limit_mb": settings.UPLOAD_MAX_BYTES // 2**20,
        "imports": [(dataset, layout_name(dataset.layout)) for dataset in imports_of(project)],
        "drafts": [(draft, layout_name(draft.layout)) for draft in drafts_of(project)],
    }
    return render(request, "data_sets.html", context, status=422 if form.errors else 200)


def _add_errors(form: forms.Form, wrong: ValidationError) -> None:
    for name, errors in wrong.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)
