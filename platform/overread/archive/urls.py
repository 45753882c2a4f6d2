"""Addresses of the API: images, and links to them."""

from django.urls import include, path

from overread.archive.api import images, launches

in_project = [
    path("images/", images.Images.as_view(), name="images"),
    path("images/<uuid:pk>/", images.ImageDetail.as_view(), name="image"),
    path("images/<uuid:pk>/retry/", images.ImageRetry.as_view(), name="image-retry"),
    path("images/<uuid:pk>/admit/", images.ImageAdmission.as_view(), name="image-admit"),
    path("images/<uuid:pk>/pixels/<slug:level>", images.Pixels.as_view(), name="pixels"),
    path("launches/", launches.Launches.as_view(), name="launches"),
]

urlpatterns = [path("projects/<slug:slug>/", include(in_project))]
