"""Idle and whole length of a session, on the server's clock; each end is one event."""

import threading
from importlib import import_module

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import get_resolver

from accounts import crypto, tasks
from accounts.models import User
from accounts.roles import Role
from accounts.services import sessions
from audit.enums import Action, Outcome
from audit.writes import attributing
from tests.builders import sign_in
from tests.factories.people import again, make_user
from tests.trail import events_of, facts_of

ENDS = (Action.SIGNED_OUT, Action.SESSION_EXPIRED, Action.SESSION_REVOKED)
IDLE = 900
WHOLE = 43200


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def user(db):
    return make_user(Role.CLERK)


def is_open(client):
    return client.get("/sign-in/2fa/").status_code == 200


@pytest.mark.goal("G-16")
@pytest.mark.parametrize("seconds, expected", [(1, True), (IDLE - 1, True), (IDLE, False)])
def test_idle_session_ends_after_fifteen_minutes(user, clock, seconds, expected):
    client = sign_in(user)

    clock.shift(seconds)

    assert is_open(client) is expected
    ended = [] if expected else [(Action.SESSION_EXPIRED, Outcome.SUCCESS, user.pk, "", {})]
    assert facts_of(*ENDS) == ended


def test_expired_session_stays_expired_and_is_told_once(user, clock):
    client = sign_in(user)
    digest = events_of(Action.SIGNED_IN)[0].session_digest
    clock.shift(IDLE)

    answers = [client.get("/"), client.get("/"), client.post("/sign-in/logout/")]

    assert [(answer.status_code, answer.url) for answer in answers] == [
        (302, "/sign-in/login/?next=/"),
        (302, "/sign-in/login/?next=/"),
        (302, "/"),
    ]
    (event,) = events_of(*ENDS)
    assert (event.action, event.session_digest) == (Action.SESSION_EXPIRED, digest)
    assert not Session.objects.filter(pk=client.cookies["session"].value).exists()


