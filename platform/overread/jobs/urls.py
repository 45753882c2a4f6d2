"""Addresses of the API: jobs, for operators."""

from django.urls import path

from overread.jobs import api

urlpatterns = [
    path("jobs/", api.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/retry/", api.JobRetry.as_view(), name="job-retry"),
    path("jobs/<uuid:pk>/cancel/", api.JobCancel.as_view(), name="job-cancel"),
]
