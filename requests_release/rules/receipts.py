"""When a request can have come: not before its patient was born, and not long ago."""

from __future__ import annotations

from datetime import date

from printing.words import day
from requests_release.rules import calendars

# No clock of a request runs for years; a day further back is a slip of the year.
MOST_YEARS_AGO = 10


def find_objection(received_on: date, *, born_on: date | None, today: date) -> str:
    """Return why a request cannot have come on the day, or nothing.

    `born_on` is the earliest day on which the patient can have been born, if that is known.
    """
    if born_on is not None and received_on < born_on:
        return f"The patient was born on {day(born_on)}: no request can have come before."
    if received_on < calendars.add_months(today, -12 * MOST_YEARS_AGO):
        return (
            f"This lies more than {MOST_YEARS_AGO} years back, when every time to answer is long "
            "over. Look at the year."
        )
    return ""
