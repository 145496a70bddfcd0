from dataclasses import replace
from datetime import date

import pytest

from records.patients.enums import BirthPrecision, PhoneKind
from records.patients.selectors import candidates
from records.patients.services.facts import PhoneFact, ReachFacts
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.patients import world

pytestmark = pytest.mark.django_db
PHONE = ReachFacts(phones=(PhoneFact(PhoneKind.HOME, "717 555 0123"),))
UNKNOWN = {"birth_on": None, "birth_precision": BirthPrecision.UNKNOWN}


def look(reach=None, ssn="", **changes):
    return candidates.list_candidates(world.facts(**changes), reach or ReachFacts(), ssn)


def test_candidates_are_found_by_every_key_with_the_strongest_reason(patient):
    asked = {
        "the same": look(),
        "sounds alike": look(family="Munos", given="Rosalie"),
        "initial and birth": look(family="Munozz-Vega", given="Rosa"),
        "maiden name": look(family="Delacroix", given="Rosa"),
        "phone": look(PHONE, given="Rose", birth_on=date(1980, 1, 2)),
        "the same, and phone": look(PHONE),
        "number, and phone": look(PHONE, ssn="219446789", family="Hale", given="Ann"),
        "number": look(ssn="219446789", family="Hale", given="Ann", birth_on=date(1980, 1, 2)),
        "number and name": look(ssn="219-44-6789"),
        "name, no birth date": look(**UNKNOWN),
    }

    assert {key: [*found.values()] for key, found in asked.items()} == {
        "the same": ["same name and birth date"],
        "sounds alike": ["name sounds alike, same birth date"],
        "initial and birth": ["similar name, same birth date"],
        "maiden name": ["same former or other name, and birth date"],
        "phone": ["similar name, same phone"],
        "the same, and phone": ["same name and birth date, same phone"],
        "number, and phone": ["same social security number, same phone"],
        "number": ["same social security number"],
        "number and name": ["same social security number"],
        "name, no birth date": ["same name"],
    }
    assert all([*found] == [patient.pk] for found in asked.values())


def test_candidates_leave_out_who_merely_shares_something(patient):
    asked = [
        look(family="Hale", given="Ann"),
        look(birth_on=date(1962, 3, 14)),
        look(PHONE, family="Hale", given="Ann", birth_on=date(1980, 1, 2)),
        look(ssn="219-44-6780", family="Hale", given="Ann", birth_on=date(1980, 1, 2)),
        look(ssn="nonsense", family="Hale", given="Ann", birth_on=date(1980, 1, 2)),
    ]

    assert asked == [{}, {}, {}, {}, {}]


def test_a_number_taken_out_of_use_leads_to_nobody(house, patient):
    world.change(house.clerk, patient, is_ssn_withdrawn=True)

    assert look(ssn=world.SSN, family="Hale", given="Ann", birth_on=date(1980, 1, 2)) == {}


def test_candidates_come_likeliest_first_and_are_few(house):
    near = [
        world.register(house.clerk, house.main, given=f"Rosa{letter}") for letter in "abcdefghij"
    ]
    same = world.register(house.clerk, house.main)

    found = look()

    assert next(iter(found)) == same.pk
    assert len(found) == 8
    assert set(found) <= {same.pk, *(patient.pk for patient in near)}


def test_the_whole_house_is_searched_and_hidden_people_stay_hidden(house):
    keeper = make_user("CLERK", unit=house.programme)
    hidden = world.register(keeper, house.programme, reach=world.REACH, ssn=world.SSN)
    apart = world.register(make_user("CLERK", unit=house.behavioural), house.behavioural)

    found = look()
    lines = candidates.get_candidate_lines(again(house.clerk), found)

    assert found.keys() == {hidden.pk, apart.pk}
    shown = {line.patient_id: line for line in lines}
    assert shown[hidden.pk] == replace(shown[hidden.pk].__class__(hidden.pk), is_hidden=True)
    # Its unit keeps protected classes, whose name would tell of the care.
    assert (shown[apart.pk].mrn, shown[apart.pk].unit_name) == (apart.mrn, "")
    assert (shown[apart.pk].can_open, shown[apart.pk].why) == (False, "same name and birth date")
    assert "Muñoz" not in repr(shown[hidden.pk])


def test_a_hidden_candidate_is_named_to_those_of_the_unit(house):
    keeper = make_user("CLERK", unit=house.programme)
    hidden = world.register(keeper, house.programme)
    grant(house.programme, user=house.supervisor)

    [line] = candidates.get_candidate_lines(again(house.supervisor), look())

    assert (line.patient_id, line.family, line.is_hidden, line.can_open) == (
        hidden.pk,
        "Muñoz",
        False,
        True,
    )


def test_no_candidates_ask_for_no_lines(house):
    assert candidates.get_candidate_lines(again(house.clerk), {}) == []
