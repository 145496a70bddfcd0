"""Board, list and My work say who works on what, and change by themselves."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.enums import Action
from records.access import worklists
from requests_release.services import marks
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event, shown_patients
from tests.requests_release.marks.pages import (
    BOARD,
    NEWS,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list"])
def test_board_and_list_show_who_works_on_what(client, unit, clerk, held, other, address):
    for reader, name in ((clerk, "Ana Ortiz"), (other, "you")):
        client.force_login(reader)
        body = client.get(address).content.decode()
        text = " ".join(re.sub(r"<[^>]+>", " ", body).split())
        assert re.search(rf"Worked on by {name} since \d\d:\d\d", text)

    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        client.force_login(clerk)
        assert "Worked on by" not in client.get(address).content.decode()


def test_my_work_shows_who_works_on_what(clerk, approver, submitted):
    marks.take(actor=approver, request=submitted)
    second = factories.make_user("SUPERVISOR", unit=submitted.unit)

    def why(reader):
        [source] = [s for s in worklists.sources_for(reader) if s.name == "Release: to approve"]
        return source.oldest(reader, 5)[0].why

    assert re.search(r"submitted\. Sam Ito has been working on this since \d\d:\d\d$", why(second))
    assert re.search(r"submitted\. You have been working on this since \d\d:\d\d$", why(approver))


@pytest.mark.parametrize("view", ["", "view=list", "view=list&status=IN_PREPARATION"])
def test_news_of_the_board_come_only_when_there_are_any(as_clerk, held, other, patient, view):
    shown = as_clerk.get(f"{BOARD}?{view}").content.decode()
    address = html.unescape(re.search(r'data-poll="([^"]*/news/[^"]*)"', shown)[1])
    version = html.unescape(re.search(r'data-version="([^"]+)" data-poll-still', shown)[1])
    assert address == f"{NEWS}?{view}"
    before = len(events_of(Action.REQUESTS_LISTED))

    same = as_clerk.get(address, headers={"If-None-Match": version})

    assert (same.status_code, same.content) == (204, b"")
    assert len(events_of(Action.REQUESTS_LISTED)) == before
    marks.let_go(actor=other, request_id=held.pk)
    news = as_clerk.get(address, headers={"If-None-Match": version, "HX-Request": "true"})
    body = news.content.decode()
    assert (news.status_code, held.number in body) == (200, True)
    assert "Worked on by" not in body
    assert "<h1" not in body
    assert news["ETag"] not in ("", version)
    assert shown_patients(last_event(Action.REQUESTS_LISTED)["id"]) == [patient.pk]


def test_who_is_only_heard_of_is_no_news(as_clerk, held, other):
    version = as_clerk.get(NEWS)["ETag"]

    marks.take(actor=other, request=held, now=timezone.now() + timedelta(minutes=1))

    assert as_clerk.get(NEWS, headers={"If-None-Match": version}).status_code == 204


@pytest.mark.parametrize("change", ["step", "logged", "stale", "tomorrow"])
def test_what_moves_is_news(as_clerk, patient, clerk, held, change):
    version = as_clerk.get(NEWS)["ETag"]
    later = {"stale": timedelta(minutes=15), "tomorrow": timedelta(days=1)}.get(change)
    if change == "step":
        builders.submit(held, clerk)
    if change == "logged":
        factories.make_request(patient, clerk)

    with time_machine.travel(timezone.now() + (later or timedelta()), tick=False):
        as_clerk.force_login(clerk)
        response = as_clerk.get(NEWS, headers={"If-None-Match": version})

    assert response.status_code == 200


def test_the_version_of_the_board_names_nobody_and_is_of_this_house(as_clerk, held):
    assert re.fullmatch(r'"[0-9a-f]{32}"', as_clerk.get(NEWS)["ETag"])


@pytest.mark.parametrize(
    ("role", "status"), [("PROVIDER", 403), ("ADMINISTRATOR", 403), ("COMPLIANCE", 200)]
)
def test_news_for_other_roles(client, unit, role, status):
    client.force_login(factories.make_user(role, unit=unit))

    assert client.get(NEWS).status_code == status
