"""Passkeys: the library's check of the key itself is stood in for; what follows it is ours."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.roles import Role
from accounts.services import users
from audit.enums import Action, Outcome
from tests.factories.people import PASSWORD, make_user
from tests.trail import events_of, facts_of

pytestmark = pytest.mark.django_db
LOGIN, CODE, FRESH = (
    "/sign-in/2fa/webauthn/login/",
    "/sign-in/2fa/authenticate/",
    "/sign-in/2fa/webauthn/reauthenticate/",
)
SENT = {"credential": json.dumps({"id": "key"})}


@pytest.fixture
def user():
    person = make_user(Role.CLERK)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    return person


@pytest.fixture
def key(monkeypatch, user):
    """Let the key fit (or not); the ceremony's bytes are the library's affair."""
    found = {"fits": True}

    def complete(who, response):
        if not found["fits"]:
            raise ValidationError("Incorrect code.", code="incorrect_code")
        return Authenticator.objects.get(user=user)

    monkeypatch.setattr(auth, "parse_authentication_response", lambda response: response)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda response: user)
    monkeypatch.setattr(auth, "complete_authentication", complete)
    monkeypatch.setattr(auth, "begin_authentication", lambda user=None: {})
    return found


def is_open(client):
    return client.get("/session/").status_code == 200


def test_passkey_signs_in_without_a_password(user, key):
    client = Client()

    client.post(LOGIN, SENT)

    assert is_open(client)
    assert facts_of(Action.SECOND_FACTOR_PASSED, Action.SIGNED_IN) == [
        (Action.SECOND_FACTOR_PASSED, Outcome.SUCCESS, user.pk, "", {"kind": "webauthn"}),
        (Action.SIGNED_IN, Outcome.SUCCESS, user.pk, "", {}),
    ]


@pytest.mark.goal("G-13")
def test_passkey_is_exempt_from_the_lock_of_the_password(user, key):
    for _ in range(11):
        Client().post("/sign-in/login/", {"login": user.username, "password": "wrong"})
    client = Client()

    client.post(LOGIN, SENT)

    assert is_open(client)


def test_passkey_of_a_closed_sign_in_opens_nothing(user, key):
    users.disable(actor=make_user(Role.ADMINISTRATOR), user_id=user.pk)
    client = Client()

    client.post(LOGIN, SENT)

    assert not is_open(client)
    assert [event.subject_id for event in events_of(Action.SIGN_IN_FAILED)] == [str(user.pk)]
    assert events_of(Action.SIGNED_IN) == []


def test_tenth_wrong_passkey_after_the_password_locks(user, key):
    client = Client()
    client.post("/sign-in/login/", {"login": user.username, "password": PASSWORD})
    key["fits"] = False
    for _ in range(10):
        client.post(CODE, SENT)
    key["fits"] = True

    client.post(CODE, SENT)

    assert not is_open(client)
    assert (
        facts_of(Action.SECOND_FACTOR_FAILED)
        == [
            (
                Action.SECOND_FACTOR_FAILED,
                Outcome.FAILED,
                user.pk,
                str(user.pk),
                {"kind": "webauthn"},
            )
        ]
        * 10
    )
    assert [event.detail for event in events_of(Action.LOCKED_OUT)] == [{"step": "second_factor"}]


def test_passkey_proves_again_who_one_is(user, key):
    client = Client()
    client.post(LOGIN, SENT)

    client.post(FRESH, SENT)

    (event,) = events_of(Action.REAUTHENTICATED)
    assert event.actor_id == user.pk


def test_who_has_a_passkey_is_asked_for_it_after_the_password(user):
    client = Client()

    answer = client.post("/sign-in/login/", {"login": user.username, "password": PASSWORD})

    assert answer.url == CODE
    assert not is_open(client)
    assert events_of(Action.SIGNED_IN) == []


def test_page_of_the_code_offers_the_passkey_that_one_has(user, monkeypatch):
    known = {"publicKey": {"challenge": "c", "allowCredentials": [{"id": "k", "type": "x"}]}}
    monkeypatch.setattr(auth, "begin_authentication", lambda _: known)
    client = Client()
    client.post("/sign-in/login/", {"login": user.username, "password": PASSWORD})

    assert "Use a passkey or security key" in client.get(CODE).content.decode()
