"""Guessing: ten tries for a person in fifteen minutes, counted in the shared cache."""

import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.roles import Role
from accounts.selectors import tries
from accounts.services import failures, users
from audit import context
from audit.context import Origin
from audit.enums import Action, Outcome
from tests.builders import sign_in
from tests.factories.people import PASSWORD, make_user
from tests.trail import events_of

LOGIN = "/sign-in/login/"
NEW_PASSWORD = "a rather long first password"
NOBODY = Origin(None, "anonymous", "ANONYMOUS", "a" * 32)
LOCKED = "Too many failed tries. Wait 15 minutes and try again, sign in with a passkey"


def guess(login, password="wrong", address="127.0.0.1", **headers):
    client = Client(REMOTE_ADDR=address, headers=headers or None)
    return client.post(LOGIN, {"login": login, "password": password})


@pytest.mark.goal("G-13")
@pytest.mark.django_db
def test_tenth_failure_locks_and_the_right_password_does_not_help():
    user = make_user(Role.CLERK, username="rosa")
    answers = [guess("rosa").content.decode() for _ in range(10)]

    locked = guess("rosa", PASSWORD)

    assert [LOCKED in text for text in answers] == [False] * 10
    assert LOCKED in locked.content.decode()
    assert len(events_of(Action.SIGN_IN_FAILED)) == 10
    (event,) = events_of(Action.LOCKED_OUT)
    assert (event.outcome, event.actor_id, event.subject_type, event.subject_id) == (
        Outcome.REFUSED,
        None,
        "user",
        str(user.pk),
    )
    assert events_of(Action.SIGNED_IN) == []


def fail_often(user, number):
    """Fail as the sign-in page records it, without the work of hashing."""
    with context.acting(NOBODY):
        for _ in range(number):
            failures.record_failure(user.username)


@pytest.mark.goal("G-13")
@pytest.mark.django_db
@pytest.mark.parametrize(("number", "is_locked"), [(98, False), (99, False), (100, True)])
def test_hundred_failures_in_a_row_lock_however_slowly_they_came(number, is_locked):
    user = make_user(Role.CLERK, username="rosa")
    fail_often(user, number)

    answer = guess("rosa", PASSWORD)

    assert (LOCKED in answer.content.decode()) is is_locked
    assert len(events_of(Action.LOCKED_OUT)) == is_locked
    assert len(events_of(Action.SIGNED_IN)) == (not is_locked)


@pytest.mark.django_db
def test_count_of_failures_begins_anew_with_a_sign_in_and_a_new_password():
    user, administrator = make_user(Role.CLERK, username="rosa"), make_user(Role.ADMINISTRATOR)
    fail_often(user, 60)
    guess("rosa", PASSWORD)
    fail_often(user, 60)
    assert tries.count_failures_in_a_row(user.pk, most=100) == 60

    fail_often(user, 40)
    assert LOCKED in guess("rosa", PASSWORD).content.decode()
    users.reset_password(actor=administrator, user_id=user.pk, password=NEW_PASSWORD)

    assert tries.count_failures_in_a_row(user.pk, most=100) == 0
    assert guess("rosa", NEW_PASSWORD).status_code == 302


@pytest.mark.django_db
def test_failures_of_others_and_of_nobody_do_not_count():
    rosa, other = make_user(Role.CLERK, username="rosa"), make_user(Role.CLERK, username="bo")
    fail_often(other, 100)
    with context.acting(NOBODY):
        for _ in range(100):
            failures.record_failure("nobody-by-this-name")

    assert tries.count_failures_in_a_row(rosa.pk, most=100) == 0
    assert tries.count_failures_in_a_row(0, most=100) == 0


@pytest.mark.goal("G-13")
@pytest.mark.django_db
def test_ways_around_the_limit_share_its_count():
    make_user(Role.CLERK, username="rosa", email="rosa.d@example.org")
    tries = [
        {"login": "rosa"},
        {"login": "ROSA"},
        {"login": " rosa "},
        {"login": "rosa.d@example.org"},
        {"login": "Rosa.D@Example.org"},
        {"login": "rosa", "X-Forwarded-For": "10.9.8.7"},
        {"login": "rosa", "X-Forwarded-For": "10.9.8.8"},
        {"login": "rosa", "Host": "localhost"},
        {"login": "rosa", "address": "10.1.1.1"},
        {"login": "rosa", "address": "10.1.1.2"},
    ]

    for one in tries:
        assert LOCKED not in guess(**one).content.decode(), one

    assert LOCKED in guess("rosa", PASSWORD, address="10.1.1.3").content.decode()


