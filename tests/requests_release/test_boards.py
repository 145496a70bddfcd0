"""The board and the list: who sees what, in which order, at what cost."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from printing import words
from records.access import worklists
from requests_release.enums import RequestStatus
from requests_release.models import Request
from requests_release.selectors import boards
from requests_release.selectors.boards import Filters
from requests_release.services import approvals, assignments, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event, shown_patients

pytestmark = pytest.mark.django_db
BOARD = reverse("requests_release:request_board")


def due(days):
    return timezone.localdate() + timedelta(days=days)


def test_board_shows_columns_and_who_acts_next(as_clerk, patient, clerk, approver, document):
    logged = factories.make_request(patient, clerk, due_on=due(2), due_cite="x", due_label="2-day")
    submitted = builders.submitted(patient, clerk, document)

    body = as_clerk.get(BOARD).content.decode()

    assert logged.number in body
    assert submitted.number in body
    assert "Waiting for supervisor" in body
    assert "Waiting for release clerk" in body
    assert "2 days left" in body
    assert "O&#x27;CONNELL, Freda" in body


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list"])
@pytest.mark.parametrize("days", [-4, 4])
def test_days_are_no_longer_counted_once_copies_have_left(
    as_clerk, patient, clerk, approver, stored, address, days
):
    request = builders.ready(patient, clerk, approver, stored, stated_due_on=due(days))
    body = as_clerk.get(address).content.decode()
    assert ("4 days late" in body, "4 days left" in body) == (days < 0, days > 0)
    builders.hand_over(request, clerk, method="PICKUP")

    body = as_clerk.get(address).content.decode()

    assert request.number in body
    assert f"due {words.day(due(days))}" in body
    for counted in ("days left", "days late", "date in the order"):
        assert counted not in body
    page = as_clerk.get(reverse("requests_release:request_detail", args=[request.pk]))
    head = page.content.decode().partition("<h1")[2].partition("</header>")[0]
    assert f'<span class="due due-none" title="">due {words.day(due(days))}</span>' in head
    assert "date in the order" not in head


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list"])
def test_other_units_requests_are_not_shown(as_clerk, clerk, patient, address):
    mine = factories.make_request(patient, clerk)
    far = factories.make_unit()
    stranger = factories.make_patient(far, family="Hidden")
    other = factories.make_request(stranger, factories.make_user("CLERK", unit=far))

    body = as_clerk.get(address).content.decode()

    assert mine.number in body
    assert other.number not in body
    assert "HIDDEN" not in body
    assert shown_patients(last_event(Action.REQUESTS_LISTED)["id"]) == [patient.pk]


def test_a_request_given_to_somebody_far_away_is_on_their_board(
    client, patient, clerk, approver, outsider, document
):
    request = builders.prepared(patient, clerk, document)
    assignments.assign(
        actor=approver, request_id=request.pk, version=request.version, person=outsider
    )
    client.force_login(outsider)

    assert request.number in client.get(BOARD).content.decode()


def test_list_is_ordered_by_due_date_and_those_without_come_last(as_clerk, patient, clerk):
    days = [5, None, -2, 1]
    made = [
        factories.make_request(
            patient,
            clerk,
            due_on=None if day is None else due(day),
            due_cite="" if day is None else "x",
        )
        for day in days
    ]

    body = as_clerk.get(f"{BOARD}?view=list").content.decode()

    order = sorted(made, key=lambda one: body.index(one.number))
    assert [days[made.index(one)] for one in order] == [-2, 1, 5, None]
    assert "2 days late" in body
    assert "no date" in body


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=SUBMITTED", {"submitted"}),
        ("status=LOGGED&status=SUBMITTED", {"late", "soon", "plain", "submitted"}),
        ("mine=1", {"submitted"}),
        ("due=late", {"late"}),
        ("due=soon", {"late", "soon"}),
        ("kind=ACCESS", {"plain"}),
        ("preparer=none", {"late", "soon", "plain"}),
        ("preparer=0", set()),
        ("preparer=nonsense", {"late", "soon", "plain", "submitted"}),
        ("kind=nonsense", {"late", "soon", "plain", "submitted"}),
        ("status=nonsense", {"late", "soon", "plain", "submitted"}),
    ],
)
@pytest.mark.parametrize("view", ["", "&view=list"])
def test_filters_of_the_address(as_clerk, patient, clerk, document, query, expected, view):
    made = {
        "late": factories.make_request(patient, clerk, due_on=due(-1), due_cite="x"),
        "soon": factories.make_request(patient, clerk, due_on=due(3), due_cite="x"),
        "plain": factories.make_request(patient, clerk, kind="ACCESS", basis="524"),
        "submitted": builders.submitted(patient, clerk, document, stated_due_on=due(9)),
    }

    body = as_clerk.get(f"{BOARD}?{query}{view}").content.decode()

    assert {name for name, one in made.items() if one.number in body} == expected


@pytest.mark.parametrize("view", ["", "&view=list"])
def test_requests_of_one_preparer_are_shown_with_the_name_in_a_chip(
    as_clerk, patient, unit, clerk, document, view
):
    other = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    mine = builders.prepared(patient, clerk, document)
    theirs = builders.prepared(patient, other, document)

    body = as_clerk.get(f"{BOARD}?preparer={other.pk}{view}").content.decode()
    without = as_clerk.get(f"{BOARD}?preparer=none{view}").content.decode()

    assert (mine.number in body, theirs.number in body) == (False, True)
    assert 'aria-label="Remove filter preparer Ben Ode"' in body
    assert f'<input type="hidden" name="preparer" value="{other.pk}">' in body
    assert 'aria-label="Remove filter preparer nobody yet"' in without


def test_pages_of_the_list_follow_each_other_without_gap(as_clerk, patient, clerk, monkeypatch):
    monkeypatch.setattr(boards, "PAGE", 3)
    made = [
        factories.make_request(
            patient,
            clerk,
            due_on=None if n % 3 == 0 else due(n % 4),
            due_cite="" if n % 3 == 0 else "x",
        )
        for n in range(8)
    ]
    seen, after = [], ""
    while True:
        page = boards.list_page(clerk, Filters(), today=timezone.localdate(), after=after)
        seen += [card.request_id for card in page.cards]
        after = page.next_key
        if not after:
            break

    assert len(seen) == 8
    assert set(seen) == {one.pk for one in made}


@pytest.mark.parametrize("after", ["x", "2026-13-40.1", "2026-01-01.x", "'; DROP TABLE x"])
def test_a_key_of_no_use_begins_anew(as_clerk, patient, clerk, after):
    request = factories.make_request(patient, clerk)

    response = as_clerk.get(BOARD, {"view": "list", "after": after})

    assert request.number in response.content.decode()


@pytest.mark.goal("G-09")
@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list"])
@pytest.mark.usefixtures("activity_unnoted")
def test_cost_does_not_grow_with_the_number_of_requests(as_clerk, unit, clerk, address):
    counts = {}
    patient = factories.make_patient(unit)
    made = 0
    for wanted in (1, 3, 300):
        while made < wanted:
            factories.make_request(patient, clerk, requester=_requester())
            made += 1
        as_clerk.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_clerk.get(address)
        counts[wanted] = len(queries)

    assert counts[1] == counts[3] == counts[300]
    assert counts[1] <= 8


_known = []


def _requester():
    if not _known or not _known[0].__class__.objects.filter(pk=_known[0].pk).exists():
        _known[:] = [factories.make_requester()]
    return _known[0]


def test_columns_are_cut_off_and_say_so(as_clerk, unit, clerk):
    patient = factories.make_patient(unit)
    requester = factories.make_requester()
    for _ in range(boards.CARDS + 1):
        factories.make_request(patient, clerk, requester=requester)

    body = as_clerk.get(f"{BOARD}?mine=0&kind=DISCLOSURE").content.decode()

    assert body.count('class="board-card"') == boards.CARDS
    assert f"{boards.CARDS}+" in body
    [address] = re.findall(r'<a href="([^"]+)">All in this state', body)
    assert parse_qs(html.unescape(address)[1:]) == {
        "mine": ["0"],
        "kind": ["DISCLOSURE"],
        "view": ["list"],
        "status": ["LOGGED"],
    }


@pytest.mark.parametrize(
    ("role", "status"), [("PROVIDER", 403), ("ADMINISTRATOR", 403), ("COMPLIANCE", 200)]
)
def test_board_for_other_roles(client, unit, role, status):
    client.force_login(factories.make_user(role, unit=unit))

    assert client.get(BOARD).status_code == status


def test_an_empty_board_says_what_to_do(as_clerk):
    assert "Log the first request" in as_clerk.get(f"{BOARD}?view=list").content.decode()


def test_home_lists_what_waits_for_each(patient, clerk, approver, document):
    builders.submitted(patient, clerk, document)
    factories.make_request(patient, clerk)

    def waiting(user):
        return {
            source.name: source.count(user)
            for source in worklists.sources_for(user)
            if source.name.startswith("Release")
        }

    assert waiting(clerk) == {
        "Release: to take up": 1,
        "Release: to prepare": 0,
        "Release: to deliver": 0,
        "Release: to close": 0,
    }
    assert waiting(approver)["Release: to approve"] == 1
    source = next(s for s in worklists.sources_for(approver) if s.name == "Release: to approve")
    item = source.oldest(approver, 5)[0]
    assert (item.patient_id, item.what) == (patient.pk, "Look and decide: O'CONNELL, Freda")


def answered(answer, patient, clerk, approver, document):
    """A request that its named reviewer has decided, and that has been answered."""
    has_records = answer != "NO_RECORDS"
    request = builders.prepared(patient, clerk, *([document] if has_records else []))
    approvals.submit(
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        reviewer=approver,
        has_no_records=not has_records,
    )
    common = {"request_id": request.pk, "version": builders.fresh(request).version}
    if answer == "DENIED":
        return approvals.deny(actor=approver, comment="Not hers", **common)
    if answer == "NO_RECORDS":
        return approvals.confirm_no_records(actor=approver, comment="", **common)
    builders.build(builders.approve(request, approver))
    builders.hand_over(request, clerk)
    return request


@pytest.mark.parametrize("answer", ["DELIVERED", "DENIED", "NO_RECORDS"])
def test_home_lists_what_its_preparer_closes(unit, patient, clerk, approver, stored, answer):
    other = factories.make_user("CLERK", unit=unit)
    answered(answer, patient, clerk, approver, stored)

    def to_close(user):
        [source] = [s for s in worklists.sources_for(user) if s.name == "Release: to close"]
        return source.count(user), source.oldest(user, 5)

    count, [item] = to_close(clerk)
    assert (count, item.what, item.due_on, item.patient_id) == (
        1,
        "Close the request: O'CONNELL, Freda",
        None,
        patient.pk,
    )
    assert (to_close(other), to_close(approver)) == ((0, []), (0, []))


def test_a_closed_request_waits_for_nobody(patient, clerk, approver, stored):
    request = answered("DENIED", patient, clerk, approver, stored)
    stages.close(actor=clerk, request_id=request.pk, version=builders.fresh(request).version)

    assert [
        source.count(clerk)
        for source in worklists.sources_for(clerk)
        if source.name.startswith("Release")
    ] == [0, 0, 0, 0]


def test_what_was_returned_is_prepared_by_its_preparer_alone(patient, clerk, approver, document):
    builders.submit(builders.prepared(patient, clerk, document), clerk, approver)
    request = Request.objects.get()
    approvals.give_back(
        actor=approver,
        request_id=request.pk,
        version=builders.fresh(request).version,
        comment="A page is missing",
    )

    waiting = {
        user.pk: source.count(user)
        for user in (clerk, approver)
        for source in worklists.sources_for(user)
        if source.name == "Release: to prepare"
    }

    assert waiting == {clerk.pk: 1, approver.pk: 0}


def test_home_says_who_asked_apart_from_whose_records(patient, clerk):
    request = builders.log(patient, clerk)

    [source] = [s for s in worklists.sources_for(clerk) if s.name == "Release: to take up"]
    [item] = source.oldest(clerk, 5)

    assert item.what == "Take up the request: O'CONNELL, Freda"
    assert item.why == f"{request.number}, asked by Superior Court: logged"


def test_nobody_is_asked_to_decide_what_they_prepared(unit, patient, clerk, approver, document):
    other = factories.make_user("SUPERVISOR", unit=unit)
    request = builders.submitted(patient, approver, document)
    source = next(
        one for one in worklists.sources_for(approver) if one.name == "Release: to approve"
    )

    waiting = {one.pk: source.count(builders.reloaded(one)) for one in (approver, other)}

    assert waiting == {approver.pk: 0, other.pk: 1}
    assert [item.url for item in source.oldest(other, 5)] == [
        reverse("requests_release:request_detail", args=[request.pk])
    ]


@pytest.mark.parametrize("view", ["board", "list"])
def test_every_state_can_be_chosen_and_shows_what_is_in_it(as_clerk, patient, clerk, view):
    ended = builders.log(patient, clerk)
    stages.withdraw(actor=clerk, request_id=ended.pk, version=ended.version, reason="They called")
    builders.log(patient, clerk)

    answer = as_clerk.get(BOARD, {"view": view, "status": "WITHDRAWN"})

    offered = {value for value, _, _ in answer.context["choices"]["statuses"]}
    assert offered == set(RequestStatus.values)
    assert set(re.findall(r"R\d{4}-\d{6}", answer.content.decode())) == {ended.number}


def test_what_ended_stands_on_board_and_list_only_when_chosen(as_clerk, patient, clerk):
    ended = builders.log(patient, clerk)
    stages.withdraw(actor=clerk, request_id=ended.pk, version=ended.version, reason="They called")

    shown = [as_clerk.get(BOARD, {"view": view}).content.decode() for view in ("board", "list")]

    assert [ended.number in body for body in shown] == [False, False]


def test_the_filter_of_states_names_what_is_shown_without_one(as_clerk):
    body = as_clerk.get(reverse("requests_release:request_board")).content.decode()

    assert '<option value="">All not yet closed</option>' in body
    assert "open states" not in body
