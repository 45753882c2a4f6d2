"""Addresses of the API: who somebody is, and the tokens that stand for them."""

from django.urls import path

from overread.accounts import api

urlpatterns = [
    path("tokens/", api.Tokens.as_view(), name="tokens"),
    path("tokens/<str:key>/", api.Token.as_view(), name="token"),
    path("me/", api.Me.as_view(), name="me"),
    path("me/preferences/", api.MyPreferences.as_view(), name="preferences"),
]
