"""Choosing documents and pages."""

import pytest
from django.utils import timezone

from requests_release.services import items
from tests.requests_release import builders, factories
from tests.requests_release.refusals import refused_without_a_trace

pytestmark = pytest.mark.django_db


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
