"""One import: what became of its images, and withdrawing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.data_sets.words import layout_name
from frontend.people import person
from labeling.services import label_import_withdraw
from overread.projects.queries import project_for
from training.queries.data_sets import import_named, rows_refused

REFUSED_SHOWN = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """A POST withdraws its labels. Never cached: names of files may name a patient."""
    user = person(request)
    project = project_for(user, slug, "training.import")
    dataset = import_named(project, pk)
    if dataset is None:
        raise Http404("No such import.")
    if request.method == "POST" and dataset.labels:
        reason = request.POST.get("reason", "").replace("\0", "")  # a form can send NUL, PostgreSQL cannot store it
        try:
            label_import_withdraw(source=dataset.labels, actor=user, reason=reason)
        except ValidationError as wrong:
            messages.error(request, " ".join(wrong.messages))
        else:
            messages.success(request, _("The labels of %(name)s no longer count.") % {"name": dataset.name})
        return redirect("data-set", slug, pk)
    refused = Paginator(rows_refused(dataset), REFUSED_SHOWN).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "dataset": dataset,
        "layout": layout_name(dataset.layout),
        "page": refused,
        "withdrawal": getattr(dataset.labels, "withdrawal", None),
        "may_train": user.has_perm("training.run", project),
    }
    return render(request, "data_sets/imported.html", context)
