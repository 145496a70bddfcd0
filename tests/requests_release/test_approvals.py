"""Submission and approval: what they need, and two people at once."""

from datetime import date

import pytest

from audit.enums import Action
from audit.errors import Refused
from audit.writes import attributing
from jobs.models import Job
from records.access.enums import UnitRight
from records.access.services import opening, rights
from requests_release.errors import NobodyApproves
from requests_release.models import Package
from requests_release.selectors import readiness, reviewers
from requests_release.selectors.readiness import Step
from requests_release.services import approvals
from tests.factories import histories
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


@pytest.mark.goal("G-12")
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
        (
            {"signed_on": date(2025, 12, 1), "expires_on": date(2026, 1, 1)},
            ["It has expired"],
        ),
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
    histories.void(document, clerk)

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
    histories.void(document, clerk)

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
    histories.void(document, clerk)

    with pytest.raises(Refused, match="was moved, voided or replaced"):
        builders.approve(request, approver)

    assert Package.objects.count() == 0


@pytest.mark.django_db
def test_pages_not_ticked_stop_approval(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)
    seen = sorted(builders.all_pages(request))[:2]

    with pytest.raises(Refused, match="1 of 3 pages is not ticked as seen"):
        approvals.approve(actor=approver, request_id=request.pk, version=request.version, seen=seen)


def approve_without_looking(request, approver):
    return approvals.approve(
        actor=approver,
        request_id=request.pk,
        version=builders.fresh(request).version,
        seen=builders.all_pages(request),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("who, pages", [("approver", (1, 3)), ("clerk", ())])
def test_pages_not_shown_to_who_ticked_them_stop_approval(
    patient, clerk, approver, document, who, pages
):
    request = builders.submitted(patient, clerk, document)
    builders.look(request, {"approver": approver, "clerk": clerk}[who], *pages)

    with pytest.raises(
        Refused, match=r"of 3 pages (was|were) not shown to you since this was submitted"
    ):
        approve_without_looking(request, approver)

    assert builders.fresh(request).status == "SUBMITTED"
    assert Package.objects.count() == 0


@pytest.mark.django_db
def test_pages_shown_before_the_last_submission_are_looked_at_anew(
    patient, clerk, approver, document
):
    request = builders.submitted(patient, clerk, document)
    builders.look(request, approver)
    builders.take(request, clerk)
    builders.submit(request, clerk)

    with pytest.raises(Refused, match="3 of 3 pages were not shown"):
        approve_without_looking(request, approver)

    assert builders.approve(request, approver).status == "APPROVED"


@pytest.mark.django_db
def test_what_was_returned_goes_round_again(patient, clerk, approver, document):
    request = builders.submitted(patient, clerk, document)
    approvals.give_back(
        actor=approver, request_id=request.pk, version=request.version, comment="Wrong dates"
    )
    builders.take(request, clerk)
    builders.submit(request, clerk)

    assert builders.approve(request, approver).status == "APPROVED"
