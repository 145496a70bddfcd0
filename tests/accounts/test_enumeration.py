"""How long a wrong sign-in takes tells nobody whether there is such a person."""

import time
from statistics import median

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.roles import Role
from tests.factories.people import make_user

PAIRS = 200
LOGIN = "/sign-in/login/"


def seconds_of(name):
    client = Client()
    client.get(LOGIN)
    started = time.perf_counter()
    answer = client.post(LOGIN, {"login": name, "password": "wrong wrong wrong"})
    taken = time.perf_counter() - started
    assert answer.status_code == 200
    return taken


@pytest.mark.deep
@pytest.mark.goal("G-19")
@pytest.mark.django_db
def test_wrong_sign_in_takes_as_long_for_nobody_as_for_somebody():
    make_user(Role.CLERK, username="rosa")
    taken = {"rosa": [], "nobody-here": []}

    for _ in range(PAIRS):
        cache.clear()  # the limits count these tries; here only their time is asked for
        for name, found in taken.items():
            found.append(seconds_of(name))

    known, unknown = (median(found) for found in taken.values())
    assert abs(known - unknown) / known < 0.1, (known, unknown)
