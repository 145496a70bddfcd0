"""Headers of every answer."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from config.middleware import RequestLogMiddleware, ResponseHeadersMiddleware


def _answer(path="/", *, method="get", url_name="home", **headers):
    request = getattr(RequestFactory(), method)(path)
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name=url_name)
    return ResponseHeadersMiddleware(lambda _: HttpResponse(headers=headers))(request)


def test_page_is_kept_out_of_caches_frames_and_other_sites():
    response = _answer()

    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.goal("G-59")
def test_page_cannot_make_itself_cacheable():
    response = _answer("/charts/1/", **{"Cache-Control": "private, max-age=600"})

    assert response["Cache-Control"] == "no-store"


def test_static_file_keeps_its_own_caching():
    response = _answer("/static/css/a.css", **{"Cache-Control": "max-age=315360000, public"})

    assert response["Cache-Control"] == "max-age=315360000, public"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_missing_static_file_is_not_cached():
    assert _answer("/static/none.css")["Cache-Control"] == "no-store"


@pytest.mark.goal("G-59")
@pytest.mark.parametrize(
    ("method", "url_name", "is_cleared"),
    [
        ("post", "account_logout", True),
        ("get", "account_logout", False),
        ("post", "home", False),
    ],
)
def test_signing_out_clears_what_the_browser_kept(method, url_name, is_cleared):
    response = _answer(method=method, url_name=url_name)

    assert response.has_header("Clear-Site-Data") is is_cleared


def test_answer_before_any_view_has_the_headers():
    request = RequestFactory().get("/")

    response = ResponseHeadersMiddleware(lambda _: HttpResponse(status=400))(request)

    assert response["Cache-Control"] == "no-store"


def test_middleware_stands_first(settings):
    assert settings.MIDDLEWARE[0] == "config.middleware.ResponseHeadersMiddleware"


@pytest.mark.goal("G-24")
def test_log_names_a_request_without_what_was_searched_for():
    request = RequestFactory().get("/patients/", {"q": "Munoz"})

    assert RequestLogMiddleware.format_request(request) == "GET /patients/"


def test_that_log_is_the_one_in_force(settings):
    assert "config.middleware.RequestLogMiddleware" in settings.MIDDLEWARE
    assert not [name for name in settings.MIDDLEWARE if name.startswith("django_structlog")]
