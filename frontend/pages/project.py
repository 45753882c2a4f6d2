"""A project's home: what it is for, what its model can and cannot do, and the way in for an image."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontend.people import person
from inference.models import Champion
from labeling.queries import label_counts
from overread.archive.queries import images_in
from overread.projects.queries import project_for


@login_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "projects.view")
    champion = Champion.objects.select_related("pipeline").filter(project=project).first()
    counts = label_counts(project)
    context = {
        "project": project,
        "champion": champion,
        "findings": [(finding, counts.get(finding.slug, 0)) for finding in project.findings.all()],
        "images": images_in(project).count(),
        "may_upload": person(request).has_perm("archive.upload", project),
        "may_read": person(request).has_perm("labeling.read", project),
    }
    return render(request, "project.html", context)
