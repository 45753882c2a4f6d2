"""Addresses of the API: models and what they say."""

from django.urls import include, path

from inference import api

in_project = [
    path("predictions/", api.Predictions.as_view(), name="predictions"),
    path("models/", api.Models.as_view(), name="models"),
    path("models/<int:number>/", api.ModelDetail.as_view(), name="model"),
]

urlpatterns = [path("projects/<slug:slug>/", include(in_project))]
