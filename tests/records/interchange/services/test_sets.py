"""Sets of files: one resource a line, in any order; loose files; whole folders of other kinds."""

from __future__ import annotations

import base64
import csv
import gzip
import json
from collections import Counter

import pytest

from records.documents.models import Document, UnfiledFile
from records.encounters.models import Encounter
from records.interchange.models import ImportedItem, ImportRun
from records.patients.models import Patient
from tests.records.interchange.builders import (
    EXAMPLES,
    SAMPLES,
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
from tests.records.interchange.house import actions, content_of, counts, listed_rejections, reasons
from tests.records.interchange.services.imports import documents_in, source_of, whole

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


def lines(*resources):
    return "\n".join(map(json.dumps, resources)).encode()


def ndjson_set(house, *, order="abcd", packed=False):
    """Write one patient as four files whose names put them in `order`."""
    parts = {
        "Observation": [
            observation(f"o{n}", encounter={"reference": "Encounter/e1"}) for n in (1, 2)
        ],
        "Condition": [
            clinical("Condition", "c1", encounter={"reference": "Encounter/e1"}),
            clinical("Condition", "c2"),
        ],
        "Encounter": [encounter("e1"), encounter("e2")],
        "Patient": [patient("p1"), patient("p2", birthDate="1950-01-01")],
    }
    for letter, (name, resources) in zip(order, parts.items(), strict=True):
        content = lines(*resources)
        ending = ".ndjson.gz" if packed else ".ndjson"
        house.put(f"{letter}-{name}{ending}", gzip.compress(content) if packed else content)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", ["abcd", "dcba"])
def test_a_set_of_files_makes_the_same_chart_in_any_order(house, order, packed):
    ndjson_set(house, order=order, packed=packed)

    result = house.load()

    assert (result["read"], result["imported"], result["rejected"]) == (4, 4, [])
    assert (Patient.objects.count(), Encounter.objects.count()) == (2, 2)
    summary, stay = Document.objects.order_by("title")
    assert (stay.encounter.patient, summary.encounter) == (summary.patient, None)
    assert {entry["resource"]["id"] for entry in source_of(stay)["entry"]} >= {"o1", "o2", "c1"}
    assert [entry["resource"]["id"] for entry in source_of(summary)["entry"]] == ["c2"]
    assert set(
        ImportedItem.objects.filter(kind="DOCUMENT").values_list("source_key", flat=True)
    ) == {
        "Clinical|Encounter|Encounter/e1",
        "Clinical|Patient|http://hospital.example/mrn|MRN-p1|summary",
    }


def test_a_set_of_files_imported_again_changes_nothing(house):
    ndjson_set(house)
    house.load()
    before = counts()

    result = house.load()

    assert (result["unchanged"], result["imported"], result["rejected"]) == (4, 0, [])
    assert counts() == before


def test_files_that_come_in_later_runs_find_their_patient_and_encounter(house):
    people = house.put("people.ndjson", lines(patient("p1"), encounter("e1")))
    later = house.put(
        "later.ndjson",
        lines(
            observation("o1", encounter={"reference": "Encounter/e1"}),
            clinical("Condition", "c1"),
        ),
    )
    refused = house.load(later, status=1)
    house.load(people)

    result = house.load(later)

    assert reasons(refused) == [("later.ndjson", "PATIENT_ELSEWHERE")]
    assert result["documents"] == 2
    assert Document.objects.filter(encounter=Encounter.objects.get()).count() == 1


@needs_samples
def test_published_people_line_by_line_are_as_many_rows_as_in_bundles(house):
    chosen = [path for path in files(SYNTHEA) if path.name.startswith("Dana")]
    by_type: dict[str, list[bytes]] = {}
    for path in chosen:
        for entry in loaded(path)["entry"]:
            resource = relative(entry, loaded(path))
            by_type.setdefault(resource["resourceType"], []).append(json.dumps(resource).encode())
    for name, resources in by_type.items():
        house.put(f"{name}.ndjson.gz", gzip.compress(b"\n".join(dict.fromkeys(resources))))

    result = house.load()

    assert result["rejected"] == []
    assert Patient.objects.count() == 1
    assert Encounter.objects.count() == len(by_type["Encounter"])
    assert Document.objects.count() == documents_in(chosen)


def relative(entry, whole_bundle):
    """Return a resource with the references that a bulk export writes."""
    types = {item["fullUrl"]: item["resource"] for item in whole_bundle["entry"]}
    text = json.dumps(entry["resource"])
    for url, resource in types.items():
        text = text.replace(f'"{url}"', f'"{resource["resourceType"]}/{resource["id"]}"')
    return json.loads(text)


def attached(content, media_type, **more):
    return {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "type": {"coding": [{"code": "18842-5", "display": "Discharge summary"}]},
        "date": "2020-01-05T10:00:00Z",
        "content": [
            {
                "attachment": {
                    "contentType": media_type,
                    "title": "Discharge",
                    "data": base64.b64encode(content).decode(),
                }
            }
        ],
    } | more


def test_attachments_become_documents_of_the_type_that_loinc_says(house):
    house.put("p1.json", bundle(patient(), attached(PICTURE, "image/png")))

    result = house.load()

    document = Document.objects.get()
    assert result["documents"] == 1
    assert (document.type.code, document.title) == ("DISCHARGE_SUMMARY", "Discharge")
    assert (str(document.service_on), content_of(document)) == ("2020-01-05", PICTURE)


def test_attached_text_becomes_readable_pages_with_the_text_beside(house):
    from records.documents.services import prepared

    house.put("p1.json", bundle(patient(), attached(b"Chest clear.\n\nHome.", "text/plain")))

    house.load()

    document = Document.objects.get()
    assert content_of(document).startswith(b"%PDF-")
    assert gzip.decompress(prepared.read_beside(document, "source")) == b"Chest clear.\n\nHome."


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (b"\x00\x01\x02", "application/zip", "NO_PAGES"),
        (b"%PDF-1.4 broken", "application/pdf", "FILE_TRUNCATED"),
        (b"\xff\xfe", "text/plain", "NO_PAGES"),
    ],
)
def test_attachments_without_pages_are_rejected_and_the_chart_is_made(
    house, content, media_type, reason
):
    house.put("p1.json", bundle(patient(), attached(content, media_type)))

    result = house.load(status=1)

    assert reasons(result) == [("p1.json", reason)]
    assert (result["patients"], Document.objects.count()) == (1, 0)


