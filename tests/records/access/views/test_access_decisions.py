"""Access requests as those see and decide them who give rights on the chart."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.enums import Action, Outcome
from records.access.enums import AccessRequestStatus as Status
from records.access.models import AccessRequest, ChartUserPermission
from records.access.services import access_requests, charts
from tests.builders import sign_in, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import make_user
from tests.records.access.services.asking import (
    COMMENT,
    REASON,
    ask,
    ask_in_vain,
    decline,
    fresh,
    grant,
    withdraw,
)
from tests.records.access.views.asking_pages import (
    HIDDEN_NAME,
    LIST,
    OWN,
    ask_path,
    in_days,
    path_of,
)
from tests.trail import count_events, events_of, shown_in


def test_list_shows_what_the_person_may_decide_and_names_the_patients(house, patient):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    elsewhere = make_patient(house.behavioural, actor=keeper, family="Elsewhere")
    row = ask(house.stranger, patient)
    ask(house.stranger, elsewhere)

    answer = sign_in(house.supervisor).get(LIST)

    text = answer.content.decode()
    assert [one.request for one in answer.context["rows"]] == [row]
    assert (REASON in text, "ELSEWHERE" in text.upper()) == (True, False)
    (event,) = events_of(Action.ACCESS_VIEWED)
    assert shown_in(event) == [patient.pk]


@pytest.mark.parametrize("role", [one for one in Role if one != Role.SUPERVISOR])
def test_other_roles_decide_nothing(house, patient, role):
    row = ask(house.stranger, patient)
    client = sign_in_freshly(make_user(role, unit=house.main))

    answers = [
        client.get(LIST),
        client.get(path_of(row)),
        client.post(path_of(row, "grant/")),
        client.post(path_of(row, "decline/"), {"comment": COMMENT}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert HIDDEN_NAME not in "".join(answer.content.decode() for answer in answers)
    assert fresh(row).status == Status.ASKED
    assert {event.outcome for event in events_of(Action.PAGE_REQUESTED)} == {Outcome.REFUSED}


def test_supervisor_elsewhere_gets_the_answer_of_a_missing_one(house, patient):
    row = ask(house.stranger, patient)
    client = sign_in_freshly(make_user(Role.SUPERVISOR, unit=house.behavioural))

    for one in (row, AccessRequest(pk=987654)):
        answers = [
            client.get(path_of(one)),
            client.post(path_of(one, "grant/")),
            client.post(path_of(one, "decline/"), {"comment": COMMENT}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
        assert HIDDEN_NAME not in "".join(answer.content.decode() for answer in answers)
    refusals = events_of(Action.ACCESS_VIEWED)
    assert {one.detail["reason"] for one in refusals} == {"ACCESS_REQUEST_UNKNOWN"}
    assert len(refusals) == 6
    assert fresh(row).status == Status.ASKED


@pytest.mark.goal("G-18")
def test_granting_needs_the_password_again_and_declining_does_not(house, patient):
    row, client = ask(house.stranger, patient), sign_in(house.supervisor)

    asked = client.post(path_of(row, "grant/"))
    before = fresh(row).status
    declined = client.post(path_of(row, "decline/"), {"comment": COMMENT})

    assert asked.url.startswith("/sign-in/reauthenticate/")
    assert (before, declined.url, fresh(row).status) == (Status.ASKED, LIST, Status.DECLINED)
    assert ChartUserPermission.objects.count() == 0


@pytest.mark.parametrize(
    ("comment", "message"),
    [("", "Fill this in."), ("  ", "Fill this in."), ("x" * 501, "At most 500 characters")],
)
def test_declining_needs_a_comment_said_beside_the_field(house, patient, comment, message):
    row, client = ask(house.stranger, patient), sign_in(house.supervisor)

    answer = client.post(path_of(row, "decline/"), {"comment": comment})

    assert answer.status_code == 422
    assert message in str(answer.context["form"].errors["comment"])
    assert answer.context["form"]["comment"].value() == comment
    assert fresh(row).status == Status.ASKED


def test_own_request_is_never_ones_own_to_decide(house, patient):
    elsewhere = make_user(Role.SUPERVISOR, unit=house.behavioural)
    row = ask(elsewhere, patient)
    charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)
    client = sign_in_freshly(elsewhere)

    looked = client.get(path_of(row))
    answers = [
        client.post(path_of(row, "grant/")),
        client.post(path_of(row, "decline/"), {"comment": COMMENT}),
    ]

    assert (looked.status_code, looked.url) == (302, OWN)
    assert [answer.status_code for answer in answers] == [403, 403]
    refusals = events_of(Action.ACCESS_GRANTED, Action.ACCESS_DECLINED)
    assert [one.detail["reason"] for one in refusals] == ["OWN_ACCESS_REQUEST"] * 2
    assert (fresh(row).status, ChartUserPermission.objects.count()) == (Status.ASKED, 0)


def test_second_who_decides_is_told_who_did_and_keeps_what_was_typed(house, patient):
    row = ask(house.stranger, patient)
    client = sign_in_freshly(make_user(Role.SUPERVISOR, unit=house.main))
    grant(house.supervisor, row)

    declined = client.post(path_of(row, "decline/"), {"comment": "My own view of it"})
    granted = client.post(path_of(row, "grant/"))

    for answer in (declined, granted):
        assert answer.status_code == 409
        assert "Sam Ito granted it" in answer.content.decode()
    assert "My own view of it" in declined.content.decode()
    assert fresh(row).decided_by == house.supervisor
    assert ChartUserPermission.objects.count() == 1
    refusals = [
        event
        for event in events_of(Action.ACCESS_GRANTED, Action.ACCESS_DECLINED)
        if event.outcome == Outcome.REFUSED
    ]
    assert [one.detail["reason"] for one in refusals] == ["ACCESS_REQUEST_CLOSED"] * 2


@pytest.mark.parametrize("what", ["grant/", "decline/"])
def test_same_form_sent_twice_decides_once(house, patient, what):
    row, client = ask(house.stranger, patient), sign_in_freshly(house.supervisor)

    answers = [client.post(path_of(row, what), {"comment": COMMENT}) for _ in range(2)]
    page = client.get(LIST).content.decode()

    assert [answer.url for answer in answers] == [LIST, LIST]
    assert "Nothing was changed." in page
    assert len(events_of(Action.ACCESS_GRANTED, Action.ACCESS_DECLINED)) == 1


def test_what_is_over_is_a_conflict_that_says_so(house, patient):
    row, client = ask_in_vain(house.stranger, patient), sign_in_freshly(house.supervisor)

    answer = client.post(path_of(row, "grant/"))

    assert answer.status_code == 409
    assert "Its time is over" in answer.content.decode()
    assert ChartUserPermission.objects.count() == 0


@pytest.mark.parametrize("end", ["GRANTED", "DECLINED", "WITHDRAWN", "LAPSED"])
def test_closed_ones_still_show_how_they_ended_and_no_button(house, patient, end):
    if end == "LAPSED":
        row = ask_in_vain(house.stranger, patient)
        access_requests.lapse_over()
    else:
        row = ask(house.stranger, patient)
        if end == "WITHDRAWN":
            withdraw(house.stranger, row)
        else:
            (grant if end == "GRANTED" else decline)(house.supervisor, row)

    answer = sign_in(house.supervisor).get(path_of(row))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert ("Closed" in text, path_of(row, "grant/") in text) == (True, False)


def test_page_says_that_a_right_stands_already(house, patient):
    row = ask(house.stranger, patient)
    client = sign_in_freshly(house.supervisor)
    client.post(
        f"/access/charts/{patient.pk}/",
        {"user": house.stranger.pk, "reason": "By hand", "expires_on": in_days(3)},
    )

    text = client.get(path_of(row)).content.decode()

    assert "There is a right already" in text


def test_looking_at_one_names_its_patient_in_the_event(house, patient):
    row = ask(house.stranger, patient)

    sign_in(house.supervisor).get(path_of(row))

    (event,) = events_of(Action.ACCESS_VIEWED)
    assert (event.patient_id, event.subject_type, event.subject_id) == (
        patient.pk,
        "access_request",
        str(row.pk),
    )


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_lists_cost_the_same_for_1_3_and_300(house):
    decider, asker = sign_in(house.supervisor), sign_in(house.stranger)
    readers = {LIST: decider, OWN: asker, "/status/": asker, "/": asker}
    costs, count = {page: [] for page in readers}, 0
    for number in (1, 3, 300):
        for _ in range(number - count):
            ask(house.stranger, make_patient(house.main, actor=house.clerk))
        count = number
        for page, client in readers.items():
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(page)
            assert answer.status_code == 200
            costs[page].append(len(queries))

    assert {page: len(set(found)) for page, found in costs.items()} == dict.fromkeys(readers, 1)
    assert max(found[0] for found in costs.values()) <= 20


def test_long_lists_say_that_they_do_not_show_all(house, monkeypatch):
    monkeypatch.setattr("records.access.views.access_requests.MOST_WAITING", 2)
    monkeypatch.setattr("records.access.views.access_requests.MOST_OWN", 2)
    for _ in range(3):
        ask(house.stranger, make_patient(house.main, actor=house.clerk))

    listed, own = sign_in(house.supervisor).get(LIST), sign_in(house.stranger).get(OWN)

    assert "The oldest 2 are shown" in listed.content.decode()
    assert "The newest 2 are shown." in own.content.decode()


def test_administrator_sees_nobody_asking(house, patient):
    row = ask(house.stranger, patient)
    client = sign_in_freshly(house.administrator)
    before = count_events()

    answers = [client.get(path) for path in (LIST, OWN, path_of(row), ask_path(patient))]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert HIDDEN_NAME not in "".join(answer.content.decode() for answer in answers)
    assert "notices" in client.get("/status/").json()
    assert count_events() > before
