"""Stale forms, people without a ground, and requests that are not to be changed."""

import pytest

from requests_release.services import approvals, authorizations, items, requests, stages
from tests.requests_release import builders
from tests.requests_release.refusals import refused_without_a_trace

pytestmark = pytest.mark.django_db


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
