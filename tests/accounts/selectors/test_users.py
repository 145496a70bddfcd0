"""People found by what a reader of the log types."""

import pytest

from accounts.selectors import users
from audit.subjects import Unclear
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("CLERK", username="amills", email="ana@example.org", display_name="Ana Mills")


@pytest.mark.parametrize(
    "typed", ["amills", " AMILLS ", "ana@example.org", "Ana Mills", "ana mills"]
)
def test_a_person_is_found_by_sign_in_name_address_and_whole_name(ana, typed):
    make_user("CLERK", display_name="Ana Millstone")

    assert users.find(typed) == [str(ana.pk)]


@pytest.mark.parametrize("typed", ["Ana", "Mills", "", " ", "nobody"])
def test_a_part_of_a_name_and_nothing_find_nobody(ana, typed):
    assert users.find(typed) == []


def test_several_of_one_name_are_told_apart_by_their_sign_in_names(ana):
    make_user("PROVIDER", username="zmills", display_name="ANA MILLS")

    with pytest.raises(Unclear) as unclear:
        users.find("ana mills")

    assert unclear.value.message == (
        "Several people have this name. They sign in as: amills, zmills."
    )


def test_a_sign_in_name_stands_before_a_name_that_another_bears(ana):
    make_user("PROVIDER", username="other", display_name="amills")

    assert users.find("amills") == [str(ana.pk)]
