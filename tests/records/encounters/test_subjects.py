import pytest
from django.utils import timezone

from audit import subjects
from tests.records.encounters import world

pytestmark = pytest.mark.django_db


def test_the_access_log_names_encounters_without_their_accounts_and_leads_to_them(house, patient):
    visit = world.visit(house.clerk, patient, house.main)
    day = f"{timezone.localtime(visit.started_at):%b %-d, %Y}"

    assert subjects.labels("encounter", [visit.pk, "nobody"]) == {
        str(visit.pk): f"Inpatient, {day}",
        "nobody": "encounter nobody",
    }
    assert subjects.url("encounter", visit.pk) == f"/encounters/{visit.pk}/"


def test_the_access_log_names_practitioners(doctor):
    assert subjects.labels("provider", [doctor.pk]) == {str(doctor.pk): "Nair, Priya MD"}
    assert subjects.url("provider", doctor.pk) == ""
