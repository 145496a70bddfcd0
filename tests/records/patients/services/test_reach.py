from dataclasses import replace
from datetime import date

import pytest

from records.patients.enums import NameKind, PhoneKind
from records.patients.errors import FactsRefused
from records.patients.models import Address, Contact, Name, Phone
from records.patients.rules.names import PersonName
from records.patients.services import reach
from records.patients.services.facts import OtherName, PhoneFact, ReachFacts
from tests.records.patients import world

pytestmark = pytest.mark.django_db
MODELS = (Name, Phone, Address, Contact)


def keys():
    return [set(model.objects.values_list("pk", flat=True)) for model in MODELS]


def store(house, patient, **changes):
    return reach.replace(actor=house.clerk, patient=patient, facts=replace(world.REACH, **changes))


def test_the_same_again_touches_no_row(house, patient):
    before = keys()

    assert store(house, patient) == []
    assert keys() == before


def test_nothing_entered_removes_all(house, patient):
    changed = reach.replace(actor=house.clerk, patient=patient, facts=ReachFacts())

    assert changed == ["names", "phones", "addresses", "contacts"]
    assert keys() == [set(), set(), set(), set()]


@pytest.mark.parametrize(
    "group, changes",
    [
        ("addresses", {"line1": "14 Elm Street"}),
        ("addresses", {"valid_from": date(2020, 1, 1)}),
        ("contacts", {"phone": ""}),
    ],
)
def test_one_changed_row_is_replaced_alone(house, patient, group, changes):
    facts = tuple(replace(fact, **changes) for fact in getattr(world.REACH, group))

    assert store(house, patient, **{group: facts}) == [group]
    [row] = {"addresses": Address, "contacts": Contact}[group].objects.all()
    assert {name: getattr(row, name) for name in changes} == changes


def test_another_spelling_of_the_same_name_replaces_it(house, patient):
    store(house, patient, names=(OtherName(NameKind.MAIDEN, PersonName("DELACROÎX", "Rosa")),))

    assert list(Name.objects.values_list("family", "family_key")) == [("DELACROÎX", "DELACROIX")]


def test_a_name_entered_twice_is_kept_once(house, patient):
    twice = tuple(OtherName(NameKind.ALIAS, PersonName(family)) for family in ("Muñoz", "Munoz"))

    store(house, patient, names=twice)

    assert list(Name.objects.values_list("family", flat=True)) == ["Muñoz"]


def test_a_phone_entered_twice_is_kept_once(house, patient):
    twice = (
        PhoneFact(PhoneKind.HOME, "717-555-0123"),
        PhoneFact(PhoneKind.WORK, "+1 717 555 0123"),
    )

    store(house, patient, phones=twice)

    assert list(Phone.objects.values_list("kind", "number")) == [("HOME", "(717) 555-0123")]


@pytest.mark.parametrize(
    "written, number, digits",
    [
        ("7175550123 x44", "(717) 555-0123 ext. 44", "7175550123"),
        ("+44 20 7946 0958", "+442079460958", "2079460958"),
    ],
)
def test_a_phone_reads_the_same_when_it_is_entered_as_shown(
    house, patient, written, number, digits
):
    store(house, patient, phones=(PhoneFact(PhoneKind.HOME, written),))
    [row] = Phone.objects.all()

    changed = store(house, patient, phones=(PhoneFact(PhoneKind.HOME, row.number),))

    assert (row.number, row.digits) == (number, digits)
    assert changed == []


def test_a_phone_that_cannot_be_one_is_refused_with_its_place(house, patient):
    phones = (PhoneFact(PhoneKind.HOME, "(717) 555-0123"), PhoneFact(PhoneKind.HOME, "nobody"))

    with pytest.raises(FactsRefused) as refused:
        store(house, patient, phones=phones)

    assert refused.value.field == "phones-1-number"
    assert Phone.objects.get().kind == "MOBILE"


def test_an_address_that_ends_before_it_begins_is_refused(house, patient):
    address = replace(world.REACH.addresses[0], valid_until=date(2019, 4, 30))

    with pytest.raises(FactsRefused) as refused:
        store(house, patient, addresses=(address,))

    assert refused.value.field == "addresses-0-valid_until"
    assert Address.objects.get().valid_until is None
