"""The list of requests, and the disclosures of a patient, as files."""

import csv
import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from audit.errors import AuditUnavailable
from audit.services import events, tables
from requests_release.selectors import boards
from tests.factories.people import make_user
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event, shown_patients
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
BOARD = reverse("requests_release:request_board")
CSV, XLSX = (page("request_export", kind=kind) for kind in ("csv", "xlsx"))
WHAT = {"list": "requests", "kind": "csv"}


def read(answer):
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def status_of(answer):
    list(answer)
    return answer.status_code


def said_in(answer):
    """What the workbook says of itself."""
    with ZipFile(io.BytesIO(b"".join(answer))) as book:
        return re.findall(r"<t>(.*?)</t>", book.read("xl/worksheets/sheet2.xml").decode())


def test_list_leaves_as_it_is_shown_first_due_first(as_approver, approver, patient, clerk):
    today = timezone.localdate()
    later = factories.make_request(
        patient, clerk, due_on=today + timedelta(days=9), due_cite="x", due_label="30-day"
    )
    first = factories.make_request(
        patient, clerk, due_on=today, due_cite="x", due_label="=2-day", page_count=4
    )

    answer = as_approver.get(CSV)

    event = last_event("EXPORTED")
    rows = read(answer)
    assert [row["Request"] for row in rows] == [first.number, later.number]
    assert rows[0] | {"Requester": "", "Kind": ""} == {
        "Request": first.number,
        "Kind": "",
        "State": "Logged",
        "Acts next": "Waiting for release clerk",
        "Due": today.isoformat(),
        "Due by rule": "'=2-day",
        "Patient": "O'CONNELL, Freda",
        "Born": patient.birth_on.isoformat(),
        "MRN": patient.mrn,
        "Requester": "",
        "Pages": "4",
        "Preparer": "",
        "Received": first.received_on.isoformat(),
    }
    assert (event["actor_id"], event["purpose"], event["basis"], event["detail"]) == (
        approver.pk,
        "RELEASE",
        "UNIT",
        WHAT,
    )
    assert shown_patients(event["id"]) == [patient.pk]


def test_filters_of_the_address_narrow_the_file_and_stand_on_record(
    as_approver, patient, clerk, document
):
    factories.make_request(patient, clerk)
    asked = builders.submitted(patient, clerk, document)

    rows = read(as_approver.get(CSV, {"status": "SUBMITTED", "kind": asked.kind, "after": "x"}))

    assert [row["Request"] for row in rows] == [asked.number]
    assert last_event("EXPORTED")["detail"] == WHAT | {
        "statuses": ["SUBMITTED"],
        "of": asked.kind,
    }


def test_workbook_says_what_it_is(as_approver, approver, patient, clerk):
    factories.make_request(patient, clerk)

    whole, mine = said_in(as_approver.get(XLSX)), said_in(as_approver.get(XLSX, {"mine": "1"}))

    assert whole[:4] == [
        "Release requests of",
        settings.FACILITY_NAME,
        "Taken out by",
        approver.display_name,
    ]
    assert whole[6:] == ["Purpose", "Release of information", "State", "all not yet closed"]
    assert mine[8:] == ["State", "all not yet closed", "Only", "assigned to me"]


def test_other_units_requests_do_not_leave(as_approver, clerk, patient):
    mine = factories.make_request(patient, clerk)
    far = factories.make_unit()
    stranger = factories.make_patient(far, family="Hidden")
    factories.make_request(stranger, factories.make_user("CLERK", unit=far))

    rows = read(as_approver.get(CSV))

    assert [row["Request"] for row in rows] == [mine.number]
    assert shown_patients(last_event("EXPORTED")["id"]) == [patient.pk]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("CLERK", 403),
        ("SUPERVISOR", 200),
        ("COMPLIANCE", 200),
        ("PROVIDER", 403),
        ("ADMINISTRATOR", 403),
    ],
)
def test_supervisors_and_compliance_take_lists_out_and_see_the_buttons(
    client, unit, patient, clerk, role, status
):
    client.force_login(make_user(role, unit=unit))
    listed = page("disclosure_list", patient_id=patient.pk)
    files = [CSV, XLSX, page("disclosure_export", patient_id=patient.pk, kind="csv")]

    shown = "".join(client.get(at).content.decode() for at in (f"{BOARD}?view=list", listed))

    assert [status_of(client.get(file)) for file in files] == [status] * 3
    assert [f'href="{file}' in shown for file in files] == [status == 200] * 3


