from datetime import date

import pytest

from records.access.services import opening
from records.patients.presenters import history
from records.patients.presenters.history import FieldChange
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def changes_of(house, patient):
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)
    return history.list_changes(scope)


def test_changes_are_told_in_words_with_before_and_after(house, patient):
    world.change(
        house.supervisor,
        patient,
        sex="MALE",
        birth_on=date(1961, 3, 15),
        is_confidential_address=True,
        language="",
    )

    newest = changes_of(house, patient)[0]

    assert (newest.who, newest.what) == ("Sam Ito", "Patient changed")
    assert newest.fields == [
        FieldChange("Sex", "Female", "Male"),
        FieldChange("Birth date", "Mar 14, 1961", "Mar 15, 1961"),
        FieldChange("Language", "Spanish", ""),
        FieldChange("Asked to be reached elsewhere", "No", "Yes"),
    ]


def test_what_was_entered_first_is_told_without_keys_and_empty_fields(house, patient):
    told = {change.what: change.fields for change in changes_of(house, patient)}

    assert told["Patient added"][:4] == [
        FieldChange("Family", "", "Muñoz"),
        FieldChange("Given", "", "Rosa"),
        FieldChange("Middle", "", "Elena"),
        FieldChange("Unit", "", "Main file room"),
    ]
    assert (
        FieldChange("Record number", "", "00-00-" + patient.mrn[4:6] + "-" + patient.mrn[6:])
        in (told["Patient added"])
    )
    assert told["Phone added"] == [
        FieldChange("Kind", "", "Mobile"),
        FieldChange("Number", "", "(717) 555-0123"),
    ]
    assert told["Other name added"] == [
        FieldChange("Family", "", "Delacroix"),
        FieldChange("Given", "", "Rosa"),
        FieldChange("Kind", "", "Maiden"),
    ]
    assert told["Number added"] == [
        FieldChange("Kind", "", "Medical record number"),
        FieldChange("In use", "", "Yes"),
    ]


def test_a_row_removed_is_told(house, patient):
    world.change(house.clerk, patient, reach=world.ReachFacts())

    assert [change.what for change in changes_of(house, patient)][:4] == [
        "Contact removed",
        "Address removed",
        "Phone removed",
        "Other name removed",
    ]


def test_a_number_replaced_is_told_without_the_number(house, patient):
    world.change(house.clerk, patient, ssn="219-44-1111")

    newest = changes_of(house, patient)[:2]

    assert [(change.what, change.fields) for change in newest] == [
        (
            "Number added",
            [
                FieldChange("Kind", "", "Social security number"),
                FieldChange("In use", "", "Yes"),
            ],
        ),
        ("Number changed", [FieldChange("In use", "Yes", "No")]),
    ]


def test_a_change_of_nobody_is_the_houses_own(house, patient):
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)
    entry = next(iter(history.patients.list_history(scope, most=1)))
    entry.actor = None

    assert history._change(entry, {}).who == "Chartroom"
