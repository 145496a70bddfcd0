"""Which address leads to which room."""

from __future__ import annotations

from django.urls import include, path

from config.views import errors, health, help, home, sessions, status

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", include("accounts.sign_in_urls")),
    path("session/", sessions.state, name="session_state"),
    path("session/extend/", sessions.extend, name="session_extend"),
    path("status/", status.status, name="status"),
    path("help/", help.index, name="help_index"),
    path("help/screen/", help.screen, name="help_screen"),
    path("help/<slug:guide>/", help.guide, name="help_guide"),
    path("health/live/", health.live, name="health_live"),
    path("health/ready/", health.ready, name="health_ready"),
    path("log/", include("audit.urls")),
    path("people/", include("accounts.urls")),
    path("saved-lists/", include("accounts.list_urls")),
    path("access/", include("records.access.urls")),
    path("patients/", include("records.patients.urls")),
    path("encounters/", include("records.encounters.urls")),
    path("documents/", include("records.documents.urls")),
    path("imports/", include("records.interchange.urls")),
    path("charts/", include("records.charts.urls")),
    path("retention/", include("records.retention.urls")),
    path("release/", include("requests_release.urls")),
    path("r/", include("requests_release.link_urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = "accounts.views.sign_in.too_many"
handler500 = errors.server_error
