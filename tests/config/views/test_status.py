"""Counts and the trail's state, as an open page asks for them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from audit.selectors.seals import TrailState
from config.views import status
from records.access import worklists
from records.access.worklists import WorkSource

URL = reverse("status")
SINCE = datetime(2026, 11, 12, 17, 0, tzinfo=UTC)
SOUND = TrailState(
    sealed_at=SINCE,
    unsealed_since=None,
    read_at=SINCE,
    lag_seconds=0.0,
    is_default_partition_used=False,
    is_own_cluster=True,
)


def _source(name, url_name, number, permission="requests_release.view_request"):
    return WorkSource(name, permission, url_name, lambda user: number, lambda user, most: [])


@pytest.fixture
def sources(monkeypatch):
    """Three queues at two desks, one of them not a clerk's."""
    found = [
        _source("Requests", "requests_release:request_list", 12),
        _source("Deliveries", "requests_release:delivery_list", 3),
        _source("Review", "access:glass_list", 5, "access.review_broken_glass"),
    ]
    monkeypatch.setattr(worklists, "_sources", {source.name: source for source in found})


@pytest.mark.parametrize(
    ("roles", "counts"),
    [
        (["CLERK"], {"home": 15, "release": 15}),
        (["COMPLIANCE"], {"home": 20, "release": 15, "glass": 5}),
        (["PROVIDER"], {}),
        (["ADMINISTRATOR"], {}),
    ],
)
def test_counts_are_of_the_person_by_desk(make_person, sources, roles, counts):
    assert status.count_work(make_person(*roles)) == counts


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        (
            {},
            {"is_sound": True, "unsealed_since": None, "lag": 0},
        ),
        (
            {"unsealed_since": SINCE, "lag_seconds": 8.2},
            {"is_sound": True, "unsealed_since": SINCE.timestamp(), "lag": 0},
        ),
        (
            {"unsealed_since": SINCE, "lag_seconds": 100_000.4},
            {"is_sound": False, "unsealed_since": SINCE.timestamp(), "lag": 100_000},
        ),
        (
            {"is_default_partition_used": True},
            {"is_sound": False, "unsealed_since": None, "lag": 0},
        ),
        ({"is_own_cluster": False}, {"is_sound": False, "unsealed_since": None, "lag": 0}),
        ({"is_as_sealed": False}, {"is_sound": False, "unsealed_since": None, "lag": 0}),
    ],
)
def test_trail_says_what_is_wrong(changes, shown):
    assert status.describe(replace(SOUND, **changes)) == shown


def test_answer_has_counts_trail_and_version(make_person, browser_of, sources, fresh_trail):
    response = browser_of(make_person("CLERK")).get(URL)

    assert response.status_code == 200
    assert response.json().keys() == {"counts", "notices", "trail", "version"}
    assert response.json()["counts"] == {"home": 15, "release": 15}
    assert response["Cache-Control"] == "no-store"


def test_unchanged_answer_is_empty(make_person, browser_of, sources, fresh_trail):
    browser = browser_of(make_person("CLERK"))
    version = browser.get(URL).json()["version"]

    assert browser.get(URL, {"version": version}).status_code == 204
    assert browser.get(URL, {"version": "older"}).status_code == 200


def test_asking_is_no_activity(make_person, browser_of, sources, fresh_trail):
    browser = browser_of(make_person("CLERK"))
    session = browser.session
    session["active_at"] -= 60
    session.save()
    before = session["active_at"]

    browser.get(URL)

    assert browser.session["active_at"] == before


def test_stranger_is_told_without_a_page(client, db):
    assert client.get(URL).status_code == 401


def test_only_reading_is_answered(make_person, browser_of):
    assert browser_of(make_person("CLERK")).post(URL).status_code == 405
