from datetime import date

import pytest
from django.http import QueryDict

from records.patients.forms.person import JANUARY, EditForm, RegisterForm
from records.patients.services.facts import PERSON_FIELDS
from tests.factories.people import again
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def query(**changes):
    data = QueryDict(mutable=True)
    data.update(world.form_data(**changes))
    return data


@pytest.fixture
def errors_of(house):
    """What the registration form says to changed entries."""
    user = again(house.clerk)

    def errors(**changes):
        form = RegisterForm(query(**{"unit": str(house.main.pk)} | changes), user=user)
        return {name: list(messages) for name, messages in form.errors.items()}

    return errors


def test_entries_become_facts(house):
    form = RegisterForm(query(unit=str(house.main.pk)), user=again(house.clerk))

    assert form.is_valid(), form.errors
    assert form.facts() == world.FACTS
    assert form.cleaned_data["unit"] == house.main.pk


def test_what_cannot_be_is_said_beside_its_field(errors_of):
    name_and_digits = "A name has no digits."
    expected = [
        ({}, {}),
        ({"family": ""}, {"family": ["Enter the family name."]}),
        (
            {"given": ""},
            {"given": ["Enter the given name, or choose another kind of name."]},
        ),
        ({"given": "", "name_status": "NEWBORN"}, {}),
        ({"family": "", "given": "", "name_status": "UNIDENTIFIED"}, {}),
        ({"family": "Muñoz2"}, {"family": [name_and_digits]}),
        ({"family": "Muñoz2", "name_status": "UNIDENTIFIED"}, {}),
        (
            {"given": "Dr Rosa"},
            {"family": ["Leave titles such as Dr or Mrs out of the name."]},
        ),
        (
            {"given": "Rosa “Rosie”"},
            {"family": ["Enter nicknames under “Other names”, without quotation marks."]},
        ),
        ({"family": "Test"}, {"family": ["Test names do not belong among patients."]}),
        (
            {"birth_on": "2/30/1961"},
            {"birth_on": ["There is no such date. Enter a day, for example 3/14/1961."]},
        ),
        ({"birth_on": "3/14/2999"}, {"birth_on": ["This lies in the future."]}),
        ({"birth_on": "1/1/1961"}, {"birth_on": [JANUARY]}),
        ({"birth_on": "1/1/1961", "is_january_meant": "on"}, {}),
        ({"birth_on": "1/1/1961", "birth_precision": "YEAR"}, {}),
        ({"birth_on": "1961"}, {}),
        ({"sex": ""}, {"sex": ["Choose one of the list."]}),
        ({"email": "rosa"}, {"email": ["Enter an address such as name@example.org."]}),
        ({"ssn": "123"}, {"ssn": [REFUSED]}),
        ({"ssn": "000-12-3456"}, {"ssn": [REFUSED]}),
        ({"ssn_kept": "nonsense"}, {"ssn": ["Type the number again."]}),
        ({"submission_key": "nonsense"}, {"submission_key": ["Enter a valid UUID."]}),
        (
            {"unit": "0"},
            {"unit": ["Choose one of the list."]},
        ),
    ]

    found = [(changes, errors_of(**changes)) for changes, _ in expected]

    assert found == expected


REFUSED = (
    "This cannot be a social security number. Type the number again, or choose to go on without it."
)


@pytest.mark.parametrize(
    "typed, chosen, day, precision",
    [
        ("1961", "DAY", date(1961, 1, 1), "YEAR"),
        ("Mar 1961", "DAY", date(1961, 3, 1), "MONTH"),
        ("1961", "ESTIMATED", date(1961, 1, 1), "ESTIMATED"),
        ("3/14/1961", "DAY", date(1961, 3, 14), "DAY"),
    ],
)
def test_a_vague_birth_date_says_itself_how_exact_it_is(house, typed, chosen, day, precision):
    data = query(birth_on=typed, birth_precision=chosen, unit=str(house.main.pk))
    form = RegisterForm(data, user=again(house.clerk))

    assert form.is_valid(), form.errors
    assert (form.facts().birth_on, form.facts().birth_precision) == (day, precision)


