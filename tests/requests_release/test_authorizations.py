"""Reading the signed form, and its revocation."""

import pytest
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from requests_release.services import authorizations
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
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
