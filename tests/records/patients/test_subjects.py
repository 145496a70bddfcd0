import pytest

from audit import subjects
from audit.writes import attributing
from records.access import directory
from records.patients import subjects as of_patients
from records.patients.models import Identifier
from records.patients.rules import mrn
from tests.factories.people import make_user
from tests.factories.units import make_facility, make_unit
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
    assert subjects.find("patient", "99999992") == []


def test_a_record_number_is_found_with_its_facility_and_mistyped_ones_are_told(house, patient):
    facility = house.main.facility.code

    for typed in (f"{facility} {mrn.display(patient.mrn)}", f"MRN {patient.mrn}", patient.mrn):
        assert subjects.find("patient", typed) == [str(patient.pk)]
    assert subjects.find("patient", f"NOWHERE {patient.mrn}") == []
    wrong = patient.mrn[:-1] + str((int(patient.mrn[-1]) + 1) % 10)
    with pytest.raises(subjects.Unclear, match="one digit is wrong"):
        subjects.find("patient", wrong)


def test_a_record_number_of_two_facilities_asks_for_one(house, patient):
    west = make_unit(facility=make_facility(code="WEST"), name="West")
    clerk = make_user("CLERK", unit=west)
    someone = world.register(clerk, west, family="Hale")
    with attributing(clerk):
        other = Identifier.objects.create(
            patient=someone,
            kind="FORMER_MRN",
            facility=west.facility,
            value=patient.mrn,
            value_key=patient.mrn,
            is_current=False,
        )

    with pytest.raises(subjects.Unclear) as unclear:
        subjects.find("patient", patient.mrn)

    codes = sorted([house.main.facility.code, "WEST"])
    assert unclear.value.message.startswith(f"{codes[0]} and {codes[1]} each gave this number.")
    assert subjects.find("patient", f"west {patient.mrn}") == [str(other.patient_id)]


def test_access_asks_who_a_patient_is(patient):
    line = directory.get_line(patient.pk)

    assert (line.family, line.mrn, line.unit_name) == ("Muñoz", patient.mrn, "Main file room")
    assert of_patients.line(0) is None
