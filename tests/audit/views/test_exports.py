"""The log as CSV and workbook."""

import csv
import io
import json
import re
from zipfile import ZipFile

import pytest
from django.conf import settings

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis
from audit.errors import AuditUnavailable
from audit.models import Event
from audit.services import events, tables
from tests.audit.views.pages import ANA, EXPORT, LIST, newest, shown_by
from tests.exporting import take_out

pytestmark = pytest.mark.django_db


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_csv_holds_what_the_filters_say(proved, some):
    answer = take_out(proved, EXPORT, {"patient": 5})

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
        ("Clerk", "Holds the role"),
        ("Clerk", "Works in the chart's unit"),
    ]
    assert [rows[2][name] for name in ("Subject", "Subject type", "Subject id")] == [
        "Operative report, Oct 13, 2026",
        "document",
        "3",
    ]


def test_export_names_who_stands_behind_an_event(proved):
    with context.acting(Origin(None, "system", "SYSTEM", "c" * 32, on_behalf_of_id=7)):
        events.record(action=Action.GLASS_CLOSED, patient_id=5)

    body = body_of(take_out(proved, EXPORT, {"action": "GLASS_CLOSED"}))

    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert (row["On behalf of"], row["On behalf of id"]) == ("Ana Mills", "7")


def test_workbook_opens_holds_the_same_and_says_what_it_is(proved, some):
    answer = take_out(proved, EXPORT, {"person": 7}, kind="xlsx", purpose="LEGAL")

    with ZipFile(io.BytesIO(body_of(answer))) as book:
        sheet, about = (book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert sheet.count("<row ") == 3
    assert "MILLS, Peter 45-50-99" in sheet
    said = re.findall(r"<t>(.*?)</t>", about)
    assert said[:4] == ["Access log of", settings.FACILITY_NAME, "Taken out by", "Cora Hale"]
    assert said[6:10] == ["Purpose", "Required by law", "Person", "Ana Mills"]
    assert said[10] == "From"


@pytest.mark.goal("G-20")
@pytest.mark.goal("G-32")
def test_export_is_recorded_with_its_patients_before_it_leaves(proved, some, officer):
    answer = take_out(proved, EXPORT, {"basis": "UNIT"}, purpose="PATIENT_REQUEST")

    event, shown = newest(), shown_by(newest())
    answer.close()
    assert (event.action, event.actor_id, event.basis, event.purpose) == (
        Action.LOG_EXPORTED,
        officer.pk,
        Basis.ROLE,
        "PATIENT_REQUEST",
    )
    assert (event.detail["kind"], event.detail["basis"], shown) == ("csv", "UNIT", [5])


def test_fhir_holds_what_the_filters_say_a_resource_a_line(proved, some):
    answer = take_out(proved, EXPORT, {"patient": 5}, kind="fhir")

    found = [json.loads(line) for line in body_of(answer).splitlines()]
    assert answer.headers["Content-Type"] == "application/fhir+ndjson"
    assert re.fullmatch(
        r'attachment; filename="access-log-\d{8}-\d{4}.ndjson"',
        answer.headers["Content-Disposition"],
    )
    # The list showed two patients, and so is told twice.
    assert [resource["id"] for resource in found] == [
        str(some[2]), f"{some[1]}-1", f"{some[1]}-2", str(some[0]),
    ]  # fmt: skip
    assert [resource["outcome"] for resource in found] == ["4", "0", "0", "0"]
    assert {resource["source"]["observer"]["identifier"]["value"] for resource in found} == {
        settings.SITE_URL
    }


def test_fhir_is_recorded_with_every_patient_of_its_lists(proved, some):
    answer = take_out(proved, EXPORT, {"person": 7}, kind="fhir")

    event, shown = newest(), shown_by(newest())
    answer.close()
    assert (event.action, event.detail["kind"]) == (Action.LOG_EXPORTED, "fhir")
    assert shown == [6, 5]


@pytest.mark.parametrize(("kind", "statements"), [("csv", 9), ("fhir", 10)])
@pytest.mark.parametrize("lists", [1, 3, 300])
def test_export_costs_the_same_whatever_the_lists_showed(
    proved, django_assert_num_queries, kind, statements, lists
):
    with context.acting(ANA):
        for _ in range(lists):
            events.record(action=Action.PATIENTS_LISTED, patients=[6, 5])

    with django_assert_num_queries(statements):
        take_out(proved, EXPORT, {"action": "PATIENTS_LISTED"}, kind=kind).close()


@pytest.mark.parametrize(("kind", "most"), [("csv", 2), ("xlsx", 2), ("fhir", 2), ("fhir", 3)])
def test_export_of_too_much_is_refused_beside_the_field(proved, some, monkeypatch, kind, most):
    monkeypatch.setattr(tables, "MOST_ROWS", most)

    answer = take_out(proved, EXPORT, kind=kind)

    said = f"This is more than {most} events. Narrow the period, then export again."
    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {"file_kind": [said]}
    assert newest(outcome="REFUSED").detail == {"reason": "TOO_MUCH_TO_EXPORT"}
    assert not Event.objects.filter(action="LOG_EXPORTED", outcome="SUCCESS").exists()


def test_more_than_a_workbook_holds_leaves_as_csv(proved, some, monkeypatch):
    monkeypatch.setattr(tables, "MOST_IN_WORKBOOK", 2)

    refused, taken = (
        take_out(proved, EXPORT, {"patient": 5}, kind=kind) for kind in ("xlsx", "csv")
    )

    assert dict(refused.context["form"].errors) == {
        "file_kind": [
            "A workbook holds at most 2 events. Choose CSV, or narrow the period,"
            " then export again."
        ]
    }
    assert len(body_of(taken).splitlines()) == 5  # names, three events, and the refusal


@pytest.mark.goal("G-21")
def test_export_that_cannot_be_recorded_sends_nothing(proved, some, monkeypatch):
    def broken(**_values):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record", broken)

    answer = take_out(proved, EXPORT)

    assert (answer.status_code, "MILLS" in answer.content.decode()) == (503, False)


def test_export_needs_a_permission_of_its_own(proved, some, monkeypatch):
    from accounts.models import user

    monkeypatch.setattr(user, "permissions_of", lambda held: frozenset({"audit.view_event"}))

    assert take_out(proved, EXPORT).status_code == 403
    assert EXPORT not in proved.get(LIST).content.decode()
