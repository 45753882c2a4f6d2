"""Addresses of the API: projects."""

from django.urls import include, path

from overread.projects.api import founding, label_mapping, members, projects

in_project = [
    path("", projects.ProjectDetail.as_view(), name="project"),
    path("findings/urgent/", projects.UrgentFindings.as_view(), name="findings-urgent"),
    path("label-mapping/", label_mapping.LabelMapping.as_view(), name="label-mapping"),
    path("members/", members.Members.as_view(), name="members"),
    path("members/<int:pk>/", members.Member.as_view(), name="member"),
    path("jobs/", projects.ProjectJobs.as_view(), name="project-jobs"),
]

urlpatterns = [
    path("project-templates/", founding.ProjectTemplates.as_view(), name="project-templates"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", include(in_project)),
]
