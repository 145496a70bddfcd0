"""Second factors: set up, asked for, required by role, kept encrypted, lost and removed."""

import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.db import connection
from django.test import Client

from accounts.roles import Role
from accounts.selectors import second_factors
from accounts.services import users
from audit.enums import Action, Outcome
from tests.builders import prove_again, sign_in
from tests.factories.people import PASSWORD, make_user
from tests.trail import events_of, facts_of

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/sign-in/login/", "/sign-in/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = "2026-11-23T08:00:00Z"


def code_at(clock_seconds, secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(clock_seconds) // 30))


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def user(clock):
    person = make_user(Role.CLERK)
    TOTP.activate(person, SECRET)
    return person


def give_password(user, client=None):
    client = client or Client()
    answer = client.post(LOGIN, {"login": user.username, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, CODE)
    return client


def now():
    return time.time()


def is_open(client):
    return client.get("/session/").status_code == 200


def test_who_has_no_passkey_is_offered_none(user):
    page = give_password(user).get(CODE).content.decode()

    assert "authenticator app shows" in page
    assert "passkey" not in page


def test_wrong_code_is_said_to_be_wrong_or_used(user):
    answer = give_password(user).post(CODE, {"code": "000000"})

    assert "This code is wrong, or was used already." in answer.content.decode()


@pytest.mark.goal("G-14")
def test_password_alone_signs_nobody_in_who_has_a_factor(user):
    client = give_password(user)

    assert not is_open(client)
    assert client.get("/").url == "/sign-in/login/?next=/"
    assert events_of(Action.SIGNED_IN) == []


def test_right_code_signs_in_and_both_steps_are_events(user):
    client = give_password(user)

    answer = client.post(CODE, {"code": code_at(now())})

    assert (answer.status_code, answer.url) == (302, "/")
    assert is_open(client)
    assert facts_of(Action.SECOND_FACTOR_PASSED, Action.SIGNED_IN) == [
        (Action.SECOND_FACTOR_PASSED, Outcome.SUCCESS, user.pk, "", {"kind": "totp"}),
        (Action.SIGNED_IN, Outcome.SUCCESS, user.pk, "", {}),
    ]


@pytest.mark.goal("G-15")
@pytest.mark.parametrize("seconds", [-60, -31, 31, 60, 90])
def test_code_of_another_time_is_refused(user, seconds):
    client = give_password(user)

    client.post(CODE, {"code": code_at(now() + seconds)})

    assert not is_open(client)
    assert facts_of(Action.SECOND_FACTOR_FAILED) == [
        (Action.SECOND_FACTOR_FAILED, Outcome.FAILED, user.pk, str(user.pk), {"kind": "totp"})
    ]


@pytest.mark.goal("G-15")
def test_code_works_once(user):
    code = code_at(now())
    give_password(user).post(CODE, {"code": code})
    second = give_password(user)

    second.post(CODE, {"code": code})

    assert not is_open(second)
    assert len(events_of(Action.SIGNED_IN)) == 1


def test_tenth_wrong_code_locks_and_the_right_one_does_not_help(user):
    client = give_password(user)
    for _ in range(10):
        client.post(CODE, {"code": "000000"})

    client.post(CODE, {"code": code_at(now())})

    assert not is_open(client)
    assert len(events_of(Action.SECOND_FACTOR_FAILED)) == 10
    assert facts_of(Action.LOCKED_OUT) == [
        (Action.LOCKED_OUT, Outcome.REFUSED, user.pk, str(user.pk), {"step": "second_factor"})
    ]


def test_recovery_code_stands_in_once(user):
    code = RecoveryCodes.activate(user).generate_codes()[0]
    first, second = give_password(user), give_password(user)

    first.post(CODE, {"code": code})
    second.post(CODE, {"code": code})

    assert (is_open(first), is_open(second)) == (True, False)
    assert [event.detail for event in events_of(Action.RECOVERY_CODE_USED)] == [
        {"kind": "recovery_codes"}
    ]


def test_seeds_and_recovery_codes_lie_encrypted_and_open_again(user):
    codes = RecoveryCodes.activate(user).generate_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data::text FROM mfa_authenticator")
        stored = dict(cursor.fetchall())

    assert SECRET not in stored["totp"]
    assert bytes.fromhex(json.loads(stored["totp"])["secret"])
    assert not any(code in stored["recovery_codes"] for code in codes)
    fresh = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert fresh.wrap().generate_codes() == codes
    assert "seed" in fresh.data


@pytest.mark.goal("G-17")
def test_setting_up_an_app_makes_codes_and_ends_other_sessions(
    clock, django_capture_on_commit_callbacks
):
    user = make_user(Role.CLERK)
    elsewhere, client = sign_in(user), prove_again(sign_in(user))
    client.get("/sign-in/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/sign-in/2fa/totp/activate/", {"code": code_at(now(), secret)})

    assert answer.status_code == 302
    assert (is_open(client), is_open(elsewhere)) == (True, False)
    assert second_factors.list_kinds(user) == ["recovery_codes", "totp"]
    assert [
        (event.action, event.detail)
        for event in events_of(
            Action.SECOND_FACTOR_ADDED, Action.RECOVERY_CODES_MADE, Action.SESSION_REVOKED
        )
    ] == [
        (Action.SECOND_FACTOR_ADDED, {"kind": "totp"}),
        (Action.SESSION_REVOKED, {"sessions": 1}),
        (Action.RECOVERY_CODES_MADE, {"kind": "recovery_codes"}),
    ]


@pytest.mark.goal("G-18")
def test_changing_factors_needs_a_fresh_proof(clock):
    client = sign_in(make_user(Role.CLERK))
    pages = ["totp/activate/", "webauthn/add/", "recovery-codes/generate/"]

    answers = [client.get(f"/sign-in/2fa/{page}") for page in pages]

    assert [answer.url.partition("?")[0] for answer in answers[:2]] == [
        "/sign-in/reauthenticate/"
    ] * 2


def test_removing_the_factor_ends_other_sessions_and_asks_again_where_required(user, settings):
    settings.ROLES_REQUIRING_SECOND_FACTOR = ["CLERK"]
    client = give_password(user)
    client.post(CODE, {"code": code_at(now())})
    assert client.get("/").status_code == 200
    prove_again(client)

    client.post("/sign-in/2fa/totp/deactivate/")

    assert second_factors.has_second_factor(user) is False
    assert client.get("/").url == "/sign-in/2fa/?next=%2F"
    assert [event.detail for event in events_of(Action.SECOND_FACTOR_REMOVED)] == [{"kind": "totp"}]


@pytest.mark.parametrize(
    "role, required, expected",
    [
        (Role.CLERK, ["CLERK"], 302),
        (Role.CLERK, ["SUPERVISOR", "CLERK"], 302),
        (Role.CLERK, ["SUPERVISOR"], 200),
        (Role.CLERK, [], 200),
        (Role.ADMINISTRATOR, ["ADMINISTRATOR"], 302),
    ],
)
def test_role_that_requires_a_factor_gets_no_further_without(settings, role, required, expected):
    settings.ROLES_REQUIRING_SECOND_FACTOR = required
    client = sign_in(make_user(role))

    answer = client.get("/")

    assert answer.status_code == expected
    if expected == 302:
        assert answer.url == "/sign-in/2fa/?next=%2F"


@pytest.mark.goal("G-14")
def test_who_owes_a_factor_reaches_only_what_sets_it_up(settings):
    settings.ROLES_REQUIRING_SECOND_FACTOR = ["CLERK"]
    client = sign_in(make_user(Role.CLERK))

    answers = {
        "set-up": client.get("/sign-in/2fa/").status_code,
        "session": client.get("/session/").status_code,
        "stay": client.post("/session/extend/").status_code,
        "script": client.get("/status/").status_code,
        "htmx": client.get("/patients/", headers={"HX-Request": "true"}).status_code,
        "search": client.get("/patients/").status_code,
        "chart": client.get("/charts/1/").status_code,
        "sign-out": client.post("/sign-in/logout/").status_code,
    }

    assert answers == {
        "set-up": 200,
        "session": 200,
        "stay": 200,
        "script": 403,
        "htmx": 403,
        "search": 302,
        "chart": 302,
        "sign-out": 302,
    }


def test_recovery_codes_alone_are_no_second_factor(clock):
    user = make_user(Role.CLERK)
    RecoveryCodes.activate(user)

    assert second_factors.has_second_factor(user) is False


def test_passkey_that_does_not_fit_is_a_failure(user):
    client = Client()
    client.get("/sign-in/2fa/webauthn/login/")
    credential = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "AAAA",
            "signature": "AAAA",
            "userHandle": "AAAA",
        },
    }

    client.post("/sign-in/2fa/webauthn/login/", {"credential": json.dumps(credential)})

    assert not is_open(client)
    assert facts_of(Action.SECOND_FACTOR_FAILED) == [
        (Action.SECOND_FACTOR_FAILED, Outcome.FAILED, None, "", {"kind": "webauthn"})
    ]


@pytest.mark.goal("G-17")
def test_lost_factor_is_removed_by_an_administrator(user):
    client = give_password(user)
    client.post(CODE, {"code": code_at(now())})
    RecoveryCodes.activate(user)
    administrator = make_user(Role.ADMINISTRATOR)

    assert users.remove_factors(actor=administrator, user_id=user.pk) == 2

    assert not is_open(client)
    assert [
        (event.action, event.actor_id, event.detail)
        for event in events_of(Action.SECOND_FACTOR_REMOVED, Action.SESSION_REVOKED)
    ] == [
        (Action.SECOND_FACTOR_REMOVED, administrator.pk, {"kind": "recovery_codes"}),
        (Action.SECOND_FACTOR_REMOVED, administrator.pk, {"kind": "totp"}),
        (Action.SESSION_REVOKED, administrator.pk, {"sessions": 1}),
    ]
    assert is_open(sign_in(user))
