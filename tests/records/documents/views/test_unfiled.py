"""The indexing desk: received, listed, looked at, filed one after the other, discarded."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from records.documents.errors import FileTooLarge, VaultUnavailable
from records.documents.models import Document, UnfiledFile
from records.documents.selectors import unfiled as selectors
from records.documents.services import unfiled
from records.documents.vault import files
from records.patients.services import numbers
from tests.records.documents import house as make
from tests.records.documents.house import events_of, pdf

pytestmark = pytest.mark.django_db

LIST = "/documents/unfiled/"


def desk(row):
    return reverse("documents:unfiled_file", args=[row.pk])


def text_of(response):
    return response.content.decode()


def file(content, name="fax.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def listed(text):
    return [int(pk) for pk in re.findall(rf'row-link strong" href="{LIST}(\d+)/', text)]


def form(patient, **changes):
    return {
        "patient": patient.pk,
        "type": "LAB",
        "service_on": "3/2/2026",
        "title": "",
        "encounter": "",
        "sensitivity": "",
    } | changes


def test_list_shows_the_persons_units_only_oldest_first(house, at):
    first, second = house.received("First"), house.received("Second")
    house.received("Elsewhere", unit=house.elsewhere)

    text = text_of(at(house.clerk).get(LIST))

    assert re.findall(
        rf'href="{LIST}(\d+)/" data-row|row-link strong" href="{LIST}(\d+)/', text
    ) == [
        ("", str(first.pk)),
        ("", str(second.pk)),
    ]
    assert [event["outcome"] for event in events_of("UNFILED_LISTED")] == ["SUCCESS"]


def test_empty_list_says_what_to_do(house, at):
    text = text_of(at(house.clerk).get(LIST))

    assert "Nothing waits" in text
    assert "Start with the oldest" not in text


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_list_costs_the_same_for_any_number_of_files(house, at, monkeypatch):
    client, found = at(house.clerk), set()
    for number in range(4):
        house.received(f"File {number}")
        if number in (0, 2, 3):
            client.get(LIST)
            with CaptureQueriesContext(connection) as asked:
                client.get(LIST)
            found.add(len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]))

    assert len(found) == 1


def test_list_goes_on_where_the_page_ended(house, at, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 2)
    rows = [house.received(f"File {number}") for number in range(5)]
    client, seen, address = at(house.clerk), [], LIST
    while address:
        text = text_of(client.get(address))
        seen += listed(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""

    assert seen == [row.pk for row in rows]


@pytest.mark.parametrize("after", ["x", "2026-01-01_3", "2026-01-01T00:00:00+00:00_x", "_", "9_9"])
def test_key_of_no_use_begins_anew(house, at, after):
    row = house.received()

    assert desk(row) in text_of(at(house.clerk).get(LIST, {"after": after}))


def test_several_files_are_received_at_once(house, at):
    response = at(house.clerk).post(
        LIST,
        {
            "unit": house.unit.pk,
            "uploads": [file(pdf("One").content, "a.pdf"), file(pdf("Two").content, "b.pdf")],
        },
        follow=True,
    )

    assert "2 files received" in text_of(response)
    rows = UnfiledFile.objects.order_by("pk")
    assert [(row.file_name, row.unit_id, row.status) for row in rows] == [
        ("a.pdf", house.unit.pk, "WAITING"),
        ("b.pdf", house.unit.pk, "WAITING"),
    ]


@pytest.mark.parametrize("htmx", [False, True])
def test_bad_files_are_named_and_good_ones_kept(house, at, htmx, settings):
    settings.UPLOAD_MAX_BYTES = 5000
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    sent = [
        file(pdf("Good").content, "good.pdf"),
        file(b"nothing of use", "bad.pdf"),
        file(b"", "empty.pdf"),
        file(b"x" * 5001, "large.pdf"),
    ]

    response = at(house.clerk).post(LIST, {"unit": house.unit.pk, "uploads": sent}, **headers)

    text = text_of(response)
    assert response.status_code == 422
    assert "3 not taken" in text
    for name, why in [
        ("bad.pdf", "Only PDF, TIFF"),
        ("empty.pdf", "The file is empty"),
        ("large.pdf", FileTooLarge.message),
    ]:
        assert re.search(rf"{name}</span>: {re.escape(why)}", text)
    assert [row.file_name for row in UnfiledFile.objects.all()] == ["good.pdf"]
    assert ("<html" in text) is not htmx
    assert [event["detail"] for event in events_of("UNFILED_REJECTED")] == [
        {"reason": "FILE_KIND_UNKNOWN"}
    ]


def test_file_that_waits_already_is_not_received_twice(house, at):
    client = at(house.clerk)
    sent = {"unit": house.unit.pk}
    client.post(LIST, sent | {"uploads": [file(pdf().content)]})

    response = client.post(LIST, sent | {"uploads": [file(pdf().content)]})

    assert "waiting in the list already" in text_of(response)
    assert UnfiledFile.objects.count() == 1


def test_files_for_a_unit_of_others_are_not_received(house, at):
    response = at(house.clerk).post(
        LIST, {"unit": house.elsewhere.pk, "uploads": [file(pdf().content)]}
    )

    assert response.status_code == 422
    assert UnfiledFile.objects.count() == 0


def test_desk_shows_the_first_page_and_asks_whose_it_is(house, at):
    row = house.received("Loose", "Second")

    text = text_of(at(house.clerk).get(desk(row)))

    assert f'src="{desk(row)}pages/1/"' in text
    assert f'data-image="{desk(row)}pages/0/"' in text
    assert "Whose is it?" in text
    assert 'name="type"' not in text
    assert [(e["subject_id"], e["detail"]) for e in events_of("UNFILED_VIEWED")] == [
        (str(row.pk), {})
    ]


def test_desk_takes_the_only_person_found_at_once(house, at):
    row = house.received()

    text = text_of(at(house.clerk).get(desk(row), {"q": house.patient.mrn}))

    assert "MUÑOZ, Rosa" in text
    assert f'name="patient" value="{house.patient.pk}"' in text
    assert len(events_of("PATIENTS_SEARCHED")) == 1
    opened = events_of("CHART_OPENED", patient_id=house.patient.pk)
    assert [(event["subject_type"], event["subject_id"]) for event in opened] == [
        ("unfiled", str(row.pk))
    ]


def test_desk_is_searched_by_its_form_and_a_protected_number_stays_out_of_the_address(house, at):
    row, client = house.received(), at(house.clerk)
    numbers.set_ssn(actor=house.clerk, patient=house.patient, text="219446789")

    named = client.post(desk(row), {"q": house.patient.mrn})
    numbered = client.post(desk(row), {"q": "219-44-6789"})
    by_address = client.get(desk(row), {"q": "219-44-6789"})

    assert named["Location"] == f"{desk(row)}?q={house.patient.mrn}"
    assert f'name="patient" value="{house.patient.pk}"' in text_of(numbered)
    assert "219-44" not in text_of(numbered)
    assert by_address["Location"] == desk(row)
    assert len(events_of("PATIENTS_SEARCHED")) == 1
    assert Document.objects.count() == 0


def test_desk_files_and_shows_the_next(house, at):
    first, second = house.received("First"), house.received("Second")

    response = at(house.clerk).post(desk(first), form(house.patient), follow=True)

    document = Document.objects.get()
    assert response.redirect_chain == [(desk(second), 302)]
    assert "Filed to MUÑOZ, Rosa" in text_of(response)
    assert (document.patient_id, document.title, document.source) == (
        house.patient.pk,
        "Laboratory report",
        "UPLOAD",
    )


def test_desk_goes_back_to_the_list_after_the_last(house, at):
    row = house.received()

    response = at(house.clerk).post(desk(row), form(house.patient))

    assert response["Location"] == LIST


def test_desk_begins_anew_behind_the_last_file(house, at):
    first, second = house.received("First"), house.received("Second")

    response = at(house.clerk).post(desk(second), form(house.patient))

    assert response["Location"] == desk(first)


def test_ditto_takes_over_patient_type_and_date(house, at):
    first, second = house.received("First"), house.received("Second")
    client = at(house.clerk)

    text = text_of(client.post(desk(first), form(house.patient), follow=True))
    address = re.search(r'href="([^"]+)" data-hotkey="F2"', text)[1].replace("&amp;", "&")
    again = text_of(client.get(address))

    assert address.startswith(desk(second))
    assert f'name="patient" value="{house.patient.pk}"' in again
    assert '<option value="LAB" selected>' in again
    assert 'value="3/2/2026"' in again


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": ""}, "Choose a type of document."),
        ({"service_on": "3/2/1950"}, "lies before the birth"),
        ({"type": "HIV_RESULT"}, "You hold no right to the class “HIV” in this chart."),
    ],
)
def test_what_cannot_be_said_keeps_the_file_waiting(house, at, changes, message):
    row = house.received()

    response = at(house.clerk).post(desk(row), form(house.patient, **changes))

    row.refresh_from_db()
    assert response.status_code == 422
    assert message in text_of(response)
    assert "MUÑOZ, Rosa" in text_of(response)
    assert (row.status, Document.objects.count()) == ("WAITING", 0)


def test_desk_asks_about_a_file_that_the_chart_holds_already(house, at):
    client = at(house.clerk)
    first, row = house.received("Fax"), house.received("Fax")
    client.post(desk(first), form(house.patient, title="First"))

    warned = client.post(desk(row), form(house.patient, title="Second"))

    assert warned.status_code == 422
    assert "This very file is filed already" in text_of(warned)
    assert "First" in text_of(warned)
    row.refresh_from_db()
    assert (row.status, Document.objects.count()) == ("WAITING", 1)

    meant = client.post(desk(row), form(house.patient, title="Second", is_duplicate_meant="on"))

    assert meant.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.document.title) == ("FILED", "Second")


def test_filing_without_a_patient_asks_for_one(house, at):
    row = house.received()

    response = at(house.clerk).post(desk(row), form(house.patient) | {"patient": ""}, follow=True)

    assert "Choose the patient first." in text_of(response)
    assert Document.objects.count() == 0


def test_filing_to_a_stranger_is_refused(house, at):
    row = house.received()
    stranger = make.make_patient(house.elsewhere)

    response = at(house.clerk).post(desk(row), form(stranger))

    row.refresh_from_db()
    assert (response.status_code, row.status) == (403, "WAITING")


def test_stale_desk_is_refused_and_files_once(house, at):
    row = house.received()
    client = at(house.clerk)
    client.post(desk(row), form(house.patient))

    response = client.post(desk(row), form(house.other))

    assert response.status_code == 409
    assert "Somebody has filed or discarded this file" in text_of(response)
    assert Document.objects.get().patient_id == house.patient.pk


def test_vault_out_of_reach_is_said_in_the_form(house, at, monkeypatch):
    row = house.received()

    def fail(*args, **kwargs):
        raise VaultUnavailable

    monkeypatch.setattr(files, "keep", fail)
    response = at(house.clerk).post(desk(row), form(house.patient))

    row.refresh_from_db()
    assert (response.status_code, row.status) == (503, "WAITING")
    assert VaultUnavailable.message in text_of(response)


def test_desk_of_a_file_that_is_gone_goes_back_to_the_list(house, at):
    row = house.received()
    unfiled.discard(actor=house.clerk, unfiled_id=row.pk, reason="Advertisement")

    response = at(house.clerk).get(desk(row), follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "This file was discarded meanwhile." in text_of(response)


def test_page_of_a_loose_file_is_an_event_each_time(house, at):
    row = house.received("One", "Two")
    client = at(house.clerk)

    for page in (1, 2):
        response = client.get(f"{desk(row)}pages/{page}/")
        assert (response.status_code, response["Cache-Control"]) == (200, "no-store")

    assert [event["detail"] for event in events_of("UNFILED_VIEWED")] == [{"page": 1}, {"page": 2}]


def test_thumbnails_of_a_loose_file_are_covered_by_the_event_of_its_desk(house, at):
    row, other = house.received("One", "Two"), house.received("Three")
    client = at(house.clerk)
    addresses = re.findall(
        r'src="([^"]*thumbnail/\?covered=[^"]*)"', client.get(desk(row)).content.decode()
    )
    seen_at_desk = len(events_of("UNFILED_VIEWED"))

    answers = [client.get(address) for address in addresses]
    counted = len(events_of("UNFILED_VIEWED"))
    token = addresses[0].rpartition("=")[2]
    bare = client.get(f"{desk(row)}pages/2/thumbnail/")
    elsewhere = client.get(f"{desk(other)}pages/1/thumbnail/?covered={token}")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (seen_at_desk, counted) == (1, 1)
    assert (bare.status_code, elsewhere.status_code) == (200, 200)
    assert [
        (event["subject_id"], event["detail"]) for event in events_of("UNFILED_VIEWED")[1:]
    ] == [(str(row.pk), {"page": 2}), (str(other.pk), {"page": 1})]


@pytest.mark.parametrize("page", [0, 3, 10**12])
def test_page_that_is_not_there_is_unknown(house, at, page):
    row = house.received("One", "Two")

    response = at(house.clerk).get(f"{desk(row)}pages/{page}/")

    assert response.status_code == 404


def test_page_of_a_file_that_is_filed_is_no_longer_shown(house, at):
    row = house.received()
    client = at(house.clerk)
    client.post(desk(row), form(house.patient))

    assert client.get(f"{desk(row)}pages/1/").status_code == 404


def test_discarding_needs_a_reason_and_is_recorded(house, at):
    row = house.received()
    client = at(house.clerk)
    address = f"{desk(row)}discard/"

    assert client.post(address, {"reason": ""}).status_code == 422
    response = client.post(address, {"reason": "Advertisement"})

    row.refresh_from_db()
    assert response["Location"] == LIST
    assert (row.status, row.discard_reason) == ("DISCARDED", "Advertisement")
    assert len(events_of("UNFILED_DISCARDED")) == 1


@pytest.mark.goal("G-24")
def test_names_of_files_stay_out_of_the_log(house, at):
    client = at(house.clerk)
    client.post(
        LIST, {"unit": house.unit.pk, "uploads": [file(pdf().content, "munoz-rosa-hiv.pdf")]}
    )
    client.get(LIST)
    client.get(desk(UnfiledFile.objects.get()))

    assert not [event for event in Event.objects.values() if "munoz" in str(event)]
