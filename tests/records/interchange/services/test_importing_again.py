"""Importing again: what is the same changes nothing, and what was done here outlives its source."""

from __future__ import annotations

import gzip
import json

import pytest

from records.documents.models import Document, DocumentVersion
from records.patients.models import Name, Patient, Phone
from tests.records.interchange.builders import (
    bundle,
    observation,
)
from tests.records.interchange.house import (
    actions,
    content_of,
    counts,
    reasons,
)
from tests.records.interchange.services.imports import orphans, protect, source_of, whole


@pytest.mark.goal("G-50")
def test_importing_again_changes_nothing(house):
    house.put("p1.json", whole())
    house.put("p2.json", whole("p2", birthDate="1950-01-01"))
    house.load()
    before, events = counts(), len(actions())

    result = house.load()

    assert (result["read"], result["imported"], result["unchanged"]) == (2, 0, 2)
    assert (result["patients"], result["encounters"], result["documents"]) == (0, 0, 0)
    assert counts() == before
    assert len(actions()) == events
    assert orphans(house) == []


def test_the_same_content_under_another_file_name_changes_nothing(house):
    house.put("a.json", whole())
    house.put("b.json.gz", gzip.compress(json.dumps(whole()).encode()))

    result = house.load()

    assert (result["imported"], result["unchanged"]) == (1, 1)
    assert Patient.objects.count() == 1


def test_changed_demographics_are_taken_and_kept_in_the_history(house):
    house.put("p1.json", whole(telecom=[{"system": "phone", "value": "215-555-0101"}]))
    house.load()
    changed = whole(
        name=[{"use": "official", "family": "Smith", "given": ["Jo"]}],
        telecom=[{"system": "phone", "value": "215-555-0199"}],
    )
    house.put("p1.json", changed)

    result = house.load()

    chart = Patient.objects.get()
    assert (result["patients"], result["documents"]) == (1, 0)
    assert chart.family == "Smith"
    assert [(row.kind, row.family) for row in Name.objects.all()] == [("FORMER", "Doe")]
    assert [row.digits for row in Phone.objects.all()] == ["2155550199"]
    assert actions().count("PATIENT_CHANGED") == 1


def test_what_people_entered_here_outlives_a_changed_source(house):
    house.put("p1.json", whole(telecom=[{"system": "phone", "value": "215-555-0101"}]))
    house.load()
    chart = Patient.objects.get()
    entered_here(house, chart)
    house.put(
        "p1.json",
        whole(birthDate="1980-02-28", telecom=[{"system": "phone", "value": "215-555-0101"}]),
    )

    house.load()

    chart.refresh_from_db()
    assert (str(chart.birth_on), chart.language) == ("1980-02-28", "Polish")
    assert {row.digits for row in Phone.objects.all()} == {"2155550101", "2155557777"}


def entered_here(house, chart):
    from dataclasses import replace

    from records.interchange.services import people
    from records.patients.enums import PhoneKind
    from records.patients.services import patients
    from records.patients.services.facts import PhoneFact

    reach = people.reach_of(chart)
    patients.change(
        actor=house.clerk,
        patient_id=chart.pk,
        version=chart.version,
        facts=replace(people.facts_of(chart), language="Polish"),
        reach_facts=replace(
            reach, phones=(*reach.phones, PhoneFact(PhoneKind.MOBILE, "215-555-7777"))
        ),
    )


def test_changed_content_becomes_a_new_version_and_the_old_one_stays(house):
    house.put("p1.json", whole())
    house.load()
    first = content_of(Document.objects.get(encounter__isnull=False))
    changed = whole()
    changed["entry"][2]["resource"]["valueQuantity"]["value"] = 9.75
    house.put("p1.json", changed)

    result = house.load()

    report = Document.objects.get(encounter__isnull=False)
    assert (result["patients"], result["encounters"], result["documents"]) == (0, 0, 1)
    assert report.version_number == 2
    assert content_of(report, 1) == first
    assert content_of(report, 2) != first
    assert [version.reason for version in report.versions.order_by("number")] == [
        "",
        "Changed at its source",
    ]
    assert actions().count("DOCUMENT_REPLACED") == 1
    assert house.load()["unchanged"] == 1


def test_content_of_the_same_stay_in_another_file_joins_the_document(house):
    house.put("p1.json", whole())
    house.load()
    more = observation("o-2", "7.25", encounter={"reference": "Encounter/e-p1"})
    house.put("p1.json", {})
    house.put("more.json", bundle(more))

    result = house.load(house.folder / "more.json")

    report = Document.objects.get(encounter__isnull=False)
    assert (result["documents"], report.version_number) == (1, 2)
    assert {entry["resource"]["id"] for entry in source_of(report)["entry"]} == {
        "e-p1",
        "o-p1",
        "o-2",
    }
    assert house.load(house.folder / "more.json")["unchanged"] == 1
    assert Document.objects.count() == 2


def test_an_older_export_does_not_bring_back_what_was_corrected(house):
    old, new = whole(), whole()
    old["entry"][2]["resource"]["meta"] = {"lastUpdated": "2020-01-05T00:00:00Z"}
    new["entry"][2]["resource"]["meta"] = {"lastUpdated": "2020-02-05T00:00:00Z"}
    new["entry"][2]["resource"]["valueQuantity"]["value"] = 9.75
    house.put("p1.json", new)
    house.load()
    house.put("p1.json", old)

    result = house.load()

    assert result["unchanged"] == 1
    assert Document.objects.get(encounter__isnull=False).version_number == 1


def test_a_class_made_stricter_here_is_not_loosened_by_the_source(house):
    from records.documents.services import corrections
    from records.documents.services.filing import DocumentFacts

    house.put("p1.json", whole())
    house.load()
    report = Document.objects.get(encounter__isnull=False)
    privileged = house.person("keeper", "CLERK", "SUPERVISOR", unit=house.unit)
    protect(house, privileged)
    corrections.change(
        actor=privileged,
        document_id=report.pk,
        lock_version=report.lock_version,
        facts=DocumentFacts("LAB", report.title, report.service_on, report.encounter_id, "GENETIC"),
    )
    changed = whole()
    changed["entry"][2]["resource"]["valueQuantity"]["value"] = 9.75
    house.put("p1.json", changed)

    house.load()

    report.refresh_from_db()
    assert (report.version_number, report.sensitivity, report.type.code) == (2, "GENETIC", "LAB")


def test_a_document_voided_here_is_not_filed_again(house):
    from records.documents.services import corrections

    house.put("p1.json", whole())
    house.load()
    report = Document.objects.get(encounter__isnull=False)
    corrections.void(
        actor=house.clerk,
        document_id=report.pk,
        lock_version=report.lock_version,
        reason="Wrong patient",
    )
    changed = whole()
    changed["entry"][2]["resource"]["valueQuantity"]["value"] = 9.75
    house.put("p1.json", changed)

    result = house.load(status=1)

    assert reasons(result) == [("p1.json", "MOVED_HERE")]
    assert Document.objects.count() == 2
    assert DocumentVersion.objects.count() == 2
