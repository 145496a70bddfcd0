"""Two people at once: one step is taken, the other hears why not."""

import pytest

from audit.enums import Action
from jobs.models import Job
from requests_release.models import Package, RequestStatusChange
from requests_release.services import approvals, requests, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
from tests.requests_release.meeting import at_once

PROVIDER = builders.RequesterFacts(kind="TREATING_PROVIDER", name="Dr. Ned Pagac")


def steps_at_once(*steps):
    """Take the steps at the same moment; return the statuses they lead to, or why they do not."""
    return at_once(*(lambda step=step: step().status for step in steps))


@pytest.fixture
def scene():
    unit = factories.make_unit()
    people = [
        factories.make_user("CLERK", unit=unit),
        factories.make_user("SUPERVISOR", unit=unit),
        factories.make_user("SUPERVISOR", unit=unit),
    ]
    patient = factories.make_patient(unit)
    document = factories.make_document(patient)
    return people, builders.submitted(patient, people[0], document)


@pytest.mark.goal("G-38")
@pytest.mark.committed
def test_two_approvals_at_once_are_one(scene):
    (_, first, second), request = scene
    builders.look(request, first)
    builders.look(request, second)
    values = {
        "request_id": request.pk,
        "version": request.version,
        "seen": builders.all_pages(request),
    }

    outcomes = steps_at_once(
        lambda: approvals.approve(actor=first, **values),
        lambda: approvals.approve(actor=second, **values),
    )

    assert sorted(outcomes) == ["APPROVED", "REQUEST_CHANGED"]
    assert Package.objects.count() == 1
    assert Job.objects.count() == 1
    assert RequestStatusChange.objects.filter(to_status="APPROVED").count() == 1
    assert len(events_of(Action.REQUEST_APPROVED, "SUCCESS")) == 1


@pytest.mark.committed
def test_approval_and_taking_back_at_once_are_one(scene):
    (clerk, approver, _), request = scene
    builders.look(request, approver)
    common = {"request_id": request.pk, "version": request.version}

    outcomes = steps_at_once(
        lambda: approvals.approve(actor=approver, seen=builders.all_pages(request), **common),
        lambda: stages.take(actor=clerk, **common),
    )

    assert sorted(outcomes) in (
        ["APPROVED", "REQUEST_CHANGED"],
        ["IN_PREPARATION", "REQUEST_CHANGED"],
    )


@pytest.mark.committed
def test_submitting_twice_at_once_is_one(scene):
    (clerk, _, _), request = scene
    request = stages.take(actor=clerk, request_id=request.pk, version=request.version)
    values = {"actor": clerk, "request_id": request.pk, "version": request.version}

    outcomes = steps_at_once(
        lambda: approvals.submit(**values),
        lambda: approvals.submit(**values),
    )

    assert sorted(outcomes) == ["REQUEST_CHANGED", "SUBMITTED"]


@pytest.mark.committed
def test_logging_twice_at_once_is_one(scene):
    import uuid

    from requests_release.models import Request

    (clerk, _, _), request = scene
    values = {
        "actor": clerk,
        "patient_id": request.patient_id,
        "requester": builders.COURT,
        "facts": builders.request_facts(),
        "idempotency_key": uuid.uuid4(),
    }

    outcomes = steps_at_once(lambda: requests.log(**values), lambda: requests.log(**values))

    assert outcomes == ["LOGGED", "LOGGED"]
    assert Request.objects.filter(idempotency_key=values["idempotency_key"]).count() == 1
    assert len(events_of(Action.REQUEST_LOGGED)) == 2
