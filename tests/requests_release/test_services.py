"""Services of requests: what they write, and that a refusal writes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit import subjects
from audit.enums import Action
from records.retention.models import Hold
from records.retention.selectors import holds as hold_selectors
from records.retention.services import holds
from requests_release.models import (
    Request,
    Requester,
)
from requests_release.services import approvals, assignments, requests, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.refusals import refused_without_a_trace, rows

pytestmark = pytest.mark.django_db


# --- logging


def test_log_numbers_the_request_and_places_a_hold(patient, clerk):
    request = builders.log(patient, clerk)

    assert request.number == f"R{timezone.localdate():%Y}-{int(request.number[6:]):06d}"
    assert (request.status, request.unit_id, request.version) == ("LOGGED", patient.unit_id, 1)
    hold = Hold.objects.get(request_id=request.pk)
    assert hold.lifted_at is None
    assert [row.patient_id for row in hold.patients.all()] == [patient.pk]
    assert [one.to_status for one in request.status_changes.all()] == ["LOGGED"]
    assert [one.person_id for one in request.preparers.all()] == [clerk.pk]
    event = last_event(Action.REQUEST_LOGGED)
    assert (event["actor_id"], event["patient_id"]) == (clerk.pk, patient.pk)


def test_a_hold_that_bears_its_requests_key_is_called_by_its_number(patient, clerk, unit):
    request = factories.make_request(patient, clerk)
    hold = holds.place_for_request(
        actor=clerk, request_id=request.pk, number=str(request.pk), patient_id=patient.pk
    )
    name = f"Release request {request.number}"

    names = [
        hold_selectors.get_hold(hold.pk).name,
        *(one.name for one in hold_selectors.list_holds(is_lifted=False)),
        *(one.name for one in hold_selectors.list_standing(patient.pk)),
        hold_selectors.map_names({hold.pk})[hold.pk],
        subjects.labels("hold", [hold.pk])[str(hold.pk)].removeprefix("hold "),
    ]

    assert names == [name] * 5
    hold.refresh_from_db()
    assert hold.name == f"Release request {request.pk}"


def test_a_hold_is_named_after_its_request(patient, clerk):
    request = builders.log(patient, clerk)

    names = [one.name for one in hold_selectors.list_standing(patient.pk)]

    assert names == [f"Release request {request.number}"]


def test_log_gives_numbers_in_order(patient, clerk):
    first, second = builders.log(patient, clerk), builders.log(patient, clerk)

    assert int(second.number[6:]) == int(first.number[6:]) + 1


@pytest.mark.parametrize(
    ("requester", "facts", "days", "label"),
    [
        ("PATIENT", {"kind": "ACCESS", "basis": "524"}, 30, "30-day access rule"),
        ("ATTORNEY", {}, 15, "15-day target"),
        ("TREATING_PROVIDER", {}, 3, "3-day target"),
        ("COURT", {"stated": 10}, 10, "date in the order"),
    ],
)
def test_log_sets_the_due_date_by_rule(patient, clerk, requester, facts, days, label):
    today = timezone.localdate()
    stated = facts.pop("stated", None)

    request = builders.log(
        patient,
        clerk,
        requester=builders.RequesterFacts(kind=requester, name="Somebody"),
        received_on=today,
        stated_due_on=today + timedelta(days=stated) if stated else None,
        **facts,
    )

    assert (request.due_on, request.due_label) == (today + timedelta(days=days), label)
    assert request.due_cite


def test_log_without_a_rule_has_no_due_date(patient, clerk):
    request = builders.log(
        patient,
        clerk,
        requester=builders.RequesterFacts(kind="FAMILY", name="An aunt"),
        stated_due_on=None,
    )

    assert (request.due_on, request.due_cite) == (None, "")


def test_log_with_the_same_key_gives_the_same_request(patient, clerk):
    values = {
        "actor": clerk,
        "patient_id": patient.pk,
        "requester": builders.COURT,
        "facts": builders.request_facts(),
        "idempotency_key": uuid.uuid4(),
    }

    first, second = requests.log(**values), requests.log(**values)

    assert first.pk == second.pk
    assert Request.objects.count() == 1


def test_log_finds_a_known_requester_again(patient, clerk):
    first = builders.log(patient, clerk)
    facts = builders.RequesterFacts(
        kind="COURT", name="superior court ", address=builders.COURT.address
    )

    second = builders.log(patient, clerk, requester=facts)

    assert first.requester_id == second.requester_id
    assert Requester.objects.count() == 1


@pytest.mark.parametrize("role", ["COMPLIANCE", "PROVIDER", "ADMINISTRATOR"])
def test_log_is_refused_to_other_roles(unit, patient, role):
    person = factories.make_user(role, unit=unit)

    refused_without_a_trace(
        "STEP_NOT_YOURS",
        requests.log,
        actor=person,
        patient_id=patient.pk,
        requester=builders.COURT,
        facts=builders.request_facts(),
        idempotency_key=uuid.uuid4(),
    )


def test_log_is_refused_without_a_ground_to_the_chart(patient, outsider):
    refused_without_a_trace(
        "NO_GROUND",
        requests.log,
        actor=outsider,
        patient_id=patient.pk,
        requester=builders.COURT,
        facts=builders.request_facts(),
        idempotency_key=uuid.uuid4(),
    )


# --- changing


def test_change_works_the_due_date_out_anew(patient, clerk):
    request = builders.log(patient, clerk)
    day = timezone.localdate() + timedelta(days=3)

    requests.change(
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        requester=builders.COURT,
        facts=builders.request_facts(stated_due_on=day),
    )

    assert builders.fresh(request).due_on == day
    assert last_event(Action.REQUEST_CHANGED)["detail"] == {"fields": ["due_on"]}


def test_change_that_changes_nothing_writes_nothing(patient, clerk):
    facts = builders.request_facts()
    request = requests.log(
        actor=clerk,
        patient_id=patient.pk,
        requester=builders.COURT,
        facts=facts,
        idempotency_key=uuid.uuid4(),
    )
    before = rows()

    requests.change(
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        requester=builders.COURT,
        facts=facts,
    )

    assert rows() == before
    assert events_of(Action.REQUEST_CHANGED) == []


def test_withdrawing_and_closing_lift_the_hold(patient, clerk, approver, document):
    first = builders.log(patient, clerk)
    stages.withdraw(actor=clerk, request_id=first.pk, version=first.version, reason="Not wanted")
    second = builders.submitted(patient, clerk, document)
    denied = approvals.deny(
        actor=approver, request_id=second.pk, version=second.version, comment="Not lawful"
    )
    still = Hold.objects.get(request_id=second.pk).lifted_at

    stages.close(actor=clerk, request_id=second.pk, version=denied.version)

    assert still is None
    assert Hold.objects.filter(lifted_at=None).count() == 0


def test_a_comment_is_kept_and_recorded(patient, clerk):
    request = builders.log(patient, clerk)

    remark = requests.comment(actor=clerk, request_id=request.pk, text="  Called back ")

    assert (remark.text, remark.made_by_id) == ("Called back", clerk.pk)
    assert last_event(Action.REQUEST_CHANGED)["detail"] == {
        "fields": ["comment"],
        "comment": remark.pk,
    }


def test_an_empty_comment_is_refused(patient, clerk):
    request = builders.log(patient, clerk)

    refused_without_a_trace(
        "NOT_READY", requests.comment, actor=clerk, request_id=request.pk, text="  "
    )


def test_a_review_names_its_professional(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)

    refused_without_a_trace(
        "NOT_READY",
        requests.note_sensitive,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        reviewed_classes=["MH"],
        review_note=" ",
        has_part2_order=False,
        is_emergency=False,
    )


def test_a_request_is_given_only_to_people_who_prepare(patient, clerk, approver, document):
    request = builders.prepared(patient, clerk, document)
    provider = factories.make_user("PROVIDER")

    refused_without_a_trace(
        "STEP_NOT_YOURS",
        assignments.assign,
        actor=approver,
        request_id=request.pk,
        version=request.version,
        person=provider,
    )


def test_a_clerk_gives_no_work_to_others(patient, clerk, outsider, document):
    request = builders.prepared(patient, clerk, document)

    refused_without_a_trace(
        "STEP_NOT_YOURS",
        assignments.assign,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        person=outsider,
    )
