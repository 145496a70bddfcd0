"""Choosing documents and pages."""

import pytest

from requests_release.services import items
from tests.factories import histories
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
    assert numbers_of(request) == [(1, 0, 0, 1, 3), (1, 1, 0, 1, 2)]


def numbers_of(request):
    """How many documents were chosen, taken out, chosen anew; then documents and pages chosen."""
    names = ("added_count", "removed_count", "changed_count", "document_count", "page_count")
    return list(request.choices.order_by("pk").values_list(*names))


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({0: [1, 2, 3]}, None),
        ({0: [1]}, (0, 0, 1, 1, 1)),
        ({}, (0, 1, 0, 0, 0)),
        ({0: [1, 2, 3], 1: [1, 2]}, (1, 0, 0, 2, 5)),
        ({0: [3], 1: [2]}, (1, 0, 1, 2, 2)),
        ({1: [1]}, (1, 1, 0, 1, 1)),
    ],
)
def test_a_choice_leaves_a_row_of_what_it_changed_by_whom(
    patient, clerk, approver, document, pages, expected
):
    request = builders.prepared(patient, clerk, document)
    known = [document, factories.make_document(patient, pages=5)]
    first = numbers_of(request)

    items.choose(
        actor=approver,
        request_id=request.pk,
        version=request.version,
        chosen={known[place].pk: found for place, found in pages.items()},
    )

    assert numbers_of(request) == first + ([expected] if expected else [])
    newest = request.choices.latest("pk")
    assert newest.chosen_by == (approver if expected else clerk)


def test_choosing_the_same_again_keeps_the_rows(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)
    before = list(request.items.values())

    builders.choose(request, clerk, document)

    assert list(request.items.values()) == before
    assert len(numbers_of(request)) == 1


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
        "voided": lambda: histories.void(factories.make_document(patient), clerk),
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
