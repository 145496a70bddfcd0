from datetime import date

import pytest

from requests_release.rules import accounting
from requests_release.rules.accounting import AccountingRow, Disclosed, Suspension


@pytest.mark.parametrize(
    ("requested_on", "wanted_from", "wanted_until", "expected"),
    [
        (date(2026, 11, 22), None, None, (date(2020, 11, 22), date(2026, 11, 22))),
        (date(2024, 2, 29), None, None, (date(2018, 2, 28), date(2024, 2, 29))),
        (
            date(2026, 11, 22),
            date(2025, 1, 1),
            date(2025, 12, 31),
            (date(2025, 1, 1), date(2025, 12, 31)),
        ),
        (
            date(2026, 11, 22),
            date(2010, 1, 1),
            date(2027, 1, 1),
            (date(2020, 11, 22), date(2026, 11, 22)),
        ),
        (
            date(2026, 11, 22),
            date(2025, 1, 1),
            date(2024, 1, 1),
            (date(2025, 1, 1), date(2025, 1, 1)),
        ),
    ],
)
def test_period_is_six_years_or_less(requested_on, wanted_from, wanted_until, expected):
    found = accounting.period(requested_on, wanted_from=wanted_from, wanted_until=wanted_until)

    assert found == expected


@pytest.mark.parametrize(
    ("requested_on", "earlier", "expected"),
    [
        (date(2026, 1, 10), [], False),
        (date(2026, 9, 1), [date(2026, 1, 10)], True),
        (date(2027, 1, 9), [date(2026, 1, 10), date(2026, 9, 1)], True),
        (date(2027, 1, 10), [date(2026, 9, 1), date(2026, 1, 10)], False),
        (date(2027, 9, 1), [date(2026, 1, 10), date(2026, 9, 1), date(2027, 1, 10)], True),
        (date(2026, 1, 10), [date(2026, 1, 10)], True),
        (date(2026, 1, 10), [date(2026, 6, 1)], False),
    ],
)
def test_the_first_in_twelve_months_is_free(requested_on, earlier, expected):
    assert accounting.is_chargeable(requested_on, earlier) is expected


@pytest.mark.parametrize(
    ("suspension", "until"),
    [
        (Suspension("FBI", date(2026, 5, 1)), date(2026, 5, 31)),
        (Suspension("FBI", date(2026, 5, 1), date(2026, 5, 10)), date(2026, 5, 10)),
        (Suspension("FBI", date(2026, 5, 1), date(2027, 5, 1)), date(2026, 5, 31)),
        (Suspension("FBI", date(2026, 5, 1), date(2027, 5, 1), True), date(2027, 5, 1)),
        (Suspension("FBI", date(2026, 5, 1), None, True), date(2026, 5, 31)),
    ],
)
def test_a_suspension_ends_at_its_time_and_an_oral_one_after_thirty_days(suspension, until):
    assert accounting.suspended_until(suspension) == until


@pytest.mark.parametrize(
    ("recipient", "today", "expected"),
    [
        ("FBI", date(2026, 4, 30), False),
        ("FBI", date(2026, 5, 1), True),
        ("FBI", date(2026, 5, 31), True),
        ("FBI", date(2026, 6, 1), False),
        ("Sheriff", date(2026, 5, 10), False),
    ],
)
def test_rows_are_held_back_while_a_suspension_stands(recipient, today, expected):
    suspensions = [Suspension("FBI", date(2026, 5, 1))]

    assert accounting.is_suspended(recipient, suspensions, today=today) is expected


def disclosed(day, recipient="Health department", purpose="reportable disease"):
    return Disclosed(day, recipient, "1 Main St", "laboratory report", purpose)


def test_condense_gives_first_number_and_last_of_repeats():
    january, march, june = (date(2026, month, 5) for month in (1, 3, 6))

    rows = accounting.condense(
        [
            disclosed(june),
            disclosed(january),
            disclosed(march, recipient="Coroner"),
            disclosed(march),
            disclosed(march, purpose="investigation"),
        ]
    )

    assert rows == [
        AccountingRow(disclosed(january), 3, june),
        AccountingRow(disclosed(march, recipient="Coroner"), 1, march),
        AccountingRow(disclosed(march, purpose="investigation"), 1, march),
    ]
    assert accounting.condense([]) == []
