import pytest

from audit import subjects
from records.access import directory
from records.patients import subjects as of_patients
from records.patients.rules import mrn
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def test_the_access_log_names_patients_in_one_call(house, patient, django_assert_num_queries):
    other = world.register(house.clerk, house.main, family="Hale", given="Ann", middle="")

    with django_assert_num_queries(1):
        found = subjects.labels("patient", [patient.pk, other.pk, "0", "nobody", "9" * 30])

    assert found == {
        str(patient.pk): f"MUÑOZ, Rosa Elena · {mrn.display(patient.mrn)}",
        str(other.pk): f"HALE, Ann · {mrn.display(other.mrn)}",
        "0": "patient 0",
        "nobody": "patient nobody",
        "9" * 30: f"patient {'9' * 30}",
    }


def test_the_access_log_leads_to_the_chart(patient):
    assert subjects.url("patient", patient.pk) == f"/charts/{patient.pk}/"


def test_the_access_log_finds_a_patient_by_record_number(patient):
    assert subjects.find("patient", mrn.display(patient.mrn)) == [str(patient.pk)]
    assert subjects.find("patient", "Muñoz") == []
    assert subjects.find("patient", "99999999") == []


def test_access_asks_who_a_patient_is(patient):
    line = directory.get_line(patient.pk)

    assert (line.family, line.mrn, line.unit_name) == ("Muñoz", patient.mrn, "Main file room")
    assert of_patients.line(0) is None
