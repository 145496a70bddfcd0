from __future__ import annotations

import base64
import gzip
import hashlib
import json
import pickle

import pytest

from records.interchange import kinds
from records.interchange.enums import FileKind, Outcome
from records.interchange.reading import read
from records.interchange.values import Reference, Rejection
from tests.records.interchange.builders import (
    bundle,
    clinical,
    encounter,
    observation,
    outcomes,
    patient,
    read_all,
    read_json,
    rejections,
)

PDF = b"%PDF-1.7 letter"
DATA = base64.b64encode(PDF).decode()


def attachment(**more) -> dict:
    return {"contentType": "application/pdf", "data": DATA, "title": "Letter"} | more


def document_reference(**more) -> dict:
    return {
        "resourceType": "DocumentReference",
        "id": "dr1",
        "status": "current",
        "type": {"text": "Discharge letter"},
        "subject": {"reference": "Patient/p1"},
        "date": "2020-01-04T12:00:00Z",
        "author": [{"display": "Dr. May"}],
        "context": {"encounter": [{"reference": "Encounter/e1"}]},
        "content": [{"attachment": attachment()}],
    } | more


@pytest.mark.parametrize(
    "data, kind, message, reason",
    [
        (b"", "UNKNOWN", "The file is empty.", "EMPTY"),
        (b"hello", "UNKNOWN", kinds.UNKNOWN, "UNKNOWN_KIND"),
        (b"MSH|^~\\&|", "HL7V2", "HL7 v2 messages: reading this comes later.", "NOT_YET"),
        (b"\x1f\x8b", "UNKNOWN", "The compressed file is damaged.", "BAD_GZIP"),
        (b'{"a": 1}', "UNKNOWN", "This JSON is no FHIR resource.", "NOT_FHIR"),
        (b"[]", "UNKNOWN", "This JSON is no FHIR resource.", "NOT_FHIR"),
        (b'{"a": ', "UNKNOWN", "Not JSON: Expecting value at line 1, column 7.", "BAD_JSON"),
        (b'{"a": "\xff"}', "UNKNOWN", "The text is not UTF-8.", "BAD_JSON"),
        (b'{"a": 1}\n{"b": 2}\n', "UNKNOWN", "No line holds a FHIR resource.", "NOT_FHIR"),
    ],
)
def test_read_rejects_a_whole_file(data, kind, message, reason):
    result = read(data, "f")

    assert (result.name, result.kind, result.patients, result.fates) == ("f", kind, (), ())
    assert result.rejected == (Rejection("", message, reason),)


