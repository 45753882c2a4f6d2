"""Addresses of the dashboards: of a project, and of the deployment's operators."""

from __future__ import annotations

from django.urls import include, path

from frontend.pages import accounts, audit_log, data, jobs, members, model, proposals, settings, training, worth

in_project = [
    path("data/", data.page, name="project-data"),
    path("selection/", worth.page, name="project-worth"),
    path("selection/restore", worth.restore, name="worth-restore"),
    path("training/", training.page, name="project-training"),
    path("training/<int:number>/", training.run, name="run"),
    path("training/<int:number>/live", training.live, name="run-live"),
    path("training/<int:number>/cancel", training.cancel, name="run-cancel"),
    path("models/", model.listing, name="project-models"),
    path("models/<int:number>/", model.page, name="model"),
    path("models/<int:number>/gate", model.gate_live, name="model-gate"),
    path("models/<int:number>/judge", model.judge, name="model-judge"),
    path("models/<int:number>/promote", model.promote, name="model-promote"),
    path("models/<int:number>/roll-back", model.roll_back, name="model-roll-back"),
    path("models/verdicts/<uuid:pk>/", model.verdict, name="verdict"),
    path("settings/", settings.page, name="project-settings"),
    path("settings/members/", members.page, name="project-members"),
    path("settings/members/<int:pk>/remove", members.remove, name="project-member-remove"),
    path("settings/proposals/", proposals.page, name="project-proposals"),
    path("settings/proposals/<uuid:pk>/accept", proposals.accept, name="proposal-accept"),
    path("settings/proposals/<uuid:pk>/decline", proposals.decline, name="proposal-decline"),
]

urlpatterns = [
    path("projects/<slug:slug>/", include(in_project)),
    path("operations/jobs/", jobs.listing, name="jobs"),
    path("operations/jobs/<uuid:pk>/", jobs.detail, name="job"),
    path("operations/jobs/<uuid:pk>/retry", jobs.retry, name="job-retry"),
    path("operations/jobs/<uuid:pk>/cancel", jobs.cancel, name="job-cancel"),
    path("operations/accounts/", accounts.listing, name="accounts"),
    path("operations/accounts/<int:pk>/", accounts.detail, name="account"),
    path("operations/accounts/<int:pk>/end", accounts.end, name="account-end"),
    path("operations/audit/", audit_log.page, name="audit-log"),
]
