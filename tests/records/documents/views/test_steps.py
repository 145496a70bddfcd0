"""Changing, replacing, voiding, restoring and moving, as forms: done, refused, stale."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Event, EventSubject
from records.documents.errors import FileKindUnknown
from records.documents.models import Document, DocumentMove
from records.documents.services import corrections
from tests.records.documents import house as make
from tests.records.documents.house import events_of, facts, pdf

pytestmark = pytest.mark.django_db


def url(name, document):
    return reverse(f"documents:document_{name}", args=[document.pk])


def text_of(response):
    return response.content.decode()


def file(content):
    return SimpleUploadedFile("report.pdf", content, "application/pdf")


def described(**changes):
    return {
        "type": "LAB",
        "service_on": "3/1/2026",
        "title": "Lipids",
        "encounter": "",
        "sensitivity": "NORMAL",
        "lock_version": 1,
    } | changes


def spoil(house, document):
    """Let somebody else change the document while the page is open."""
    corrections.change(
        actor=house.guardian,
        document_id=document.pk,
        lock_version=1,
        facts=facts(title="Stored by somebody else"),
    )


STEPS = {
    "change": described(),
    "replace": {"reason": "Page missing", "lock_version": 1},
    "void": {"reason": "By mistake", "lock_version": 1},
    "move": {"reason": "Not hers", "lock_version": 1, "to_encounter": ""},
}


def sent(house, name, **changes):
    values = STEPS[name] | changes
    if name == "replace":
        values["file"] = file(pdf("New").content)
    if name == "move":
        values["to_patient"] = house.other.pk
    return values


@pytest.mark.parametrize("name", STEPS)
def test_step_is_done_and_goes_back(house, at, name):
    document = house.filed()

    response = at(house.supervisor).post(url(name, document), sent(house, name))

    document.refresh_from_db()
    back = reverse("charts:chart_detail", args=[house.patient.pk])
    assert response.status_code == 302
    assert response["Location"] == (back if name == "move" else url("view", document))
    assert document.lock_version == 2
    changed = {
        "change": lambda: document.title == "Lipids",
        "replace": lambda: document.version_number == 2,
        "void": lambda: document.status == "VOIDED",
        "move": lambda: document.patient_id == house.other.pk,
    }
    assert changed[name]()


def test_unfit_newer_version_is_told_beside_the_missing_reason(house, at):
    document = house.filed()
    values = sent(house, "replace", reason="") | {"file": file(b"nothing of use")}

    response = at(house.supervisor).post(url("replace", document), values)

    text = text_of(response)
    assert response.status_code == 422
    assert FileKindUnknown.message in text
    assert 'id="id_reason_error"' in text
    document.refresh_from_db()
    assert document.version_number == 1


@pytest.mark.parametrize("name", ["replace", "void", "move"])
def test_stale_step_is_refused_and_recorded(house, at, name):
    document = house.filed()
    spoil(house, document)

    response = at(house.supervisor).post(url(name, document), sent(house, name))

    document.refresh_from_db()
    assert response.status_code == 409
    said = text_of(response)
    assert f"{house.guardian.display_name} changed this document on" in said
    assert "Nothing was saved; what you entered is still here." in said
    assert (document.lock_version, document.status, document.version_number) == (2, "CURRENT", 1)
    event = Event.objects.filter(actor_id=house.supervisor.pk, outcome="REFUSED").get()
    assert (event.detail["reason"], event.subject_id) == ("DOCUMENT_STALE", str(document.pk))


@pytest.mark.parametrize("name", ["void", "move"])
def test_stale_step_keeps_what_was_typed_and_goes_through_when_sent_again(house, at, name):
    document = house.filed()
    spoil(house, document)
    browser = at(house.supervisor)

    stale = browser.post(url(name, document), sent(house, name))
    again = browser.post(url(name, document), sent(house, name, lock_version="2"))

    document.refresh_from_db()
    assert f'value="{STEPS[name]["reason"]}"' in stale.content.decode()
    assert 'name="lock_version" value="2"' in stale.content.decode()
    assert again.status_code == 302
    assert document.lock_version == 3


@pytest.mark.parametrize("name", ["change", "replace", "void", "restore"])
def test_step_that_the_document_is_past_says_why_it_cannot_be_taken(house, at, name):
    document = house.filed()
    if name != "restore":
        corrections.void(
            actor=house.supervisor, document_id=document.pk, lock_version=1, reason="By mistake"
        )

    page = at(house.supervisor).get(url(name, document))

    word = "current" if name == "restore" else "voided"
    assert f"This document is {word} by now." in text_of(page)
    assert re.search(r"<button[^>]* disabled>", page.content.decode())


def test_stale_change_shows_what_is_stored_and_keeps_what_was_typed(house, at):
    document = house.filed()
    spoil(house, document)

    response = at(house.supervisor).post(url("change", document), described())

    document.refresh_from_db()
    text = text_of(response)
    assert response.status_code == 409
    assert "Stored by somebody else" in text
    assert 'value="Lipids"' in text
    assert document.title == "Stored by somebody else"
    assert len(events_of("DOCUMENT_CHANGED", outcome="REFUSED")) == 1


@pytest.mark.parametrize("name", [*STEPS, "restore"])
@pytest.mark.parametrize("missing", ["reason", "lock_version"])
def test_step_without_reason_or_state_is_told_in_the_form(house, at, name, missing):
    if name == "change" and missing == "reason":
        pytest.skip("a change needs no reason")
    document = house.filed()
    values = sent(house, name if name in STEPS else "void", **{missing: ""})

    response = at(house.supervisor).post(url(name, document), values)

    document.refresh_from_db()
    assert response.status_code == 422
    assert (document.lock_version, document.status) == (1, "CURRENT")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"service_on": "3/1/1950"}, "lies before the birth"),
        ({"type": "NO_SUCH"}, "Type: Choose one of the list."),
        ({"sensitivity": ""}, "Choose one of the list."),
    ],
)
def test_change_that_cannot_be_is_told_in_the_form(house, at, changes, message):
    document = house.filed()

    response = at(house.clerk).post(url("change", document), described(**changes))

    document.refresh_from_db()
    assert response.status_code == 422
    assert message in text_of(response)
    assert document.lock_version == 1


def test_change_to_a_class_that_is_hidden_is_not_offered(house, at):
    document = house.filed()

    response = at(house.clerk).post(url("change", document), described(sensitivity=make.PROTECTED))

    assert response.status_code == 422
    assert Document.objects.get().sensitivity == "NORMAL"


def test_replacing_by_a_bad_file_is_told_and_recorded(house, at):
    document = house.filed()

    response = at(house.clerk).post(
        url("replace", document),
        {"file": file(b"nothing of use"), "reason": "Better scan", "lock_version": 1},
    )

    document.refresh_from_db()
    assert response.status_code == 422
    assert "Only PDF, TIFF, JPEG and PNG" in text_of(response)
    assert 'value="Better scan"' in text_of(response)
    assert document.version_number == 1
    assert [event["outcome"] for event in events_of("DOCUMENT_REPLACED")] == ["REFUSED"]


def test_voided_document_is_restored(house, at):
    document = house.filed()
    client = at(house.supervisor)
    client.post(url("void", document), STEPS["void"])

    response = client.post(url("restore", document), {"reason": "It was right", "lock_version": 2})

    document.refresh_from_db()
    assert response.status_code == 302
    assert document.status == "CURRENT"


def test_move_finds_people_and_says_who_was_shown(house, at):
    document = house.filed()
    stranger = make.make_patient(make.make_unit(is_listed=False), family="Okafor")

    response = at(house.clerk).get(url("move", document), {"q": "Okafor"})

    text = text_of(response)
    assert f"?patient={house.other.pk}" not in text  # the only one: chosen at once
    assert "OKAFOR, Ada" in text
    assert f"patient={stranger.pk}" not in text
    event = Event.objects.get(action="PATIENTS_SEARCHED")
    shown = EventSubject.objects.filter(event_id=event.pk).values_list("patient_id", flat=True)
    assert list(shown) == [house.other.pk]
    assert "okafor" not in str(event.detail).casefold()


def test_move_is_searched_by_its_form_and_a_protected_number_stays_out_of_the_address(house, at):
    document, client = house.filed(), at(house.clerk)
    page = url("move", document)

    named = client.post(page, {"q": "Okafor"})
    numbered = client.post(page, {"q": "219-44-6789"})
    by_address = client.get(page, {"q": "219-44-6789"}, follow=True)

    assert named["Location"] == f"{page}?q=Okafor"
    assert (numbered.status_code, "Nobody found" in text_of(numbered)) == (200, True)
    assert "219-44" not in text_of(numbered)
    assert by_address.redirect_chain == [(page, 302)]
    assert "The address held what may be a social security number" in text_of(by_address)
    assert len(events_of("PATIENTS_SEARCHED")) == 1
    assert f'method="post" action="{page}" role="search"' in text_of(by_address)


def test_move_lets_choose_among_several(house, at):
    second = make.make_patient(house.unit, family="Okafor", given="Ben")
    document = house.filed()

    text = text_of(at(house.clerk).get(url("move", document), {"q": "Okafor"}))

    for patient in (house.other, second):
        assert f'href="?patient={patient.pk}"' in text
        assert patient.mrn[:2] in text


def test_move_does_not_offer_the_chart_where_the_document_lies(house, at):
    third = make.make_patient(house.unit, family="Muñoz", given="Ines")
    document, client = house.filed(), at(house.clerk)

    text = text_of(client.get(url("move", document), {"q": "Muñoz"}))

    assert f'href="?patient={third.pk}"' in text
    assert f'href="?patient={house.patient.pk}"' not in text
    assert "in this patient's chart already" not in text


@pytest.mark.parametrize("asked", ["q", "patient"])
def test_move_says_where_the_document_lies_when_only_that_chart_is_asked_for(house, at, asked):
    document, client = house.filed(), at(house.clerk)
    value = {"q": house.patient.mrn, "patient": house.patient.pk}[asked]

    text = text_of(client.get(url("move", document), {asked: value}))

    assert "The document lies in this patient's chart already. Find another patient." in text
    assert 'id="find-patient"' in text
    assert 'name="reason"' not in text
    assert "Nobody found" not in text


def test_move_shows_whose_chart_it_is_before_it_asks(house, at):
    document = house.filed()
    visit = make.make_visit(house.other)

    text = text_of(at(house.clerk).get(url("move", document), {"patient": house.other.pk}))

    for shown in ("MUÑOZ, Rosa", "OKAFOR, Ada", visit.account_number, 'name="reason"'):
        assert shown in text
    opened = events_of("CHART_OPENED", patient_id=house.other.pk)
    assert [(event["subject_type"], event["subject_id"]) for event in opened] == [
        ("document", str(document.pk))
    ]
    assert document.patient_id == house.patient.pk


def test_move_to_the_same_chart_is_told_in_the_form(house, at):
    document = house.filed()
    values = sent(house, "move") | {"to_patient": house.patient.pk}

    response = at(house.clerk).post(url("move", document), values)

    assert response.status_code == 422
    assert "lies in this chart already" in text_of(response)
    assert DocumentMove.objects.count() == 0


@pytest.mark.parametrize("is_fragment", [False, True])
def test_move_from_a_second_tab_leads_to_where_the_document_lies(house, at, is_fragment):
    document = house.filed()
    client, values = at(house.clerk), sent(house, "move")
    client.post(url("move", document), values)
    headers = {"HX-Request": "true"} if is_fragment else {}

    response = client.post(url("move", document), values, headers=headers)
    shown = text_of(client.get(url("view", document)))

    place = response.headers["HX-Redirect" if is_fragment else "Location"]
    assert place == url("view", document)
    assert "It lies in this chart already; nothing was moved again." in shown
    assert f"{house.clerk.display_name} changed this document on" in shown
    assert DocumentMove.objects.count() == 1
    refused = events_of("DOCUMENT_MOVED", outcome="REFUSED")
    assert [event["detail"]["reason"] for event in refused] == ["DOCUMENT_STALE"]


@pytest.mark.parametrize(("patient", "status"), [("stranger", 403), (987_654, 404), ("", 404)])
def test_move_to_a_chart_without_a_ground_is_refused(house, at, patient, status):
    document = house.filed()
    if patient == "stranger":
        patient = make.make_patient(house.elsewhere).pk

    response = at(house.clerk).post(
        url("move", document), sent(house, "move") | {"to_patient": patient}
    )

    assert response.status_code == status
    assert DocumentMove.objects.count() == 0


def test_every_step_is_preceded_by_the_event_of_looking(house, at):
    document = house.filed()
    client = at(house.supervisor)

    for name in ("change", "replace", "void", "restore", "move"):
        assert client.get(url(name, document)).status_code == 200

    assert len(events_of("DOCUMENT_VIEWED")) == 5