@pytest.mark.goal("G-13")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "login",
    [
        "\uff32osa",
        "\uff52\uff4f\uff53\uff41",
        "ro\u017fa",
        "RO\u017fA",
        "rosa\u200b",
        "rosa\u00a0",
        "\u202erosa",
        "ros\u0430",
        "rosa\x00",
    ],
)
def test_name_written_in_another_form_opens_no_way_around_the_lock(login):
    make_user(Role.CLERK, username="rosa")
    for _ in range(10):
        guess("rosa")

    assert guess(login, PASSWORD).status_code == 200
    assert events_of(Action.SIGNED_IN) == []


@pytest.mark.django_db
def test_another_person_is_not_locked_out_with_the_first():
    make_user(Role.CLERK, username="rosa")
    other = make_user(Role.CLERK)
    for _ in range(11):
        guess("rosa")

    sign_in(other)

    assert [event.actor_id for event in events_of(Action.SIGNED_IN)] == [other.pk]


@pytest.mark.goal("G-13")
@pytest.mark.django_db
def test_lock_ends_by_itself_after_fifteen_minutes():
    make_user(Role.CLERK, username="rosa")
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        for _ in range(10):
            guess("rosa")
        clock.shift(899)
        assert guess("rosa", PASSWORD).status_code == 200
        clock.shift(2)

        assert guess("rosa", PASSWORD).status_code == 302


@pytest.mark.goal("G-13")
@pytest.mark.django_db
def test_success_takes_back_only_its_own_try():
    user = make_user(Role.CLERK, username="rosa")
    for _ in range(9):
        guess("rosa")
    sign_in(user)

    guess("rosa")

    assert LOCKED in guess("rosa", PASSWORD).content.decode()


@pytest.mark.django_db
def test_count_lies_in_the_cache_that_all_processes_share():
    make_user(Role.CLERK, username="rosa")
    guess("rosa")

    keys = cache._cache.get_client().keys("chartroom:*login_failed*")
    assert len(keys) == 2


@pytest.mark.goal("G-13")
@pytest.mark.django_db
def test_typing_the_password_again_counts_as_a_try():
    user = make_user(Role.CLERK)
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        client = sign_in(user)
        for _ in range(10):
            client.post("/sign-in/reauthenticate/", {"password": "wrong"})
            clock.shift(10)
        answer = client.post("/sign-in/reauthenticate/", {"password": PASSWORD})

    assert LOCKED in answer.content.decode()
    assert [event.actor_id for event in events_of(Action.SIGN_IN_FAILED)] == [user.pk] * 10
    (event,) = events_of(Action.LOCKED_OUT)
    assert (event.actor_id, event.subject_id) == (user.pk, str(user.pk))
    assert events_of(Action.REAUTHENTICATED) == []


@pytest.mark.django_db
def test_asking_too_often_is_refused_with_a_page_and_an_event():
    user = make_user(Role.CLERK)
    client = sign_in(user)
    for _ in range(10):
        client.post("/sign-in/reauthenticate/", {"password": "wrong"})

    answer = client.post("/sign-in/reauthenticate/", {"password": PASSWORD})

    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    (event,) = events_of(Action.LOCKED_OUT)
    assert (event.actor_id, event.outcome, event.subject_type, event.subject_id) == (
        user.pk,
        Outcome.REFUSED,
        "route",
        "account_reauthenticate",
    )


@pytest.mark.goal("G-13")
@pytest.mark.committed
def test_parallel_guesses_share_the_count():
    make_user(Role.CLERK, username="rosa")
    answers = []

    def run():
        for _ in range(4):
            answers.append(LOCKED in guess("rosa").content.decode())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 10 + [True] * 10
    assert len(events_of(Action.SIGN_IN_FAILED)) == 10
    assert len(events_of(Action.LOCKED_OUT)) == 10
