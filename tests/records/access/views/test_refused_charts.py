"""A refused chart offers to ask for access, and says what became of what one asked for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from printing.words import day
from records.access.models import AccessRequest
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
    withdraw,
)
from tests.records.access.views.asking_pages import (
    LIST,
    OWN,
    ask_path,
    facts,
    in_days,
    path_of,
    told,
)


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


def test_refused_chart_says_who_declined_and_where_to_read_why_and_lets_one_ask_again(
    house, patient
):
    row = ask(house.stranger, patient)
    decline(house.supervisor, row, "Mary Doe is <b>not</b> your task")

    status, text, _ = refused_page(house.stranger, patient)

    assert status == 403
    assert f"You asked on {day(row.asked_at)}; Sam Ito declined.</p>" in text
    assert (f'href="{OWN}"' in text, "Read why</a>" in text) == (True, True)
    assert (ask_path(patient) in text, "Ask again</a>" in text) == (True, True)
    # What was written about a patient is read where the reading is recorded.
    assert "your task" not in text


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
