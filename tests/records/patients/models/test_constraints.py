from datetime import date
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from psycopg2.errors import InsufficientPrivilege

from audit.writes import attributing
from records.access.models import Chart
from records.patients.models import Address, Contact, Identifier, Name, Patient, Phone
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def refused(actor, constraint, save):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), attributing(actor):
        save()


def test_a_patient_that_cannot_be_is_refused(house, patient):
    key = uuid4()
    world.register(house.clerk, house.main, submission_key=key)
    broken = [
        ("patients_patient_status_is_known", {"status": "LOST"}),
        ("patients_patient_sex_is_known", {"sex": "X"}),
        ("patients_patient_dies_after_birth", {"died_on": date(1961, 3, 13)}),
        ("patients_patient_has_family_name", {"family": ""}),
        ("patients_patient_given_name_or_flag", {"given": ""}),
        ("patients_patient_destroyed_on_a_day", {"destroyed_on": date(2026, 1, 1)}),
        ("patients_patient_submitted_once", {"submission_key": key}),
    ]

    for constraint, changes in broken:
        stored = world.again(patient)
        for name, value in changes.items():
            setattr(stored, name, value)
        refused(house.clerk, constraint, partial(stored.save, update_fields=[*changes]))


def test_a_patient_has_a_chart_of_their_own(house, patient):
    refused(
        house.clerk,
        "patients_patient_pkey",
        lambda: Patient.objects.create(
            chart=Chart.objects.get(pk=patient.pk),
            unit=house.main,
            mrn="00455099",
            family="Hale",
            given="Ann",
            family_key="HALE",
            name_key="HALE ANN",
            sex="FEMALE",
            registered_by=house.clerk,
        ),
    )


def test_a_number_that_cannot_be_is_refused(house, patient):
    other = world.register(house.clerk, house.main, given="Ines")
    facility = house.main.facility_id
    mrn = {"kind": "MRN", "facility_id": facility}
    ssn = {"kind": "SSN", "value_encrypted": b"x", "blind_index": b"x", "last_four": "1111"}
    broken = [
        ("patients_identifier_kind_is_known", other, {"kind": "NICKNAME", "value_key": "1"}),
        ("patients_identifier_mrn_is_unique", other, mrn | {"value_key": patient.mrn}),
        (
            "patients_identifier_mrn_is_unique",
            other,
            mrn | {"kind": "FORMER_MRN", "value_key": patient.mrn},
        ),
        ("patients_identifier_one_current_mrn", patient, mrn | {"value_key": "99887766"}),
        ("patients_identifier_one_current_ssn", patient, ssn),
        ("patients_identifier_ssn_is_never_in_clear", other, ssn | {"value_key": "219446789"}),
        ("patients_identifier_ssn_is_never_in_clear", other, ssn | {"value": "219446789"}),
        ("patients_identifier_ssn_is_never_in_clear", other, {"kind": "SSN", "last_four": "1111"}),
        ("patients_identifier_ssn_is_never_in_clear", other, {"kind": "OTHER"}),
        (
            "patients_identifier_mrn_has_facility",
            other,
            {"kind": "FORMER_MRN", "value_key": "99887766"},
        ),
    ]

    for constraint, owner, values in broken:
        refused(
            house.clerk,
            constraint,
            lambda owner=owner, values=values: Identifier.objects.create(patient=owner, **values),
        )


def test_an_account_number_stands_once_in_a_facility(house, patient):
    other = world.register(house.clerk, house.main, given="Ines")
    account = {"kind": "ACCOUNT", "facility_id": house.main.facility_id, "value_key": "A1"}
    with attributing(house.clerk):
        Identifier.objects.create(patient=patient, **account)

    refused(
        house.clerk,
        "patients_identifier_account_is_unique",
        lambda: Identifier.objects.create(patient=other, **account),
    )


def test_what_belongs_to_a_patient_keeps_its_rules(house, patient):
    keys = {"family_key": "DELACROIX", "given_key": "ROSA", "name_key": "DELACROIX ROSA"}
    broken = [
        ("patients_name_kind_is_known", Name(patient=patient, kind="PET", family="X", **keys)),
        (
            "patients_name_once_for_each_kind",
            Name(patient=patient, kind="MAIDEN", family="Delacroix", **keys),
        ),
        ("patients_phone_kind_is_known", Phone(patient=patient, kind="PAGER", digits="1")),
        ("patients_phone_once", Phone(patient=patient, kind="HOME", digits="7175550123")),
        ("patients_address_kind_is_known", Address(patient=patient, kind="BOAT", line1="x")),
        (
            "patients_address_ends_after_start",
            Address(
                patient=patient,
                kind="HOME",
                line1="x",
                valid_from=date(2020, 1, 2),
                valid_until=date(2020, 1, 1),
            ),
        ),
    ]

    for constraint, row in broken:
        refused(house.clerk, constraint, row.save)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("model", [Patient, Name, Identifier, Address, Phone, Contact])
def test_rows_name_nobody_in_their_text(patient, model):
    shown = {str(row) for row in model.objects.all()}

    assert shown
    assert not any(word in text for text in shown for word in ("Muñoz", "Rosa", "Luis", "555"))


@pytest.mark.promise
def test_numbers_are_never_moved_by_the_application(patient, second_connection):
    for statement in (
        "UPDATE patients_identifier SET value_key = 'x'",
        "UPDATE patients_identifier SET patient_id = 1",
        "DELETE FROM patients_patient",
    ):
        with second_connection.cursor() as cursor, pytest.raises(InsufficientPrivilege):
            cursor.execute(statement)