def test_units_offered_are_those_whose_charts_the_person_opens(house):
    def offered(user):
        return [label for _, label in RegisterForm(user=again(user)).fields["unit"].choices]

    assert offered(house.clerk) == ["Main file room"]
    assert offered(house.stranger) == []


def test_each_form_has_a_key_of_its_own(house):
    keys = {RegisterForm(user=house.clerk)["submission_key"].value() for _ in range(3)}

    assert len(keys) == 3


@pytest.mark.parametrize(
    "text, expected", [("", set()), ("3,5", {3, 5}), ("3,x,-1,,5 ", {3, 5}), ("9" * 30, set())]
)
def test_judged_are_numbers_and_nothing_else(house, text, expected):
    form = RegisterForm(query(judged=text, unit=str(house.main.pk)), user=again(house.clerk))

    assert form.is_valid()
    assert form.cleaned_data["judged"] == expected


def test_a_number_typed_goes_back_as_ciphertext_and_is_used_when_sent_again(house):
    first = RegisterForm(
        query(ssn=world.SSN, family="", unit=str(house.main.pk)), user=again(house.clerk)
    )
    assert not first.is_valid()
    drawn = str(first)

    second = RegisterForm(
        query(ssn_kept=first["ssn_kept"].value(), unit=str(house.main.pk)), user=again(house.clerk)
    )

    assert world.SSN not in drawn
    assert world.SSN_DIGITS not in drawn
    assert first.fields["ssn"].help_text == "•••-••-6789 was typed and is kept; leave this empty"
    assert second.is_valid()
    assert second.cleaned_data["ssn"] == world.SSN_DIGITS


def test_a_kept_number_can_be_given_up(house):
    first = RegisterForm(query(ssn=world.SSN), user=again(house.clerk))
    data = query(ssn_kept=first["ssn_kept"].value(), is_ssn_withdrawn="on", unit=str(house.main.pk))

    second = RegisterForm(data, user=again(house.clerk))

    assert first.has_ssn
    assert second.is_valid()
    assert second.cleaned_data["ssn"] == ""


def test_the_edit_form_starts_with_what_is_stored_but_never_the_number(patient, house):
    form = EditForm(
        initial=EditForm.initial_of(patient), user=house.clerk, patient=patient, last_four="6789"
    )

    assert {name: form[name].value() for name in PERSON_FIELDS} == {
        name: getattr(patient, name) for name in PERSON_FIELDS
    }
    assert form["version"].value() == 1
    assert form["ssn"].value() is None
    assert form.fields["ssn"].help_text == ("•••-••-6789 is stored; type another one to replace it")


def test_a_stored_name_is_judged_only_when_it_changes(house):
    imported = world.register(house.clerk, house.main, family="Frami345", given="Abe604")
    known = {"user": house.clerk, "patient": imported}

    same = EditForm(query(family="Frami345", given="Abe604", version="1"), **known)
    other = EditForm(query(family="Frami346", given="Abe604", version="1"), **known)

    assert same.is_valid(), same.errors
    assert other.errors["family"] == ["A name has no digits."]


def test_a_first_of_january_stored_is_not_asked_about_again(house):
    born = world.register(house.clerk, house.main, birth_on=date(1961, 1, 1))
    form = EditForm(query(birth_on="01/01/1961", version="1"), user=house.clerk, patient=born)

    assert form.is_valid(), form.errors


def test_a_person_of_one_name_may_keep_it(house):
    mononym = world.register(house.clerk, house.main, family="Sukarno", given="", middle="")
    data = query(family="Sukarno", given="", middle="", version="1")

    assert EditForm(data, user=house.clerk, patient=mononym).is_valid()


def test_a_renewed_form_carries_the_version_that_its_reader_has_seen(patient, house):
    form = EditForm(query(version="1"), user=house.clerk, patient=patient)
    form.is_valid()

    form.renew(4)

    assert form["version"].value() == "4"