@pytest.mark.goal("G-16")
def test_activity_keeps_the_session_until_its_whole_length(user, clock):
    client = sign_in(user)

    for _ in range(WHOLE // 600 - 1):
        clock.shift(600)
        assert is_open(client)
    clock.shift(599)
    assert is_open(client)
    clock.shift(1)

    assert not is_open(client)
    assert [event.action for event in events_of(*ENDS)] == [Action.SESSION_EXPIRED]


def test_limits_are_settings(user, clock, settings):
    settings.IDLE_LOGOFF_SECONDS = 60
    client = sign_in(user)

    clock.shift(60)

    assert not is_open(client)


def polling_paths():
    found = []
    for pattern in get_resolver().url_patterns:
        if getattr(getattr(pattern, "callback", None), "is_polling", False):
            found.append(f"/{pattern.pattern}")
    return found


@pytest.mark.goal("G-16")
def test_there_are_polling_pages_to_try():
    assert polling_paths() == ["/session/", "/status/"]


@pytest.mark.goal("G-16")
@pytest.mark.parametrize("path", ["/session/", "/status/"])
@pytest.mark.parametrize("query", ["", "?active_at=9999999999", "?extend=1"])
def test_polling_never_lengthens_a_session(user, clock, path, query):
    client = sign_in(user)

    for _ in range(9):
        clock.shift(99)
        assert client.get(f"{path}{query}", headers={"X-Active": "1"}).status_code in (200, 204)
    clock.shift(9)

    assert client.get(path).status_code == 401
    assert [event.action for event in events_of(*ENDS)] == [Action.SESSION_EXPIRED]


def test_choosing_to_stay_counts_as_activity(user, clock):
    client = sign_in(user)
    clock.shift(IDLE - 1)

    assert client.post("/session/extend/").json()["seconds"] == IDLE
    clock.shift(IDLE - 1)

    assert is_open(client)


@pytest.mark.parametrize(
    "path, headers",
    [
        ("/session/", {}),
        ("/", {"HX-Request": "true"}),
        ("/", {"X-Requested-With": "fetch"}),
    ],
)
def test_scripts_are_told_so_that_the_page_keeps_what_was_typed(user, clock, path, headers):
    client = sign_in(user)
    clock.shift(IDLE)

    answer = client.get(path, headers=headers)

    assert (answer.status_code, answer.headers["X-Sign-In"]) == (401, "/sign-in/login/")


@pytest.mark.goal("G-16")
def test_session_without_clocks_is_over(user):
    client = sign_in(user)
    session = client.session
    del session[sessions.STARTED]
    session.save()

    assert not is_open(client)
    assert [event.action for event in events_of(*ENDS)] == [Action.SESSION_EXPIRED]


def test_clock_ends_sessions_that_nobody_asks_with_any_more(user, clock):
    other = make_user(Role.PROVIDER)
    left_behind, in_use = sign_in(user), sign_in(other)
    clock.shift(IDLE - 1)
    is_open(in_use)
    clock.shift(1)

    counts = [sessions.expire_idle(), sessions.expire_idle()]

    assert counts == [1, 0]
    assert facts_of(*ENDS) == [(Action.SESSION_EXPIRED, Outcome.SUCCESS, user.pk, "", {})]
    assert (is_open(left_behind), is_open(in_use)) == (False, True)
    assert len(events_of(*ENDS)) == 1


def test_task_of_the_clock_ends_what_is_over(user, clock):
    sign_in(user)
    clock.shift(IDLE)

    tasks.expire_idle_sessions()

    assert [event.action for event in events_of(*ENDS)] == [Action.SESSION_EXPIRED]


def test_clock_finds_nothing_to_tell_of_sessions_that_ended_otherwise(user, clock):
    sign_in(user).post("/sign-in/logout/")
    clock.shift(IDLE)

    assert sessions.expire_idle() == 0
    assert [event.action for event in events_of(*ENDS)] == [Action.SIGNED_OUT]


@pytest.mark.goal("G-17")
@pytest.mark.django_db
def test_flipped_flag_ends_the_session_on_the_next_request(user):
    client = sign_in(user)
    with attributing(make_user(Role.ADMINISTRATOR)):
        User.objects.filter(pk=user.pk).update(is_active=False)

    answers = [client.get("/").status_code, client.get("/").status_code]

    assert answers == [302, 302]
    assert facts_of(*ENDS) == [
        (Action.SESSION_REVOKED, Outcome.SUCCESS, user.pk, str(user.pk), {"sessions": 1})
    ]
    with attributing(make_user(Role.ADMINISTRATOR)):
        User.objects.filter(pk=user.pk).update(is_active=True)
    assert not is_open(client)


@pytest.mark.goal("G-17")
def test_password_changed_behind_the_back_ends_the_session_on_the_next_request(user):
    client = sign_in(user)
    changed = again(user)
    changed.set_password("another long password of theirs")
    changed.save()

    assert not is_open(client)
    assert [(e.action, e.subject_id) for e in events_of(*ENDS)] == [
        (Action.SESSION_REVOKED, str(user.pk))
    ]


def test_stored_session_cannot_be_read(user):
    client = sign_in(user)
    session = client.session
    session["note"] = "SECRET-IN-SESSION"
    session.save()
    stored = Session.objects.get(pk=session.session_key)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_data FROM django_session WHERE session_key = %s", [stored.pk]
        )
        data = cursor.fetchone()[0]

    engine = import_module(configured.SESSION_ENGINE)
    plain = engine.SessionStore()
    plain.serializer = import_module("django.core.signing").JSONSerializer
    assert "SECRET-IN-SESSION" not in data
    assert plain.decode(data) == {}
    assert stored.get_decoded()["note"] == "SECRET-IN-SESSION"


def test_session_written_under_another_key_counts_as_none(user, settings):
    client = sign_in(user)
    settings.FIELD_KEYSET = crypto.new_field_keyset()

    assert not is_open(client)


@pytest.mark.committed
def test_two_requests_that_find_a_session_over_tell_it_once(settings):
    user = make_user(Role.CLERK)
    client = sign_in(user)
    key = client.cookies["session"].value
    barrier = threading.Barrier(4)
    found = []

    def run():
        barrier.wait()
        found.append(sessions.expire(actor=user, session_key=key))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, False, False, True]
    assert len(events_of(*ENDS)) == 1
