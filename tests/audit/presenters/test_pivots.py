"""Who saw whom, as the pages show it."""

import datetime as dt

from audit.presenters import pivots
from audit.selectors.pivots import SeenPatient, Viewer

NOON = dt.datetime(2026, 11, 12, 17, 0, tzinfo=dt.UTC)


def shown(actions):
    count = sum(actions.values())
    (viewer,) = pivots.viewer_lines(
        [Viewer(7, "Ana Mills", "CLERK", count, 0, NOON, NOON, actions, ["UNIT"])]
    )
    (patient,) = pivots.patient_lines(
        [SeenPatient(5, count, 0, NOON, NOON, actions, ["UNIT"])], {"5": "MILLS, Peter"}
    )
    assert (viewer.actions, viewer.more) == (patient.actions, patient.more)
    return viewer.actions, viewer.more


def test_the_three_most_frequent_come_first_and_the_rest_is_kept():
    actions = {
        "CHART_OPENED": 4,
        "DOCUMENT_VIEWED": 1200,
        "PATIENTS_LISTED": 2,
        "PATIENTS_SEARCHED": 9,
        "LOG_VIEWED": 2,
    }

    assert shown(actions) == (
        "Document viewed (1,200), Patients searched (9), Chart opened (4)",
        ["Access log viewed (2)", "Patients listed (2)"],
    )


def test_three_or_fewer_leave_no_rest():
    assert shown({"CHART_OPENED": 1, "NO_LONGER_KNOWN": 2}) == (
        "NO_LONGER_KNOWN (2), Chart opened (1)",
        [],
    )
