"""The log as CSV and workbook."""

import csv
import io
import re
from zipfile import ZipFile

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.errors import AuditUnavailable
from audit.services import events, exports
from tests.audit.views.pages import (
    LIST,
    newest,
    shown_by,
    text_of,
)

pytestmark = pytest.mark.django_db


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_csv_holds_what_the_filters_say(signed_in, some):
    answer = signed_in.get("/log/export/csv/", {"patient": 5})

    body = body_of(answer)
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert body.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="access-log-\d{8}-\d{4}.csv"', answer.headers["Content-Disposition"]
    )
    found = [(int(row["Event"]), row["Person"], row["Patient"], row["Outcome"]) for row in rows]
    assert found == [
        (some[2], "Bo Hale", "MILLS, Peter 45-50-99", "Refused"),
        (some[1], "Ana Mills", "", "Done"),
        (some[0], "Ana Mills", "MILLS, Peter 45-50-99", "Done"),
    ]
    assert rows[1]["Detail"] == "'" * 0 + '{"page": 2}'
    assert rows[1]["Patients listed"] == "2"
    assert [(row["Role"], row["Basis"]) for row in rows] == [
        ("Supervisor", "No ground"),
        ("Clerk", ""),
        ("Clerk", "Works in the chart's unit"),
    ]
    assert [rows[2][name] for name in ("Subject", "Subject type", "Subject id")] == [
        "Operative report, Oct 13, 2026",
        "document",
        "3",
    ]


def test_export_names_who_stands_behind_an_event(signed_in):
    with context.acting(Origin(None, "system", "SYSTEM", "c" * 32, on_behalf_of_id=7)):
        events.record(action=Action.GLASS_CLOSED, patient_id=5)

    body = body_of(signed_in.get("/log/export/csv/", {"action": "GLASS_CLOSED"}))

    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert (row["On behalf of"], row["On behalf of id"]) == ("Ana Mills", "7")


def test_workbook_opens_and_holds_the_same(signed_in, some):
    answer = signed_in.get("/log/export/xlsx/", {"person": 7})

    with ZipFile(io.BytesIO(body_of(answer))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert "MILLS, Peter 45-50-99" in sheet


def test_export_is_recorded_with_its_patients_before_it_leaves(signed_in, some, officer):
    answer = signed_in.get("/log/export/csv/", {"basis": "UNIT"})

    event, shown = newest(), shown_by(newest())
    answer.close()
    assert (event.action, event.actor_id, event.basis, event.purpose) == (
        Action.LOG_EXPORTED,
        officer.pk,
        Basis.ROLE,
        "OVERSIGHT",
    )
    assert (event.detail["kind"], event.detail["basis"], shown) == ("csv", "UNIT", [5])


@pytest.mark.parametrize(
    "path", ["/log/export/pdf/", "/log/export/csv/?since=x", "/log/export/csv/?find_person=ana"]
)
def test_export_that_cannot_be_is_not_found(signed_in, some, path):
    assert signed_in.get(path).status_code == 404
    assert (newest().action, newest().outcome) == (Action.LOG_EXPORTED, Outcome.REFUSED)


def test_export_of_too_much_is_refused(signed_in, some, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)

    answer = signed_in.get("/log/export/csv/")

    assert (answer.status_code, "Narrow the period" in text_of(answer)) == (409, True)
    assert newest().detail == {"reason": "TOO_MUCH_TO_EXPORT"}


def test_export_that_cannot_be_recorded_sends_nothing(signed_in, some, monkeypatch):
    def broken(**_values):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record", broken)

    answer = signed_in.get("/log/export/csv/")

    assert (answer.status_code, "MILLS" in answer.content.decode()) == (503, False)


def test_export_needs_a_permission_of_its_own(signed_in, some, monkeypatch):
    from accounts.models import user

    monkeypatch.setattr(user, "permissions_of", lambda held: frozenset({"audit.view_event"}))

    assert signed_in.get("/log/export/csv/").status_code == 403
    assert "/log/export/" not in signed_in.get(LIST).content.decode()
