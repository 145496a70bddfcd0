import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.access import flags
from records.access.flags import Flag
from records.access.services import opening
from records.patients.presenters import banner
from tests.records.patients import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_flags_of_other_rooms(monkeypatch):
    monkeypatch.setattr(flags, "_providers", {})


def test_banner_shows_who_it_is_in_one_query(house, patient):
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)

    with CaptureQueriesContext(connection) as queries:
        shown = banner.get_banner(scope)

    assert len(queries) == 1
    assert (shown.pk, shown.family, shown.given, shown.middle) == (
        patient.pk,
        "Muñoz",
        "Rosa",
        "Elena",
    )
    assert (shown.sex, shown.mrn, shown.unit, shown.flags) == (
        "Female",
        patient.mrn,
        "Main file room",
        [],
    )
    assert (shown.glass_until, shown.glass_id) == (None, None)


def test_banner_flags_what_rooms_know_and_a_confidential_address(house, patient):
    flags.register("holds", lambda patient_id: [Flag(f"Hold on {patient_id}")])
    world.change(house.clerk, patient, is_confidential_address=True)
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)

    shown = banner.get_banner(scope)

    assert [flag.label for flag in shown.flags] == [
        f"Hold on {patient.pk}",
        "Confidential address",
    ]
