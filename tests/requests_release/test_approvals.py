"""Submission and approval: what they need, and two people at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from audit.writes import attributing
from jobs.models import Job
from records.access.enums import UnitRight
from records.access.services import opening, rights
from records.documents.models import Document
from requests_release.errors import NobodyApproves
from requests_release.models import Package, RequestStatusChange
from requests_release.selectors import readiness, reviewers
from requests_release.selectors.readiness import Step
from requests_release.services import approvals, clocks, requests, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

PROVIDER = builders.RequesterFacts(kind="TREATING_PROVIDER", name="Dr. Ned Pagac")


@pytest.mark.django_db
def test_submission_notes_who_and_when(patient, clerk, approver, document):
    request = builders.submit(builders.prepared(patient, clerk, document), clerk, approver)

    assert (request.status, request.submitted_by_id, request.reviewer_id) == (
        "SUBMITTED",
        clerk.pk,
        approver.pk,
    )
    assert request.submitted_at == request.status_since
    assert last_event(Action.REQUEST_SUBMITTED)["actor_id"] == clerk.pk


@pytest.mark.django_db
def test_the_named_reviewer_keeps_the_chart_by_that_work(unit, patient, clerk, approver, document):
    builders.submit(builders.prepared(patient, clerk, document), clerk, approver)
    rights.revoke_unit(
        actor=factories.make_user("ADMINISTRATOR"),
        unit=unit,
        right=UnitRight.VIEW_CHART,
        user=approver,
    )

    scope = opening.peek_scope(actor=builders.reloaded(approver), patient_id=patient.pk)

    assert scope.basis == "WORK"


@pytest.mark.django_db
def test_nobody_with_a_right_to_the_chart_is_said_and_nothing_is_submitted():
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    factories.make_user("SUPERVISOR")
    patient = factories.make_patient(unit)
    request = builders.prepared(patient, clerk, factories.make_document(patient))

    with pytest.raises(NobodyApproves) as refused:
        builders.submit(request, clerk)

    assert refused.value.message == (
        f"Nobody may approve this request: it needs a supervisor who may open the charts of "
        f"{unit.name} and took no part in preparing. Ask an administrator for it; nothing is lost "
        "meanwhile."
    )
    assert builders.fresh(request).status == "IN_PREPARATION"
    assert events_of(Action.REQUEST_SUBMITTED, "SUCCESS") == []


@pytest.mark.django_db
def test_who_does_not_see_a_chosen_class_is_not_asked(unit, patient, clerk, approver):
    with attributing(clerk):
        unit.sensitivity_classes = ["MH"]
        unit.save(update_fields=["sensitivity_classes"])
    factories.grant(clerk, unit, "view_protected")
    clerk = builders.reloaded(clerk)
    request = builders.prepared(patient, clerk, factories.make_document(patient, sensitivity="MH"))

    with pytest.raises(NobodyApproves) as refused:
        builders.submit(request, clerk, approver)
    factories.grant(approver, unit, "view_protected")

    assert "see its protected documents (Mental health)" in refused.value.message
    assert reviewers.list_reviewers(request, submitter=clerk) == [approver]


@pytest.mark.django_db
def test_one_is_listed_as_dearly_as_three(
    unit, patient, clerk, approver, document, django_assert_num_queries
):
    request = builders.prepared(patient, clerk, document)
    with django_assert_num_queries(3):
        one = reviewers.list_reviewers(request, submitter=clerk)
    more = [factories.make_user("SUPERVISOR", unit=unit) for _ in range(2)]

    with django_assert_num_queries(3):
        three = reviewers.list_reviewers(request, submitter=clerk)

    assert (one, {user.pk for user in three}) == ([approver], {approver.pk, *(u.pk for u in more)})


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk", "preparer", "provider", "far"])
def test_a_reviewer_who_cannot_approve_is_refused(unit, patient, document, who):
    both = factories.make_user("CLERK", "SUPERVISOR", unit=unit)
    request = builders.prepared(patient, both, document)
    named = {
        "clerk": lambda: factories.make_user("CLERK", unit=unit),
        "preparer": lambda: both,
        "provider": lambda: factories.make_user("PROVIDER", unit=unit),
        "far": lambda: factories.make_user("SUPERVISOR"),
    }[who]()

    with pytest.raises(Refused, match="cannot approve this request"):
        builders.submit(request, both, named)

    assert builders.fresh(request).status == "IN_PREPARATION"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"identity_proof": ""}, "IDENTITY_UNPROVEN"),
        ({"purpose": "OTHER"}, "PURPOSE_UNSTATED"),
        ({"purpose": "OTHER", "purpose_note": " "}, "PURPOSE_UNSTATED"),
        ({"basis": "508"}, "NO_AUTHORIZATION"),
        (
            {"basis": "506_PAYMENT", "scope_until": date(2020, 1, 1)},
            "OUTSIDE_DATES",
        ),
    ],
)
def test_an_incomplete_request_is_not_submitted(patient, clerk, document, facts, code):
    request = builders.prepared(patient, clerk, document, **facts)

    with pytest.raises(Refused) as refused:
        builders.submit(request, clerk)

    assert (refused.value.reason, refused.value.status) == ("NOT_READY", 409)
    assert refused.value.detail["findings"] == [code]
    assert builders.fresh(request).status == "IN_PREPARATION"


@pytest.mark.django_db
def test_a_request_without_documents_is_not_submitted(patient, clerk):
    request = builders.take(builders.log(patient, clerk), clerk)

    with pytest.raises(Refused, match="Choose at least one page"):
        builders.submit(request, clerk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sensitivity", "words"),
    [
        ("PSYCHNOTE", "this ground does not carry it"),
        ("SUD_P2", "needs a court order"),
        ("PEER_REVIEW", "never released"),
        ("ABUSE_REPORT", "a licensed professional must look at it first"),
    ],
)
def test_a_protected_class_waits_for_its_gate(unit, patient, clerk, sensitivity, words):
    with attributing(clerk):
        unit.sensitivity_classes = [sensitivity]
        unit.save(update_fields=["sensitivity_classes"])
    factories.grant(clerk, unit, UnitRight.VIEW_PROTECTED)
    clerk = builders.reloaded(clerk)
    document = factories.make_document(patient, sensitivity=sensitivity)
    request = builders.prepared(patient, clerk, document)

    with pytest.raises(Refused, match=words):
        builders.submit(request, clerk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, []),
        ({"names_us": False}, ["It does not name us as the one who may disclose"]),
        ({"expires_on": date(2026, 1, 1)}, ["It has expired"]),
    ],
)
def test_a_consent_beside_another_ground_tells_its_defects(
    unit, patient, clerk, document, change, words
):
    with attributing(clerk):
        unit.sensitivity_classes = ["SUD_P2"]
        unit.save(update_fields=["sensitivity_classes"])
    factories.grant(clerk, unit, UnitRight.VIEW_PROTECTED)
    clerk = builders.reloaded(clerk)
    protected = factories.make_document(patient, sensitivity="SUD_P2")
    request = builders.prepared(
        patient, clerk, protected, requester=PROVIDER, basis="506_TREATMENT", stated_due_on=None
    )
    values = {"classes": ("SUD_P2",), "purpose": "TREATMENT_PAYMENT_OPERATIONS"}
    builders.authorize(request, clerk, document, recipients=(PROVIDER.name,), **values | change)

    found = readiness.check(builders.fresh(request), classes=frozenset({"NORMAL", "SUD_P2"}))

    told = found.of(Step.AUTHORIZATION)
    assert [one.text.split(".")[0] for one in told] == words
    assert not any(one.is_blocking for one in told)
    needed = ["NEEDS_PART2_CONSENT"] if words else []
    assert [one.code for one in found.blocking] == needed


@pytest.mark.django_db
def test_a_consent_that_was_voided_opens_nothing(unit, patient, clerk, document):
    with attributing(clerk):
        unit.sensitivity_classes = ["SUD_P2"]
        unit.save(update_fields=["sensitivity_classes"])
    factories.grant(clerk, unit, UnitRight.VIEW_PROTECTED)
    clerk = builders.reloaded(clerk)
    protected = factories.make_document(patient, sensitivity="SUD_P2")
    request = builders.prepared(
        patient, clerk, protected, requester=PROVIDER, basis="506_TREATMENT", stated_due_on=None
    )
    builders.authorize(request, clerk, document, recipients=(PROVIDER.name,), classes=("SUD_P2",))
    with attributing(clerk):
        Document.objects.filter(pk=document.pk).update(
            status="VOIDED", voided_at=timezone.now(), voided_by=clerk, void_reason="wrong"
        )

    found = readiness.check(builders.fresh(request), classes=frozenset({"NORMAL", "SUD_P2"}))

    assert [(one.code, one.is_blocking) for one in found.findings] == [
        ("FORM_CHANGED", False),
        ("NEEDS_PART2_CONSENT", True),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("classes", "words"), [({"NORMAL", "HIV"}, "“HIV test” was"), ({"NORMAL"}, "A document was")]
)
def test_a_finding_names_no_title_of_a_hidden_class(unit, patient, clerk, classes, words):
    with attributing(clerk):
        unit.sensitivity_classes = ["HIV"]
        unit.save(update_fields=["sensitivity_classes"])
    factories.grant(clerk, unit, UnitRight.VIEW_PROTECTED)
    clerk = builders.reloaded(clerk)
    document = factories.make_document(patient, sensitivity="HIV", title="HIV test")
    request = builders.prepared(patient, clerk, document)
    with attributing(clerk):
        Document.objects.filter(pk=document.pk).update(
            status="VOIDED", voided_at=timezone.now(), voided_by=clerk, void_reason="wrong"
        )

    found = readiness.check(request, classes=classes)

    assert [one.text for one in found.of(Step.PATIENT)] == [
        f"{words} moved, voided or replaced. Take it out, or choose it again."
    ]


@pytest.mark.django_db
def test_approval_notes_who_and_orders_one_package(patient, clerk, approver, document):
    request = builders.approved(patient, clerk, approver, document)

    package = Package.objects.get()
    job = Job.objects.get()
    assert (request.status, request.approved_by_id) == ("APPROVED", approver.pk)
    assert (package.request_id, package.state, package.job_id) == (
        request.pk,
        "BUILDING",
        job.pk,
    )
    assert (job.kind, job.subject_id, job.requested_by_id) == ("PACKAGE", package.pk, approver.pk)
    assert last_event(Action.REQUEST_APPROVED)["actor_id"] == approver.pk


@pytest.mark.django_db
def test_an_approver_does_not_approve_what_they_may_not_see(unit, patient, clerk, approver):
    with attributing(clerk):
        unit.sensitivity_classes = ["HIV"]
        unit.save(update_fields=["sensitivity_classes"])
    for user in (clerk, factories.make_user("SUPERVISOR", unit=unit)):
        factories.grant(user, unit, UnitRight.VIEW_PROTECTED)
    clerk = builders.reloaded(clerk)
    request = builders.submitted(
        patient, clerk, factories.make_document(patient, sensitivity="HIV")
    )

    with pytest.raises(Refused, match="classes that you may not see"):
        builders.approve(request, approver)

    assert builders.fresh(request).status == "SUBMITTED"
    assert Package.objects.count() == 0


@pytest.mark.django_db
def test_a_document_voided_after_submission_stops_approval(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)
    with attributing(clerk):
        Document.objects.filter(pk=document.pk).update(
            status="VOIDED", voided_at=timezone.now(), voided_by=clerk, void_reason="wrong"
        )

    with pytest.raises(Refused, match="was moved, voided or replaced"):
        builders.approve(request, approver)

    assert Package.objects.count() == 0


@pytest.mark.django_db
def test_pages_not_ticked_stop_approval(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)
    seen = sorted(builders.all_pages(request))[:2]

    with pytest.raises(Refused, match="1 of 3 pages are not ticked as seen"):
        approvals.approve(actor=approver, request_id=request.pk, version=request.version, seen=seen)


@pytest.mark.django_db
def test_what_was_returned_goes_round_again(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)
    approvals.give_back(
        actor=approver, request_id=request.pk, version=request.version, comment="Wrong dates"
    )
    builders.take(request, clerk)
    builders.submit(request, clerk)

    assert builders.approve(request, approver).status == "APPROVED"


# --- two at once


def at_once(*works):
    """Run each work in a thread of its own, all let go at the same moment; return the outcomes."""
    gate = threading.Barrier(len(works))
    outcomes = [None] * len(works)

    def run(place, work):
        try:
            gate.wait(timeout=10)
            outcomes[place] = work().status
        except Refused as refused:
            outcomes[place] = refused.reason
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


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


@pytest.mark.committed
def test_two_approvals_at_once_are_one(scene):
    (_, first, second), request = scene
    values = {
        "request_id": request.pk,
        "version": request.version,
        "seen": builders.all_pages(request),
    }

    outcomes = at_once(
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
    common = {"request_id": request.pk, "version": request.version}

    outcomes = at_once(
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

    outcomes = at_once(
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

    outcomes = at_once(lambda: requests.log(**values), lambda: requests.log(**values))

    assert outcomes == ["LOGGED", "LOGGED"]
    assert Request.objects.filter(idempotency_key=values["idempotency_key"]).count() == 1
    assert len(events_of(Action.REQUEST_LOGGED)) == 2


# --- nothing found, and more time


@pytest.mark.django_db
def test_no_records_is_said_by_one_and_confirmed_by_another(patient, clerk, approver):
    request = builders.take(builders.log(patient, clerk, basis="508"), clerk)
    request = approvals.submit(
        actor=clerk, request_id=request.pk, version=request.version, has_no_records=True
    )

    approvals.confirm_no_records(
        actor=approver, request_id=request.pk, version=request.version, comment="Searched"
    )

    assert builders.fresh(request).status == "NO_RECORDS"


@pytest.mark.django_db
def test_no_records_is_not_said_over_chosen_documents(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)

    with pytest.raises(Refused, match="Documents are chosen"):
        approvals.submit(
            actor=clerk, request_id=request.pk, version=request.version, has_no_records=True
        )


@pytest.mark.django_db
def test_a_request_said_to_have_no_records_is_not_approved(patient, clerk, approver):
    request = builders.take(builders.log(patient, clerk), clerk)
    request = approvals.submit(
        actor=clerk, request_id=request.pk, version=request.version, has_no_records=True
    )

    with pytest.raises(Refused, match="Choose at least one page"):
        builders.approve(request, approver)


@pytest.mark.django_db
def test_what_has_records_is_not_confirmed_to_have_none(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)

    with pytest.raises(Refused, match="Its preparer found records"):
        approvals.confirm_no_records(
            actor=approver, request_id=request.pk, version=request.version, comment=""
        )


@pytest.fixture
def access_request(patient, clerk):
    return builders.log(
        patient,
        clerk,
        requester=builders.RequesterFacts(kind="PATIENT", name="Freda O'Connell"),
        kind="ACCESS",
        basis="524",
        purpose="PATIENT_REQUEST",
        received_on=timezone.localdate() - timedelta(days=5),
        stated_due_on=None,
    )


def extend(request, clerk, **changes):
    values = {
        "actor": clerk,
        "request_id": request.pk,
        "version": builders.fresh(request).version,
        "notice_on": timezone.localdate(),
        "reason": "Stored off site",
        "complete_by": timezone.localdate() + timedelta(days=40),
    }
    return clocks.extend(**values | changes)


@pytest.mark.django_db
def test_time_is_extended_once_with_notice_and_reason(access_request, clerk):
    extend(access_request, clerk)

    request = builders.fresh(access_request)
    assert request.due_on == timezone.localdate() + timedelta(days=40)
    assert (request.extended_on, request.extension_reason) == (
        timezone.localdate(),
        "Stored off site",
    )
    assert last_event(Action.REQUEST_EXTENDED)["actor_id"] == clerk.pk
    with pytest.raises(Refused, match="there is one extension"):
        extend(request, clerk)


@pytest.mark.django_db
def test_a_correction_does_not_take_back_an_extension(access_request, clerk):
    extend(access_request, clerk)
    extended = builders.fresh(access_request)
    requests.change(
        actor=clerk,
        request_id=extended.pk,
        version=extended.version,
        requester=builders.RequesterFacts(kind="PATIENT", name=extended.requester.name),
        facts=builders.request_facts(
            kind="ACCESS",
            basis="524",
            purpose="PATIENT_REQUEST",
            received_on=extended.received_on,
            stated_due_on=None,
            scope="Only the summaries",
        ),
    )

    request = builders.fresh(access_request)
    assert request.scope == "Only the summaries"
    for name in ("due_on", "due_label", "due_cite", "extended_on"):
        assert getattr(request, name) == getattr(extended, name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "must give the reason"),
        ({"complete_by": timezone.localdate() + timedelta(days=56)}, "past the longest extension"),
        ({"notice_on": timezone.localdate() - timedelta(days=9)}, "before the receipt"),
        ({"notice_on": timezone.localdate() + timedelta(days=26)}, "within the first period"),
    ],
)
def test_a_notice_that_does_not_extend_is_refused(access_request, clerk, change, words):
    with pytest.raises(Refused, match=words):
        extend(access_request, clerk, **change)

    assert builders.fresh(access_request).extended_on is None


@pytest.mark.django_db
def test_a_request_of_a_court_is_not_extended(patient, clerk):
    with pytest.raises(Refused, match="cannot be extended"):
        extend(builders.log(patient, clerk), clerk)


def test_every_obstacle_caution_and_change_has_words():
    from requests_release.rules import authorization, sensitivity, wordings

    assert set(wordings.OBSTACLE_WORDS) == set(sensitivity.Obstacle)
    assert set(wordings.CAUTION_WORDS) == set(authorization.Caution)
    assert all(wordings.CHANGE_WORDS.values())
