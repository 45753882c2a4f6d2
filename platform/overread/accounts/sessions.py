"""Sessions in the database, each with its person, address and browser, so that they can be listed and ended.

They end after SESSION_IDLE_SECONDS without use and SESSION_COOKIE_AGE after signing in, whichever is first. Use is
written down once a minute at most.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from overread.accounts.models import Session
from overread.rows import Select

TOUCHED_EVERY = timedelta(minutes=1)
STARTED, ADDRESS, BROWSER = "started", "address", "browser"
# Composed once, since every request of whoever is signed in asks for it.
LIVE = Select(Session, rest="FROM accounts_session WHERE session_key = %s AND expire_date > %s")


class SessionStore(DatabaseSessions):
    """Django's, on our table. `row` is the row that was loaded, None for a new session."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        for (row,) in LIVE.rows(self.session_key, timezone.now()):
            self.row = row
            return self.decode(row.session_data)
        self.row = None
        self._session_key = None  # as Django does: nobody's own key is taken for a new session
        return {}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        if user := data.get(SESSION_KEY):
            row.user_id = int(user)
            row.used_at = timezone.now()
            row.started_at = datetime.fromtimestamp(data.get(STARTED) or row.used_at.timestamp(), UTC)
            row.address = data.get(ADDRESS, "")
            row.browser = data.get(BROWSER, "")
            row.expire_date = ends_at(row.started_at, row.used_at)
        return row

    def touch(self) -> None:
        """Write down that this session is in use. No other column is written, so no request undoes another's."""
        row = self.row
        now = timezone.now()
        if row and row.started_at and row.used_at and now - row.used_at >= TOUCHED_EVERY:
            Session.objects.filter(pk=row.pk).update(used_at=now, expire_date=ends_at(row.started_at, now))


def ends_at(started: datetime, used: datetime) -> datetime:
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(started + lasts, used + timedelta(seconds=settings.SESSION_IDLE_SECONDS))


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Touches the session of whoever uses a page. Requests that pages send by themselves every few seconds do not count as use."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        by_itself = "HX-Request" in request.headers or "X-Background" in request.headers
        if request.session.accessed and not by_itself and isinstance(request.session, SessionStore):
            request.session.touch()
        return response

    return answer
