"""Every address of the API, each app's own."""

from django.urls import include, path

# Looked through in this order: what is asked for most often stands first
APPS = (
    "overread.archive",
    "labeling",
    "inference",
    "overread.accounts",
    "overread.projects",
    "overread.jobs",
    "training",
    "overread.api",
)

app_name = "api"
urlpatterns = [path("", include(f"{app}.urls")) for app in APPS]
