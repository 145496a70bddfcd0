import pytest

from records.access.rules.facilities import problem_of

GOOD = {
    "code": "BGH",
    "name": "Bangor General",
    "state": "ME",
    "time_zone": "America/New_York",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"code": "A"}, ""),
        ({"code": "B2B"}, ""),
        ({"state": "PR"}, ""),
        ({"code": ""}, "The code is up to 12 capital letters"),
        ({"code": "bgh"}, "The code is up to 12 capital letters"),
        ({"code": "2BG"}, "The code is up to 12 capital letters"),
        ({"code": "ABCDEFGHIJKLM"}, "The code is up to 12 capital letters"),
        ({"code": "B H"}, "The code is up to 12 capital letters"),
        ({"name": "  "}, "The name is missing"),
        ({"name": "x" * 121}, "The name is missing or longer"),
        ({"state": "XX"}, "XX is no US state"),
        ({"state": "me"}, "me is no US state"),
        ({"time_zone": "EST5"}, "EST5 is no time zone"),
        ({"time_zone": ""}, " is no time zone"),
    ],
)
def test_what_a_facility_can_be(change, problem):
    found = problem_of(**GOOD | change)

    assert found.startswith(problem)
    assert bool(found) == bool(problem)