def test_loose_files_wait_in_the_units_list_once(house):
    house.put("scan.png", PICTURE)
    house.put("same.dat", PICTURE)

    first, second = house.load(), house.load()

    row = UnfiledFile.objects.get()
    assert (first["imported"], first["unchanged"], first["unfiled"]) == (1, 1, 1)
    assert (second["unchanged"], second["unfiled"]) == (2, 0)
    assert (row.unit, row.status, row.source) == (house.unit, "WAITING", "IMPORT")
    assert row.file_name == "same.dat.png"


def test_loose_files_go_into_the_chart_that_is_named(house):
    house.load(house.put("p1.json", whole()))
    scan = house.put("scans/Lab report.png", PICTURE)
    chart = Patient.objects.get()

    first = house.load(scan, patient=chart.mrn)
    second = house.load(scan, patient=f"{chart.mrn[:4]}-{chart.mrn[4:]}")

    document = Document.objects.get(title="Lab report")
    assert (document.patient, document.type.code, content_of(document)) == (
        chart,
        "OUTSIDE_RECORD",
        PICTURE,
    )
    assert (first["documents"], first["unfiled"]) == (1, 0)
    assert (second["documents"], second["unchanged"]) == (0, 1)


def test_a_file_that_waits_is_filed_when_its_chart_is_named(house):
    house.load(house.put("p1.json", whole()))
    scan = house.put("scan.png", PICTURE)
    house.load(scan)

    result = house.load(scan, patient=Patient.objects.get().mrn)

    row = UnfiledFile.objects.get()
    assert (result["documents"], row.status) == (1, "FILED")
    assert row.document.patient == Patient.objects.get()
    assert house.load(scan, patient=Patient.objects.get().mrn)["unchanged"] == 1


def test_a_run_cut_off_after_receiving_a_file_does_not_receive_it_twice(house, monkeypatch):
    from records.interchange.services import loose

    scan = house.put("scan.png", PICTURE)
    real = loose.items.add
    monkeypatch.setattr(loose.items, "add", lambda *args, **kwargs: 1 / 0)
    house.load(scan, status=1)
    monkeypatch.setattr(loose.items, "add", real)

    house.load(scan)

    assert UnfiledFile.objects.count() == 1
    assert ImportedItem.objects.get().object_id == UnfiledFile.objects.get().pk


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"paths": ["/no/such/place"]}, "there is no file or folder /no/such/place"),
        ({"patient": "99999999"}, "nobody has the record number '99999999'"),
        ({"unit": "NONE"}, "there is no unit 'NONE' in use"),
        ({"as_": "nobody"}, "there is nobody 'nobody' who may sign in"),
        ({"as_": "system"}, "there is nobody 'system' who may sign in"),
        ({"as_": "doctor"}, "the roles of 'doctor' do not allow imports: "),
        ({"feed": "a b"}, "--feed takes letters, digits, dots, dashes; 40 at the most"),
    ],
)
def test_bad_input_is_told_in_one_line_and_nothing_is_begun(house, options, said):
    house.person("doctor", "PROVIDER")
    house.put("p1.json", whole())

    result = house.load(*options.pop("paths", []), status=2, **options)

    assert result["error"].startswith(said)
    assert "\n" not in result["error"]
    assert (Patient.objects.count(), ImportRun.objects.count()) == (0, 0)


