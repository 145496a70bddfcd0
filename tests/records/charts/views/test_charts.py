from datetime import date

import pytest
from django.urls import reverse

from audit.enums import Action, Outcome
from audit.writes import attributing
from records.access.enums import SensitivityClass, UnitRight
from records.documents.models import DocumentType
from records.documents.services import corrections
from tests import builders, trail
from tests.ages import years_since
from tests.factories.people import make_user
from tests.factories.units import grant
from tests.records.encounters import world as stays
from tests.records.patients.views.pages import rows_of, text_of
from tests.requests_release.factories import make_document

pytestmark = pytest.mark.django_db

PAGES = ("chart_detail", "encounter_list", "face_sheet", "face_sheet_pdf")
ACTIONS = {
    "chart_detail": Action.CHART_OPENED,
    "encounter_list": Action.ENCOUNTERS_LISTED,
    "face_sheet": Action.CHART_OPENED,
    "face_sheet_pdf": Action.FACE_SHEET_PRINTED,
}


def at(name, patient, query=""):
    return reverse(f"charts:{name}", args=[patient.pk]) + query


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [("CLERK", 200), ("SUPERVISOR", 200), ("COMPLIANCE", 200), ("ADMINISTRATOR", 403)],
)
def test_chart_is_open_to_the_roles_of_its_unit_and_each_look_is_an_event(
    house, patient, name, role, status
):
    reader = house.people[role]

    answer = builders.sign_in(reader).get(at(name, patient))

    assert answer.status_code == status
    looks = [e for e in trail.events_of(ACTIONS[name]) if e.actor_id == reader.pk]
    if status == 200:
        (event,) = looks
        assert (event.patient_id, event.basis, event.outcome) == (patient.pk, "UNIT", "SUCCESS")
    else:
        assert [event.outcome for event in looks if event.outcome == Outcome.SUCCESS] == []


@pytest.mark.parametrize("name", PAGES)
def test_who_has_no_ground_is_refused_and_sees_nothing(house, patient, name):
    answer = builders.sign_in(house.stranger).get(at(name, patient))

    assert answer.status_code == 403
    body = answer.content.decode()
    assert [word for word in ("Muñoz", "MUÑOZ", patient.mrn) if word in body] == []


@pytest.mark.parametrize("name", PAGES)
def test_chart_that_does_not_exist_is_unknown(browser, patient, name):
    answer = browser.get(reverse(f"charts:{name}", args=[patient.pk + 999]))

    assert answer.status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_only_read(browser, patient, name):
    assert browser.post(at(name, patient)).status_code == 405


def test_chart_shows_banner_encounters_and_documents_by_date(house, patient, browser):
    stays.begin(house.clerk, patient, house.main, reason="Chest pain")
    make_document(patient, title="Older", service_on="2025-01-05")
    make_document(patient, title="Newer", service_on="2026-02-03")

    page = browser.get(at("chart_detail", patient))

    text = text_of(page)
    assert "MUÑOZ, Rosa Elena" in page.content.decode()
    assert f"Mar 14, 1961 ({years_since(date(1961, 3, 14))})" in page.content.decode()
    assert "Chest pain" in text
    assert [row.split()[0] for row in rows_of(page)] == ["Newer", "Older"]
    assert "Who looked" not in text


def test_documents_can_be_narrowed_to_a_type_and_widened_to_voided_ones(house, patient, browser):
    make_document(patient, title="Summary")
    lab = DocumentType.objects.get(code="LAB")
    make_document(patient, title="Blood", type=lab)
    voided = make_document(patient, title="Struck")
    corrections.void(
        actor=house.supervisor, document_id=voided.pk, lock_version=1, reason="Filed twice"
    )

    narrowed = browser.get(at("chart_detail", patient, f"?type={lab.pk}"))
    widened = browser.get(at("chart_detail", patient, "?voided=1"))
    odd = browser.get(at("chart_detail", patient, "?type=x&after=nonsense"))

    assert [row.split()[0] for row in rows_of(narrowed)] == ["Blood"]
    assert {row.split()[0] for row in rows_of(widened)} == {"Summary", "Blood", "Struck"}
    assert {row.split()[0] for row in rows_of(odd)} == {"Summary", "Blood"}


@pytest.mark.goal("G-12")
def test_protected_documents_show_only_to_who_may_see_their_class(house, patient):
    make_document(patient, title="Canary", sensitivity=SensitivityClass.PSYCHNOTE)
    guardian = make_user("SUPERVISOR", unit=house.main)
    house.main.sensitivity_classes = [SensitivityClass.PSYCHNOTE]
    with attributing(house.administrator):
        house.main.save()
    grant(house.main, UnitRight.VIEW_PROTECTED, user=guardian)

    pages = [
        builders.sign_in(reader).get(at("chart_detail", patient)).content.decode()
        for reader in (house.clerk, guardian)
    ]

    assert ["Canary" in page for page in pages] == [False, True]


def test_older_documents_are_on_further_pages_of_the_same_cost(house, patient, browser):
    for day in range(1, 29):
        make_document(patient, title=f"Day{day}", service_on=f"2026-01-{day:02}")

    first = browser.get(at("chart_detail", patient))
    after = first.context["shelf"].next_key
    second = browser.get(at("chart_detail", patient, f"?after={after}"))

    shown = [row.split()[0] for page in (first, second) for row in rows_of(page)]
    assert shown == [f"Day{day}" for day in range(28, 0, -1)]
    assert second.context["shelf"].next_key == ""


def test_who_looked_shows_to_those_who_may_know_the_latest_look_of_each(house, patient):
    clerk, supervisor = builders.sign_in(house.clerk), builders.sign_in(house.supervisor)
    clerk.get(at("chart_detail", patient))
    clerk.get(at("face_sheet_pdf", patient))
    builders.sign_in(house.stranger).get(at("chart_detail", patient))

    panel = text_of(supervisor.get(at("chart_detail", patient))).partition("Who looked")[2]

    assert "Rosa Delgado Face sheet printed" in panel
    assert panel.count("Rosa Delgado") == 1
    assert "Stella Moran Chart opened, refused" in panel


def test_all_encounters_are_listed_in_pages_newest_first(house, patient, browser):
    for days in range(1, 4):
        stays.visit(
            house.clerk,
            patient,
            house.main,
            started_at=stays.ago(days=days),
            ended_at=stays.ago(days=days, hours=-1),
            account_number=f"V{days}",
        )

    rows = rows_of(browser.get(at("encounter_list", patient)))

    assert [row.split()[-1] for row in rows] == ["V1", "V2", "V3"]


def test_empty_chart_says_what_to_do_next(browser, patient):
    text = text_of(browser.get(at("chart_detail", patient)))

    assert "File the first document, or import records." in text
    assert "No encounter yet." in text
    assert "No encounter yet" in text_of(browser.get(at("encounter_list", patient)))


def test_printed_face_sheet_is_a_pdf_that_no_cache_keeps(browser, patient):
    answer = browser.get(at("face_sheet_pdf", patient))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="face-sheet-{patient.pk}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF-")
