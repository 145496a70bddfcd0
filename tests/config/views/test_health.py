import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from audit.services import seals
from config.tasks import HEARTBEAT, heartbeat
from config.views import health

LIVE, READY = reverse("health_live"), reverse("health_ready")


def test_live_answers_strangers_without_a_query(client):
    response = client.get(LIVE)

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_answers_strangers(client):
    heartbeat()
    seals.seal_all()  # what migrations wrote may be old

    response = client.get(READY)

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "seal": "ok", "cache": "ok", "worker": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("age, expected", [(None, "late"), (91, "late"), (60, "ok")])
def test_ready_tells_a_late_worker_and_stays_in_service(client, age, expected):
    if age is not None:
        cache.set(HEARTBEAT, time.time() - age)

    response = client.get(READY)

    assert (response.status_code, response.json()["worker"]) == (200, expected)


@pytest.mark.committed
def test_ready_tells_a_seal_that_alarms_and_stays_in_service(client, superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_epoch DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_epoch SET system_identifier = 1")

    response = client.get(READY)

    assert (response.status_code, response.json()["seal"]) == (200, "alarm")


@pytest.mark.committed
def test_ready_fails_without_a_database(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    response = client.get(READY)

    assert response.status_code == 503
    assert (response.json()["database"], response.json()["seal"]) == ("failed", "unknown")


@pytest.mark.django_db
def test_ready_fails_without_a_cache(client, monkeypatch):
    class NoCache:
        def get(self, key):
            raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(health, "cache", NoCache())

    response = client.get(READY)

    assert response.status_code == 503
    assert (response.json()["cache"], response.json()["worker"]) == ("failed", "unknown")


@pytest.mark.parametrize("url", [LIVE, READY])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_health_is_only_read(client, url, method):
    assert getattr(client, method)(url).status_code == 405