def test_without_any_unit_there_is_nowhere_to_import_to(house):
    from audit.writes import attributing
    from records.access.models import CustodyUnit

    with attributing(house.system):
        for unit in CustodyUnit.objects.all():
            unit.is_active = False
            unit.save()

    result = house.load(status=2)

    assert result["error"].startswith("there is no unit yet")


def test_a_named_person_imports_with_their_own_rights_only(house):
    house.put("p1.json", whole())

    taken = house.load(as_="clerk")
    refused = house.load(as_="clerk", unit="BH", feed="TWO", status=1)

    assert taken["patients"] == 1
    assert Patient.objects.get().registered_by == house.clerk
    assert reasons(refused) == [("p1.json", "FACTS_REFUSED")]


def test_a_chart_that_the_person_may_not_open_is_not_added_to(house):
    house.put("p1.json", whole())
    house.load(unit="BH")
    changed = whole()
    changed["entry"][2]["resource"]["valueQuantity"]["value"] = 9.75
    house.put("p1.json", changed)

    result = house.load(as_="clerk", status=1)

    assert [reason for _, reason in reasons(result)] == ["NO_GROUND"]
    assert Document.objects.filter(version_number=2).count() == 0


def test_a_chart_that_was_destroyed_is_not_filled_again(house):
    from records.access.services import charts

    house.put("p1.json", whole())
    house.load()
    charts.mark_destroyed(actor=house.system, chart_id=Patient.objects.get().pk)

    result = house.load(status=1)

    assert reasons(result) == [("p1.json", "CHART_DESTROYED")]
    assert Patient.objects.count() == 1


def checks():
    """Return what an independent library said of each file of scans and bar codes."""
    with (SAMPLES / "MANIFEST.tsv").open(newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {row["path"]: row["check"] for row in rows}


@needs_samples
@pytest.mark.parametrize("folder", ["scans", "barcodes"])
def test_pages_wait_or_are_rejected_as_the_manifest_says(house, folder):
    told = {path: said for path, said in checks().items() if path.startswith(f"{folder}/")}
    readable = {path for path, said in told.items() if said.startswith(("pikepdf ok", "PIL ok"))}

    result = house.load(SAMPLES / folder, status=1)

    rejected = {f"{folder}/{file}" for file, _ in reasons(result)}
    assert rejected == set(told) - readable
    assert UnfiledFile.objects.count() == len(readable)
    assert result["unfiled"] == len(readable)
    kinds = {reason for file, reason in reasons(result) if file.endswith(".pdf")}
    assert kinds <= {"FILE_ENCRYPTED"}
    assert {reason for file, reason in reasons(result) if file.endswith(".txt")} == {"UNKNOWN_KIND"}


@needs_samples
@pytest.mark.parametrize("folder", ["ccda", "hl7v2", "dicom", "codes"])
def test_folders_of_other_kinds_are_rejected_file_by_file(house, folder):
    names = [path for path in (SAMPLES / folder).rglob("*") if path.is_file()]

    result = house.load(SAMPLES / folder, status=1)

    pages = sum(path.suffix == ".pdf" for path in names)
    assert result["read"] == len(names)
    assert (UnfiledFile.objects.count(), result["imported"]) == (pages, pages)
    assert len(reasons(result)) >= len(names) - pages
    assert Patient.objects.count() == 0
    assert listed_rejections() == [(file[:300], reason) for file, reason in reasons(result)]
    assert actions().count("IMPORT_REJECTED") == len(result["rejected"])


@needs_samples
@pytest.mark.deep
def test_examples_of_the_specification_are_imported_without_anything_unexpected(house):
    result = house.load(EXAMPLES, status=1)

    found = Counter(reason for _, reason in reasons(result))
    assert result["read"] == len(files(EXAMPLES)) == 83
    assert found == {
        "NO_NAME": 2,
        "NO_START": 5,
        "PATIENT_ELSEWHERE": 6,
        "PATIENT_MISMATCH": 1,
    }
    assert (result["imported"], result["unchanged"], result["without"]) == (39, 3, 27)


@needs_samples
@pytest.mark.deep
def test_all_published_people_are_imported_exactly_and_once(house):
    paths = [path for path in files(SYNTHEA) if "Information" not in path.name]
    by_type = Counter(
        entry["resource"]["resourceType"] for path in paths for entry in loaded(path)["entry"]
    )

    result = house.load(SYNTHEA)
    before = counts()
    again = house.load(SYNTHEA)

    assert (result["read"], result["imported"], result["rejected"]) == (32, 32, [])
    assert (result["patients"], result["encounters"], result["documents"]) == (
        30,
        by_type["Encounter"],
        documents_in(paths),
    )
    assert result["left"] == {"BILLING": by_type["Claim"] + by_type["ExplanationOfBenefit"]}
    assert (before["Patient"], before["Encounter"]) == (30, 256)
    assert (again["unchanged"], again["imported"], again["rejected"]) == (32, 0, [])
    assert counts() == before
