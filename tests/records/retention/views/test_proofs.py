"""No step of a batch asks for a fresh sign-in that the step itself would then refuse."""

import pytest

from audit.models import Event
from records.retention.models import BatchStatusChange
from tests.records.retention import factories as make
from tests.records.retention.views.forms import seen, url

pytestmark = pytest.mark.django_db

PROOF = "/sign-in/reauthenticate/"
STATES = (
    "proposed",
    "approved_once",
    "returned",
    "approved",
    "executing",
    "done",
    "cancelled",
)
# Every other pair of state and person is refused, and nobody is asked who they are.
POSSIBLE = {
    ("batch_approve", "proposed", "supervisor"),
    ("batch_approve", "approved_once", "compliance"),
    ("batch_start", "approved", "compliance"),
}


def bring(house, state):
    if state in ("returned", "cancelled"):
        batch = house.proposed(house.patient())
        step = make.batches.send_back if state == "returned" else make.batches.cancel
        actor = house.supervisor if state == "returned" else house.clerk
        return step(actor=actor, batch_id=batch.pk, seen=make.seen(batch), reason="Not her")
    return getattr(house, state)(house.patient())


def answer_of(response):
    """What a person is told: status, where it leads, and why not."""
    refusal = (response.context or {}).get("refusal")
    return response.status_code, response.headers.get("Location", ""), refusal and refusal.reason


def refusals():
    rows = Event.objects.filter(outcome="REFUSED").order_by("id")
    return list(rows.values_list("actor_id", "action", "subject_id", "detail__reason"))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["batch_approve", "batch_start"])
def test_only_a_possible_step_asks_who_it_is(house, browse, name, state):
    batch = bring(house, state)
    address = url(name, batch_id=batch.pk)
    history = BatchStatusChange.objects.filter(batch=batch).count()

    for who in ("clerk", "supervisor", "compliance"):
        stale = browse(getattr(house, who), is_fresh=False)
        fresh = browse(getattr(house, who))
        for method in ("get", "post"):
            asked = getattr(stale, method)(address, seen(batch))
            if (name, state, who) in POSSIBLE:
                assert asked.url.partition("?")[0] == PROOF, (who, method)
                continue
            told = refusals()
            expected = getattr(fresh, method)(address, seen(batch))
            assert answer_of(asked) == answer_of(expected), (who, method)
            assert asked.status_code in (403, 409)
            assert told[-1][0] == getattr(house, who).pk
            assert refusals() == [*told, told[-1]], (who, method)
    assert BatchStatusChange.objects.filter(batch=batch).count() == history


@pytest.mark.parametrize(
    "name, state, who",
    [
        ("batch_approve", "approved_once", "compliance"),
        ("batch_start", "approved", "compliance"),
    ],
)
def test_a_form_of_another_state_is_refused_before_the_proof(house, browse, name, state, who):
    batch = bring(house, state)
    sent = seen(batch) | {"digest": "0" * 64}

    response = browse(getattr(house, who), is_fresh=False).post(url(name, batch_id=batch.pk), sent)

    assert answer_of(response) == (409, "", "BATCH_CHANGED")
    assert refusals()[-1][2:] == (str(batch.pk), "BATCH_CHANGED")


def test_an_approval_given_meanwhile_is_told_without_a_proof(house, browse):
    batch = house.proposed(house.patient())
    form = seen(batch)
    other = make.make_user("SUPERVISOR", unit=house.unit)
    make.batches.approve(actor=other, batch_id=batch.pk, seen=make.seen(batch))

    response = browse(house.supervisor, is_fresh=False).post(
        url("batch_approve", batch_id=batch.pk), form
    )

    assert answer_of(response) == (409, "", "BATCH_CHANGED")


def test_a_batch_decided_between_page_and_proof_is_refused_after_it(house, browse):
    batch = house.proposed(house.patient())
    browser, form = browse(house.supervisor, is_fresh=False), seen(batch)
    address = url("batch_approve", batch_id=batch.pk)
    asked = browser.post(address, form)
    make.batches.send_back(
        actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="Not her"
    )

    done = browser.post(asked.url, {"password": make.PASSWORD, "next": address})

    assert answer_of(done) == (409, "", "BATCH_CHANGED")
    assert batch.approvals.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_cannot_see_a_chart_of_it_is_refused_before_the_proof(house, browse, method):
    batch = house.proposed(house.patient())
    outsider = make.make_user("SUPERVISOR")

    response = getattr(browse(outsider, is_fresh=False), method)(
        url("batch_approve", batch_id=batch.pk), seen(batch)
    )

    assert answer_of(response) == (403, "", "CHARTS_NOT_VISIBLE")
    assert refusals() == [(outsider.pk, "BATCH_APPROVED", str(batch.pk), "CHARTS_NOT_VISIBLE")]
    assert "WYMAN" not in response.content.decode()


@pytest.mark.parametrize("name", ["batch_approve", "batch_start"])
def test_a_batch_that_is_not_there_is_not_found_without_a_proof(house, browse, name):
    browser = browse(house.compliance, is_fresh=False)

    answers = [
        getattr(browser, method)(url(name, batch_id=987654)).status_code
        for method in ("get", "post")
    ]

    assert answers == [404, 404]
