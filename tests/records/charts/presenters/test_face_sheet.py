from dataclasses import replace
from datetime import date

import pytest

from printing.words import day
from records.access.services import opening
from records.charts.presenters import face_sheet
from records.encounters.enums import EncounterKind
from records.encounters.services import encounters
from records.patients.enums import AddressKind, IdentifierKind, NameKind, PhoneKind
from records.patients.rules import mrn
from records.patients.rules.names import PersonName
from records.patients.services import numbers
from records.patients.services.facts import AddressFact, OtherName, PhoneFact
from tests.ages import years_since
from tests.records.encounters import world as stays
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def sheet_of(house, patient):
    scope = opening.peek_scope(actor=house.clerk, patient_id=patient.pk)
    return face_sheet.get_face_sheet(scope)


def test_sheet_says_who_the_patient_is_and_how_to_reach_them(house, patient):
    sheet = sheet_of(house, patient)

    assert (sheet.name, sheet.number, sheet.sex) == (
        "MUÑOZ, Rosa Elena",
        mrn.display(patient.mrn),
        "Female",
    )
    assert sheet.born == f"Mar 14, 1961 ({years_since(patient.birth_on)} y)"
    assert sheet.facility == house.main.facility.name
    assert sheet.identity == [
        ("Unit", "Main file room"),
        ("Maiden name", "DELACROIX, Rosa"),
        ("Social security number", "•••-••-6789"),
        ("Language", "Spanish"),
    ]
    assert sheet.reach == [
        ("Home address", "12 Elm Street, Harrisburg, PA 17101"),
        ("Mobile phone", "(717) 555-0123"),
        ("E-mail", "rosa@example.org"),
    ]
    assert sheet.people == [("Next of kin", "Luis Muñoz, brother, 717 555 0199, 9 Oak Lane, York")]
    assert sheet.encounters == []


def test_a_number_of_two_kinds_stands_on_the_sheet_once(house, patient):
    for kind, value in (
        (IdentifierKind.OTHER, "d060a28c-4e03"),
        (IdentifierKind.OTHER_MRN, "D060A28C-4E03"),
        (IdentifierKind.OTHER, "X-77"),
    ):
        numbers.add_other(
            actor=house.clerk,
            patient=patient,
            kind=kind,
            value=value,
            facility_id=house.main.facility_id,
        )

    shown = [fact for fact in sheet_of(house, patient).identity if "umber" in fact[0]]

    assert sorted(shown) == [
        ("Number at another facility", "D060A28C-4E03"),
        ("Other number", "X-77"),
        ("Social security number", "•••-••-6789"),
    ]


def test_social_security_number_is_never_whole(house, patient):
    sheet = sheet_of(house, patient)

    assert "219" not in repr(sheet)
    assert "44" not in dict(sheet.identity)["Social security number"]


def test_parts_of_one_kind_are_told_apart(house, patient):
    reach = replace(
        world.REACH,
        names=(
            OtherName(NameKind.ALIAS, PersonName("Lopez", "Rosa")),
            OtherName(NameKind.FORMER, PersonName("Diaz", "Rosa")),
        ),
        phones=(
            PhoneFact(PhoneKind.HOME, "717 555 0100"),
            PhoneFact(PhoneKind.FAX, "717 555 0101"),
        ),
        addresses=(
            AddressFact(AddressKind.BIRTH, "Ponce"),
            AddressFact(AddressKind.CONFIDENTIAL, "Box 7"),
        ),
    )
    world.change(house.clerk, patient, reach=reach)

    sheet = sheet_of(house, patient)

    assert ("Alias", "LOPEZ, Rosa") in sheet.identity
    assert ("Former name", "DIAZ, Rosa") in sheet.identity
    assert {label for label, _ in sheet.reach} == {
        "Place of birth",
        "Confidential address",
        "Home phone",
        "Fax",
        "E-mail",
    }


def test_death_is_said_on_the_sheet(house, patient):
    world.change(house.clerk, patient, died_on=date(2026, 11, 1))

    assert ("Died", "Nov 1, 2026") in sheet_of(house, patient).identity


def test_newest_encounters_come_first_ten_at_most(house, patient):
    for days in range(20, 31):
        stays.visit(
            house.clerk,
            patient,
            house.main,
            started_at=stays.ago(days=days),
            ended_at=stays.ago(days=days, hours=-1),
            account_number=f"V{days}",
        )

    sheet = sheet_of(house, patient)

    assert [one.account for one in sheet.encounters] == [f"V{n}" for n in range(20, 30)]


def test_sheet_tells_stays_that_go_on_from_those_planned_and_over(house, patient):
    at = stays.ago(days=2)
    stays.begin(house.clerk, patient, house.main, started_at=at, location="4 West, bed 2")
    planned = stays.ago(days=-3)
    stays.begin(house.clerk, patient, house.main, status="PLANNED", started_at=planned)
    over, begun = stays.ago(days=19), stays.ago(days=20)
    stays.visit(
        house.clerk, patient, house.main, started_at=begun, ended_at=over, location="2 East"
    )
    wrong = stays.begin(house.clerk, patient, house.main, kind=EncounterKind.OUTPATIENT)
    stays.step(encounters.cancel, house.clerk, wrong)

    found = [(one.begins, one.ends, one.place) for one in sheet_of(house, patient).encounters]

    assert found == [
        (f"Planned for {day(planned)}", "", "Main file room"),
        (day(at), "Current", "Main file room, 4 West, bed 2"),
        (day(begun), day(over), "Main file room"),
    ]
