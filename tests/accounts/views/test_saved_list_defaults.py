"""The saved list with which a list opens first, and whom it does not trap."""

import re

import pytest
from django.urls import reverse

from accounts.models import SavedList
from accounts.roles import Role
from accounts.services import users
from audit.enums import Action
from tests.accounts.services.test_saved_lists import BOARD, LOG, save
from tests.accounts.views.test_saved_lists import LISTS, change_of, control, remove_of
from tests.builders import sign_in
from tests.factories.people import make_user
from tests.trail import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, display_name="Rosa Delgado")


@pytest.fixture
def client(clerk):
    return sign_in(clerk)


@pytest.mark.parametrize("route", LISTS)
def test_list_opened_without_filters_opens_with_the_readers_default(route):
    role, query = LISTS[route]
    person, other = make_user(role), make_user(role)
    save(person, "First", route=route, query=query, is_default=True)
    save(other, "Theirs", route=route, query=query, is_shared=True, is_default=True)
    third = make_user(role)

    answer = sign_in(person).get(reverse(route))

    assert (answer.status_code, answer.url) == (302, f"{reverse(route)}?{query}")
    assert sign_in(third).get(reverse(route)).status_code == 200


@pytest.mark.parametrize("route", LISTS)
def test_default_traps_nobody(route):
    role, query = LISTS[route]
    person = make_user(role)
    save(person, route=route, query=query, is_default=True)
    client = sign_in(person)
    page = client.get(f"{reverse(route)}?{query}")
    assert 'href="?list=all"' in control(page)

    whole = client.get(reverse(route), {"list": "all"})

    assert whole.status_code == 200
    leads = re.findall(r'<a class="(?:chip-remove|filter-clear|tab)" href="([^"]*)"', page.text)
    own = [url.replace("&amp;", "&") for url in leads if url.startswith(("?", reverse(route)))]
    answers = [client.get(url if url[0] == "/" else reverse(route) + url) for url in own]
    ways = {url: answer.status_code for url, answer in zip(own, answers, strict=True)}
    # Of the tabs of the retention desk one leads to the desk's own list, as the side bar does.
    assert {url for url, status in ways.items() if status != 200} <= {reverse(route)}


def test_board_and_list_are_switched_in_spite_of_a_default(clerk, client):
    save(clerk, query="view=list&due=late", is_default=True)
    page = client.get(reverse(BOARD), {"view": "list"})

    (switch,) = re.findall(r'href="([^"]*)" data-hotkey="v"', page.text)
    answer = client.get(reverse(BOARD) + switch)

    assert answer.status_code == 200
    assert "Each column says who acts next" in answer.text


def test_log_asked_without_filters_by_its_form_is_shown_whole():
    auditor = make_user(Role.COMPLIANCE)
    save(auditor, route=LOG, query="outcome=REFUSED", is_default=True)

    answer = sign_in(auditor).post(reverse(LOG), {"outcome": "", "find_patient": ""}, follow=True)

    assert answer.redirect_chain == [(f"{reverse(LOG)}?list=all", 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
def test_script_that_asks_for_a_part_of_the_page_is_not_sent_elsewhere(clerk, client, headers):
    save(clerk, route="retention:home", query="show=all", is_default=True)

    assert client.get(reverse("retention:home"), headers=headers).status_code == 200


def test_who_lost_the_role_is_refused_and_not_led_to_the_default(clerk):
    save(clerk, is_default=True)
    users.set_roles(actor=make_user(Role.ADMINISTRATOR), user_id=clerk.pk, roles=[Role.PROVIDER])
    client = sign_in(clerk)
    row = SavedList.objects.get()

    assert client.get(reverse(BOARD)).status_code == 403
    assert client.get(change_of(row)).status_code == 404
    assert client.post(remove_of(row)).status_code == 404


def test_default_is_not_told_to_whoever_is_signed_out(clerk, client):
    save(clerk, is_default=True)
    client.post("/sign-in/logout/")

    answer = client.get(reverse(BOARD))

    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/login/")
    assert "due" not in answer.url


def test_shared_list_shows_each_reader_their_own_rows(clerk, client):
    """What is saved are filters: the list weighs for every reader anew what they may see."""
    other = make_user(Role.CLERK)
    save(other, "Mine", query="mine=1", is_shared=True)

    answer = client.get(reverse(BOARD), {"mine": "1"})

    assert answer.status_code == 200
    assert [event.actor_id for event in events_of(Action.REQUESTS_LISTED)] == [clerk.pk]
