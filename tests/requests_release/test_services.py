"""Services of requests: what they write, and that a refusal writes nothing."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit import subjects
from audit.enums import Action
from audit.errors import Refused
from records.retention.models import Hold
from records.retention.selectors import holds as hold_selectors
from records.retention.services import holds
from requests_release.models import (
    Authorization,
    Comment,
    Request,
    Requester,
    RequestItem,
    RequestStatusChange,
)
from requests_release.services import approvals, authorizations, items, requests, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

pytestmark = pytest.mark.django_db


def rows():
    """Everything that a refused service might have written."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (
            Request,
            Requester,
            RequestItem,
            RequestStatusChange,
            Authorization,
            Comment,
            Hold,
        )
    }


def refused_without_a_trace(code, service, /, **values):
    before = rows()
    with pytest.raises(Refused) as refused:
        service(**values)
    assert refused.value.reason == code
    assert rows() == before
    return refused.value


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


# --- stale forms, and people without a ground


def calls(request, document, clerk):
    """Each service that changes a request in preparation, with what it needs."""
    return {
        "withdraw": (stages.withdraw, {"reason": "Not wanted"}),
        "put_on_hold": (stages.put_on_hold, {"wait_reason": "CLARIFICATION", "note": ""}),
        "change": (
            requests.change,
            {"requester": builders.COURT, "facts": builders.request_facts(scope="All of it")},
        ),
        "choose": (items.choose, {"chosen": {document.pk: [1]}}),
        "record": (
            authorizations.record,
            {"document_id": document.pk, "facts": builders.signed_form()},
        ),
        "note_sensitive": (
            requests.note_sensitive,
            {
                "reviewed_classes": ["MH"],
                "review_note": "Dr Hale, today",
                "has_part2_order": False,
                "is_emergency": False,
            },
        ),
        "submit": (approvals.submit, {}),
    }


NAMES = ["withdraw", "put_on_hold", "change", "choose", "record", "note_sensitive", "submit"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stale_version_is_refused(patient, clerk, document, name):
    request = builders.prepared(patient, clerk, document)
    service, values = calls(request, document, clerk)[name]

    refused = refused_without_a_trace(
        "REQUEST_CHANGED",
        service,
        actor=clerk,
        request_id=request.pk,
        version=request.version - 1,
        **values,
    )

    assert refused.status == 409


@pytest.mark.parametrize("name", NAMES)
def test_a_person_without_a_ground_is_refused(patient, clerk, outsider, document, name):
    request = builders.prepared(patient, clerk, document)
    service, values = calls(request, document, clerk)[name]

    refused_without_a_trace(
        "NO_GROUND",
        service,
        actor=outsider,
        request_id=request.pk,
        version=request.version,
        **values,
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("withdraw", "submit")])
def test_a_submitted_request_is_not_changed(patient, clerk, document, name):
    request = builders.submitted(patient, clerk, document)
    service, values = calls(request, document, clerk)[name]

    refused_without_a_trace(
        "REQUEST_MOVE_NOT_ALLOWED",
        service,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        **values,
    )


def test_an_unknown_request_is_refused(clerk, db):
    refused = refused_without_a_trace(
        "REQUEST_UNKNOWN", stages.take, actor=clerk, request_id=999_999, version=1
    )

    assert refused.status == 404


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
        stages.assign,
        actor=approver,
        request_id=request.pk,
        version=request.version,
        person=provider,
    )


def test_a_clerk_gives_no_work_to_others(patient, clerk, outsider, document):
    request = builders.prepared(patient, clerk, document)

    refused_without_a_trace(
        "STEP_NOT_YOURS",
        stages.assign,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        person=outsider,
    )


# --- choosing


def test_choosing_replaces_the_choice(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)
    other = factories.make_document(patient, pages=5)

    items.choose(
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        chosen={other.pk: [5, 2, 2]},
    )

    assert [(one.document_id, one.pages) for one in request.items.all()] == [(other.pk, [2, 5])]
    assert builders.fresh(request).page_count == 2


def test_choosing_the_same_again_keeps_the_rows(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)
    before = list(request.items.values())

    builders.choose(request, clerk, document)

    assert list(request.items.values()) == before


@pytest.mark.parametrize(
    ("pages", "reason"),
    [([], "NOTHING_CHOSEN"), ([4], "DOCUMENT_NOT_FIT"), ([0], "DOCUMENT_NOT_FIT")],
)
def test_pages_that_are_not_there_are_refused(patient, clerk, document, pages, reason):
    request = builders.prepared(patient, clerk, document)

    refused_without_a_trace(
        reason,
        items.choose,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        chosen={document.pk: pages},
    )


@pytest.mark.parametrize("what", ["other_patient", "voided", "hidden", "unknown"])
def test_a_document_that_does_not_belong_is_refused(unit, patient, clerk, document, what):
    request = builders.prepared(patient, clerk, document)
    other = {
        "other_patient": lambda: factories.make_document(factories.make_patient(unit)),
        "voided": lambda: factories.make_document(
            patient,
            status="VOIDED",
            voided_at=timezone.now(),
            voided_by=clerk,
            void_reason="wrong",
        ),
        "hidden": lambda: factories.make_document(patient, sensitivity="PSYCHNOTE"),
        "unknown": lambda: type("Unknown", (), {"pk": 999_999})(),
    }[what]()

    refused_without_a_trace(
        "DOCUMENT_NOT_OF_CHART",
        items.choose,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        chosen={other.pk: [1]},
    )


# --- authorizations


def test_revoking_ends_an_approval_at_once(patient, clerk, approver, document):
    form = factories.make_document(patient)
    request = builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    builders.authorize(request, clerk, form)
    builders.submit(request, clerk)
    builders.approve(request, approver)

    authorizations.revoke(
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        received_on=timezone.localdate(),
    )

    request = builders.fresh(request)
    assert (request.status, request.approved_by) == ("IN_PREPARATION", None)
    assert request.packages.get().state == "VOID"
    reason = request.status_changes.latest("pk").reason
    assert reason == "The authorization no longer carries the release."
    assert len(events_of(Action.AUTHORIZATION_REVOKED)) == 1


def test_there_is_nothing_to_revoke(patient, clerk):
    request = builders.log(patient, clerk)

    refused_without_a_trace(
        "NOT_READY",
        authorizations.revoke,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        received_on=timezone.localdate(),
    )


def test_the_newest_reading_counts(patient, clerk, document):
    form = factories.make_document(patient)
    request = builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    builders.authorize(request, clerk, form, names_us=False)
    with pytest.raises(Refused, match="does not name us"):
        builders.submit(request, clerk)

    builders.authorize(request, clerk, form)

    assert builders.submit(request, clerk).status == "SUBMITTED"
