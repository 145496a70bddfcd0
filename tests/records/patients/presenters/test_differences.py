import pytest
from django.http import QueryDict

from records.patients.forms.person import EditForm
from records.patients.forms.reach import Reach
from records.patients.presenters import differences
from records.patients.presenters.differences import Difference
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def compare(house, patient, **changes):
    data = QueryDict(mutable=True)
    data.update(world.form_data(version="1", **world.reach_rows()) | changes)
    stored = world.again(patient)
    form = EditForm(data, user=house.clerk, patient=stored, last_four="6789")
    reach = Reach(data)
    assert form.is_valid() & reach.is_valid(), (form.errors, reach.errors)
    return differences.list_differences(form, reach, stored)


def test_the_same_entries_differ_in_nothing(house, patient):
    assert compare(house, patient) == []


def test_every_field_that_differs_is_shown_in_words(house, patient):
    world.change(house.supervisor, patient, language="French", is_confidential_address=True)

    found = compare(house, patient, sex="MALE", birth_on="3/15/1961", ssn="219-44-1111", email="")

    assert found == [
        Difference("Sex", "Female", "Male"),
        Difference("Birth date", "Mar 14, 1961", "Mar 15, 1961"),
        Difference("Language", "French", "Spanish"),
        Difference("E-mail", "rosa@example.org", "–"),
        Difference("Has asked to be reached at another address or by other means", "Yes", "No"),
        Difference("Social security number", "•••-••-6789", "as typed"),
    ]


def test_groups_that_differ_are_shown_whole(house, patient):
    rows = world.rows("phones", {"number": "717 555 0000"}, {"number": "717 555 0001"})

    found = compare(house, patient, **rows)

    assert found == [
        Difference("Phones", "Mobile: (717) 555-0123", "Home: 717 555 0000; Home: 717 555 0001")
    ]
