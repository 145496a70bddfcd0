"""Until when an authorization held is known here; retention counts from that day."""

from datetime import date, timedelta

import pytest
from django.db import connection

from records.retention.selectors import facts
from requests_release.services import authorizations
from tests.requests_release import builders, factories

pytestmark = pytest.mark.django_db

SIGNED, REVOKED, LATER = date(2026, 5, 4), date(2026, 6, 1), date(2031, 5, 4)


@pytest.fixture
def request_of_attorney(patient, clerk, document):
    return builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )


@pytest.fixture
def form(patient):
    return factories.make_document(patient)


def today():
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_DATE")
        return cursor.fetchone()[0]


def read(request, clerk, form, **reading):
    return builders.authorize(request, clerk, form, **{"signed_on": SIGNED} | reading)


def privacy_on(patient):
    return facts.get_facts([patient.pk])[patient.pk].privacy_on


@pytest.mark.parametrize(
    "reading, expected",
    [
        ({"expires_on": None}, SIGNED),
        ({"expires_on": LATER}, LATER),
        ({"expires_on": LATER, "expiry_event": "End of the case"}, LATER),
        ({"expires_on": None, "expiry_event": "End of the case"}, None),
        ({"expires_on": None, "expiry_event": "End", "has_event_occurred": True}, None),
        ({"expires_on": None, "expiry_event": "End", "signed_on": None}, "never"),
        ({"expires_on": LATER, "signed_on": None}, LATER),
    ],
)
def test_a_form_counts_from_its_signature_or_the_last_day_it_held(
    patient, clerk, request_of_attorney, form, reading, expected
):
    read(request_of_attorney, clerk, form, **reading)

    wanted = {None: today(), "never": None}.get(expected, expected)
    assert privacy_on(patient) == wanted


def test_without_a_reading_nothing_is_known(patient, request_of_attorney, form):
    assert privacy_on(patient) is None


def test_a_revocation_is_the_last_day(patient, clerk, request_of_attorney, form):
    read(request_of_attorney, clerk, form, expires_on=LATER)

    authorizations.revoke(
        actor=clerk,
        request_id=request_of_attorney.pk,
        version=builders.fresh(request_of_attorney).version,
        received_on=REVOKED,
    )

    assert privacy_on(patient) == REVOKED


def test_a_reading_that_was_corrected_does_not_count(patient, clerk, request_of_attorney, form):
    for expires_on in (LATER + timedelta(days=9000), LATER):
        read(request_of_attorney, clerk, form, expires_on=expires_on)

    assert privacy_on(patient) == LATER


def test_a_form_that_another_replaced_is_kept_too(patient, clerk, request_of_attorney, form):
    other = factories.make_document(patient)
    read(request_of_attorney, clerk, form, expires_on=LATER)
    read(request_of_attorney, clerk, other, expires_on=REVOKED)

    assert privacy_on(patient) == LATER


def test_another_chart_knows_nothing_of_it(patient, clerk, request_of_attorney, form, unit):
    read(request_of_attorney, clerk, form, expires_on=LATER)
    other = factories.make_patient(unit)

    assert privacy_on(other) is None
