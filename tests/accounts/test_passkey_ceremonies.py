"""Passkeys with the library's own check of them: what does not fit in any way opens nothing."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from accounts.roles import Role
from audit.enums import Action
from tests.accounts.soft_keys import IS_THERE, ORIGIN, SoftKey
from tests.factories.people import PASSWORD, make_user
from tests.trail import events_of

LOGIN, CODE = "/sign-in/2fa/webauthn/login/", "/sign-in/2fa/authenticate/"
FRESH = "/sign-in/2fa/webauthn/reauthenticate/"
pytestmark = [pytest.mark.django_db, pytest.mark.goal("G-15")]


@pytest.fixture(autouse=True)
def behind_https(settings):
    """Origins are compared where the house has HTTPS; at a workplace there is none to compare."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False


@pytest.fixture
def key(db):
    return SoftKey(make_user(Role.CLERK))


def challenge_of(client):
    answer = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"})
    return answer.json()["request_options"]["publicKey"]["challenge"]


def is_open(client):
    return client.get("/session/").status_code == 200


def test_passkey_that_fits_signs_in(key):
    client = Client()

    client.post(LOGIN, key.sign(challenge_of(client)))

    assert is_open(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver"},
        {"origin": f"{ORIGIN}.evil.example"},
        {"origin": "https://evil.example/testserver"},
        {"house": "evil.example"},
        {"flags": IS_THERE},
        {"flags": 0},
        {"kind": "webauthn.create"},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=[
        "another origin",
        "no https",
        "origin that begins alike",
        "origin that ends alike",
        "another house",
        "person not verified",
        "person not there",
        "another ceremony",
        "another key",
    ],
)
def test_passkey_that_does_not_fit_opens_nothing_and_is_told(key, lie):
    client = Client()

    client.post(LOGIN, key.sign(challenge_of(client), **lie))

    assert not is_open(client)
    assert events_of(Action.SIGNED_IN) == []
    assert len(events_of(Action.SECOND_FACTOR_FAILED)) == 1


def test_answer_of_a_passkey_serves_once_and_in_its_own_browser_only(key):
    client, other = Client(), Client()
    answer = key.sign(challenge_of(client))
    client.post(LOGIN, answer)
    client.post("/sign-in/logout/")

    client.post(LOGIN, answer)
    challenge_of(client)
    client.post(LOGIN, answer)
    challenge_of(other)
    other.post(LOGIN, answer)

    assert (is_open(client), is_open(other)) == (False, False)
    assert len(events_of(Action.SIGNED_IN)) == 1


def test_passkey_of_another_person_is_no_second_factor(key):
    client, other = Client(), SoftKey(make_user(Role.CLERK))
    client.post("/sign-in/login/", {"login": key.user.username, "password": PASSWORD})
    challenge = client.get(CODE).context["js_data"]

    client.post(CODE, other.sign(challenge["request_options"]["publicKey"]["challenge"]))

    assert not is_open(client)


def test_key_without_its_person_does_not_sign_in_by_a_challenge_that_asked_for_less(key):
    mine = SoftKey(make_user(Role.CLERK))
    client = Client()
    client.post("/sign-in/login/", {"login": mine.user.username, "password": PASSWORD})
    asked = client.get(CODE).context["js_data"]

    client.post(
        LOGIN,
        key.sign(asked["request_options"]["publicKey"]["challenge"], flags=IS_THERE),
    )

    assert not is_open(client)


def test_proof_anew_wants_the_person_verified(key):
    client = Client()
    client.post(LOGIN, key.sign(challenge_of(client)))
    asked = client.get(FRESH).context["js_data"]["request_options"]["publicKey"]

    client.post(FRESH, key.sign(asked["challenge"], flags=IS_THERE))
    unproved = len(events_of(Action.REAUTHENTICATED))
    asked = client.get(FRESH).context["js_data"]["request_options"]["publicKey"]
    client.post(FRESH, key.sign(asked["challenge"]))

    assert asked["userVerification"] == "required"
    assert (unproved, len(events_of(Action.REAUTHENTICATED))) == (0, 1)
