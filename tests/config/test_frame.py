"""The frame of a page as one person's browser gets it."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from config.context import ADDRESSES, Shell, shell
from tests.builders import sign_in
from tests.factories.people import make_user

PAGE = reverse("usersessions_list")


@pytest.fixture
def page(make_person, browser_of):
    """A supervisor's page."""
    return browser_of(make_person("SUPERVISOR", "PROVIDER")).get(PAGE).content.decode()


def test_frame_names_person_roles_and_facility(page, settings):
    assert "<strong>Ana &lt;Mills&gt;</strong>" in page
    assert '<span class="secondary">Supervisor, Provider</span>' in page
    assert settings.FACILITY_NAME in page


def test_frame_carries_what_scripts_need(page, settings):
    content = dict(re.findall(r'<meta name="([a-z-]+)" content="([^"]*)">', page))

    assert content["idle-seconds"] == str(settings.IDLE_LOGOFF_SECONDS)
    assert content["session-extend-url"] == reverse("session_extend")
    assert content["session-state-url"] == reverse("session_state")
    assert content["status-url"] == reverse("status")
    assert len(content["csrf-token"]) == 64


def test_frame_has_landmarks_and_one_heading(page):
    assert page.count("<h1>") == 1
    assert page.count("<main ") == page.count("</main>") == 1
    assert page.index('href="#content"') < page.index("<nav ")
    assert '<form class="global-search" role="search"' in page


def test_sign_out_is_a_post(page):
    assert re.search(rf'<form method="post" action="{reverse("account_logout")}">', page)


def test_search_is_hidden_from_who_may_not_search(make_person, browser_of):
    page = browser_of(make_person("ADMINISTRATOR")).get(PAGE).content.decode()

    assert "global-search" not in page


def test_sign_in_form_shows_errors_and_says_so_in_the_title(client, db):
    page = client.post(reverse("account_login"), {"login": ""}).content.decode()

    assert "<title>Error: Sign in · Chartroom</title>" in page
    assert page.count('aria-invalid="true"') == 2


def test_strangers_get_no_desks(rf):
    request = rf.get("/")
    request.user = AnonymousUser()

    assert Shell(request).links == []


def test_context_asks_the_database_nothing(make_person, rf, django_assert_num_queries):
    request = rf.get("/")
    request.user = make_person("CLERK")

    with django_assert_num_queries(0):
        frame = shell(request)["shell"]
    with django_assert_num_queries(1):
        assert [link.desk.name for link in frame.desks][:2] == ["home", "patients"]
        assert frame.settings == []
        assert frame.roles == "Clerk"


def test_zone_names_city_and_offset(settings, rf):
    settings.TIME_ZONE = "America/New_York"

    assert re.fullmatch(r"New York \(E[SD]T\)", Shell(rf.get("/")).zone)


def test_frame_links_only_to_pages_it_names():
    with pytest.raises(KeyError):
        ADDRESSES["notices"]
    assert ADDRESSES["home"] == "/"


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_trouble_page_needs_neither_request_nor_database(name):
    page = render_to_string(name, {"request_id": "r-17"})

    assert "r-17" in page
    assert "<nav " not in page


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ({}, "You may not do this"),
        ({"is_form": True}, "This form has expired"),
        ({"is_form": True, "sign_in_url": "/sign-in/login/"}, "You are not signed in"),
    ],
)
def test_forbidden_page_tells_a_stale_form_apart(values, heading):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert f"<h1>{heading}</h1>" in render_to_string("403.html", values, request)


FIRST = "Your administrator knows this first password; choose your own before you go on"


@pytest.mark.parametrize("owes", [True, False])
def test_who_owes_a_password_is_told_so_and_offered_nothing_else(db, owes):
    client = sign_in(make_user("SUPERVISOR", must_change_password=owes))

    page = client.get(reverse("account_change_password")).content.decode()

    assert (FIRST in page) is owes
    offers = ('class="desk"', 'name="status-url"', 'name="recent-url"', "global-search")
    for offered in (*offers, "data-trail", 'popovertarget="sidebar"'):
        assert (offered in page) is not owes, offered
    assert reverse("account_logout") in page
