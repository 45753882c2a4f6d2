"""A project's overview: what it still needs, what it is for, what its model can and cannot do, and the upload."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from frontend.pages.first_steps import first_steps
from frontend.pages.model_summary import model_summary
from frontend.people import person
from labeling.queries.labels import label_counts
from overread.archive.queries import images_in
from overread.projects.queries import project_for
from training.queries.runs import champion_with_run


@login_required
@never_cache
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Never cached: the upload lists file names, which may hold a patient's name."""
    user = person(request)
    project = project_for(user, slug, "projects.view")
    champion = champion_with_run(project)
    counts = label_counts(project)
    findings = list(project.findings.all())
    names = {finding.slug: finding.name for finding in findings}
    images = images_in(project).count()
    labelled = max(counts.values(), default=0)
    model = champion.pipeline.name if champion else ""
    context = {
        "project": project,
        "champion": champion,
        "summary": model_summary(champion.pipeline, names) if champion else "",
        "findings": [(finding, counts.get(finding.slug, 0)) for finding in findings],
        "limit_mb": settings.UPLOAD_MAX_BYTES // 2**20,
        "images": images,
        "first": first_steps(project=project, user=user, images=images, labelled=labelled, model=model),
        "may_upload": user.has_perm("archive.upload", project),
        "may_read": user.has_perm("labeling.read", project),
    }
    return render(request, "project.html", context)
