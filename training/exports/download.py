"""The file of an export as an answer to a request, of a page or of REST."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.api.ranges import file_response
from training.models import Export
from training.services.exports import export_download


def export_response(request: HttpRequest, export: Export, user: User) -> HttpResponseBase:
    """Raises Http404 where there is no file (yet, or any more), PermissionDenied for whoever may not have it."""
    if export.state != Export.State.READY:
        raise Http404(_("This export has no file."))
    export_download(export=export, user=user)
    return file_response(
        request,
        opened=lambda: default_storage.open(export.storage_name),
        size=export.bytes,
        etag=f'"{export.sha256}"',
        content_type=export.content_type,
        name=export.file_name,
    )
