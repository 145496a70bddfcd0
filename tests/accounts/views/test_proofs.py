"""No step on a person asks for a fresh sign-in that the step itself would then refuse."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.services import users
from audit.enums import Action, Outcome
from tests.builders import sign_in, sign_in_freshly
from tests.factories.people import PASSWORD, again, make_user
from tests.trail import count_events, events_of

pytestmark = pytest.mark.django_db

PROOF = "/sign-in/reauthenticate/"
LIST = "/people/"


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR, display_name="Adam Reyes")


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, display_name="Rosa Delgado")


def address(name, user):
    return reverse(f"accounts:{name}", args=[user.pk])


def closed(user, administrator):
    users.disable(actor=administrator, user_id=user.pk)


def with_factor(user, administrator):
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")


def as_is(user, administrator):
    pass


# The step, how the person stands, and whether there is anything to do.
DEEDS = [
    ("user_disable", as_is, True),
    ("user_disable", closed, False),
    ("user_enable", as_is, False),
    ("user_enable", closed, True),
    ("user_remove_factors", as_is, False),
    ("user_remove_factors", with_factor, True),
    ("user_reset_password", as_is, True),
    ("user_change", as_is, True),
]
SAID = {
    "user_disable": "The sign-in of Rosa Delgado was closed already.",
    "user_enable": "The sign-in of Rosa Delgado is open already.",
    "user_remove_factors": "Rosa Delgado has no second factor any more.",
}


@pytest.mark.parametrize("is_fresh", [False, True])
@pytest.mark.parametrize("name, bring, is_possible", DEEDS)
def test_where_nothing_is_to_be_done_nobody_is_asked(
    administrator, clerk, name, bring, is_possible, is_fresh
):
    bring(clerk, administrator)
    client = (sign_in_freshly if is_fresh else sign_in)(administrator)
    before, events = again(clerk), count_events()

    answer = client.post(address(name, clerk))

    if is_possible:
        assert is_fresh or answer.url.partition("?")[0] == PROOF
        return
    assert (answer.status_code, answer.url) == (302, LIST)
    assert SAID[name] in client.get(LIST).content.decode()
    after = again(clerk)
    assert (after.is_active, after.password) == (before.is_active, before.password)
    assert count_events() == events + 1  # the list


OWN = [
    ("user_disable", {}, "OWN_ROLES"),
    ("user_remove_factors", {}, "OWN_SIGN_IN"),
    ("user_reset_password", {"password": "a sentence easy to keep"}, "OWN_SIGN_IN"),
    (
        "user_change",
        {"display_name": "Adam Reyes", "email": "adam@example.org", "roles": ["CLERK"]},
        "OWN_ROLES",
    ),
]


@pytest.mark.parametrize("name, data, reason", OWN)
def test_ones_own_sign_in_is_refused_alike_before_and_after_the_proof(
    administrator, name, data, reason
):
    make_user(Role.ADMINISTRATOR)
    known = User.objects.filter(pk=administrator.pk).values()
    before = known.get()

    answers = [
        browser.post(address(name, administrator), data)
        for browser in (sign_in(administrator), sign_in_freshly(administrator))
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert [answer.context["refusal"].reason for answer in answers] == [reason, reason]
    assert known.get() | {"last_login": None} == before | {"last_login": None}
    actions = (Action.USER_DISABLED, Action.SECOND_FACTOR_REMOVED, Action.PASSWORD_CHANGED)
    found = events_of(*actions, Action.ROLE_GRANTED)
    refused = [event for event in found if event.outcome == Outcome.REFUSED]
    assert [(event.actor_id, event.detail["reason"]) for event in refused] == [
        (administrator.pk, reason)
    ] * 2


@pytest.mark.parametrize("name", sorted({deed[0] for deed in DEEDS}))
def test_nobody_is_not_found_without_a_proof(administrator, name):
    client = sign_in(administrator)

    assert client.post(address(name, User(pk=987654))).status_code == 404


@pytest.mark.parametrize("name", sorted({deed[0] for deed in DEEDS}))
def test_other_roles_hear_nothing_of_how_a_person_stands(administrator, clerk, name):
    closed(clerk, administrator)
    supervisor = make_user(Role.SUPERVISOR)

    answer = sign_in(supervisor).post(address(name, clerk))

    assert answer.status_code == 403
    assert "Rosa Delgado" not in answer.content.decode()
    (event,) = events_of(Action.PAGE_REQUESTED)
    assert (event.outcome, event.subject_id) == (Outcome.REFUSED, f"accounts:{name}")


def test_a_sign_in_closed_between_form_and_proof_is_closed_once(administrator, clerk):
    other = make_user(Role.ADMINISTRATOR)
    client = sign_in(administrator)
    asked = client.post(address("user_disable", clerk))
    users.disable(actor=other, user_id=clerk.pk)

    done = client.post(asked.url, {"password": PASSWORD, "next": address("user_disable", clerk)})

    assert (done.status_code, done.url) == (302, LIST)
    assert [event.actor_id for event in events_of(Action.USER_DISABLED)] == [other.pk]
