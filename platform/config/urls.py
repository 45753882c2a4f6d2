"""Every address: the pages', and the API's."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("config.api_urls")),
    path("", include("frontend.urls")),
]

handler400, handler403, handler404, handler500 = (
    f"frontend.pages.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "failed")
)
