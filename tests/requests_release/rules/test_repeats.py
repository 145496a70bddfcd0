"""When a file may be given again on a used link."""

from datetime import UTC, datetime, timedelta

import pytest

from requests_release.rules import repeats

USED = datetime(2026, 11, 2, 14, 5, tzinfo=UTC)
LAST = timedelta(minutes=15)
GIVEN, WRONG, ARRIVED = "GIVEN", "WRONG", "ARRIVED"


def left(outcomes=(), after=timedelta(), tries_left=5, used_at=USED):
    return repeats.count_left(
        used_at=used_at, outcomes=outcomes, tries_left=tries_left, now=USED + after
    )


@pytest.mark.parametrize(
    ("outcomes", "count"),
    [
        ([], 2),
        ([GIVEN], 1),
        ([GIVEN, WRONG], 1),
        ([GIVEN, GIVEN], 0),
        ([WRONG, WRONG], 2),
        ([ARRIVED], 0),
        ([GIVEN, ARRIVED], 0),
    ],
)
def test_a_file_is_given_again_twice_and_not_once_it_arrived(outcomes, count):
    assert left(outcomes) == count


@pytest.mark.parametrize(
    ("after", "count"), [(timedelta(), 2), (LAST, 2), (LAST + timedelta(seconds=1), 0)]
)
def test_a_file_is_given_again_for_fifteen_minutes(after, count):
    assert left(after=after) == count
    assert repeats.ends_at(USED) == USED + LAST


def test_nothing_is_given_again_without_tries_or_before_the_download():
    assert (left(tries_left=1), left(tries_left=0), left(used_at=None)) == (2, 0, 0)
