from datetime import date

import pytest

from records.retention.presenters import due
from records.retention.selectors.due import YearCount

TODAY = date(2026, 11, 23)


def test_bars_gather_what_is_late_and_what_is_far():
    years = [
        YearCount(2010, 30, 10),
        YearCount(2020, 70, 0),
        YearCount(2027, 50, 25),
        YearCount(2056, 5, 0),
        YearCount(2057, 7, 7),
        YearCount(2090, 3, 0),
    ]

    calendar = due.calendar(years, TODAY)

    bars = calendar.bars
    assert [bar.label for bar in bars] == [
        "before 2026",
        *[str(year) for year in range(2026, 2057)],
        "after 2056",
    ]
    assert (bars[0].charts, bars[0].held, bars[0].url) == (100, 10, "?show=now")
    assert (bars[2].charts, bars[2].held, bars[2].url) == (50, 25, "?show=all&year=2027")
    assert (bars[-1].charts, bars[-1].held) == (10, 7)
    assert (bars[0].height, bars[0].y, bars[0].held_height) == (98, 0, 10)
    assert (bars[2].height, bars[2].held_y) == (49, 74)
    assert [bar.x for bar in bars[:3]] == [1, 11, 21]


def test_bars_of_nothing_are_empty_years():
    calendar = due.calendar([], TODAY)

    bars = calendar.bars
    assert calendar.scale == ["2", "1", "0"]
    assert [bar.label for bar in bars] == [str(year) for year in range(2026, 2057)]
    assert {(bar.charts, bar.height) for bar in bars} == {(0, 0)}


def test_every_fifth_year_and_both_ends_are_written_under_the_bars():
    calendar = due.calendar([YearCount(2010, 1, 0), YearCount(2090, 1, 0)], TODAY)

    assert [(at, bar.tick) for at, bar in enumerate(calendar.bars) if bar.tick] == [
        (0, "before 2026"),
        (10, "2035"),
        (15, "2040"),
        (20, "2045"),
        (32, "after 2056"),
    ]
    assert calendar.width == 330
    assert [bar.tick for bar in due.calendar([], TODAY).bars if bar.tick] == [
        "2026",
        "2030",
        "2035",
        "2040",
        "2045",
        "2050",
        "2056",
    ]


@pytest.mark.parametrize(
    ("most", "scale"),
    [
        (0, ["2", "1", "0"]),
        (2, ["2", "1", "0"]),
        (3, ["4", "2", "0"]),
        (5, ["10", "5", "0"]),
        (11, ["20", "10", "0"]),
        (100, ["100", "50", "0"]),
        (3001, ["4,000", "2,000", "0"]),
        (10001, ["20,000", "10,000", "0"]),
    ],
)
def test_the_scale_ends_at_a_round_number_above_the_tallest_bar(most, scale):
    assert due.calendar([YearCount(2027, most, 0)], TODAY).scale == scale
