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
from audit.models import Event
from audit.services import events, tables
from requests_release.selectors import boards
from tests.builders import sign_in
from tests.exporting import just_proved, take_out
from tests.factories.people import make_user
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event, shown_patients
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
BOARD = reverse("requests_release:request_board")
EXPORT = page("request_export")
WHAT = {"list": "requests", "kind": "csv"}


@pytest.fixture
def as_approver(as_approver, approver):
    """The approver's browser, who has just proved who they are."""
    return just_proved(as_approver, approver)


def taken(browser, path, filters=None, *, kind="csv", purpose="RELEASE"):
    return take_out(browser, path, filters, kind=kind, purpose=purpose)


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

    answer = taken(as_approver, EXPORT)

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

    rows = read(
        taken(as_approver, EXPORT, {"status": "SUBMITTED", "kind": asked.kind, "after": "x"})
    )

    assert [row["Request"] for row in rows] == [asked.number]
    assert last_event("EXPORTED")["detail"] == WHAT | {
        "statuses": ["SUBMITTED"],
        "of": asked.kind,
    }


def test_workbook_says_what_it_is(as_approver, approver, patient, clerk):
    factories.make_request(patient, clerk)

    whole, mine = (
        said_in(taken(as_approver, EXPORT, filters, kind="xlsx")) for filters in ({}, {"mine": "1"})
    )

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

    rows = read(taken(as_approver, EXPORT))

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
    user = make_user(role, unit=unit)
    client.force_login(user)
    just_proved(client, user)
    listed = page("disclosure_list", patient_id=patient.pk)
    files = [EXPORT, page("disclosure_export", patient_id=patient.pk)]

    shown = "".join(client.get(at).content.decode() for at in (f"{BOARD}?view=list", listed))

    assert [status_of(client.get(file)) for file in files] == [status] * 2
    assert [status_of(taken(client, file)) for file in files] == [status] * 2
    assert [f'href="{file}' in shown for file in files] == [status == 200] * 2


def test_button_keeps_the_filters_and_the_page_leads_back_to_them(as_approver, patient, clerk):
    factories.make_request(patient, clerk)

    body = as_approver.get(f"{BOARD}?view=list&mine=1&after=2026-01-01.5").content.decode()
    answer = as_approver.get(f"{EXPORT}?view=list&mine=1")

    assert f'href="{EXPORT}?view=list&amp;mine=1"' in body
    assert answer.context["export"].list_url == f"{BOARD}?view=list&mine=1"


def test_page_says_what_leaves_and_names_nobody(as_approver, patient, clerk):
    for _ in range(2):
        factories.make_request(patient, clerk)

    answer = as_approver.get(EXPORT)

    assert answer.context["rows"] == "2 rows"
    assert answer.context["export"].said == [("State", "all not yet closed")]
    assert answer.context["form"]["purpose"].value() == ""
    assert patient.family not in answer.content.decode()


def test_page_of_disclosures_is_the_patients(as_approver, clerk, ready, patient):
    builders.hand_over(ready, clerk)

    answer = as_approver.get(page("disclosure_export", patient_id=patient.pk))

    assert answer.context["rows"] == "1 row"
    assert "O&#x27;CONNELL" in answer.content.decode()
    assert last_event("ACCOUNTING_VIEWED")["patient_id"] == patient.pk


def test_purpose_that_was_chosen_stands_in_event_and_workbook(as_approver, patient, clerk):
    factories.make_request(patient, clerk)

    said = said_in(taken(as_approver, EXPORT, kind="xlsx", purpose="OVERSIGHT"))

    assert said[6:8] == ["Purpose", "Oversight"]
    assert last_event("EXPORTED")["purpose"] == "OVERSIGHT"


@pytest.mark.goal("G-18")
@pytest.mark.parametrize("name", ["request_export", "disclosure_export"])
def test_page_and_file_ask_for_a_fresh_proof(unit, patient, name):
    client = sign_in(make_user("SUPERVISOR", unit=unit))
    address = page(name, **({"patient_id": patient.pk} if name == "disclosure_export" else {}))

    looked, sent = client.get(address), taken(client, address)

    assert looked.url.startswith("/sign-in/reauthenticate/")
    assert client.get(sent.url).url.startswith("/sign-in/reauthenticate/")
    assert not Event.objects.filter(action__in=["EXPORTED", "ACCOUNTING_VIEWED"]).exists()


@pytest.mark.parametrize("kind", ["pdf", "fhir"])
def test_a_kind_of_file_that_is_not_there(as_approver, patient, kind):
    for address in (EXPORT, page("disclosure_export", patient_id=patient.pk)):
        answer = taken(as_approver, address, kind=kind)

        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"file_kind"})
    assert not Event.objects.filter(action="EXPORTED").exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_too_long_a_list_is_refused_and_names_nobody(
    as_approver, patient, clerk, monkeypatch, kind
):
    factories.make_request(patient, clerk)
    monkeypatch.setattr(tables.Table.__init__, "__defaults__", ((), 0))

    answer = taken(as_approver, EXPORT, kind=kind)

    assert (answer.status_code, "Narrow the list" in answer.content.decode()) == (422, True)
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

    answer = taken(as_approver, EXPORT)

    assert (answer.status_code, b"CONNELL" in answer.content) == (503, False)


@pytest.mark.usefixtures("activity_unnoted")
@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_file_costs_the_same_however_long(
    as_approver, patient, clerk, count, django_assert_max_num_queries
):
    for _ in range(count):
        factories.make_request(patient, clerk)
    read(taken(as_approver, EXPORT))

    # session, user with roles, factors (3), rights on units and charts, the list, the event
    with django_assert_max_num_queries(10):
        answer = taken(as_approver, EXPORT)

    assert len(read(answer)) == count


@pytest.mark.parametrize("chunk", [1, 2, 3, 4])
def test_a_list_is_read_in_chunks_and_whole(clerk, approver, patient, monkeypatch, chunk):
    monkeypatch.setattr(boards, "CHUNK", chunk)
    numbers = [factories.make_request(patient, clerk).number for _ in range(4)]

    found = boards.stream_list(approver, boards.Filters(), today=timezone.localdate())

    assert [card.number for cards in found for card in cards] == numbers


def test_disclosures_leave_with_the_patient_on_record(as_approver, clerk, ready, patient):
    builders.hand_over(ready, clerk)

    answer = taken(as_approver, page("disclosure_export", patient_id=patient.pk))

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
    said = said_in(
        taken(as_approver, page("disclosure_export", patient_id=patient.pk), kind="xlsx")
    )

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

    address = page("disclosure_export", patient_id=patient.pk)
    answers = [client.get(address), taken(client, address)]

    assert [answer.status_code for answer in answers] == [403, 403]
