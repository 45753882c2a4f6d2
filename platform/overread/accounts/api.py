"""Tokens, and who I am."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from knox.settings import knox_settings
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from overread.accounts.access import token_revoke, tokens_of, tokens_revoke
from overread.accounts.events import TokenMade, TokenRefused
from overread.accounts.models import Preferences, User
from overread.accounts.queries import preferences_of
from overread.accounts.services import preferences_change
from overread.api import Problem
from overread.api.bodies import Shape
from overread.api.views import View
from overread.events import announce


class CredentialsSerializer(Shape):
    email = serializers.EmailField(required=False, max_length=254)
    password = serializers.CharField(required=False, max_length=1024, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) == 1:
            raise serializers.ValidationError("Send e-mail address and password, or neither when you are signed in.")
        return attrs


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown once. Send it as `Authorization: Token …`.")
    key = serializers.CharField(help_text="What it is listed and revoked by. It opens nothing.")
    expiry = serializers.DateTimeField(help_text="From then on it opens nothing. Make another one in time.")


class TokenListedSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(source="token_key", help_text="The first characters of the token.")
    created = serializers.DateTimeField()
    expiry = serializers.DateTimeField()


class MeSerializer(serializers.ModelSerializer[User]):
    operator = serializers.BooleanField(source="is_staff")

    class Meta:
        model = User
        fields = ["id", "email", "name", "operator"]


class PreferencesSerializer(serializers.ModelSerializer[Preferences]):
    keys = serializers.DictField(
        child=serializers.CharField(), help_text="Command to key, where it is not the first one."
    )

    class Meta:
        model = Preferences
        fields = ["theme", "single_keys", "keys"]


class PreferencesChangeSerializer(Shape):
    theme = serializers.ChoiceField(Preferences.Theme.choices, required=False)
    single_keys = serializers.BooleanField(required=False)
    keys = serializers.DictField(child=serializers.CharField(max_length=24), required=False)


class Tokens(View):
    queryset = AuthToken.objects.none()
    ordering = ("-created", "pk")

    def get_permissions(self) -> Sequence[Any]:
        if self.request.method == "POST":
            return [AllowAny()]
        return super().get_permissions()

    @extend_schema("token_create", request=CredentialsSerializer, responses={201: TokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token, for an e-mail address and password or for the session."""
        credentials = self.body(CredentialsSerializer)
        user = self._who(credentials)
        if tokens_of(user).count() >= knox_settings.TOKEN_LIMIT_PER_USER:
            announce(TokenRefused(user.pk, reason="too many"))
            raise Problem(
                "No more tokens.", "Revoke one that you no longer need, or all of them when signed in.", status=409
            )
        made, token = AuthToken.objects.create(user)
        announce(TokenMade(user.pk))
        if credentials:
            user_logged_in.send(sender=User, request=request._request, user=user)
        return self.show({"token": token, "key": made.token_key, "expiry": made.expiry}, TokenSerializer, 201)

    @extend_schema("token_list", responses=TokenListedSerializer(many=True))
    def get(self, request: Request) -> Response:
        """My tokens, newest first; what opens them is not kept and cannot be shown again."""
        return self.paged(tokens_of(self.user), TokenListedSerializer)

    def _who(self, credentials: dict[str, str]) -> User:
        """Whose credentials these are, or whose session. AuthenticationFailed, or Problem 429 after many tries."""
        if not credentials:
            if not self.request.user.is_authenticated or self.request.auth:
                raise AuthenticationFailed("Send e-mail address and password, or sign in.")
            return self.user
        email = credentials["email"].lower()
        request = cast(HttpRequest, self.request)  # not Django's own, or the lock would be answered with a page
        known = authenticate(request, username=email, email=email, password=credentials["password"])
        if getattr(self.request, "axes_locked_out", False):
            raise Problem("Too many attempts.", "Wait a quarter of an hour and try again.", status=429)
        if not isinstance(known, User):
            raise AuthenticationFailed("E-mail address or password not recognised.")
        return known

    @extend_schema("token_delete", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke this token; in a session, all of mine."""
        if isinstance(request.auth, AuthToken):
            token_revoke(user=self.user, key=request.auth.token_key)
        else:
            tokens_revoke(user=self.user)
        return Response(status=204)


class Token(View):
    @extend_schema("token_revoke", responses={204: None})
    def delete(self, request: Request, key: str) -> Response:
        """Revoke one of my tokens, by the key that it is listed by."""
        if not token_revoke(user=self.user, key=key):
            raise NotFound("You have no such token.")
        return Response(status=204)


class Me(View):
    @extend_schema("me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Who I am."""
        return self.show(self.user, MeSerializer)


class MyPreferences(View):
    @extend_schema("preferences_get", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """How I have the pages."""
        return self.show(preferences_of(self.user), PreferencesSerializer)

    @extend_schema("preferences_change", request=PreferencesChangeSerializer, responses=PreferencesSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of it; what is not sent stays as it is."""
        changes = self.body(PreferencesChangeSerializer)
        return self.show(preferences_change(user=self.user, **changes), PreferencesSerializer)