def test_buttons_keep_the_filters_and_leave_the_page(as_approver, patient, clerk):
    factories.make_request(patient, clerk)

    body = as_approver.get(f"{BOARD}?view=list&mine=1&after=2026-01-01.5").content.decode()

    assert f'href="{CSV}?mine=1" download' in body


@pytest.mark.parametrize("kind", ["pdf", "fhir"])
def test_a_kind_of_file_that_is_not_there(as_approver, patient, kind):
    for address in (
        page("request_export", kind=kind),
        page("disclosure_export", patient_id=patient.pk, kind=kind),
    ):
        assert as_approver.get(address).status_code == 404
        assert last_event("EXPORTED", "REFUSED")["detail"] == {"reason": "NOT_VISIBLE"}


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_too_long_a_list_is_refused_and_names_nobody(
    as_approver, patient, clerk, monkeypatch, address
):
    factories.make_request(patient, clerk)
    monkeypatch.setattr(tables.Table.__init__, "__defaults__", ((), 0))

    answer = as_approver.get(address)

    assert (answer.status_code, "Narrow the list" in answer.content.decode()) == (409, True)
    event = last_event("EXPORTED", "REFUSED")
    assert (event["detail"], shown_patients(event["id"])) == (
        {"reason": "TOO_MUCH_TO_EXPORT"},
        [],
    )


@pytest.mark.goal("G-21")
def test_a_file_that_cannot_be_recorded_does_not_leave(as_approver, patient, clerk, monkeypatch):
    factories.make_request(patient, clerk)

    def broken(**_values):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record", broken)

    answer = as_approver.get(CSV)

    assert (answer.status_code, b"CONNELL" in answer.content) == (503, False)


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_file_costs_the_same_however_long(
    as_approver, patient, clerk, count, django_assert_max_num_queries
):
    for _ in range(count):
        factories.make_request(patient, clerk)
    read(as_approver.get(CSV))

    # session, user with roles, rights on units and charts, the list, the event
    with django_assert_max_num_queries(7):
        answer = as_approver.get(CSV)

    assert len(read(answer)) == count


@pytest.mark.parametrize("chunk", [1, 2, 3, 4])
def test_a_list_is_read_in_chunks_and_whole(clerk, approver, patient, monkeypatch, chunk):
    monkeypatch.setattr(boards, "CHUNK", chunk)
    numbers = [factories.make_request(patient, clerk).number for _ in range(4)]

    found = boards.stream_list(approver, boards.Filters(), today=timezone.localdate())

    assert [card.number for cards in found for card in cards] == numbers


def test_disclosures_leave_with_the_patient_on_record(as_approver, clerk, ready, patient):
    builders.hand_over(ready, clerk)

    answer = as_approver.get(page("disclosure_export", patient_id=patient.pk, kind="csv"))

    event = last_event("EXPORTED")
    (row,) = read(answer)
    assert (row["Request"], row["Recipient"], row["In the accounting"]) == (
        ready.number,
        "Superior Court",
        "yes",
    )
    assert row["Date"] == timezone.localdate().isoformat()
    assert (event["patient_id"], event["basis"], event["detail"]) == (
        patient.pk,
        "UNIT",
        {"list": "disclosures", "kind": "csv"},
    )
    assert shown_patients(event["id"]) == [patient.pk]
    assert last_event("ACCOUNTING_VIEWED")["patient_id"] == patient.pk


def test_workbook_of_disclosures_names_the_patient(as_approver, patient):
    said = said_in(as_approver.get(page("disclosure_export", patient_id=patient.pk, kind="xlsx")))

    assert said[8:] == ["Patient", "O&apos;CONNELL, Freda", "MRN", patient.mrn] or said[8:] == [
        "Patient",
        "O'CONNELL, Freda",
        "MRN",
        patient.mrn,
    ]
    # Nothing was disclosed: the event names the patient as what it is about.
    assert last_event("EXPORTED")["patient_id"] == patient.pk


def test_disclosures_of_an_unseen_chart_do_not_leave(client, patient):
    client.force_login(make_user("SUPERVISOR", unit=factories.make_unit()))

    answer = client.get(page("disclosure_export", patient_id=patient.pk, kind="csv"))

    assert answer.status_code == 403