@pytest.mark.parametrize(
    "data, kind, media_type",
    [
        (PDF, FileKind.PDF, "application/pdf"),
        (b"II*\x00", FileKind.TIFF, "image/tiff"),
        (b"\xff\xd8\xff", FileKind.JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", FileKind.PNG, "image/png"),
    ],
)
def test_read_passes_pages_on_without_a_patient(data, kind, media_type):
    result = read(data, "scan 1.pdf")

    (value,) = result.unassigned
    assert (result.kind, value.kind, value.media_type, value.content) == (
        kind,
        kind,
        media_type,
        data,
    )
    assert (value.title, value.source_key) == (
        "scan 1.pdf",
        f"File|sha256:{hashlib.sha256(data).hexdigest()}",
    )


def test_read_takes_gzip_and_lines():
    lines = "\n".join(json.dumps(item) for item in (patient(), clinical("Condition", "c1")))

    result = read(gzip.compress(lines.encode()), "export.ndjson.gz")

    assert (result.kind, outcomes(result)) == (
        FileKind.FHIR_NDJSON,
        [("Patient", "USED", ""), ("Condition", "USED", "")],
    )


def test_read_keeps_the_lines_that_can_be_read():
    lines = [
        json.dumps(patient()),
        '{"broken',
        json.dumps({"x": 1}),
        "",
        json.dumps(bundle(patient("p2"))),
    ]

    result = read("\n".join(lines).encode(), "f")

    assert [(item.path, item.reason) for item in result.rejected] == [
        ("line 2", "BAD_JSON"),
        ("line 3", "NOT_FHIR"),
    ]
    assert len(result.patients) == 2
    assert len(result.fates) == 4


def test_read_gathers_content_by_encounter_and_leaves_billing():
    result = read_all(
        patient(),
        encounter(),
        observation("o1", encounter={"reference": "Encounter/e1"}),
        clinical("Condition", "c1", encounter={"reference": "Encounter/e1"}),
        clinical("Goal", "g1", description={"text": "Walk"}),
        clinical("Claim", "x1"),
    )

    (group,) = result.patients
    assert [(d.title, d.resources, d.encounter and d.encounter.key) for d in group.documents] == [
        ("Admission, Jan 2, 2020", 2, "Encounter|Encounter/e1"),
        ("Health summary", 1, None),
    ]
    assert [(item.type, item.reason) for item in group.remainder] == [("Claim", "BILLING")]
    assert [d.source_key for d in group.documents] == [
        "Clinical|Encounter|Encounter/e1",
        f"Clinical|{group.patient.source_key}|summary",
    ]


def test_read_twice_gives_the_same_and_pickles():
    resources = [patient(), encounter(), observation("o1"), document_reference()]

    first, second = read_all(*resources), read_all(*resources)

    assert first == second
    assert pickle.loads(pickle.dumps(first)) == first


def test_read_hash_of_a_document_ignores_when_it_was_exported():
    def document(**more):
        return read_all(patient(), observation("o1", **more)).patients[0].documents[0]

    first = document()
    assert document(meta={"versionId": "2", "lastUpdated": "x"}).source_hash != ""
    again = document(meta={})
    assert document(meta={"versionId": "2", "lastUpdated": "x"}).source_hash == again.source_hash
    assert document(note=[{"text": "n"}]).source_hash != first.source_hash


def test_read_keeps_the_source_beside_the_document():
    (group,) = read_all(
        patient(), encounter(), observation("o1", "1.50", encounter={"reference": "Encounter/e1"})
    ).patients

    kept = json.loads(group.documents[0].source_json)
    assert [item["resource"]["id"] for item in kept["entry"]] == ["e1", "o1"]
    assert read_json(kept).rejected == ()


def test_read_keeps_decimals_of_the_source_as_they_came():
    text = json.dumps(bundle(patient(), observation("o1"))).replace('"value": 1.5', '"value": 1.50')

    (group,) = read(text.encode(), "f").patients

    assert b'"value":1.50}' in group.documents[0].source_json
    assert group.documents[0].sections[0].blocks[1].rows[0][1] == "1.50"


def test_read_groups_what_belongs_to_patients_of_other_files():
    result = read_all(
        observation("o1", about="Patient/far", encounter={"reference": "Encounter/e9"}),
        clinical("Condition", "c1", about="urn:uuid:77"),
        clinical("RelatedPerson", "r1", about="Patient/far"),
    )

    assert [(group.patient, group.reference) for group in result.patients] == [
        (None, Reference("Patient/far")),
        (None, Reference("urn:uuid:77")),
    ]
    (document,) = result.patients[0].documents
    assert (document.title, document.encounter, document.source_key) == (
        "Visit, Jan 2, 2020",
        Reference("Encounter/e9"),
        "Clinical|Encounter/e9",
    )
    assert [item.reason for item in result.patients[0].remainder] == ["PATIENT_ELSEWHERE"]


def test_read_takes_the_patient_from_the_encounter():
    note = clinical("Condition", "c1", encounter={"reference": "Encounter/e1"})
    del note["subject"]

    result = read_all(patient(), encounter(), note)

    assert outcomes(result)[2] == ("Condition", "USED", "")


def test_read_rejects_what_an_encounter_of_another_patient_holds():
    result = read_all(
        patient(),
        patient("p2"),
        encounter(),
        observation("o1", about="Patient/p2", encounter={"reference": "Encounter/e1"}),
    )

    assert rejections(result) == [("Bundle.entry[3].resource.encounter", "PATIENT_MISMATCH")]
    assert [group.documents for group in result.patients] == [(), ()]


def test_read_rejects_what_belongs_to_an_unreadable_patient():
    result = read_all(patient(gender="x"), encounter(), clinical("Condition", "c1"))

    assert rejections(result) == [
        ("Bundle.entry[0].resource.gender", "BAD_CODE"),
        ("Bundle.entry[1].resource", "PATIENT_REJECTED"),
        ("Bundle.entry[2].resource", "PATIENT_REJECTED"),
    ]
    assert result.patients == ()


@pytest.mark.parametrize(
    "resource, reason",
    [
        ({"resourceType": "AuditEvent"}, "NO_PATIENT"),
        ({"resourceType": "Location", "name": "W"}, "NO_PATIENT"),
        (clinical("Condition", "c", about="Group/g1"), "NO_PATIENT"),
        (clinical("Condition", "c", about="#inner"), "NO_PATIENT"),
        (clinical("Condition", "c", about="Location/l1"), "NO_PATIENT"),
        (
            clinical("Account", "a")
            | {"subject": [{"reference": "Patient/p1"}, {"reference": "Patient/p2"}]},
            "SEVERAL_PATIENTS",
        ),
        ({"resourceType": "Binary", "contentType": "x/y"}, "CONTENT_ELSEWHERE"),
    ],
)
def test_read_lists_what_belongs_to_no_single_patient(resource, reason):
    result = read_all(patient(), patient("p2"), resource)

    assert [(item.type, item.reason) for item in result.remainder] == [
        (resource["resourceType"], reason)
    ]
    assert result.rejected == ()


def test_read_keeps_a_named_medication_as_support():
    result = read_all(
        patient(),
        {"resourceType": "Medication", "id": "m1", "code": {"text": "Aspirin 81 mg"}},
        {
            "resourceType": "MedicationRequest",
            "id": "mr1",
            "subject": {"reference": "Patient/p1"},
            "medicationReference": {"reference": "Medication/m1"},
        },
    )

    (document,) = result.patients[0].documents
    assert outcomes(result)[-1] == ("Medication", "SUPPORTING", "")
    assert document.sections[0].blocks[0].rows[0][0] == "Aspirin 81 mg"
    assert b"Aspirin" in document.source_json
    assert document.resources == 1


def test_read_takes_attached_files_out():
    result = read_all(patient(), encounter(), document_reference())

    (value,) = result.patients[0].attachments
    assert (value.content, value.kind, value.media_type) == (PDF, FileKind.PDF, "application/pdf")
    assert (value.title, value.type, value.author, value.status) == (
        "Letter",
        "Discharge letter",
        "Dr. May",
        "current",
    )
    assert value.encounter.key == "Encounter|Encounter/e1"
    assert (value.created.text, value.source_key) == (
        "2020-01-04T12:00:00Z",
        "DocumentReference|DocumentReference/dr1|file",
    )
    assert result.patients[0].documents == ()


def test_read_finds_attached_files_in_a_binary():
    result = read_all(
        patient(),
        document_reference(content=[{"attachment": {"url": "Binary/b1"}}]),
        {"resourceType": "Binary", "id": "b1", "contentType": "application/pdf", "data": DATA},
    )

    assert result.patients[0].attachments[0].content == PDF
    assert [fate.outcome for fate in result.fates] == [Outcome.USED] * 3
    assert result.unassigned == ()


def test_read_reports_files_that_are_elsewhere():
    urls = ["http://x.example/Binary/9", "http://x.example/Binary/8"]
    content = [{"attachment": {"contentType": "a/b", "url": url}} for url in urls]

    result = read_all(patient(), document_reference(content=content))

    assert [(item.type, item.reason, item.detail) for item in result.patients[0].remainder] == [
        ("DocumentReference", "CONTENT_ELSEWHERE", "; ".join(urls))
    ]
    assert outcomes(result)[1] == ("DocumentReference", "REMAINDER", "CONTENT_ELSEWHERE")


def test_read_takes_files_out_of_a_report_and_shows_the_report():
    report = clinical(
        "DiagnosticReport", "r1", status="final", conclusion="Clear.", presentedForm=[attachment()]
    )

    (group,) = read_all(patient(), report).patients

    assert [value.title for value in group.attachments] == ["Letter"]
    assert [document.title for document in group.documents] == ["Health summary"]


def test_read_takes_a_binary_that_names_its_patient_or_nobody():
    binary = {"resourceType": "Binary", "contentType": "application/pdf", "data": DATA}

    result = read_all(
        patient(),
        binary | {"id": "b1", "securityContext": {"reference": "Patient/p1"}},
        binary | {"id": "b2"},
    )

    assert [value.source_key for value in result.patients[0].attachments] == [
        "Binary|Binary/b1|file"
    ]
    assert [value.source_key for value in result.unassigned] == ["Binary|Binary/b2|file"]


@pytest.mark.parametrize(
    "more, path, reason",
    [
        ({"data": "%%%"}, "data", "BAD_BASE64"),
        ({"data": "QQ"}, "data", "BAD_BASE64"),
        ({"data": 3}, "data", "BAD_SHAPE"),
        ({"hash": "AAAA"}, "hash", "HASH_MISMATCH"),
        ({"creation": "2020-02-30"}, "creation", "IMPOSSIBLE_DATE"),
    ],
)
def test_read_rejects_damaged_files(more, path, reason):
    result = read_all(patient(), document_reference(content=[{"attachment": attachment(**more)}]))

    assert rejections(result) == [
        (f"Bundle.entry[1].resource.content[0].attachment.{path}", reason)
    ]
    assert result.patients[0].attachments == ()


def test_read_accepts_a_hash_that_fits():
    sha1 = base64.b64encode(hashlib.sha1(PDF).digest()).decode()

    result = read_all(
        patient(), document_reference(content=[{"attachment": attachment(hash=sha1)}])
    )

    assert (len(result.patients[0].attachments), result.rejected) == (1, ())


def test_read_rejects_one_bad_resource_and_keeps_the_document():
    result = read_all(
        patient(),
        observation("o1"),
        observation("o2") | {"effectiveDateTime": "2020-02-30T10:00:00Z"},
        observation("o3") | {"valueQuantity": "high"},
    )

    assert rejections(result) == [
        ("Bundle.entry[2].resource.effectiveDateTime", "IMPOSSIBLE_DATE"),
        ("Bundle.entry[3].resource.valueQuantity", "BAD_SHAPE"),
    ]
    assert result.patients[0].documents[0].resources == 1
    assert b'"o2"' not in result.patients[0].documents[0].source_json


def test_read_collects_sensitivity_marks():
    marked = observation("o1", meta={"security": [{"code": "R"}, {"code": "PSY"}]})

    assert read_all(patient(), marked).patients[0].documents[0].labels == ("PSY", "R")
