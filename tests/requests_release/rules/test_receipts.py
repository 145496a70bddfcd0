from datetime import date

import pytest

from requests_release.rules import receipts

TODAY = date(2026, 11, 30)
UNBORN = "The patient was born on Apr 5, 2020: no request can have come before."
LONG_AGO = (
    "This lies more than 10 years back, when every time to answer is long over. Look at the year."
)


@pytest.mark.parametrize(
    ("received_on", "born_on", "objection"),
    [
        (TODAY, date(2020, 4, 5), ""),
        (date(2020, 4, 5), date(2020, 4, 5), ""),
        (date(2020, 4, 4), date(2020, 4, 5), UNBORN),
        (date(1900, 1, 1), date(2020, 4, 5), UNBORN),
        (date(2016, 11, 30), date(1950, 4, 5), ""),
        (date(2016, 11, 29), date(1950, 4, 5), LONG_AGO),
        (date(1900, 1, 1), None, LONG_AGO),
        (date(2020, 4, 4), None, ""),
    ],
)
def test_a_request_came_in_the_life_of_its_patient_and_not_long_ago(
    received_on, born_on, objection
):
    assert receipts.find_objection(received_on, born_on=born_on, today=TODAY) == objection
