"""Nothing found, and more time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from requests_release.services import approvals, clocks, requests
from tests.requests_release import builders
from tests.requests_release.events import last_event
from tests.requests_release.pages import page

PROVIDER = builders.RequesterFacts(kind="TREATING_PROVIDER", name="Dr. Ned Pagac")


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
        ({"complete_by": 56}, "past the longest extension"),
        ({"complete_by": 25}, "within the first period"),
        ({"complete_by": -1}, "within the first period"),
        ({"notice_on": -9}, "before the receipt"),
        ({"notice_on": 26}, "within the first period"),
    ],
)
def test_a_notice_that_does_not_extend_is_refused(access_request, clerk, change, words):
    today = timezone.localdate()
    days = {
        name: today + timedelta(days=value) if name != "reason" else value
        for name, value in change.items()
    }

    with pytest.raises(Refused, match=words):
        extend(access_request, clerk, **days)

    assert builders.fresh(access_request).extended_on is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"complete_by": 56}, {"complete_by"}),
        ({"complete_by": 25}, {"complete_by"}),
        ({"notice_on": -9}, {"notice_on"}),
        ({"notice_on": -9, "complete_by": 56}, {"notice_on", "complete_by"}),
    ],
)
def test_what_is_wrong_with_a_notice_is_said_beside_its_field(
    as_clerk, access_request, change, errors
):
    days = {"notice_on": 0, "complete_by": 40} | change
    typed = {
        name: f"{timezone.localdate() + timedelta(days=value):%m/%d/%Y}"
        for name, value in days.items()
    }
    data = {"version": access_request.version, "reason": "Stored off site"} | typed

    response = as_clerk.post(page("request_step", access_request, step="extend"), data)

    form = response.context["form"]
    assert (response.status_code, set(form.errors)) == (409, errors)
    assert {name: form[name].value() for name in typed} == typed
    assert form["reason"].value() == "Stored off site"


@pytest.mark.django_db
def test_a_request_of_a_court_is_not_extended(patient, clerk):
    with pytest.raises(Refused, match="cannot be extended"):
        extend(builders.log(patient, clerk), clerk)


def test_every_obstacle_caution_and_change_has_words():
    from requests_release.rules import authorization, sensitivity, wordings

    assert set(wordings.OBSTACLE_WORDS) == set(sensitivity.Obstacle)
    assert set(wordings.CAUTION_WORDS) == set(authorization.Caution)
    assert all(wordings.CHANGE_WORDS.values())
