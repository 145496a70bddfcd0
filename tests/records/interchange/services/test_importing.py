"""Importing through the command: exact figures, repeated, changed, refused, crashed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter

import pytest

from audit.models import Event
from records.documents.enums import DocumentSource
from records.documents.models import Document, DocumentVersion
from records.documents.services import prepared
from records.documents.vault import checks
from records.encounters.models import Encounter, Provider
from records.interchange.models import ImportedItem, ImportRun
from records.patients.models import Address, Identifier, Name, Patient, Phone
from tests.records.interchange.builders import (
    MRN,
    SYNTHEA,
    bundle,
    clinical,
    encounter,
    files,
    loaded,
    needs_samples,
    observation,
    patient,
)
from tests.records.interchange.house import (
    actions,
    content_of,
    counts,
    listed_rejections,
    reasons,
)

NOTHING = {
    "Patient": 0,
    "Encounter": 0,
    "Document": 0,
    "DocumentVersion": 0,
    "UnfiledFile": 0,
    "Provider": 0,
    "ImportedItem": 0,
}


def whole(name="p1", /, **more):
    """One patient with a stay, a finding in it, and a condition outside any stay."""
    return bundle(
        patient(name, **more),
        encounter(f"e-{name}", about=f"Patient/{name}"),
        observation(
            f"o-{name}",
            subject={"reference": f"Patient/{name}"},
            encounter={"reference": f"Encounter/e-{name}"},
        ),
        clinical("Condition", f"c-{name}", about=f"Patient/{name}"),
    )


def source_of(document):
    return json.loads(gzip.decompress(prepared.read_beside(document, "source")))


def orphans(house):
    rows = set(DocumentVersion.objects.values_list("storage_name", flat=True))
    return [item.name for item in checks.list_objects() if checks.folder_of(item) not in rows]


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


def test_other_numbers_are_kept_and_impossible_ones_are_not(house):
    person = patient()
    person["identifier"] += [
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "219-09-9999"},
        {"type": {"coding": [{"code": "DL"}]}, "system": "urn:dl", "value": "S99955854"},
    ]
    house.put("p1.json", bundle(person))

    house.load()

    kinds = Identifier.objects.order_by("kind").values_list("kind", "value")
    chart = Patient.objects.get()
    assert list(kinds) == [
        ("DRIVERS_LICENSE", "S99955854"),
        ("MRN", chart.mrn),
        ("OTHER_MRN", "MRN-p1"),
    ]


def test_a_person_alike_by_name_alone_is_registered_as_another(house):
    house.put("p1.json", bundle(patient("p1")))
    house.put("p2.json", bundle(patient("p2")))

    result = house.load()

    assert result["patients"] == 2
    assert Patient.objects.filter(family="Doe", given="Jo").count() == 2


def with_ssn(name, /, **more):
    person = patient(name, **more)
    person["identifier"].append(
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6788"}
    )
    return bundle(person, clinical("Condition", f"c-{name}", about=f"Patient/{name}"))


@pytest.mark.parametrize(
    ("more", "charts"),
    [
        ({}, 1),
        ({"birthDate": "1981-03-01"}, 2),
        ({"name": [{"family": "Roe", "given": ["Jo"]}]}, 2),
    ],
)
def test_social_security_number_leads_to_a_chart_only_with_birth_date_and_name(house, more, charts):
    house.put("a.json", with_ssn("p1"))
    house.load(feed="ONE")
    house.put("a.json", with_ssn("p9", **more))

    house.load(feed="TWO")

    assert Patient.objects.count() == charts
    assert Document.objects.filter(patient=Patient.objects.earliest("pk")).count() == 3 - charts


def own_number(chart, /, **more):
    return bundle(patient("x1", identifier=[{"system": MRN, "value": chart.mrn}], **more))


def test_this_houses_own_record_number_leads_to_its_chart(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", with_ssn("p1"))
    house.load()
    chart = Patient.objects.get()
    house.put("p1.json", own_number(chart, telecom=[{"system": "phone", "value": "2155550101"}]))

    house.load(feed="TWO")

    assert Patient.objects.get().mrn == chart.mrn
    assert Phone.objects.get().digits == "2155550101"


def test_this_houses_own_free_record_number_is_taken_over(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", bundle(patient(identifier=[{"system": MRN, "value": "45-50-99"}])))

    house.load()

    assert Patient.objects.get().mrn == "455099"


def test_a_number_that_is_somebody_elses_here_imports_nothing(house, settings):
    settings.RECORD_NUMBER_SYSTEM = MRN
    house.put("p1.json", with_ssn("p1"))
    house.load()
    before, chart = counts(), Patient.objects.get()
    stranger = {"name": [{"family": "Zorn", "given": ["Al"]}], "birthDate": "1933-03-03"}
    house.put("p1.json", own_number(chart, **stranger))

    result = house.load(feed="TWO", status=1)

    assert reasons(result) == [("p1.json", "OTHER_PERSON")]
    assert counts() == before


def test_local_numbers_of_two_senders_stay_apart_by_feed(house):
    house.put("a.json", bundle(patient("1", identifier=[])))
    house.load(feed="ONE")
    other = patient(
        "1", identifier=[], name=[{"family": "Zorn", "given": ["Al"]}], birthDate="1933-03-03"
    )
    house.put("a.json", bundle(other))

    refused = house.load(feed="ONE", status=1)
    taken = house.load(feed="TWO")

    assert reasons(refused) == [("a.json", "OTHER_PERSON")]
    assert taken["patients"] == 1
    assert set(Patient.objects.values_list("family", flat=True)) == {"Doe", "Zorn"}


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


def protect(house, user):
    from audit.writes import attributing
    from records.access.enums import UnitRight
    from records.access.services import rights

    with attributing(house.system):
        house.unit.sensitivity_classes = ["GENETIC"]
        house.unit.save()
        rights.grant_unit(
            actor=house.system,
            unit=house.unit,
            right=UnitRight.VIEW_PROTECTED,
            reason="Test",
            user=user,
        )
    for name in ("_unit_rights",):
        if hasattr(user, name):
            delattr(user, name)


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


def documents_in(paths):
    """Count from the JSON alone: encounters, and patients outside any, that have content."""
    left_out = {"Patient", "Encounter", "Practitioner", "Organization", "Claim"}
    places = set()
    for path in paths:
        for entry in loaded(path)["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] not in left_out | {"ExplanationOfBenefit"}:
                place = resource.get("encounter", resource.get("context", {}))
                places.add((path.name, place.get("reference", "")))
    return len(places)
