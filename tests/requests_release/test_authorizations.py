"""Reading the signed form, and its revocation."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from records.documents.models import Document
from requests_release.rules.authorization import DISORDER_WORDS
from requests_release.services import authorizations
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
from tests.requests_release.pages import page
from tests.requests_release.refusals import refused_without_a_trace

pytestmark = pytest.mark.django_db


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


# --- days that cannot follow each other

# Days from the signature to the expiry, whether the form is signed, whether it is taken.
DAYS = [
    (-1, True, False),
    (-365, True, False),
    (0, True, True),
    (1, True, True),
    (365, True, True),
    (None, True, True),
    (-1, False, True),
]


def signing_day():
    return timezone.localdate() - timedelta(days=27)


@pytest.fixture
def attached(patient, clerk, document):
    """A request on an authorization that lies in the chart and is not read yet."""
    request = builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    return request, builders.file_document(
        patient, clerk, type_code="AUTHORIZATION", title="Authorization"
    )


@pytest.mark.parametrize(("days", "is_signed", "is_taken"), DAYS)
def test_a_form_that_ends_before_it_was_signed_is_not_taken(
    as_clerk, attached, days, is_signed, is_taken
):
    request, form = attached
    ends = "" if days is None else f"{signing_day() + timedelta(days=days):%m/%d/%Y}"
    data = {
        "version": request.version,
        "document": form.pk,
        "signed_on": f"{signing_day():%m/%d/%Y}" if is_signed else "",
        "expires_on": ends,
        "scope": "The stay of May",
        "recipients": "Harlan & Pike LLP",
        "is_plain": "on",
    }

    response = as_clerk.post(page("request_authorization", request), data)

    assert request.authorizations.count() == int(is_taken)
    assert response.status_code == (302 if is_taken else 422)
    if is_taken:
        return
    shown = response.context["form"]
    assert shown.errors == {"expires_on": [DISORDER_WORDS["expires_on"]]}
    kept = {name: shown[name].value() for name in data}
    assert kept == {name: str(value) for name, value in data.items()} | {"is_plain": True}
    body = response.content.decode()
    assert 'href="#id_expires_on"' in body
    assert "one that truly says so was never valid" in body
    assert "It has expired" not in body


def test_a_form_that_was_added_with_impossible_days_is_not_filed_and_asked_for_again(
    as_clerk, attached
):
    request, form = attached
    data = {
        "version": request.version,
        "file": upload("form.pdf", builders.pdf(1, "Form")),
        "signed_on": f"{signing_day():%m/%d/%Y}",
        "expires_on": f"{signing_day() - timedelta(days=365):%m/%d/%Y}",
    }

    response = as_clerk.post(page("request_authorization", request), data)

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "expires_on": [DISORDER_WORDS["expires_on"]],
        "file": ["Choose the file again: it was not kept."],
    }
    assert list(Document.objects.filter(type__code="AUTHORIZATION")) == [form]


def test_the_service_takes_no_form_that_ends_before_it_was_signed(clerk, attached):
    request, form = attached

    refused = refused_without_a_trace(
        "DAY_IMPOSSIBLE",
        authorizations.record,
        actor=clerk,
        request_id=request.pk,
        version=request.version,
        document_id=form.pk,
        facts=builders.signed_form(
            signed_on=signing_day(), expires_on=signing_day() - timedelta(days=1)
        ),
    )

    assert (refused.status, list(refused.beside)) == (409, ["expires_on"])


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (-1, "This lies before the day on which the form was signed."),
        (0, ""),
        (1, ""),
    ],
)
def test_a_revocation_from_before_the_signature_is_said_beside_its_day(
    as_clerk, clerk, attached, days, message
):
    request, form = attached
    signed = timezone.localdate() - timedelta(days=20)
    builders.authorize(request, clerk, form, signed_on=signed)
    received = signed + timedelta(days=days)
    data = {
        "version": builders.fresh(request).version,
        "received_on": f"{received:%m/%d/%Y}",
    }

    response = as_clerk.post(page("request_step", request, step="revoke"), data)

    revoked_on = request.authorizations.get().revoked_on
    assert revoked_on == (None if message else received)
    assert response.status_code == (409 if message else 302)
    if message:
        assert response.context["form"].errors == {"received_on": [message]}
        assert response.context["form"]["received_on"].value() == data["received_on"]
        (event,) = events_of(Action.AUTHORIZATION_REVOKED)
        assert (event["outcome"], event["detail"]["reason"]) == ("REFUSED", "DAY_IMPOSSIBLE")


def test_a_revocation_of_tomorrow_is_refused_by_the_service(clerk, attached):
    request, form = attached
    builders.authorize(request, clerk, form)

    refused = refused_without_a_trace(
        "DAY_IMPOSSIBLE",
        authorizations.revoke,
        actor=clerk,
        request_id=request.pk,
        version=builders.fresh(request).version,
        received_on=timezone.localdate() + timedelta(days=1),
    )

    assert list(refused.beside) == ["received_on"]


def upload(name, content):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("scope", "Needed before submission."),
        ("purpose", "Needed before submission."),
        ("signed_on", "Needed before submission."),
        ("expires_on", "A day or an event: needed before submission."),
        ("signer_name", "Needed where the patient did not sign."),
    ],
)
def test_what_is_needed_to_submit_is_not_called_optional(as_clerk, prepared, name, hint):
    body = as_clerk.get(page("request_authorization", prepared)).content.decode()

    [field] = re.findall(rf'<label class="form-label" for="id_{name}">.*?</div>', body, re.S)
    assert "optional" not in field
    assert hint in field
    assert 'for="id_scope_from">Dates of service from <span class="optional">' in body
