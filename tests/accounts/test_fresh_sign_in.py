"""Sensitive steps need a proof not older than five minutes."""

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import users
from audit.enums import Action
from tests.builders import prove_again, sign_in
from tests.factories.people import PASSWORD, make_user
from tests.factories.units import make_unit
from tests.guards.routes import own_routes
from tests.trail import events_of

NEEDED = {
    "access:access_request_grant": ("GET", "HEAD", "POST"),
    "access:chart_move": ("GET", "HEAD", "POST"),
    "access:chart_revoke": ("POST",),
    "access:chart_rights": ("POST",),
    "access:glass_break": ("GET", "HEAD", "POST"),
    "access:unit_create": ("POST",),
    "access:unit_detail": ("POST",),
    "access:unit_grant": ("GET", "HEAD", "POST"),
    "access:unit_revoke": ("GET", "HEAD", "POST"),
    "accounts:user_change": ("GET", "HEAD", "POST"),
    "accounts:user_create": ("GET", "HEAD", "POST"),
    "accounts:user_disable": ("GET", "HEAD", "POST"),
    "accounts:user_enable": ("GET", "HEAD", "POST"),
    "accounts:user_remove_factors": ("GET", "HEAD", "POST"),
    "accounts:user_reset_password": ("GET", "HEAD", "POST"),
    "encounters:provider_create": ("POST",),
    "encounters:provider_detail": ("POST",),
    "encounters:provider_link": ("GET", "HEAD", "POST"),
    "encounters:provider_unlink": ("GET", "HEAD", "POST"),
}


@pytest.mark.goal("G-18")
def test_pages_of_people_rights_and_glass_that_need_a_fresh_proof():
    found = {
        route.name: route.view.needs_fresh_sign_in
        for route in own_routes()
        if route.name.startswith(("access:", "accounts:", "encounters:"))
        and hasattr(route.view, "needs_fresh_sign_in")
    }

    assert found == NEEDED


@pytest.fixture
def administrator(db):
    return make_user(Role.ADMINISTRATOR)


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("name", sorted(name for name in NEEDED if name.startswith("accounts:")))
def test_nothing_happens_until_the_proof(administrator, name):
    other = make_user(Role.CLERK)
    if name == "accounts:user_enable":
        users.disable(actor=administrator, user_id=other.pk)
    if name == "accounts:user_remove_factors":
        TOTP.activate(other, "JBSWY3DPEHPK3PXP")
    client = sign_in(administrator)
    kwargs = {} if name == "accounts:user_create" else {"user_id": other.pk}
    before = User.objects.order_by("pk").values_list("pk", "is_active", "password")
    known = list(before)

    answer = client.post(reverse(name, kwargs=kwargs), {"password": "whatever it may be"})

    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/sign-in/reauthenticate/")
    assert list(before.all()) == known


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("seconds, expected", [(0, 200), (299, 200), (300, 302)])
def test_proof_lasts_five_minutes(administrator, seconds, expected):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        client = prove_again(sign_in(administrator))
        clock.shift(seconds)

        assert client.get("/people/new/").status_code == expected


@pytest.mark.goal("G-18")
def test_sign_in_itself_is_no_fresh_proof_and_the_proof_is_an_event(administrator):
    client = sign_in(administrator)
    assert client.get("/people/new/").status_code == 302

    prove_again(client)

    assert client.get("/people/new/").status_code == 200
    (event,) = events_of(Action.REAUTHENTICATED)
    assert event.actor_id == administrator.pk


def test_form_that_was_sent_is_carried_out_after_the_proof(administrator):
    client = sign_in(administrator)
    other = make_user(Role.CLERK)
    first = client.post(f"/people/{other.pk}/disable/")

    answer = client.post(first.url, {"password": PASSWORD, "next": f"/people/{other.pk}/disable/"})

    assert answer.status_code == 302
    assert User.objects.get(pk=other.pk).is_active is False
    assert [event.subject_id for event in events_of(Action.USER_DISABLED)] == [str(other.pk)]


@pytest.mark.parametrize("is_given_up", [False, True])
def test_form_that_was_given_up_is_not_carried_out_by_a_later_proof(administrator, is_given_up):
    client = sign_in(administrator)
    other = make_user(Role.CLERK, display_name="Rosa Delgado")
    path = f"/people/{other.pk}/"
    sent = {"display_name": "Rosa D.", "email": other.email, "roles": [Role.CLERK]}
    asked = client.post(path, sent)
    if is_given_up:
        asked = client.get(path)  # only looked at again

    answer = client.post(asked.url, {"password": PASSWORD, "next": path})

    assert (answer.status_code, answer.url) == (302, path if is_given_up else "/people/")
    name = User.objects.get(pk=other.pk).display_name
    assert name == ("Rosa Delgado" if is_given_up else "Rosa D.")


def test_proof_does_not_widen_what_one_may(db):
    client = sign_in(make_user(Role.CLERK))

    assert client.get("/people/new/").status_code == 403
    assert events_of(Action.REAUTHENTICATED) == []


def test_looking_at_a_unit_needs_no_proof_but_changing_it_does(administrator):
    unit = make_unit(name="Old name")
    client = sign_in(administrator)
    path = reverse("access:unit_detail", args=[unit.pk])

    assert client.get(path).status_code == 200
    assert client.post(path, {"name": "New name"}).status_code == 302
    unit.refresh_from_db()
    assert unit.name == "Old name"
