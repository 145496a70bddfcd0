from datetime import date

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

    bars = due.bars(years, TODAY)

    assert [bar.label for bar in bars] == [
        "before 2026",
        *[str(year) for year in range(2026, 2057)],
        "after 2056",
    ]
    assert (bars[0].charts, bars[0].held, bars[0].url) == (100, 10, "?show=now")
    assert (bars[2].charts, bars[2].held, bars[2].url) == (50, 25, "?show=all&year=2027")
    assert (bars[-1].charts, bars[-1].held) == (10, 7)
    assert (bars[0].height, bars[0].y, bars[0].held_height) == (94, 0, 9)
    assert (bars[2].height, bars[2].held_y) == (47, 70)
    assert [bar.x for bar in bars[:3]] == [1, 11, 21]


def test_bars_of_nothing_are_empty_years():
    bars = due.bars([], TODAY)

    assert [bar.label for bar in bars] == [str(year) for year in range(2026, 2057)]
    assert {(bar.charts, bar.height) for bar in bars} == {(0, 0)}
