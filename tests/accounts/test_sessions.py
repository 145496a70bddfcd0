"""A person's sessions: listed, ended by themselves, by a new password, by an administrator."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.roles import Role
from accounts.services import sessions, users
from audit.enums import Action, Outcome
from tests.builders import sign_in
from tests.factories.people import PASSWORD, again, make_user
from tests.trail import events_of, facts_of

pytestmark = pytest.mark.django_db
ENDS = (Action.SIGNED_OUT, Action.SESSION_EXPIRED, Action.SESSION_REVOKED)
NEW = "a new sentence that is easy to keep"


@pytest.fixture
def user():
    return make_user(Role.CLERK)


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR)


def is_open(client):
    return client.get("/session/").status_code == 200


def test_person_sees_own_sessions_with_address_and_browser(user):
    sign_in(user, **{"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    sign_in(make_user(Role.CLERK), **{"User-Agent": "Nobody-else"})
    client = sign_in(user)

    answer = client.get("/sign-in/sessions/")

    shown = answer.context["sessions"]
    assert [session.user_id for session in shown] == [user.pk, user.pk]
    assert [session.ip for session in shown] == ["127.0.0.1"] * 2
    assert "Firefox" in answer.content.decode()
    assert "Nobody-else" not in answer.content.decode()
    assert answer.content.decode().count("this one") == 1


def test_ending_other_sessions_is_one_event_and_keeps_this_one(user):
    others, client = [sign_in(user), sign_in(user)], sign_in(user)

    client.post("/sign-in/sessions/")

    assert [is_open(other) for other in others] == [False, False]
    assert is_open(client)
    assert facts_of(*ENDS) == [
        (Action.SESSION_REVOKED, Outcome.SUCCESS, user.pk, str(user.pk), {"sessions": 2})
    ]


def test_ending_sessions_when_there_are_no_others_writes_nothing(user):
    sign_in(user).post("/sign-in/sessions/")

    assert events_of(*ENDS) == []


def session_of(client):
    return UserSession.objects.get(session_key=client.cookies["session"].value)


def end_path(client):
    return f"/sign-in/sessions/{session_of(client).pk}/end/"


def test_one_session_is_ended_by_itself_and_its_next_step_asks_for_sign_in(user):
    ended, kept, client = sign_in(user), sign_in(user), sign_in(user)

    answer = client.post(end_path(ended), follow=True)

    assert answer.redirect_chain == [("/sign-in/sessions/", 302)]
    assert "The session is ended." in answer.content.decode()
    assert ended.get("/patients/").url == "/sign-in/login/?next=/patients/"
    assert [is_open(one) for one in (ended, kept, client)] == [False, True, True]
    assert facts_of(*ENDS) == [
        (Action.SESSION_REVOKED, Outcome.SUCCESS, user.pk, str(user.pk), {"sessions": 1})
    ]


def test_each_session_but_the_present_one_has_a_button_that_ends_it(user):
    others, client = [sign_in(user), sign_in(user)], sign_in(user)
    sign_in(make_user(Role.CLERK))

    page = client.get("/sign-in/sessions/").content.decode()

    assert re.findall(r'action="(/sign-in/sessions/\d+/end/)"', page) == [
        end_path(other) for other in others
    ]


def test_session_of_somebody_else_is_not_found_and_nothing_ends(user):
    theirs, client = sign_in(make_user(Role.CLERK)), sign_in(user)
    path, unknown = end_path(theirs), "/sign-in/sessions/987654321/end/"

    answers = [client.post(path), client.post(unknown)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert [is_open(theirs), is_open(client)] == [True, True]
    assert [fact[1:4] for fact in facts_of(*ENDS)] == [
        (Outcome.REFUSED, user.pk, path.split("/")[3]),
        (Outcome.REFUSED, user.pk, "987654321"),
    ]


def test_session_that_ended_meanwhile_is_not_found(user):
    other, client = sign_in(user), sign_in(user)
    path = end_path(other)
    client.post(path)

    assert client.post(path).status_code == 404
    assert [event.outcome for event in events_of(*ENDS)] == [Outcome.SUCCESS, Outcome.REFUSED]


def test_ending_the_present_session_is_signing_out(user):
    client = sign_in(user)

    answer = client.post(end_path(client))

    assert (answer.status_code, answer.url) == (302, "/sign-in/login/")
    assert not is_open(client)
    assert [event.action for event in events_of(*ENDS)] == [Action.SIGNED_OUT]


def test_sessions_are_ended_by_post_with_the_form_token_only(user):
    other, client = sign_in(user), sign_in(user)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    answers = [client.get(end_path(other)), strict.post(end_path(other))]

    assert [answer.status_code for answer in answers] == [405, 403]
    assert is_open(other)


def test_who_owes_a_password_may_still_end_a_session(user):
    other = sign_in(user)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])

    answer = sign_in(user).post(end_path(other))

    assert answer.url == "/sign-in/sessions/"
    assert not is_open(other)


@pytest.mark.goal("G-17")
def test_new_password_ends_other_sessions_and_keeps_this_one(user):
    other, client = sign_in(user), sign_in(user)

    answer = client.post(
        "/sign-in/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    assert answer.status_code == 302
    assert (is_open(client), is_open(other)) == (True, False)
    assert facts_of(Action.PASSWORD_CHANGED, *ENDS) == [
        (Action.PASSWORD_CHANGED, Outcome.SUCCESS, user.pk, "", {}),
        (Action.SESSION_REVOKED, Outcome.SUCCESS, user.pk, str(user.pk), {"sessions": 1}),
    ]
    assert is_open(sign_in(user, NEW))


def test_first_password_must_be_replaced_before_anything_else():
    user = make_user(Role.CLERK, must_change_password=True)
    client = sign_in(user)
    before = [client.get(path) for path in ("/", "/patients/")]
    script = client.get("/status/")

    changed = client.post(
        "/sign-in/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert [(a.status_code, a.url) for a in before] == [(302, "/sign-in/password/change/")] * 2
    assert (script.status_code, script.headers["X-Sign-In"]) == (403, "/sign-in/password/change/")
    assert again(user).must_change_password is False
    assert (changed.status_code, changed.url) == (302, "/")
    work = client.get("/")
    assert work.status_code == 200
    assert "Your password is changed." in work.content.decode()


@pytest.mark.parametrize(
    "password, error",
    [
        (PASSWORD, "This is the password you have"),
        ("short", "too short"),
        ("passwordpassword", ""),
        ("1234567890123456", ""),
        ("staff-person-name-x", ""),
    ],
)
def test_password_is_held_to_the_rules(password, error):
    user = make_user(Role.CLERK, must_change_password=True, username="staff-person-name")
    client = sign_in(user)

    answer = client.post(
        "/sign-in/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    if error or password == "staff-person-name-x":
        assert answer.status_code == 200
        assert error in answer.content.decode()
        assert again(user).must_change_password is True
        assert events_of(Action.PASSWORD_CHANGED) == []


def lose_factors(actor, user):
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    users.remove_factors(actor=actor, user_id=user.pk)


@pytest.mark.goal("G-05")
@pytest.mark.goal("G-17")
@pytest.mark.parametrize(
    "act",
    [
        lambda actor, user: users.disable(actor=actor, user_id=user.pk),
        lambda actor, user: users.end_sessions(actor=actor, user_id=user.pk),
        lambda actor, user: users.set_roles(actor=actor, user_id=user.pk, roles=["SUPERVISOR"]),
        lambda actor, user: users.set_roles(actor=actor, user_id=user.pk, roles=[]),
        lambda actor, user: users.reset_password(actor=actor, user_id=user.pk, password=NEW),
        lose_factors,
    ],
    ids=["disable", "end_sessions", "set_roles", "take_roles", "reset_password", "factors"],
)
def test_what_an_administrator_does_ends_sessions_on_the_next_request(user, administrator, act):
    clients = [sign_in(user), sign_in(user)]
    bystander = sign_in(make_user(Role.CLERK))

    act(administrator, user)

    assert [is_open(client) for client in clients] == [False, False]
    assert is_open(bystander)
    assert facts_of(*ENDS) == [
        (Action.SESSION_REVOKED, Outcome.SUCCESS, administrator.pk, str(user.pk), {"sessions": 2})
    ]


def test_only_sessions_that_lived_are_counted(user, administrator):
    sign_in(user).post("/sign-in/logout/")
    sign_in(user)

    assert users.end_sessions(actor=administrator, user_id=user.pk) == 1
    assert users.end_sessions(actor=administrator, user_id=user.pk) == 0
    assert [event.detail for event in events_of(Action.SESSION_REVOKED)] == [{"sessions": 1}]


def test_revoking_names_only_the_sessions_asked_for(user):
    first, second = sign_in(user), sign_in(user)
    key = first.cookies["session"].value

    assert sessions.revoke(actor=user, user_id=user.pk, session_keys=[key]) == 1

    assert (is_open(first), is_open(second)) == (False, True)


def test_sign_in_changes_the_session_key(user):
    client = sign_in(user)
    first = client.cookies["session"].value
    client.post("/sign-in/logout/")
    client.get("/sign-in/login/")
    before = client.cookies["session"].value

    client.post("/sign-in/login/", {"login": user.username, "password": PASSWORD})

    assert len({first, before, client.cookies["session"].value}) == 3
