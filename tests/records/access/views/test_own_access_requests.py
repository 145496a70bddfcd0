"""What one asked for: every state, taking it back."""

import pytest

from audit.enums import Action, Basis, Outcome
from records.access.enums import AccessRequestStatus as Status
from records.access.models import AccessRequest
from tests.builders import sign_in
from tests.factories.patients import make_patient
from tests.records.access.services.asking import (
    COMMENT,
    ask,
    ask_in_vain,
    decline,
    fresh,
    grant,
    withdraw,
)
from tests.records.access.views.asking_pages import OWN, path_of
from tests.trail import events_of, shown_in


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
