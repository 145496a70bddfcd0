"""Headers and cookies of every answer: pages, refusals, errors, redirects, files (G-59)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from config import env
from tests.guards import people
from tests.guards.routes import list_routes
from tests.guards.test_routes import _path
from tests.guards.wire import Wire

pytestmark = [
    pytest.mark.usefixtures("quiet"),
    pytest.mark.django_db,
    pytest.mark.goal("G-59"),
]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
FEATURES = {
    "camera=()",
    "microphone=()",
    "geolocation=()",
    "payment=()",
    "usb=()",
    "publickey-credentials-get=(self)",
    "publickey-credentials-create=(self)",
}
NEVER = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "ETag-Weak", "Set-Cookie2")


def faults_of(headers, *, is_static=False) -> list[str]:
    """Return what is wrong with the headers of one answer."""
    faults = [
        f"{name}: {headers.get(name)}"
        for name, value in EVERYWHERE.items()
        if headers.get(name) != value
    ]
    if not is_static and headers.get("Cache-Control") != "no-store":
        faults.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if not is_static and len(headers.get("X-Request-ID", "")) != 32:
        faults.append(f"X-Request-ID: {headers.get('X-Request-ID')}")
    if _policy(headers.get("Content-Security-Policy", "")) != POLICY:
        faults.append(f"Content-Security-Policy: {headers.get('Content-Security-Policy')}")
    if {part.strip() for part in headers.get("Permissions-Policy", "").split(",")} != FEATURES:
        faults.append(f"Permissions-Policy: {headers.get('Permissions-Policy')}")
    return faults + [name for name in NEVER if name in headers]


def _policy(text: str) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in text.split(";") if part.strip()]
    return {name: value for name, _, value in parts}


def _cookie_faults(client: Client) -> list[str]:
    """Return what is wrong with the cookies that a browser was given."""
    return [
        f"{name}: {dict(morsel)}"
        for name, morsel in client.cookies.items()
        if name != configured.SESSION_COOKIE_NAME
        or not morsel["httponly"]
        or morsel["samesite"] != "Lax"
        or morsel["path"] != "/"
        or morsel["domain"]
    ]


@pytest.mark.parametrize("who", ["signed out", "CLERK", "COMPLIANCE", "ADMINISTRATOR"])
def test_every_page_in_every_state(who):
    client = Client(raise_request_exception=False)
    if who != "signed out":
        client = people.sign_in(people.make_person(who))
    faults = {}
    for route in list_routes():
        try:
            path = _path(route)
        except Exception:
            path = f"/{route.pattern}"
        for method in ("GET", "POST"):
            response = client.generic(method, path)
            list(response)
            found = faults_of(response.headers)
            if found:
                faults[f"{method} {route.name} {response.status_code}"] = found

    assert faults == {}
    assert _cookie_faults(client) == []


def test_answers_that_no_view_gives(monkeypatch):
    client = people.sign_in(people.make_person("CLERK"))
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(people.make_person("CLERK"))
    answers = {
        "unknown page": (client.get("/no/such/page/"), 404),
        "no slash": (client.get("/patients"), 301),
        "unknown host": (client.get("/", headers={"Host": "evil.example"}), 400),
        "stale form": (strict.post(reverse("session_extend")), 403),
        "wrong method": (client.delete("/"), 405),
        "unreadable form": (
            strict.post(  # read for its token, before any view
                reverse("session_extend"),
                data=b"--x",
                content_type="multipart/form-data; boundary=",
            ),
            400,
        ),
        "missing file": (client.get("/static/none.css"), 404),
        "strange address": (client.get("/charts/99999999999999999999999/"), 404),
        "zero byte": (client.get(f"{reverse('patients:patient_search')}?q=a%00b"), None),
    }

    faults = {name: faults_of(answer.headers) for name, (answer, _) in answers.items()}
    statuses = {name: answer.status_code for name, (answer, _) in answers.items()}

    assert {name: found for name, found in faults.items() if found} == {}
    assert {n: s for n, s in statuses.items() if answers[n][1] not in (s, None)} == {}
    assert statuses["zero byte"] < 500


def test_an_error_of_ours_has_the_headers_and_shows_nothing(monkeypatch):
    from config.views import home

    def broken(_user):
        raise RuntimeError("Zycanary broke it")

    monkeypatch.setattr(home.worklists, "sources_for", broken)
    client = people.sign_in(people.make_person("CLERK"))

    answer = client.get("/")

    assert answer.status_code == 500
    assert faults_of(answer.headers) == []
    assert b"Zycanary" not in answer.content
    assert b"Traceback" not in answer.content


def test_static_files_are_public_and_closed_to_other_sites(settings, tmp_path):
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "a.css").write_text("a{}", encoding="utf-8")
    settings.STATIC_ROOT = folder
    settings.WHITENOISE_AUTOREFRESH = False

    answer = Client().get("/static/a.css")

    assert (answer.status_code, b"".join(answer)) == (200, b"a{}")
    assert faults_of(answer.headers, is_static=True) == []
    assert "Set-Cookie" not in answer.headers
    assert "no-store" not in answer.headers["Cache-Control"]


def test_headers_hold_without_a_framework_client(second_connection):
    """The WSGI application itself, as gunicorn calls it."""
    answer = Wire(second_connection).ask("stranger", "GET", "/health/live/")

    assert answer.status == 200
    assert faults_of(dict(answer.headers)) == []
    assert answer.header("Set-Cookie") == ""


def test_signing_out_clears_what_the_browser_keeps():
    client = people.sign_in(people.make_person("CLERK"))

    answer = client.post(reverse("account_logout"))

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert faults_of(answer.headers) == []
    assert client.get("/").status_code == 302


def test_behind_https_everything_is_bound_to_it():
    """The settings of a hospital: read by a process of its own."""
    names = (
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_SAMESITE",
        "CSRF_USE_SESSIONS",
        "DEBUG",
        "CSRF_TRUSTED_ORIGINS",
    )
    code = (
        "import json; from config import settings;"
        f" print(json.dumps({{n: getattr(settings, n) for n in {names!r}}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=env.ROOT,
        env=os.environ | {"SITE_URL": "https://records.example"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout.splitlines()[-1]) == {
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_USE_SESSIONS": True,
        "DEBUG": False,
        "CSRF_TRUSTED_ORIGINS": ["https://records.example"],
    }


def test_plain_http_is_sent_to_https_where_the_house_has_it(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True

    plain, secure = Client().get("/"), Client().get("/", secure=True)

    assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
