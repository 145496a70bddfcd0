import pytest
from django.http import QueryDict

from records.patients.enums import ContactKind, NameKind
from records.patients.forms.reach import NO_STATE, NO_ZIP, Reach
from records.patients.rules.names import PersonName
from records.patients.services.facts import ReachFacts
from tests.records.patients import world


def sent(**groups):
    data = {}
    for prefix in ("names", "phones", "addresses", "contacts"):
        data |= world.rows(prefix, *groups.get(prefix, ()))
    query = QueryDict(mutable=True)
    query.update(data)
    return Reach(query)


def test_rows_left_empty_stand_for_nothing():
    reach = sent()

    assert reach.is_valid()
    assert reach.facts() == ReachFacts()


def test_rows_become_facts_with_every_column():
    query = QueryDict(mutable=True)
    query.update(world.reach_rows())
    reach = Reach(query)

    assert reach.is_valid()
    assert reach.facts() == world.REACH


@pytest.mark.parametrize(
    "group, row, place, message",
    [
        ("names", {"given": "Rosa"}, "names-0-family", "Enter the family name, or empty the row."),
        ("phones", {"number": "12"}, "phones-0-number", "This cannot be a telephone number."),
        (
            "addresses",
            {"city": "York"},
            "addresses-0-line1",
            "Enter the street, or empty the row.",
        ),
        (
            "addresses",
            {"line1": "1 Elm", "valid_from": "5/1/2020", "valid_until": "4/1/2020"},
            "addresses-0-valid_until",
            "The address ends before it begins.",
        ),
        ("addresses", {"line1": "1 Elm", "state": "ZZZ"}, "addresses-0-state", NO_STATE),
        ("addresses", {"line1": "1 Elm", "postal_code": "abc"}, "addresses-0-postal_code", NO_ZIP),
        (
            "addresses",
            {"line1": "1 Elm", "state": "ON", "country": "U.S."},
            "addresses-0-state",
            NO_STATE,
        ),
        (
            "contacts",
            {"phone": "717 555 0199"},
            "contacts-0-name",
            "Enter the name, or empty the row.",
        ),
        (
            "contacts",
            {"name": "Luis", "kind": "FRIEND"},
            "contacts-0-kind",
            "Choose one of the list.",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused_beside_its_field(group, row, place, message):
    reach = sent(**{group: [row]})

    assert not reach.is_valid()
    assert [(field.html_name, error) for field, error in reach.errors] == [(place, message)]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ({"state": "pa", "postal_code": "171011234"}, ("PA", "17101-1234")),
        ({"state": "", "postal_code": ""}, ("", "")),
        (
            {"state": "Ontario", "postal_code": "K1A 0B1", "country": "Canada"},
            ("Ontario", "K1A 0B1"),
        ),
    ],
)
def test_a_state_and_a_zip_code_are_read_and_free_abroad(typed, taken):
    reach = sent(addresses=[{"line1": "1 Elm", "city": "York", **typed}])

    assert reach.is_valid()
    (address,) = reach.facts().addresses
    assert (address.state, address.postal_code) == taken


def test_what_the_service_refuses_goes_beside_its_field():
    reach = sent(phones=[{"number": "7175550123"}])
    reach.is_valid()

    assert reach.refuse("phones-0-number", "Taken.") is True
    assert reach.refuse("phones-7-number", "Taken.") is False
    assert [(field.html_name, error) for field, error in reach.errors] == [
        ("phones-0-number", "Taken.")
    ]


def test_rows_of_a_new_person_may_start_with_what_was_typed():
    reach = Reach(typed={"phones": [{"number": "717 555 0123"}]})
    phones = dict(zip(("names", "phones", "addresses", "contacts"), reach.groups, strict=True))

    assert [form.initial for form in phones["phones"][1]] == [{"number": "717 555 0123"}, {}]


@pytest.mark.django_db
def test_rows_of_a_patient_are_those_stored_and_an_empty_one(patient):
    groups = [formset for _, formset in Reach(patient=world.again(patient)).groups]

    assert [len(formset.forms) for formset in groups] == [2, 2, 2, 2]
    assert groups[0].forms[0].initial == {
        "kind": NameKind.MAIDEN,
        "family": "Delacroix",
        "given": "Rosa",
        "middle": "",
        "suffix": "",
    }
    assert groups[3].forms[0].initial["kind"] == ContactKind.NEXT_OF_KIN
    assert groups[3].forms[0].initial["address"] == "9 Oak Lane, York"


def test_names_keep_middle_and_suffix():
    row = {"family": "Hale", "given": "John", "middle": "Q", "suffix": "Jr", "kind": "FORMER"}
    reach = sent(names=[row])

    assert reach.is_valid()
    assert reach.facts().names[0].name == PersonName("Hale", "John", "Q", "Jr")
