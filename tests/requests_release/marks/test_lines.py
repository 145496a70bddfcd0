"""The line on the pages of a request: who takes the mark, who reads whose it is."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from requests_release.models import Mark
from requests_release.selectors import marks as selectors
from requests_release.services import marks
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
from tests.requests_release.marks.pages import (
    PREPARING,
    holder,
    line_of,
)
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", PREPARING)
def test_a_page_of_preparing_takes_the_mark(as_clerk, prepared, name):
    response = as_clerk.get(page(name, prepared))

    assert holder() == "Rosa Delgado"
    assert re.fullmatch(
        r"You have been working on this since \d\d:\d\d\. Let go", line_of(response)
    )


@pytest.mark.parametrize("name", ["request_detail", "request_submit"])
def test_other_pages_of_a_request_take_no_mark(as_clerk, prepared, name):
    response = as_clerk.get(page(name, prepared))

    assert (response.status_code, holder()) == (200, None)
    assert line_of(response) == "Nobody is working on this now."


@pytest.mark.parametrize(
    ("status", "name", "taken"),
    [
        ("logged", "request_items", True),
        ("submitted", "request_items", False),
        ("submitted", "request_edit", False),
        ("ready", "request_authorization", False),
        ("ready", "request_deliver", False),
    ],
)
def test_what_cannot_be_changed_is_not_worked_on(
    request, as_clerk, patient, clerk, status, name, taken
):
    asked = factories.make_request(patient, clerk) if status == "logged" else None
    asked = asked or request.getfixturevalue(status)

    as_clerk.get(page(name, asked))

    assert holder() == ("Rosa Delgado" if taken else None)


@pytest.mark.parametrize(
    ("who", "taken"), [("SUPERVISOR", True), ("CLERK", False), ("COMPLIANCE", False)]
)
def test_the_page_of_the_decision_takes_the_mark_for_who_decides(
    client, unit, submitted, who, taken
):
    person = factories.make_user(who, unit=unit)
    client.force_login(person)

    assert client.get(page("request_approve", submitted)).status_code == 200

    assert holder() == (person.display_name if taken else None)


def test_who_prepared_it_looks_at_the_page_of_the_decision_without_a_mark(
    client, unit, patient, document
):
    supervisor = factories.make_user("SUPERVISOR", unit=unit)
    asked = builders.prepared(patient, supervisor, document)
    factories.make_user("SUPERVISOR", unit=unit)
    asked = builders.submit(asked, supervisor)
    client.force_login(supervisor)

    client.get(page("request_approve", asked))

    assert holder() is None


def test_a_request_that_nobody_works_on_any_more_has_no_line(as_clerk, ready):
    assert line_of(as_clerk.get(page("request_detail", ready))) is None


@pytest.mark.parametrize("name", [*PREPARING, "request_detail", "request_submit"])
def test_somebody_else_reads_who_works_on_it_and_may_take_over(as_clerk, held, name):
    response = as_clerk.get(page(name, held))

    assert re.fullmatch(
        r"Ana Ortiz has been working on this since \d\d:\d\d\. "
        r"What you save is asked about first\. Take over",
        line_of(response),
    )
    assert f'href="{page("request_take_over", held)}"' in response.content.decode()
    assert holder() == "Ana Ortiz"


@pytest.mark.parametrize("who", ["COMPLIANCE"])
def test_who_may_not_work_on_it_reads_who_does_and_takes_nothing_over(client, unit, held, who):
    client.force_login(factories.make_user(who, unit=unit))

    response = client.get(page("request_detail", held))

    assert re.fullmatch(r"Ana Ortiz has been working on this since \d\d:\d\d\.", line_of(response))


def test_a_mark_of_an_earlier_day_says_its_day(as_clerk, held):
    yesterday = timezone.now() - timedelta(days=1)
    Mark.objects.update(since=yesterday)

    here = timezone.localtime(yesterday)
    assert f"since {here:%b} {here.day}, {here:%Y, %H:%M}" in line_of(
        as_clerk.get(page("request_detail", held))
    )


def test_any_page_of_the_request_keeps_the_holders_mark(as_clerk, prepared, clerk):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        as_clerk.get(page("request_items", prepared))
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        as_clerk.get(page("request_detail", prepared))
    with time_machine.travel(now + timedelta(minutes=24), tick=False):
        assert selectors.get_held(prepared.pk).since == now
        as_clerk.get(page("request_mark", prepared))
    with time_machine.travel(now + timedelta(minutes=38), tick=False):
        assert selectors.get_held(prepared.pk).since == now
    with time_machine.travel(now + timedelta(minutes=39), tick=False):
        assert selectors.get_held(prepared.pk) is None


def test_the_line_is_sent_again_only_when_it_is_another(as_clerk, held, other):
    address = page("request_mark", held)
    shown = as_clerk.get(page("request_detail", held)).content.decode()
    version = html.unescape(re.search(r'data-version="([^"]+)"', shown)[1])
    same = as_clerk.get(address, headers={"If-None-Match": version})
    marks.let_go(actor=other, request_id=held.pk)
    changed = as_clerk.get(address, headers={"If-None-Match": version})

    assert (same.status_code, same.content, same.headers["ETag"]) == (204, b"", version)
    assert changed.status_code == 200
    assert "Nobody is working on this now." in changed.content.decode()
    assert as_clerk.get(address, headers={"If-None-Match": changed["ETag"]}).status_code == 204


def test_the_line_takes_no_mark_and_writes_no_event(as_clerk, prepared):
    before = len(events_of())

    response = as_clerk.get(page("request_mark", prepared))

    assert (response.status_code, holder(), len(events_of())) == (200, None, before)


@pytest.mark.parametrize(
    ("role", "is_near", "status"),
    [
        ("CLERK", True, 200),
        ("SUPERVISOR", True, 200),
        ("COMPLIANCE", True, 200),
        ("CLERK", False, 403),
        ("PROVIDER", True, 403),
        ("ADMINISTRATOR", False, 403),
    ],
)
def test_the_line_is_for_those_who_see_the_request(client, unit, held, role, is_near, status):
    client.force_login(factories.make_user(role, unit=unit if is_near else None))

    response = client.get(page("request_mark", held))

    assert response.status_code == status
    assert ("Ana Ortiz" in response.content.decode()) == (status == 200)
