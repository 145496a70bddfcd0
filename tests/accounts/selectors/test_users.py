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


@pytest.mark.parametrize("typed", ["Ana", "ANA M", "ana mill", "am", "AMILL", " Ana "])
def test_one_person_is_found_by_how_their_name_or_sign_in_name_begins(ana, typed):
    make_user("CLERK", username="zoe", display_name="Zoe Ana Mills")

    assert users.find(typed) == [str(ana.pk)]


def test_a_name_is_found_without_the_title_behind_it():
    pat = make_user("PROVIDER", username="provider", display_name="Pat Provider, MD")

    assert users.find("Pat Provider") == users.find("pat provider,") == [str(pat.pk)]


@pytest.mark.parametrize("typed", ["Mills", "ills", "", " ", "nobody", "%", "A_a", "ana@example"])
def test_another_part_of_a_name_and_nothing_find_nobody(ana, typed):
    assert users.find(typed) == []


@pytest.mark.parametrize("count", [2, 5, 6])
def test_several_whose_names_begin_so_are_named_up_to_five(count):
    for number in range(count):
        make_user("CLERK", username=f"ben{number}", display_name=f"Ana Mills {number}")

    with pytest.raises(Unclear) as unclear:
        users.find("ana")

    named = [f"Ana Mills {number} (ben{number})" for number in range(min(count, 5))]
    if count > 5:
        named.append("and more")
    assert unclear.value.message == (
        f"Several people have a name that begins so: {'; '.join(named)}."
    )


def test_several_of_one_name_are_told_apart_by_their_sign_in_names(ana):
    make_user("PROVIDER", username="zmills", display_name="ANA MILLS")

    with pytest.raises(Unclear) as unclear:
        users.find("ana mills")

    assert unclear.value.message == (
        "Several people have this name: ANA MILLS (zmills); Ana Mills (amills)."
    )


def test_a_sign_in_name_stands_before_a_name_that_another_bears(ana):
    make_user("PROVIDER", username="other", display_name="amills")

    assert users.find("amills") == [str(ana.pk)]
