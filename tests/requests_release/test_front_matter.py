"""Letter, index and notices of a package: what they say, and whose page numbers they carry."""

import pytest
from django.utils import timezone

from requests_release.models import Package
from requests_release.services import front_matter
from tests.records.encounters import world
from tests.requests_release import builders, factories
from tests.requests_release.test_packaging import texts

pytestmark = pytest.mark.django_db


def pages_of(request):
    content, count = front_matter.make(package=Package.objects.get(request=request))
    found = [" ".join(text.split()) for text in texts(content)]
    assert len(found) == count
    return found


def test_the_letter_says_what_is_enclosed_and_who_released_it(
    settings, patient, clerk, approver, document
):
    settings.FACILITY_LINES = ["410 Harbor Street, Portland, ME 04101", "Records 207-555-0142"]
    request = builders.approved(patient, clerk, approver, document)

    letter = pages_of(request)[0]

    today = f"{timezone.localdate():%b %-d, %Y}"
    for words in (
        "Saint Brendan Hospital",
        "410 Harbor Street, Portland, ME 04101",
        "Records 207-555-0142",
        "Superior Court 205 Newbury Street, Portland",
        "O'CONNELL, Freda",
        "Born Mar 14, 1962",
        "Enclosed are copies of this patient's records",
        "You asked for Discharge summaries of 2026",
        "Documents 1",
        "Pages 3",
        "Dates of service May 4, 2026",
        f"Prepared by Rosa Delgado, {today}",
        f"Approved by Sam Ito, {today}",
    ):
        assert words in letter


def test_front_pages_carry_no_numbers_of_their_own(patient, clerk, approver, document):
    request = builders.approved(patient, clerk, approver, document)

    pages = pages_of(request)

    assert len(pages) == 2
    assert not any("Page 1 of" in text for text in pages)


def test_the_index_begins_after_itself_though_it_is_longer_than_a_page(patient, clerk, approver):
    documents = [factories.make_document(patient, pages=2) for _ in range(90)]
    request = builders.approved(patient, clerk, approver, *documents)

    pages = pages_of(request)

    assert len(pages) == 5
    first = len(pages) + 1
    assert f"2 {first}–{first + 1}" in pages[1]
    index = " ".join(pages[1:])
    assert f"2 {first + 178}–{first + 179} 90 documents, 180 pages." in index
    assert index.count(", version 1 1-2") == 90


def test_the_index_names_the_encounter_of_a_document(unit, patient, clerk, approver):
    stay = world.begin(clerk, patient, unit)
    document = factories.make_document(patient, encounter_id=stay.pk)
    request = builders.approved(patient, clerk, approver, document)

    index = pages_of(request)[1]

    assert f"Encounter Pages On pages 1 {document.title} May 4, 2026 Inpatient," in index
