"""Steps that ask first, assignment and comments."""

import re

import pytest

from audit.enums import Action
from audit.writes import attributing
from requests_release.services import assignments, links, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "step", ["take", "hold", "withdraw", "reopen", "close", "rebuild", "recall", "revoke"]
)
def test_every_step_asks_first(as_clerk, prepared, step):
    response = as_clerk.get(page("request_step", prepared, step=step))

    assert response.status_code == 200
    assert "csrfmiddlewaretoken" in response.content.decode()


def test_an_unknown_step_is_not_found(as_clerk, prepared):
    assert as_clerk.get(page("request_step", prepared, step="destroy")).status_code == 404


def test_putting_on_hold_and_withdrawing(as_clerk, prepared):
    as_clerk.post(
        page("request_step", prepared, step="hold"),
        {"version": prepared.version, "wait_reason": "CLARIFICATION", "note": "Asked by phone"},
    )
    held = builders.fresh(prepared)
    as_clerk.post(
        page("request_step", prepared, step="withdraw"),
        {"version": held.version, "reason": "No longer wanted"},
    )

    assert held.status == "ON_HOLD"
    assert builders.fresh(prepared).status == "WITHDRAWN"


def test_giving_a_request_to_somebody_else(as_approver, unit, outsider, prepared):
    data = {"version": prepared.version, "person": outsider.pk}

    response = as_approver.post(page("request_assign", prepared), data)

    assert response.status_code == 302
    assert builders.fresh(prepared).prepared_by_id == outsider.pk


def test_the_person_it_was_given_to_opens_the_chart_by_that_work(
    client, approver, outsider, prepared
):
    assignments.assign(
        actor=approver, request_id=prepared.pk, version=prepared.version, person=outsider
    )
    client.force_login(outsider)

    response = client.get(page("request_detail", prepared))

    assert response.status_code == 200
    assert last_event(Action.REQUEST_VIEWED)["basis"] == "WORK"


def test_a_comment_stands_in_the_timeline(as_clerk, prepared):
    response = as_clerk.post(
        page("request_comment", prepared), {"text": "Caller asked for paper"}, follow=True
    )

    assert "Caller asked for paper" in response.content.decode()


STEPS = ("take", "hold", "withdraw", "reopen", "close", "rebuild", "recall", "revoke", "extend")
# What can be done in each state: every other page says why not, and its button is off.
POSSIBLE = {
    "logged": {"take", "withdraw"},
    "prepared": {"hold", "withdraw"},
    "attached": {"hold", "withdraw", "revoke"},
    "asked by the patient": {"take", "withdraw", "extend"},
    "submitted": {"take", "withdraw"},
    "failed": {"reopen", "withdraw", "rebuild"},
    "ready": {"reopen", "withdraw"},
    "with a link": {"reopen", "withdraw", "recall"},
    "delivered": {"close"},
    "withdrawn": set(),
}


def bring(state, patient, clerk, approver, stored):
    if state == "logged":
        return builders.log(patient, clerk)
    if state == "asked by the patient":
        asked = builders.RequesterFacts(kind="PATIENT", name="Freda O'Connell")
        facts = {"kind": "ACCESS", "basis": "524", "purpose": "PATIENT_REQUEST"}
        return builders.log(patient, clerk, requester=asked, stated_due_on=None, **facts)
    if state == "submitted":
        return builders.submitted(patient, clerk, stored)
    if state in ("prepared", "attached", "withdrawn"):
        request = builders.prepared(patient, clerk, stored)
        if state == "attached":
            builders.authorize(request, clerk, factories.make_document(patient))
        if state == "withdrawn":
            stages.withdraw(
                actor=clerk, request_id=request.pk, version=request.version, reason="No need"
            )
        return request
    if state == "failed":
        request = builders.approved(patient, clerk, approver, stored)
        with attributing(clerk):
            request.packages.update(state="FAILED", error_code="VaultMissing")
        return request
    request = builders.ready(patient, clerk, approver, stored)
    if state == "with a link":
        links.make_link(actor=clerk, request_id=request.pk, version=request.version, days=7)
    if state == "delivered":
        builders.hand_over(request, clerk)
    return request


@pytest.mark.parametrize("state", POSSIBLE)
def test_the_page_of_a_step_offers_it_only_where_it_can_be_taken(
    as_clerk, patient, clerk, approver, stored, state
):
    request = bring(state, patient, clerk, approver, stored)

    shown = {step: as_clerk.get(page("request_step", request, step=step)) for step in STEPS}

    offered = {step for step, answer in shown.items() if not answer.context["why_not"]}
    assert offered == POSSIBLE[state]
    for step, answer in shown.items():
        button = re.search(
            r'<button class="btn btn-\w+" type="submit"[^>]*>', answer.content.decode()
        )
        assert (" disabled" in button[0]) is (step not in offered)


@pytest.mark.parametrize("step", ["take", "withdraw"])
def test_who_may_not_take_a_step_reads_whose_it_is_before_sending(
    client, unit, patient, clerk, step
):
    request = builders.log(patient, clerk)
    client.force_login(factories.make_user("COMPLIANCE", unit=unit))

    shown = client.get(page("request_step", request, step=step))
    sent = client.post(
        page("request_step", request, step=step), {"version": request.version, "reason": "No"}
    )

    said = "A clerk or a supervisor prepares requests; your role does not prepare requests."
    assert shown.context["why_not"] == said
    assert sent.status_code == 403
    assert builders.fresh(request).status == "LOGGED"
