import pytest
from django.test import override_settings

from accounts import crypto
from audit.models import RowChange
from records.patients.enums import IdentifierKind
from records.patients.errors import FactsRefused
from records.patients.models import Identifier
from records.patients.rules import mrn
from records.patients.services import numbers
from tests import leaks
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def test_next_mrn_has_its_check_digit_and_is_never_given_again():
    found = [numbers.next_mrn() for _ in range(5)]

    assert all(mrn.is_valid(number) and len(number) == 8 for number in found)
    assert len(set(found)) == 5


@override_settings(MRN_LENGTH=6)
def test_next_mrn_has_the_length_of_the_house():
    assert len(numbers.next_mrn()) == 6


def test_ssn_is_encrypted_for_its_patient_alone(patient):
    row = Identifier.objects.get(kind="SSN")

    place = ("patients_identifier", "value_encrypted")
    assert (row.value, row.value_key, row.last_four) == ("", "", "6789")
    assert world.SSN_DIGITS.encode() not in bytes(row.value_encrypted)
    assert crypto.decrypt_field(*place, patient.pk, row.value_encrypted) == world.SSN_DIGITS
    with pytest.raises(crypto.FieldDamaged):
        crypto.decrypt_field(*place, patient.pk + 1, row.value_encrypted)


def test_ssn_of_another_form_is_the_same_number(house, patient):
    assert numbers.set_ssn(actor=house.clerk, patient=patient, text=world.SSN_DIGITS) is None
    assert Identifier.objects.filter(kind="SSN").count() == 1


def test_ssn_replaced_stays_as_a_retired_row(house, patient):
    numbers.set_ssn(actor=house.clerk, patient=patient, text="219-44-1111")

    rows = Identifier.objects.filter(kind="SSN").order_by("pk")
    assert [(row.last_four, row.is_current) for row in rows] == [("6789", False), ("1111", True)]


@pytest.mark.parametrize("text", ["000-12-3456", "666-12-3456", "912-12-3456", "12", "078-05-1120"])
def test_ssn_that_cannot_be_one_is_refused_without_naming_it(house, patient, text):
    with pytest.raises(FactsRefused) as refused:
        numbers.set_ssn(actor=house.clerk, patient=patient, text=text)

    assert refused.value.field == "ssn"
    assert text not in refused.value.message
    assert Identifier.objects.get(kind="SSN").last_four == "6789"


def test_ssn_withdrawn_leaves_none_in_use(house, patient):
    assert numbers.withdraw_ssn(actor=house.clerk, patient=patient) is True
    assert numbers.withdraw_ssn(actor=house.clerk, patient=patient) is False
    assert not Identifier.objects.filter(kind="SSN", is_current=True).exists()


def test_other_number_is_stored_once_in_one_form(house, patient):
    first = numbers.add_other(
        actor=house.clerk, patient=patient, kind=IdentifierKind.INSURANCE, value=" ab-12 "
    )
    second = numbers.add_other(
        actor=house.clerk, patient=patient, kind=IdentifierKind.INSURANCE, value="AB-12"
    )

    assert (first.pk, first.value, first.value_key) == (second.pk, "ab-12", "AB-12")


def test_row_changes_of_numbers_name_columns_and_no_values(patient):
    rows = RowChange.objects.filter(table_name="patients_identifier")

    assert {row.operation for row in rows} == {"INSERT"}
    assert [row.keys for row in rows] == [[str(pk)] for pk in _pks()]
    assert not leaks.tells(leaks.words_of_histories(), "6789")


def _pks():
    return Identifier.objects.order_by("pk").values_list("pk", flat=True)
