from datetime import date

import pytest

from requests_release.rules import figures
from requests_release.rules.figures import FIGURES, Figure, FigureCode, FigureUnknown

CODE = FigureCode.ORAL_SUSPENSION_DAYS
ROWS = [
    Figure(CODE, 30, "old", date(2026, 1, 1), date(2020, 1, 1), date(2025, 12, 31)),
    Figure(CODE, 20, "new", date(2026, 1, 1), date(2026, 1, 1)),
]


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2020, 1, 1), 30), (date(2025, 12, 31), 30), (date(2026, 1, 1), 20)],
)
def test_the_row_in_force_on_the_day_counts(on, value):
    assert figures.figure(CODE, on=on, rows=ROWS).value == value


def test_a_day_without_row_is_an_error():
    with pytest.raises(FigureUnknown, match="ORAL_SUSPENSION_DAYS on 2019-12-31"):
        figures.figure(CODE, on=date(2019, 12, 31), rows=ROWS)


def test_every_figure_is_there_once_with_its_source():
    assert sorted(row.code for row in FIGURES) == sorted(FigureCode)
    assert all(row.cite and row.verified_on >= date(2026, 1, 1) for row in FIGURES)
