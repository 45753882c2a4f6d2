"""Every address of the API, each app's own."""

from django.urls import include, path

APPS = (
    "overread.accounts",
    "overread.projects",
    "overread.jobs",
    "overread.archive",
    "inference",
    "labeling",
    "training",
    "overread.api",
)

app_name = "api"
urlpatterns = [path("", include(f"{app}.urls")) for app in APPS]
