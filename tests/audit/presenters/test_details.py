"""The details of an event, told without the signs of their storage."""

import json

import pytest

from audit.presenters import details


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({}, []),
        (
            {"missing": ["documents.void_document", "access.open_chart"]},
            [("Missing right", "documents.void_document, access.open_chart")],
        ),
        ({"missing": "access.open_chart"}, [("Missing right", "access.open_chart")]),
        ({"missing": 3}, [("Missing", "3")]),
        ({"reason": "OWN_ROLES"}, [("Reason", "OWN_ROLES")]),
        (
            {"from": "LOGGED", "to": "APPROVED"},
            [("State before", "LOGGED"), ("State after", "APPROVED")],
        ),
        (
            {"from_unit": 3, "effective_from": "2026-01-01"},
            [("From unit", "3"), ("Effective from", "2026-01-01")],
        ),
        ({"again": True, "undone": False}, [("Again", "yes"), ("Undone", "no")]),
        (
            {"pages": [1, 2], "fields": [], "note": None, "count": 0},
            [("Pages", "1, 2"), ("Fields", "none"), ("Note", ""), ("Count", "0")],
        ),
        ({"person": 7, "page": 2}, [("Person (detail)", "7"), ("Page", "2")]),
    ],
)
def test_each_detail_is_a_label_and_a_value(stored, shown):
    found = details.rows(json.dumps(stored), taken={"Person", "Role then"})

    assert found == shown
    assert not set("{}[]") & set("".join(label + value for label, value in found))
