"""Signing in and out by name and password, with an event for each try."""

import pytest
from django.conf import settings as configured
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher
from django.test import Client

from accounts import crypto
from accounts.roles import Role
from accounts.services import users
from audit.enums import Action, Outcome
from tests.builders import sign_in
from tests.factories.people import PASSWORD, again, make_user
from tests.trail import count_events, events_of, facts_of

pytestmark = pytest.mark.django_db
LOGIN = "/sign-in/login/"
PAGES = ("password/change", "reauthenticate")


def try_to_sign_in(login, password="wrong", **headers):
    return Client(headers=headers or None).post(LOGIN, {"login": login, "password": password})


def is_signed_in(client):
    return client.get("/session/", headers={"Accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("field", ["username", "email"])
def test_sign_in_by_name_or_address_in_any_case_is_an_event(field, change):
    user = make_user(Role.CLERK, username="rosa", email="rosa.delgado@example.org")
    client = Client()

    answer = client.post(LOGIN, {"login": change(getattr(user, field)), "password": PASSWORD})

    assert (answer.status_code, answer.url) == (302, "/")
    assert is_signed_in(client)
    (event,) = events_of(Action.SIGNED_IN)
    assert (event.actor_id, event.actor_name, event.role, event.outcome, event.detail) == (
        user.pk,
        user.display_name,
        "CLERK",
        Outcome.SUCCESS,
        {},
    )
    assert event.session_digest
    assert event.client_address == "127.0.0.1"


@pytest.mark.goal("G-22")
def test_wrong_password_names_the_person_and_keeps_no_word_of_what_was_typed():
    user = make_user(Role.CLERK, username="rosa")

    answer = try_to_sign_in(" Rosa ", "hunter2 hunter2 hunter2")

    assert answer.status_code == 200
    assert "User name or password is wrong." in answer.content.decode()
    assert facts_of(Action.SIGN_IN_FAILED) == [
        (
            Action.SIGN_IN_FAILED,
            Outcome.FAILED,
            None,
            str(user.pk),
            {"sign_in": crypto.keyed_hash("rosa")},
        )
    ]


@pytest.mark.goal("G-19")
def test_unknown_name_is_a_failure_of_nobody_and_answers_alike():
    make_user(Role.CLERK, username="rosa")

    known, unknown = try_to_sign_in("rosa"), try_to_sign_in("nobody-here")

    failures = events_of(Action.SIGN_IN_FAILED)
    assert [(event.subject_type, event.subject_id != "") for event in failures] == [
        ("user", True),
        ("", False),
    ]
    assert failures[1].detail == {"sign_in": crypto.keyed_hash("nobody-here")}
    assert known.status_code == unknown.status_code
    assert known.context["form"].errors == unknown.context["form"].errors


def test_closed_sign_in_fails_even_with_its_password():
    user = make_user(Role.CLERK)
    users.disable(actor=make_user(Role.ADMINISTRATOR), user_id=user.pk)

    answer = try_to_sign_in(user.username, PASSWORD)

    assert (answer.status_code, answer.url) == (302, "/sign-in/inactive/")
    assert [event.subject_id for event in events_of(Action.SIGN_IN_FAILED)] == [str(user.pk)]
    assert events_of(Action.SIGNED_IN) == []


def test_the_system_cannot_sign_in():
    for password in ("", "!", "system", PASSWORD):
        try_to_sign_in("system", password)

    assert events_of(Action.SIGNED_IN) == []


@pytest.mark.goal("G-17")
def test_sign_out_is_one_event_and_ends_the_session():
    user = make_user(Role.CLERK)
    client = sign_in(user)

    answer = client.post("/sign-in/logout/")

    assert answer.status_code == 302
    assert facts_of(Action.SIGNED_OUT, Action.SESSION_EXPIRED, Action.SESSION_REVOKED) == [
        (Action.SIGNED_OUT, Outcome.SUCCESS, user.pk, "", {})
    ]
    assert not is_signed_in(client)


def test_asking_to_sign_out_by_link_signs_nobody_out():
    client = sign_in(make_user(Role.CLERK))

    client.get("/sign-in/logout/")

    assert is_signed_in(client)
    assert events_of(Action.SIGNED_OUT) == []


def test_weaker_hash_is_made_stronger_at_sign_in_in_the_persons_own_name(settings):
    user = make_user(Role.CLERK)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        *configured.PASSWORD_HASHERS,
    ]

    sign_in(user)

    assert isinstance(identify_hasher(again(user).password), Argon2PasswordHasher)


@pytest.mark.goal("G-19")
@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/email/",
        "/sign-in/confirm-email/",
        "/sign-in/confirm-email/abc/",
        "/sign-in/login/code/confirm/",
        "/sign-in/password/set/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_ways_in_by_mail_do_not_exist(path, method):
    client = sign_in(make_user(Role.CLERK))

    assert getattr(client, method)(path).status_code == 404


@pytest.mark.goal("G-19")
@pytest.mark.parametrize("path", ["/sign-in/password/reset/", "/sign-in/password/reset/key/1-abc/"])
def test_forgotten_password_page_says_whom_to_ask_and_takes_nothing(path):
    before = count_events()
    shown = Client().get(path)

    assert shown.status_code == 200
    assert "The administrator checks who you are" in shown.content.decode()
    assert Client().post(path, {"email": "a@example.org"}).status_code == 405
    assert count_events() == before


def test_nobody_registers_themselves():
    answer = Client().post(
        "/sign-in/signup/",
        {
            "email": "eve@example.org",
            "username": "eve",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert "Nobody registers here themselves" in answer.content.decode()
    assert events_of(Action.USER_CREATED, Action.SIGNED_IN) == []


def test_pages_of_passwords_speak_as_the_house_does():
    user = make_user(Role.CLERK)
    entrance = Client().get(LOGIN).content.decode()
    client = sign_in(user)
    inside = [client.get(f"/sign-in/{page}/").content.decode() for page in PAGES]

    assert 'placeholder="Username' not in entrance
    assert ">User name or e-mail</label>" in entrance
    assert 'id="id_password_helptext">Forgotten? The administrator gives you' in entrance
    assert "Current password" in inside[0]
    assert "New password, once more" in inside[0]
    for page in (entrance, *inside):
        assert "Forgot your password?" not in page
        assert 'placeholder="Password"' not in page


def test_signing_in_and_out_is_said_in_the_words_of_the_house():
    user = make_user(Role.CLERK, display_name="Rosa O'Delgado")
    client = Client()

    client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    inside = client.get("/").content.decode()
    client.post("/sign-in/logout/")
    outside = client.get(LOGIN).content.decode()

    assert "You are signed in as Rosa O&#x27;Delgado." in inside
    assert "You are signed out." in outside
    assert "Successfully" not in inside


def test_wrong_current_password_is_said_beside_it():
    client = sign_in(make_user(Role.CLERK))

    answer = client.post(
        "/sign-in/password/change/", {"oldpassword": "wrong", "password1": "", "password2": ""}
    )

    assert answer.context["form"].errors["oldpassword"] == ["This is not your current password."]
    assert answer.context["form"].errors["password1"] == ["Fill this in."]
