"""The pages of access requests: asking, seeing, deciding, by every role."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from audit.enums import Action, Basis, Outcome
from config.templatetags.chartroom import mrn
from printing.words import day
from records.access.enums import AccessRequestStatus as Status
from records.access.models import AccessRequest, ChartUserPermission
from records.access.services import access_requests, charts, glass
from tests.builders import sign_in, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
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
from tests.trail import count_events, events_of, shown_in

OWN, LIST = "/access/requests/own/", "/access/requests/"
HIDDEN_NAME = "O&#x27;CONNELL"


def ask_path(patient):
    return f"/access/requests/ask/{patient.pk}/"


def path_of(row, what=""):
    return f"/access/requests/{row.pk}/{what}"


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def facts(**changes):
    values = {"purpose": "OPERATIONS", "reason": REASON, "expires_on": in_days(7)}
    return values | changes


def told(client):
    """The notices of access requests, as every open page asks for them."""
    notices = client.get("/status/").json()["notices"]
    return [one for one in notices if one.get("title") == "Access request"]


# --- asking -------------------------------------------------------------------------------------


def test_refused_chart_offers_to_ask_and_the_whole_way_leads_to_the_chart(house, patient):
    asker, decider = sign_in(house.stranger), sign_in_freshly(house.supervisor)
    refused = asker.get(f"/charts/{patient.pk}/")
    form = asker.get(ask_path(patient))
    sent = asker.post(ask_path(patient), facts())
    row = AccessRequest.objects.get()
    work, page = decider.get("/"), decider.get(path_of(row))
    listed = decider.get(LIST)
    granted = decider.post(path_of(row, "grant/"))
    notices = told(asker)
    own = asker.get(OWN)

    assert refused.status_code == 403
    assert ask_path(patient) in refused.content.decode()
    assert (form.status_code, sent.status_code, sent.url) == (200, 302, OWN)
    assert (row.asked_by, row.chart_id, row.purpose, row.reason) == (
        house.stranger,
        patient.pk,
        "OPERATIONS",
        REASON,
    )
    assert timezone.localtime(row.expires_at).date().isoformat() == in_days(7)
    for answer in (work, listed):
        assert path_of(row) in answer.content.decode()
    assert REASON in page.content.decode()
    assert (granted.status_code, granted.url) == (302, LIST)
    assert [(one["id"], one["url"]) for one in notices] == [(f"access-request-{row.pk}", OWN)]
    assert f"/charts/{patient.pk}/" in own.content.decode()
    assert told(asker) == []
    chart = asker.get(f"/charts/{patient.pk}/")
    assert chart.status_code == 200
    assert f"You may open this chart until {day(row.expires_at)}</p>" in chart.content.decode()
    assert "You may open" not in decider.get(f"/charts/{patient.pk}/").content.decode()


def refused_page(user, patient):
    """The page that refuses the chart, and its queries on access requests."""
    client = sign_in(user)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/charts/{patient.pk}/")
    asked = [one for one in queries if 'FROM "access_accessrequest"' in one["sql"]]
    return answer.status_code, answer.content.decode(), len(asked)


def test_refused_chart_says_that_ones_request_waits_and_for_whom(house, patient):
    row = ask(house.stranger, patient)

    status, text, queries = refused_page(house.stranger, patient)

    assert (status, queries) == (403, 1)
    assert f"You asked on {day(row.asked_at)}; it waits for Sam Ito." in text
    assert (f'href="{OWN}"' in text, ask_path(patient) in text) == (True, False)
    assert "Ask for access" not in text


def test_refused_chart_says_that_nobody_decides(house):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    patient = make_patient(house.behavioural, actor=keeper)
    ask(house.stranger, patient)

    _, text, _ = refused_page(house.stranger, patient)

    assert "nobody gives rights on this chart just now." in text


def test_refused_chart_says_why_it_was_declined_and_lets_one_ask_again(house, patient):
    decline(house.supervisor, ask(house.stranger, patient), "Is <b>not</b> your task")

    status, text, _ = refused_page(house.stranger, patient)

    assert status == 403
    assert "Declined by Sam Ito: Is &lt;b&gt;not&lt;/b&gt; your task</p>" in text
    assert (ask_path(patient) in text, "Ask again</a>" in text) == (True, True)


@pytest.mark.parametrize("end", ["WITHDRAWN", "LAPSED", "OVER", "ANOTHER'S", "ELSEWHERE"])
def test_what_says_nothing_of_this_chart_leaves_the_refusal_as_it_is(house, patient, end):
    if end in ("LAPSED", "OVER"):
        ask_in_vain(house.stranger, patient)
        access_requests.lapse_over() if end == "LAPSED" else None
    elif end == "WITHDRAWN":
        withdraw(house.stranger, ask(house.stranger, patient))
    elif end == "ANOTHER'S":
        ask(house.provider, patient)
    else:
        ask(house.stranger, make_patient(house.main, actor=house.clerk))

    _, text, _ = refused_page(house.stranger, patient)

    assert ("You asked on" in text, "Ask for access</a>" in text) == (False, True)


def test_newest_request_is_the_one_that_counts(house, patient):
    decline(house.supervisor, ask(house.stranger, patient))
    ask(house.stranger, patient)

    _, text, _ = refused_page(house.stranger, patient)

    assert ("it waits for Sam Ito." in text, COMMENT in text) == (True, False)


def test_other_refusals_and_other_answers_ask_nothing_more(house, patient):
    ask(house.stranger, patient)
    destroyed = make_patient(house.main, actor=house.clerk)
    ask(house.stranger, destroyed)
    charts.mark_destroyed(actor=house.compliance, chart_id=destroyed.pk)
    hidden = make_patient(house.programme, actor=make_user(Role.CLERK, unit=house.programme))
    client = sign_in(house.stranger)

    with CaptureQueriesContext(connection) as queries:
        answers = [
            client.get(f"/charts/{destroyed.pk}/"),
            client.get(f"/charts/{hidden.pk}/"),
            client.get("/access/units/"),
            client.get(f"/charts/{patient.pk}/", headers={"Accept": "application/json"}),
        ]

    assert [answer.status_code for answer in answers] == [403, 404, 403, 403]
    assert not any("access_accessrequest" in one["sql"] for one in queries)


def test_form_says_whose_chart_it_is_and_who_decides_with_an_event_first(house, patient):
    answer = sign_in(house.stranger).get(ask_path(patient))

    text = answer.content.decode()
    for words in (HIDDEN_NAME, mrn(patient.mrn), "1962", "Main file room", "Sam Ito can decide."):
        assert words in text
    assert "At least 15 characters. Read by whoever decides" in text
    assert answer.context["form"]["expires_on"].value().isoformat() == in_days(7)
    (event,) = events_of(Action.PATIENTS_LISTED)
    assert (event.actor_id, event.basis, shown_in(event)) == (
        house.stranger.pk,
        Basis.DIRECTORY,
        [patient.pk],
    )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"purpose": ""}, "purpose", "Choose one of the list."),
        ({"purpose": "EMERGENCY"}, "purpose", "Choose one of the list."),
        ({"reason": ""}, "reason", "Fill this in."),
        ({"reason": "too short"}, "reason", "At least 15 characters"),
        ({"reason": "x" * 201}, "reason", "At most 200 characters"),
        ({"expires_on": ""}, "expires_on", "Fill this in."),
        ({"expires_on": in_days(-1)}, "expires_on", "This day has passed."),
        ({"expires_on": in_days(31)}, "expires_on", "At most 30 days from now."),
        ({"expires_on": "never"}, "expires_on", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    house, patient, change, field, message
):
    client = sign_in(house.stranger)

    answer = client.post(ask_path(patient), facts(**change))

    form, text = answer.context["form"], answer.content.decode()
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert message in str(form.errors[field])
    assert f'id="id_{field}_error"' in text
    assert {name: form[name].value() for name in form.fields} == facts(**change)
    assert AccessRequest.objects.count() == 0


@pytest.mark.parametrize("days", [0, 30])
def test_first_and_last_day_are_taken(house, patient, days):
    client = sign_in(house.stranger)

    answer = client.post(ask_path(patient), facts(expires_on=in_days(days)))

    assert (answer.status_code, AccessRequest.objects.count()) == (302, 1)


def test_form_sent_twice_leads_to_the_one_that_waits(house, patient):
    client = sign_in(house.stranger)

    answers = [client.post(ask_path(patient), facts()) for _ in range(2)]
    again_asked = client.get(ask_path(patient), follow=True)

    assert [answer.url for answer in answers] == [OWN, OWN]
    assert AccessRequest.objects.count() == 1
    assert "You have asked for access to this chart already." in again_asked.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_a_ground_is_led_to_the_chart(house, patient, method):
    answer = getattr(sign_in(house.clerk), method)(ask_path(patient), facts())

    assert (answer.status_code, answer.url) == (302, f"/charts/{patient.pk}/")
    assert AccessRequest.objects.count() == 0


def test_reading_in_an_emergency_offers_to_ask_for_more(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )
    client = sign_in(house.stranger)

    refused = client.get(f"/patients/{patient.pk}/edit/")

    assert refused.status_code == 403
    assert ask_path(patient) in refused.content.decode()
    assert client.post(ask_path(patient), facts()).url == OWN


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CLERK, 200),
        (Role.SUPERVISOR, 200),
        (Role.COMPLIANCE, 200),
        (Role.PROVIDER, 200),
        (Role.ADMINISTRATOR, 403),
        (None, 403),
    ],
)
def test_whoever_opens_charts_may_ask(house, patient, role, status):
    client = sign_in(make_user(*([role] if role else [])))

    asked, sent = client.get(ask_path(patient)), client.post(ask_path(patient), facts())

    assert (asked.status_code, sent.status_code) == (status, 302 if status == 200 else 403)
    assert AccessRequest.objects.count() == (status == 200)
    assert (HIDDEN_NAME in asked.content.decode()) == (status == 200)


@pytest.mark.goal("G-04")
@pytest.mark.parametrize("method", ["get", "post"])
def test_hidden_and_missing_charts_answer_alike(house, method):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper, family="Hiddenname")
    client = sign_in(house.stranger)
    client.get("/no/such/page/")  # takes along what signing in had to say
    keys = (hidden.pk, 987654)

    answers = [getattr(client, method)(f"/access/requests/ask/{pk}/", facts()) for pk in keys]

    texts = [
        answer.content.decode().replace(answer.headers["X-Request-ID"], "") for answer in answers
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "HIDDENNAME" not in texts[0].upper()
    assert len(texts[0]) == len(texts[1])
    refusals = events_of(Action.ACCESS_ASKED, Action.REFUSED)
    assert [(one.outcome, one.patient_id) for one in refusals] == [
        (Outcome.REFUSED, pk) for pk in keys
    ]
    assert AccessRequest.objects.count() == 0


def test_destroyed_chart_offers_nothing_to_ask_for(house, patient):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)
    client = sign_in(house.stranger)

    refused, asked = client.get(f"/charts/{patient.pk}/"), client.get(ask_path(patient))

    assert ask_path(patient) not in refused.content.decode()
    assert asked.status_code == 403
    assert events_of(Action.ACCESS_ASKED)[-1].detail == {"reason": "CHART_DESTROYED"}


def test_where_nobody_decides_the_page_says_so(house):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    patient = make_patient(house.behavioural, actor=keeper)

    text = sign_in(house.stranger).get(ask_path(patient)).content.decode()

    assert "Nobody gives rights on this chart just now." in text


# --- one's own ----------------------------------------------------------------------------------


def test_own_page_shows_every_state_and_only_ones_own(house, patient):
    others = [make_patient(house.main, actor=house.clerk) for _ in range(4)]
    rows = [ask(house.stranger, one) for one in others[:3]]
    grant(house.supervisor, rows[0])
    decline(house.supervisor, rows[1])
    withdraw(house.stranger, rows[2])
    ask_in_vain(house.stranger, others[3])
    ask(house.stranger, patient)
    ask(house.provider, patient)
    client = sign_in(house.stranger)

    answer = client.get(OWN)

    text = answer.content.decode()
    shown = [(row.request.chart_id, row.state) for row in answer.context["rows"]]
    assert shown == [
        (patient.pk, "Asked"),
        (others[3].pk, "Lapsed"),
        (others[2].pk, "Withdrawn"),
        (others[1].pk, "Declined"),
        (others[0].pk, "Granted"),
    ]
    assert (text.count("Withdraw</button>"), text.count("Open the chart</a>")) == (1, 1)
    assert COMMENT in text
    event = events_of(Action.ACCESS_VIEWED)[-1]
    assert (event.basis, shown_in(event)) == (Basis.DIRECTORY, [pk for pk, _ in shown])


def test_own_page_without_rows_says_what_to_do(house):
    answer = sign_in(house.stranger).get(OWN)

    assert "You asked for none" in answer.content.decode()


def test_asker_withdraws(house, patient):
    row = ask(house.stranger, patient)
    client = sign_in(house.stranger)

    answers = [client.post(path_of(row, "withdraw/")) for _ in range(2)]

    assert [answer.url for answer in answers] == [OWN, OWN]
    assert fresh(row).status == Status.WITHDRAWN
    assert client.get(path_of(row, "withdraw/")).status_code == 405


@pytest.mark.parametrize("who", ["supervisor", "provider", "compliance"])
def test_nobody_else_withdraws(house, patient, who):
    row = ask(house.stranger, patient)
    client = sign_in(getattr(house, who))

    answers = [client.post(path_of(one, "withdraw/")) for one in (row, AccessRequest(pk=987654))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert fresh(row).status == Status.ASKED
    refusals = events_of(Action.ACCESS_WITHDRAWN)
    assert {(one.outcome, one.detail["reason"]) for one in refusals} == {
        (Outcome.REFUSED, "ACCESS_REQUEST_UNKNOWN")
    }


def test_stale_withdrawal_is_a_conflict(house, patient):
    row = decline(house.supervisor, ask(house.stranger, patient))

    answer = sign_in(house.stranger).post(path_of(row, "withdraw/"))

    assert answer.status_code == 409
    assert "This access request is closed already." in answer.content.decode()
    assert events_of(Action.ACCESS_WITHDRAWN)[-1].outcome == Outcome.REFUSED


# --- deciding -----------------------------------------------------------------------------------


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
@pytest.mark.parametrize("page", [LIST, OWN, "/status/", "/"])
def test_lists_cost_the_same_for_1_3_and_300(house, page):
    costs, count = [], 0
    asker = house.stranger if page in (OWN, "/status/", "/") else None
    client = sign_in(asker or house.supervisor)
    for number in (1, 3, 300):
        for _ in range(number - count):
            ask(house.stranger, make_patient(house.main, actor=house.clerk))
        count = number
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page)
        assert answer.status_code == 200
        costs.append(len(queries))

    assert len(set(costs)) == 1
    assert costs[0] <= 20


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
