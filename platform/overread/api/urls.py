"""Addresses of the API's own description."""

from django.urls import path

from overread.api import docs

urlpatterns = [
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.page, name="docs"),
]
