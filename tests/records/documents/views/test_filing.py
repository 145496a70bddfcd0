"""The page that files a document: what it takes, what it says, what it keeps of the form."""

import re
import threading
from html import unescape
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from records.documents.errors import (
    FileEmpty,
    FileKindUnknown,
    FileTooLarge,
    FileTruncated,
    SandboxUnavailable,
    VaultUnavailable,
)
from records.documents.models import Document
from records.documents.services import storing
from records.documents.vault import checks, files
from tests.records.documents import house as make
from tests.records.documents.house import events_of, pdf

pytestmark = pytest.mark.django_db


def address(house):
    return reverse("documents:document_file", args=[house.patient.pk])


def form(content=None, **changes):
    content = pdf().content if content is None else content
    return {
        "file": SimpleUploadedFile("report.pdf", content, "application/pdf"),
        "type": "LAB",
        "service_on": "3/2/2026",
        "title": "Lipids",
        "encounter": "",
        "sensitivity": "",
        "filing_key": str(uuid4()),
    } | changes


def text_of(response):
    return response.content.decode()


def test_form_starts_with_today_a_key_and_the_charts_choices(house, at):
    visit = make.make_visit(house.patient)
    make.make_visit(house.other)

    text = text_of(at(house.clerk).get(address(house)))

    assert re.search(r'name="filing_key" value="[0-9a-f-]{36}"', text)
    assert f'<option value="{visit.pk}">Mar 1, 2026 inpatient · {visit.account_number}' in text
    assert re.search(r'name="service_on" value="\d\d/\d\d/\d{4}"', text)
    assert '<optgroup label="Results">' in text
    assert "at most 100 MB" in text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("clerk", {"", "NORMAL"}),
        ("guardian", {"", "NORMAL", make.PROTECTED}),
    ],
)
def test_form_offers_only_classes_that_the_reader_sees(house, at, who, offered):
    text = text_of(at(getattr(house, who)).get(address(house)))

    select = text.partition('name="sensitivity"')[2].partition("</select>")[0]
    assert set(re.findall(r'<option value="(\w*)"', select)) == offered


@pytest.mark.parametrize(
    ("who", "marked"),
    [
        ("clerk", {"Psychotherapy note", "Substance-use programme record", "HIV test result"}),
        ("guardian", {"Psychotherapy note", "Substance-use programme record"}),
    ],
)
@pytest.mark.parametrize("page", ["file", "change"])
def test_types_that_a_colleague_files_say_so(house, at, who, marked, page):
    url = address(house)
    if page == "change":
        url = reverse("documents:document_change", args=[house.filed().pk])

    text = text_of(at(getattr(house, who)).get(url))

    select = text.partition('name="type"')[2].partition("</select>")[0]
    found = re.findall(r">([^<]+) \(protected: a colleague files it\)</option>", select)
    assert set(found) == marked
    assert ">Laboratory report</option>" in select.replace(" selected>", ">")


def test_filing_goes_to_the_document_and_says_where(house, at):
    visit = make.make_visit(house.patient)
    client = at(house.clerk)

    response = client.post(address(house), form(encounter=visit.pk), follow=True)

    document = Document.objects.get()
    assert response.redirect_chain == [
        (reverse("documents:document_view", args=[document.pk]), 302)
    ]
    assert (document.title, document.encounter_id, document.type.code) == (
        "Lipids",
        visit.pk,
        "LAB",
    )
    assert "Filed to MUÑOZ, Rosa" in text_of(response)
    assert len(events_of("DOCUMENT_FILED")) == 1


def test_filing_another_keeps_type_date_and_encounter(house, at):
    visit = make.make_visit(house.patient)
    client = at(house.clerk)

    response = client.post(address(house), form(encounter=visit.pk, then="another"), follow=True)

    text = text_of(response)
    assert response.request["PATH_INFO"] == address(house)
    assert '<option value="LAB" selected>' in text
    assert f'<option value="{visit.pk}" selected>' in text
    assert 'value="3/2/2026"' in text
    assert "Lipids" not in text
    assert Document.objects.get().filing_key != keys_of(text)[0]


def keys_of(text):
    return re.findall(r'name="filing_key" value="([0-9a-f-]{36})"', text)


def test_htmx_goes_on_by_header(house, at):
    response = at(house.clerk).post(address(house), form(), HTTP_HX_REQUEST="true")

    document = Document.objects.get()
    assert response.status_code == 200
    assert response["HX-Redirect"] == reverse("documents:document_view", args=[document.pk])
    assert response.content == b""


def test_form_sent_twice_files_once(house, at):
    client, key = at(house.clerk), str(uuid4())

    first = client.post(address(house), form(filing_key=key))
    second = client.post(address(house), form(filing_key=key))

    assert first["Location"] == second["Location"]
    assert (Document.objects.count(), len(list(checks.list_objects()))) == (1, 1)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", FileEmpty.message),
        (b"nothing of use", FileKindUnknown.message),
        (b"\x00" * 128 + b"DICM" + b"\x00" * 100, "DICOM files are not taken"),
        (b"%PDF-1.4 but not really", FileTruncated.message),
    ],
)
def test_bad_file_is_told_beside_the_field_and_the_rest_stays(house, at, content, message, htmx):
    sent, headers = form(content), {"HTTP_HX_REQUEST": "true"} if htmx else {}

    response = at(house.clerk).post(address(house), sent, **headers)

    text = text_of(response)
    assert response.status_code == 422
    assert message in text.partition('id="id_file_error"')[2].partition("</ul>")[0]
    assert 'value="Lipids"' in text
    assert '<option value="LAB" selected>' in text
    assert keys_of(text) == [sent["filing_key"]]
    assert ("<html" in text) is not htmx
    assert (Document.objects.count(), events_of("DOCUMENT_FILED", outcome="SUCCESS")) == (0, [])


