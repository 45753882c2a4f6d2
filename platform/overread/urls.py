"""Every address. Pages stand here; the API's are in api_urls.py."""

from django.urls import include, path

from frontend.page_urls.dashboards import urlpatterns as dashboards
from frontend.pages import (
    access,
    catalogue,
    flow,
    home,
    image,
    launch,
    password,
    pixels,
    preferences,
    project,
    proposals,
    read,
    receipts,
    sign_in,
    summary,
    upload,
    worklist,
)

in_project = [
    path("", project.page, name="project"),
    path("worklist/", worklist.page, name="worklist"),
    path("upload/", upload.page, name="upload"),
    path("read/", read.start, name="read-start"),
    path("read/<uuid:pk>/", read.page, name="read"),
    path("read/<uuid:pk>/submit", read.submit, name="read-submit"),
    path("read/<uuid:pk>/skip", read.skip, name="read-skip"),
    path("read/<uuid:pk>/defer", flow.defer, name="read-defer"),
    path("read/<uuid:pk>/escalate", flow.escalate, name="read-escalate"),
    path("read/<uuid:pk>/second-opinion", flow.opinion, name="read-opinion"),
    path("read/<uuid:pk>/propose", proposals.propose, name="read-propose"),
    path("read/release", read.release, name="read-release"),
    path("read/<uuid:pk>/heartbeat", read.heartbeat, name="read-heartbeat"),
    path("read/<uuid:pk>/map/<slug:finding>", read.attention, name="read-map"),
    path("reads/", receipts.page, name="receipts"),
    path("reads/<uuid:pk>/undo", read.undo, name="read-undo"),
    path("reads/<uuid:pk>/amend", flow.amend, name="read-amend"),
    path("images/<uuid:pk>/", image.page, name="image"),
    path("images/<uuid:pk>/read", image.read, name="image-read"),
    path("images/<uuid:pk>/admit", image.admit, name="image-admit"),
    path("images/<uuid:pk>/retry", image.retry, name="image-retry"),
    path("images/<uuid:pk>/summary.pdf", summary.page, name="image-summary"),
    path("images/<uuid:pk>/picture", image.picture, name="image-picture"),
    path("images/<uuid:pk>/overlay/<int:number>/<slug:finding>", image.overlay, name="image-overlay"),
]

urlpatterns = [
    path("", home.page, name="home"),
    path("i18n.js", catalogue.page, name="catalogue"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("password/", password.ChangePassword.as_view(), name="password"),
    path("access/", access.page, name="access"),
    path("access/end", access.end, name="access-end"),
    path("preferences/", preferences.page, name="preferences"),
    path("preferences/theme", preferences.theme, name="preferences-theme"),
    path("open/<str:token>", launch.page, name="launch"),
    path("images/<uuid:pk>/<slug:level>", pixels.page, name="image-pixels"),
    path("projects/<slug:slug>/", include(in_project)),
    *dashboards,
    path("api/v1/", include("overread.api_urls")),
]

handler400, handler403, handler404, handler500 = (
    f"frontend.pages.errors.{name}" for name in ("bad_request", "forbidden", "not_found", "failed")
)
