from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from records.patients.forms.fields import TypedDateField

pytestmark = pytest.mark.usefixtures("settings")
NO_DATE = "There is no such date. Enter a day, for example 3/14/1961."


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-23 15:00 +0000"):
        yield


@pytest.mark.parametrize(
    "text, day",
    [
        ("", None),
        ("3/14/1961", date(1961, 3, 14)),
        ("14 Mar 1961", date(1961, 3, 14)),
        ("1961-03-14", date(1961, 3, 14)),
        ("03141961", date(1961, 3, 14)),
        ("14/3/1961", date(1961, 3, 14)),
        ("2/29/2024", date(2024, 2, 29)),
        (date(1961, 3, 14), date(1961, 3, 14)),
    ],
)
def test_a_day_is_read_in_any_usual_order(text, day):
    assert TypedDateField(required=False).clean(text) == day


@pytest.mark.parametrize(
    "text, message",
    [
        ("2/30/1961", NO_DATE),
        ("2/29/2023", NO_DATE),
        ("13/13/1961", NO_DATE),
        ("yesterday", NO_DATE),
        ("0", NO_DATE),
        ("Mar 1961", "Enter a day, for example 3/14/1961."),
        ("1961", "Enter a day, for example 3/14/1961."),
        ("12/31/2026", "This lies in the future."),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(text, message):
    with pytest.raises(ValidationError) as error:
        TypedDateField().clean(text)

    assert error.value.messages == [message]


@pytest.mark.parametrize("text, day", [("Mar 1961", date(1961, 3, 1)), ("1961", date(1961, 1, 1))])
def test_a_vague_date_stands_for_its_first_day_where_allowed(text, day):
    assert TypedDateField(is_vague_allowed=True).clean(text) == day


def test_a_day_to_come_is_read_where_allowed():
    assert TypedDateField(is_future_allowed=True).clean("12/31/27") == date(2027, 12, 31)
