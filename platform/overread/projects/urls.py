"""Addresses of the API: projects."""

from django.urls import include, path

from overread.projects import api

in_project = [
    path("", api.ProjectDetail.as_view(), name="project"),
    path("findings/urgent/", api.UrgentFindings.as_view(), name="findings-urgent"),
    path("jobs/", api.ProjectJobs.as_view(), name="project-jobs"),
]

urlpatterns = [
    path("projects/", api.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", include(in_project)),
]
