"""Importing through the command: exact figures, repeated, changed, refused, crashed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter

import pytest

from audit.models import Event
from records.documents.enums import DocumentSource
from records.documents.models import Document
from records.documents.services import prepared
from records.encounters.models import Encounter, Provider
from records.interchange.models import ImportedItem, ImportRun
from records.patients.models import Address, Name, Patient
from tests.records.interchange.builders import (
    SYNTHEA,
    bundle,
    encounter,
    files,
    loaded,
    needs_samples,
    patient,
)
from tests.records.interchange.house import (
    actions,
    content_of,
    counts,
    listed_rejections,
    reasons,
)
from tests.records.interchange.services.imports import documents_in, orphans, whole


def test_a_patient_becomes_a_chart_with_readable_documents(house):
    house.put("p1.json", whole())

    result = house.load()

    assert result == {
        "read": 1,
        "imported": 1,
        "unchanged": 0,
        "without": 0,
        "rejected": [],
        "by_kind": {"FHIR_BUNDLE": 1},
        "patients": 1,
        "encounters": 1,
        "documents": 2,
        "unfiled": 0,
        "left": {},
    }
    chart = Patient.objects.get()
    assert (chart.family, chart.given, chart.sex, str(chart.birth_on)) == (
        "Doe",
        "Jo",
        "FEMALE",
        "1980-02-29",
    )
    assert chart.registered_by == house.system
    stay = Encounter.objects.get()
    assert (stay.patient, stay.kind, stay.status) == (chart, "INPATIENT", "DISCHARGED")
    summary, report = Document.objects.order_by("encounter_id")[::-1]
    assert (report.encounter, report.type.code) == (stay, "CLINICAL_SUMMARY")
    assert (summary.encounter, summary.title) == (None, "Health summary")
    assert {summary.source, report.source} == {DocumentSource.IMPORT}
    assert content_of(report).startswith(b"%PDF-")


def test_the_source_lies_beside_the_pages_and_its_digest_in_the_row(house):
    house.put("p1.json", whole())

    house.load()

    report = Document.objects.get(encounter__isnull=False)
    kept = gzip.decompress(prepared.read_beside(report, "source"))
    item = ImportedItem.objects.get(kind="DOCUMENT", object_id=report.pk)
    assert {entry["resource"]["resourceType"] for entry in json.loads(kept)["entry"]} == {
        "Encounter",
        "Observation",
    }
    assert item.source_sha256 == hashlib.sha256(kept).hexdigest()


@pytest.mark.goal("G-31")
def test_events_and_rows_say_that_the_system_did_it_on_its_own_ground(house):
    house.put("p1.json", whole())

    house.load()

    run = ImportRun.objects.get()
    event = Event.objects.get(action="IMPORTED")
    assert (event.actor_id, event.basis, event.subject_type, event.subject_id) == (
        house.system.pk,
        "SYSTEM",
        "import",
        str(run.pk),
    )
    assert event.detail == {"new": True, "encounters": 1, "documents": 2}
    assert set(Event.objects.filter(patient_id__isnull=False).values_list("basis", flat=True)) == {
        "SYSTEM"
    }
    assert (run.files_read, run.patients, run.documents, run.asked_by) == (1, 1, 2, house.system)
    assert run.finished_at is not None


def test_an_encounter_goes_forward_by_its_steps_when_its_source_does(house):
    begun = encounter(status="in-progress", period={"start": "2020-01-02T10:00:00Z"})
    house.put("p1.json", bundle(patient(), begun))
    house.load()
    assert Encounter.objects.get().status == "IN_PROGRESS"
    over = encounter(
        hospitalization={"dischargeDisposition": {"coding": [{"code": "01", "display": "Home"}]}}
    )
    house.put("p1.json", bundle(patient(), over))

    result = house.load()

    stay = Encounter.objects.get()
    assert (result["encounters"], stay.status, stay.disposition) == (1, "DISCHARGED", "HOME")
    assert list(stay.status_changes.order_by("pk").values_list("to_status", flat=True)) == [
        "IN_PROGRESS",
        "DISCHARGED",
    ]


@pytest.mark.parametrize(
    ("status", "here"),
    [("planned", "PLANNED"), ("in-progress", "IN_PROGRESS"), ("cancelled", "CANCELLED")],
)
def test_encounters_that_are_not_over_keep_their_status(house, status, here):
    house.put(
        "p1.json",
        bundle(patient(), encounter(status=status, period={"start": "2020-01-02T10:00:00Z"})),
    )

    house.load()

    assert Encounter.objects.get().status == here


def test_an_encounter_that_cannot_be_is_rejected_alone_and_its_content_is_kept(house):
    odd = whole()
    odd["entry"][1]["resource"]["period"] = {
        "start": "1970-01-02T10:00:00Z",
        "end": "1970-01-02T11:00:00Z",
    }
    house.put("p1.json", odd)

    result = house.load(status=1)

    assert reasons(result) == [("p1.json", "DATES_REFUSED"), ("p1.json", "FILING_REFUSED")]
    assert (Patient.objects.count(), Encounter.objects.count()) == (1, 0)
    assert [document.title for document in Document.objects.all()] == ["Health summary"]
    assert listed_rejections() == reasons(result)
    assert actions().count("IMPORT_REJECTED") == 2
    assert orphans(house) == []


def test_an_encounter_after_death_is_taken_as_its_source_recorded_it(house):
    dead = patient(deceasedDateTime="2020-01-01T10:00:00Z")
    house.put("p1.json", bundle(dead, encounter()))

    assert house.load()["encounters"] == 1


def test_providers_are_known_by_their_source_and_not_by_their_name(house):
    one = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"family": "Hill", "given": ["Ada"]}],
    }
    two = one | {"id": "d2"}
    seen = encounter(participant=[{"individual": {"reference": "Practitioner/d2"}}])
    house.put("providers.json", bundle(one, two))
    house.put("p1.json", bundle(patient(), seen))

    house.load()

    assert Counter(Provider.objects.values_list("name", flat=True)) == {"Hill, Ada": 2}
    item = ImportedItem.objects.get(source_key="Practitioner|Practitioner/d2")
    assert Encounter.objects.get().attending_id == item.object_id


def test_one_bad_file_never_stops_the_others(house):
    house.put("a.json", b"{")
    house.put("b.json", whole())
    house.put("c.bin", b"\x00\x01")
    house.put("d.json", b"")

    result = house.load(status=1)

    assert (result["read"], result["imported"]) == (4, 1)
    assert sorted(reasons(result)) == [
        ("a.json", "BAD_JSON"),
        ("c.bin", "UNKNOWN_KIND"),
        ("d.json", "EMPTY"),
    ]


def test_one_bad_patient_never_stops_the_others_of_the_file(house):
    nameless = patient("p2", name=[])
    house.put("all.json", bundle(patient("p1"), nameless, patient("p3", birthDate="1975-05-05")))

    result = house.load(status=1)

    assert reasons(result) == [("all.json", "NO_NAME")]
    assert (result["imported"], result["patients"]) == (1, 2)


def test_sensitive_labels_become_classes_and_hide_from_ordinary_readers(house):
    marked = whole()
    marked["entry"][2]["resource"]["meta"] = {"security": [{"code": "HIV"}, {"code": "R"}]}
    house.put("p1.json", marked)

    house.load()

    classes = dict(Document.objects.values_list("title", "sensitivity"))
    assert classes["Health summary"] == "NORMAL"
    assert sorted(classes.values()) == ["HIV", "NORMAL"]


def test_addresses_and_names_come_along(house):
    person = patient(
        name=[
            {"use": "official", "family": "Doe", "given": ["Jo", "Ann"], "suffix": ["Jr."]},
            {"use": "maiden", "family": "Roe", "given": ["Jo"]},
        ],
        address=[{"line": ["1 Elm St", "Apt 2"], "city": "Reading", "state": "PA"}],
    )
    house.put("p1.json", bundle(person))

    house.load()

    chart, address = Patient.objects.get(), Address.objects.get()
    assert (chart.given, chart.middle, chart.suffix) == ("Jo", "Ann", "Jr.")
    assert [(row.kind, row.family) for row in Name.objects.all()] == [("MAIDEN", "Roe")]
    assert (address.line1, address.line2, address.city) == ("1 Elm St", "Apt 2", "Reading")


@needs_samples
def test_a_few_published_people_are_imported_with_exact_counts(house):
    chosen = [path for path in files(SYNTHEA) if path.name.startswith(("Dana", "Enda", "Tony"))]
    by_type = Counter(
        entry["resource"]["resourceType"] for path in chosen for entry in loaded(path)["entry"]
    )

    result = house.load(*chosen)
    again = house.load(*chosen)

    assert (result["patients"], result["encounters"]) == (3, by_type["Encounter"])
    assert result["documents"] == documents_in(chosen)
    assert counts()["Encounter"] == by_type["Encounter"]
    assert (again["unchanged"], again["imported"], again["rejected"]) == (3, 0, [])
