"""Words and labels of the log."""

import pytest

from audit import labels, subjects
from audit.presenters import words


@pytest.mark.parametrize(
    "stored, shown",
    [
        ("CLERK", "Clerk"),
        ("COMPLIANCE", "Compliance officer"),
        ("CLERK+SUPERVISOR", "Clerk, Supervisor"),
        ("NONE", "No role"),
        ("SYSTEM", "System"),
        ("ANONYMOUS", "Anonymous"),
    ],
)
def test_roles_are_shown_in_words(stored, shown):
    assert words.roles(stored) == shown


def test_subjects_are_labelled_by_one_call_for_each_type(monkeypatch):
    asked = []

    def label(ids):
        asked.append(list(ids))
        return {"1": "request R-1"}

    monkeypatch.setattr(subjects, "_registry", {})
    subjects.register("request", label)

    found = words.label_subjects(
        [("request", "1"), ("request", "2"), ("thing", "3"), ("delivery", ""), ("", "")]
    )

    assert found == {
        ("request", "1"): "request R-1",
        ("request", "2"): "request 2",
        ("thing", "3"): "thing 3",
        ("delivery", ""): "delivery",
        ("", ""): "",
    }
    assert asked == [["1", "2"]]


def test_pages_routes_and_events_have_names_of_their_own(monkeypatch):
    monkeypatch.setattr(subjects, "_registry", {})
    labels.register()

    found = words.label_subjects(
        [("page", "face_sheet"), ("route", "patients:patient_edit"), ("event", "7")]
    )

    assert found == {
        ("page", "face_sheet"): "face sheet page",
        ("route", "patients:patient_edit"): "patient edit page",
        ("event", "7"): "event 7",
    }
    assert subjects.url("event", "7") == "/log/events/7/"
