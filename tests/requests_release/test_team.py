"""The desk's queues as a supervisor's home shows them: who holds how much, how much is late."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.access import worklists
from requests_release import team
from requests_release.selectors import boards
from requests_release.services import approvals
from tests.requests_release import builders, factories

pytestmark = pytest.mark.django_db
LIST = "/release/?view=list"
TAKE = f"{LIST}&status=LOGGED"
PREPARE = f"{LIST}&status=IN_PREPARATION&status=RETURNED"


def logged(patient, clerk, days=None, **facts):
    if days is not None:
        facts |= {"due_on": timezone.localdate() + timedelta(days=days), "due_cite": "x"}
    return factories.make_request(patient, clerk, **facts)


def queues_of(user):
    """Name, waiting, late of each queue in which something waits."""
    return [
        (queue.name, queue.waiting, queue.late) for queue in team.list_queues(user) if queue.waiting
    ]


def answer(request, approver):
    """Deny a request: its clock is answered, and its preparer closes it."""
    approvals.deny(
        actor=approver,
        request_id=request.pk,
        version=builders.fresh(request).version,
        comment="Not hers",
    )


def loads_of(user, name):
    queue = next(queue for queue in team.list_queues(user) if queue.name == name)
    return [(load.who, load.waiting, load.late, load.url, load.late_url) for load in queue.loads]


def test_queues_are_counted_with_what_is_late(patient, clerk, approver, document, stored):
    logged(patient, clerk)
    logged(patient, clerk, days=-1)
    builders.prepared(patient, clerk, document, stated_due_on=timezone.localdate())
    builders.submitted(
        patient, clerk, document, stated_due_on=timezone.localdate() - timedelta(days=3)
    )
    builders.ready(patient, clerk, approver, stored)
    late = timezone.localdate() - timedelta(days=1)
    answer(builders.submitted(patient, clerk, document, stated_due_on=late), approver)

    assert queues_of(approver) == [
        ("Release: to take up", 2, 1),
        ("Release: to prepare", 1, 0),
        ("Release: to approve", 1, 1),
        ("Release: to deliver", 1, 0),
        ("Release: to close", 1, 0),
    ]


def test_each_person_is_a_load_with_the_list_of_just_that(patient, unit, clerk, approver):
    other = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    for days in (-1, 4):
        logged(patient, clerk, days=days, prepared_by=other)
    logged(patient, clerk, days=-1, prepared_by=clerk)
    for _ in range(3):
        logged(patient, clerk)

    assert loads_of(approver, "Release: to take up") == [
        *(
            (
                person.display_name,
                number,
                1,
                f"{TAKE}&preparer={person.pk}",
                f"{TAKE}&preparer={person.pk}&due=late",
            )
            for person, number in ((other, 2), (clerk, 1))
        ),
        ("", 3, 0, f"{TAKE}&preparer=none", f"{TAKE}&preparer=none&due=late"),
    ]


def test_lists_behind_the_loads_show_as_many_as_was_counted(
    client, patient, unit, clerk, approver, document
):
    other = factories.make_user("CLERK", unit=unit)
    builders.prepared(
        patient, clerk, document, stated_due_on=timezone.localdate() - timedelta(days=2)
    )
    builders.prepared(patient, clerk, document)
    builders.prepared(patient, other, document)
    logged(patient, clerk, days=-2)
    client.force_login(approver)

    loads = [load for queue in team.list_queues(approver) for load in queue.loads]
    shown = [
        tuple(len(client.get(url).context["page"].cards) for url in (load.url, load.late_url))
        for load in loads
    ]

    assert [(load.waiting, load.late) for load in loads] == shown
    assert sorted(shown) == [(1, 0), (1, 1), (2, 1)]


def test_other_units_are_not_counted(patient, clerk, approver):
    far = factories.make_unit()
    logged(factories.make_patient(far), factories.make_user("CLERK", unit=far))

    assert queues_of(approver) == []


def test_cost_is_one_query_and_the_scope_however_many_there_are(patient, clerk, approver):
    requester = factories.make_requester()
    costs, made = {}, 0
    for wanted in (1, 3, 300):
        for _ in range(wanted - made):
            logged(patient, clerk, requester=requester)
        made = wanted
        with CaptureQueriesContext(connection) as queries:
            found = team.list_queues(builders.reloaded(approver))
        costs[wanted] = len(queries)
        assert found[0].waiting == wanted

    assert costs[1] == costs[3] == costs[300]
    assert costs[1] <= 5


@pytest.mark.usefixtures("activity_unnoted")
def test_home_costs_the_same_however_many_there_are(client, unit, patient, clerk, approver):
    requester, other = factories.make_requester(), factories.make_user("CLERK", unit=unit)
    client.force_login(approver)
    costs, made = {}, 0
    for wanted in (1, 3, 300):
        for at in range(wanted - made):
            logged(patient, clerk, requester=requester, prepared_by=(clerk, other)[at % 2])
        made = wanted
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/").content.decode()
        costs[wanted] = len(queries)
        assert f">{wanted} waiting</span></header>" in page

    assert costs[1] == costs[3] == costs[300]


def test_counting_stops_and_says_so(patient, clerk, approver, monkeypatch):
    monkeypatch.setattr(boards, "MOST_COUNTED", 2)
    for _ in range(3):
        logged(patient, clerk)

    (queue, *_) = team.list_queues(approver)

    assert (queue.waiting, queue.is_cut) == (2, True)


def test_only_those_who_assign_and_approve_see_the_team(clerk, approver):
    def names(user):
        return [queue.name for queue in worklists.list_team_queues(user)]

    assert "Release: to prepare" in names(approver)
    assert names(clerk) == []
