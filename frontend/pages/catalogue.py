"""/i18n.js: the messages of the scripts in a person's language. It is public."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

YEAR = 31_536_000  # seconds


class Scripts(JavaScriptCatalog):
    """locale/<language>/LC_MESSAGES/djangojs without the catalogues of other packages."""

    packages = ["frontend"]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The catalogue of the language in the query; browsers may keep it for a year if the query has its version."""
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = active_language()
    with override(language):
        response = catalogue_of(request)
    # An address without the version must not stick to one catalogue.
    if request.GET.get("version") == version(language):
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return response


def address() -> str:
    """The address of the active language's catalogue. It changes with the catalogue."""
    language = active_language()
    return f"{reverse('catalogue')}?{urlencode({'language': language, 'version': version(language)})}"


def catalogue_of(request: HttpRequest) -> HttpResponse:
    """The catalogue of the active language, as a script."""
    return Scripts().get(request)


def active_language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@lru_cache
def version(language: str) -> str:
    """A short hash of the language's catalogue."""
    with override(language):
        return sha256(catalogue_of(HttpRequest()).content).hexdigest()[:12]
