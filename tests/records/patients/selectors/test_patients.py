import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.access.services import opening
from records.patients.enums import IdentifierKind
from records.patients.rules.names import PersonName
from records.patients.selectors import patients
from records.patients.services import numbers
from tests.factories.people import make_user
from tests.factories.units import make_unit
from tests.records.patients import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(house, patient):
    return opening.peek_scope(actor=house.clerk, patient_id=patient.pk)


def test_the_whole_patient_takes_six_queries(scope):
    with CaptureQueriesContext(connection) as queries:
        patient = patients.get_patient_whole(scope)
        found = [
            *(patient.names.all(), patient.identifiers.all(), patient.phones.all()),
            *(patient.addresses.all(), patient.contacts.all()),
        ]

    assert [len(rows) for rows in found] == [1, 2, 1, 1, 1]
    assert patient.unit.facility.name == "Saint Brendan Hospital"
    assert len(queries) == 6


def test_last_four_of_the_number_in_use(house, patient):
    assert patients.get_last_four(patient) == "6789"

    numbers.withdraw_ssn(actor=house.clerk, patient=patient)

    assert patients.get_last_four(patient) == ""


def test_history_finds_rows_that_are_gone_and_nobody_elses(house, patient, scope):
    other = world.register(house.clerk, house.main, reach=world.REACH, given="Ines")
    world.change(house.clerk, patient, reach=world.ReachFacts())
    world.change(house.clerk, other, language="French")

    found = patients.list_history(scope, most=50)

    assert [(entry.content_type.model, entry.action) for entry in found] == [
        ("contact", 2),
        ("address", 2),
        ("phone", 2),
        ("name", 2),
        ("contact", 0),
        ("address", 0),
        ("phone", 0),
        ("name", 0),
        ("identifier", 0),
        ("identifier", 0),
        ("patient", 0),
    ]
    assert {entry.actor for entry in found} == {house.clerk}


def test_history_stops_where_asked_and_reads_authors_at_once(scope):
    with CaptureQueriesContext(connection) as queries:
        found = patients.list_history(scope, most=3)
        authors = [entry.actor.display_name for entry in found]

    assert authors == ["Rosa Delgado"] * 3
    assert len(queries) <= 3


def test_names_of_patients(patient):
    assert patients.map_names([patient.pk, 0]) == {
        patient.pk: (PersonName("Muñoz", "Rosa", "Elena", ""), patient.mrn)
    }


def test_find_by_mrn_in_force_before_former_and_of_every_facility(house, patient):
    elsewhere = make_unit()
    clerk = make_user("CLERK", unit=elsewhere)
    other = world.register(clerk, elsewhere, number=patient.mrn)
    numbers.add_other(
        actor=house.clerk,
        patient=patient,
        kind=IdentifierKind.FORMER_MRN,
        value="445199",
        facility_id=house.main.facility_id,
    )
    numbers.add_other(
        actor=house.clerk, patient=patient, kind=IdentifierKind.INSURANCE, value="778899"
    )

    assert patients.list_by_mrn(patient.mrn) == [patient.pk, other.pk]
    assert patients.find_by_mrn(patient.mrn.lstrip("0")) == patient.pk
    assert patients.find_by_mrn("445199") == patient.pk
    assert patients.find_by_mrn("778899") is None
