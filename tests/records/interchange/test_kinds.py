from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.interchange import kinds
from records.interchange.enums import FileKind, Reason
from records.interchange.errors import KindNotRead
from tests.records.interchange.builders import SAMPLES, bundle, needs_samples, patient

RESOURCE = json.dumps(patient()).encode()
BUNDLE = json.dumps(bundle(patient()), indent=2).encode()
CASES = [
    (RESOURCE, FileKind.FHIR_RESOURCE),
    (b"\xef\xbb\xbf \n" + RESOURCE, FileKind.FHIR_RESOURCE),
    (BUNDLE, FileKind.FHIR_BUNDLE),
    (RESOURCE + b"\n" + RESOURCE + b"\n", FileKind.FHIR_NDJSON),
    (gzip.compress(BUNDLE, mtime=0), FileKind.FHIR_BUNDLE),
    (b"%PDF-1.7 x", FileKind.PDF),
    (b"\n\n%PDF-1.4", FileKind.PDF),
    (b"II*\x00rest", FileKind.TIFF),
    (b"MM\x00*rest", FileKind.TIFF),
    (b"MM\x00+rest", FileKind.TIFF),
    (b"\xff\xd8\xff\xe0", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\nx", FileKind.PNG),
    (b"MSH|^~\\&|A", FileKind.HL7V2),
    (b"\x0bMSH|^~\\&|A", FileKind.HL7V2),
    (b"\xef\xbb\xbfMSH|^~\\&", FileKind.HL7V2),
    (b"FHS|^~\\&|A", FileKind.HL7V2),
    (b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">', FileKind.CCDA),
    (b'<Patient xmlns="http://hl7.org/fhir"/>', FileKind.FHIR_XML),
    (b"<html>", FileKind.UNKNOWN),
    (b"\x00" * 128 + b"DICM", FileKind.DICOM),
    (b"II*\x00" + b"\x00" * 124 + b"DICM", FileKind.DICOM),
    (b"%PDF-1.4".ljust(128) + b"DICM", FileKind.DICOM),
    (b"", FileKind.UNKNOWN),
    (b" \n", FileKind.UNKNOWN),
    (b"hello", FileKind.UNKNOWN),
    (b"PK\x03\x04", FileKind.UNKNOWN),
    (b"{", FileKind.UNKNOWN),
    (b"{}", FileKind.UNKNOWN),
    (b'{"resourceType": 3}', FileKind.UNKNOWN),
    (b'{"resourceType": "not a type"}', FileKind.UNKNOWN),
    (b"[1]", FileKind.UNKNOWN),
    (b"[" * 100_000, FileKind.UNKNOWN),
    (b'{"\xff": 1}', FileKind.UNKNOWN),
    (b"\x1f\x8bdamaged", FileKind.UNKNOWN),
    (gzip.compress(BUNDLE, mtime=0)[:-9], FileKind.UNKNOWN),
]


@pytest.mark.parametrize("data, kind", CASES)
def test_sniff_tells_the_kind_by_content(data, kind):
    assert kinds.sniff(data) == kind


@needs_samples
@pytest.mark.parametrize(
    "folder, pattern, kind",
    [
        ("fhir/synthea-r4", "*.json", FileKind.FHIR_BUNDLE),
        ("fhir/r4-spec-examples", "Patient-*.json", FileKind.FHIR_RESOURCE),
        ("hl7v2/fhir-converter", "*", FileKind.HL7V2),
        ("hl7v2/linuxforhealth", "*", FileKind.HL7V2),
        ("ccda/documents", "*.xml", FileKind.CCDA),
        ("scans/paperless", "*.pdf", FileKind.PDF),
        ("scans/paperless", "*.tiff", FileKind.TIFF),
        ("barcodes/zxing", "*.png", FileKind.PNG),
    ],
)
def test_sniff_tells_the_kind_of_every_sample(folder, pattern, kind):
    found = {path.name: kinds.sniff(path.read_bytes()) for path in (SAMPLES / folder).glob(pattern)}

    assert found
    assert {name: told for name, told in found.items() if told != kind} == {}


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", Reason.EMPTY),
        (b"\xef\xbb\xbf\n", Reason.EMPTY),
        (gzip.compress(b"", mtime=0), Reason.EMPTY),
        (b"\x1f\x8bxx", Reason.BAD_GZIP),
        (gzip.compress(b"0" * 2000, mtime=0), Reason.TOO_LARGE),
        (b"0" * 2000, Reason.TOO_LARGE),
    ],
)
def test_unpacked_refuses(monkeypatch, data, reason):
    monkeypatch.setattr(kinds, "LARGEST", 1000)

    with pytest.raises(KindNotRead) as caught:
        kinds.unpacked(data)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "kind, message, reason",
    [
        (FileKind.HL7V2, "HL7 v2 messages: reading this comes later.", Reason.NOT_YET),
        (FileKind.CCDA, "C-CDA document: reading this comes later.", Reason.NOT_YET),
        (FileKind.DICOM, "DICOM: reading this comes later.", Reason.NOT_YET),
        (FileKind.FHIR_XML, "FHIR as XML: reading this comes later.", Reason.NOT_YET),
        (
            FileKind.UNKNOWN,
            kinds.UNKNOWN,
            Reason.UNKNOWN_KIND,
        ),
    ],
)
def test_refusal_says_what_comes_later(kind, message, reason):
    refusal = kinds.refusal(kind)

    assert (refusal.message, refusal.reason) == (message, reason)


@pytest.mark.goal("G-49")
@given(st.binary(max_size=300))
def test_sniff_answers_for_any_bytes(data):
    assert kinds.sniff(data) in FileKind