def test_bad_file_is_told_beside_all_else_that_is_wrong(house, at):
    response = at(house.clerk).post(address(house), form(b"nothing of use", service_on="soon"))

    text = text_of(response)
    assert response.status_code == 422
    assert FileKindUnknown.message in text.partition('id="id_file_error"')[2].partition("</ul>")[0]
    assert "no such date" in text.partition('id="id_service_on_error"')[2].partition("</ul>")[0]
    assert [event["outcome"] for event in events_of("DOCUMENT_FILED")] == ["REFUSED"]


def test_file_that_cannot_be_looked_at_hides_nothing_else_that_is_wrong(house, at, monkeypatch):
    monkeypatch.setattr(storing, "inspect", Mock(side_effect=SandboxUnavailable))

    response = at(house.clerk).post(address(house), form(service_on="soon"))

    assert response.status_code == 503
    assert SandboxUnavailable.message in text_of(response)
    assert "no such date" in text_of(response)


def test_refused_file_is_recorded_by_its_reason(house, at):
    at(house.clerk).post(address(house), form(b"nothing of use"))

    assert [(e["outcome"], e["patient_id"], e["detail"]) for e in events_of("DOCUMENT_FILED")] == [
        ("REFUSED", house.patient.pk, {"reason": "FILE_KIND_UNKNOWN"})
    ]


def test_file_over_the_limit_is_told_without_being_kept(house, at, settings):
    settings.UPLOAD_MAX_BYTES = 200

    response = at(house.clerk).post(address(house), form())

    assert response.status_code == 422
    assert FileTooLarge.message in text_of(response)
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    ("place", "name", "error"),
    [
        (storing, "inspect", SandboxUnavailable),
        (files, "keep", VaultUnavailable),
    ],
)
def test_what_may_pass_is_told_on_top_with_503(house, at, monkeypatch, place, name, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(place, name, fail)

    response = at(house.clerk).post(address(house), form())

    assert response.status_code == 503
    assert error.message in text_of(response)
    assert 'value="Lipids"' in text_of(response)
    assert [event["outcome"] for event in events_of("DOCUMENT_FILED")] == ["FAILED"]
    assert Document.objects.count() == 0


HIDDEN_CLASS = (
    "This type is protected. You hold no right to the class “HIV” in this chart. "
    "A colleague with the right “See the unit's protected classes” can file it."
)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"file": ""}, "file", "Choose a file."),
        ({"type": ""}, "type", "Choose a type of document."),
        ({"service_on": "3/2/1950"}, "service_on", "lies before the birth"),
        ({"service_on": "3/2/2999"}, "service_on", "lies in the future"),
        ({"service_on": "soon"}, "service_on", "no such date"),
        ({"type": "HIV_RESULT"}, "type", HIDDEN_CLASS),
        ({"encounter": "987654"}, "encounter", "Choose one of the list."),
    ],
)
def test_what_cannot_be_said_is_told_beside_its_field(house, at, changes, field, message):
    response = at(house.clerk).post(address(house), form(**changes))

    said = text_of(response).partition(f'id="id_{field}_error"')[2].partition("</ul>")[0]
    assert response.status_code == 422
    assert message in unescape(said)
    assert Document.objects.count() == 0


def test_same_file_again_is_asked_about_and_can_be_meant(house, at):
    client = at(house.clerk)
    client.post(address(house), form(title="First"))

    warned = client.post(address(house), form(title="Second"))
    assert warned.status_code == 422
    assert "This very file is filed already" in text_of(warned)
    assert "First" in text_of(warned)
    assert Document.objects.count() == 1

    meant = client.post(address(house), form(title="Second", is_duplicate_meant="on"))
    assert meant.status_code == 302
    assert Document.objects.count() == 2


@pytest.mark.committed
def test_same_file_sent_twice_at_once_is_asked_about_too(at, vault, monkeypatch):
    """Both pass the first look before either files; the second meets the first at its lock."""
    house, answers = make.House(), []
    meeting, inspect = threading.Barrier(2), storing.inspect
    clients = [at(house.clerk), at(house.guardian)]

    def together(upload):
        found = inspect(upload)
        meeting.wait(20)
        return found

    def send(client, title):
        answers.append(client.post(address(house), form(title=title)))
        connection.close()

    monkeypatch.setattr(storing, "inspect", together)
    threads = [threading.Thread(target=send, args=each) for each in zip(clients, "AB", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    document = Document.objects.get()
    filed, warned = sorted(answers, key=lambda answer: answer.status_code)
    assert (filed.status_code, warned.status_code) == (302, 422)
    assert "This very file is filed already" in text_of(warned)
    assert f">{document.title}</a>" in text_of(warned)
    assert "File it a second time" in text_of(warned)
    assert len(list(checks.list_objects())) == 1
    assert len(events_of("DOCUMENT_FILED")) == 1


def test_same_file_in_another_chart_or_hidden_class_is_not_told(house, at):
    make_other = {"patient_id": house.other.pk}
    house.filed(**make_other)
    house.protected()

    response = at(house.clerk).post(address(house), form())

    assert response.status_code == 302


def test_patient_without_a_ground_cannot_be_filed_to(house, at):
    stranger = make.make_patient(house.elsewhere)

    response = at(house.clerk).post(reverse("documents:document_file", args=[stranger.pk]), form())

    assert response.status_code == 403
    assert Document.objects.count() == 0
