from __future__ import annotations

import json

import pytest

from records.interchange.enums import FileKind
from records.interchange.fhir.bundle import Entry, Index, contents, reference
from records.interchange.fhir.node import Node
from records.interchange.values import Reference
from tests.records.interchange.builders import (
    bundle,
    clinical,
    outcomes,
    patient,
    read_all,
    read_json,
    rejections,
)

BASE = "http://server.example/fhir"


def entry(kind: str, name: str, full_url: str = "", **more) -> Entry:
    data = {"resourceType": kind, "id": name} | more
    return Entry(f"{kind}/{name}/{full_url}", Node(data, "X"), kind, name, full_url)


PLAIN = entry("Patient", "a")
URN = entry("Patient", "u", "urn:uuid:1111")
SERVED = entry("Patient", "s", f"{BASE}/Patient/s")
OTHER = entry("Patient", "s", "http://other.example/Patient/s")
NAMED = entry("Practitioner", "n", identifier=[{"system": "urn:npi", "value": "77"}])
TWIN_1 = entry("Organization", "t1", identifier=[{"system": "urn:o", "value": "5"}])
TWIN_2 = entry("Organization", "t2", identifier=[{"system": "urn:o", "value": "5"}])
ORIGIN = entry("Observation", "o", f"{BASE}/Observation/o")
STRANGER = entry("Observation", "x", "urn:uuid:9")
INDEX = Index([PLAIN, URN, SERVED, OTHER, NAMED, TWIN_1, TWIN_2, ORIGIN, STRANGER])


@pytest.mark.parametrize(
    "data, origin, found",
    [
        ({"reference": "Patient/a"}, STRANGER, PLAIN),
        ({"reference": "Patient/a/_history/3"}, STRANGER, PLAIN),
        ({"reference": "urn:uuid:1111"}, STRANGER, URN),
        ({"reference": f"{BASE}/Patient/s"}, STRANGER, SERVED),
        ({"reference": "Patient/s"}, ORIGIN, SERVED),
        ({"reference": "Patient/s"}, STRANGER, None),
        ({"reference": f"{BASE}/Patient/a"}, STRANGER, PLAIN),
        ({"reference": "http://third.example/Patient/s"}, STRANGER, None),
        ({"reference": "Practitioner?identifier=urn:npi|77"}, STRANGER, NAMED),
        ({"reference": "Practitioner?active=true&identifier=urn:npi|77"}, STRANGER, NAMED),
        ({"reference": "Organization?identifier=urn:o|5"}, STRANGER, None),
        ({"reference": "Patient/nobody"}, STRANGER, None),
        ({"reference": "#inner"}, STRANGER, None),
        ({"reference": "nonsense"}, STRANGER, None),
        (
            {"type": "Practitioner", "identifier": {"system": "urn:npi", "value": "77"}},
            STRANGER,
            NAMED,
        ),
        ({"identifier": {"system": "urn:npi", "value": "77"}}, STRANGER, None),
        ({"display": "Somebody"}, STRANGER, None),
        ({}, STRANGER, None),
    ],
)
def test_index_finds_what_a_reference_means(data, origin, found):
    assert INDEX.find(Node(data, "R"), origin) is found


def test_reference_is_plain():
    assert reference(Node({}, "R"), None) is None
    assert reference(Node({"reference": "Patient/a", "display": "A"}, "R"), PLAIN) == Reference(
        "Patient/a", "A", "Patient|Patient/a"
    )


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset", "document"])
def test_contents_takes_bundles_of_any_type(kind):
    found = contents(json.dumps(bundle(patient(), kind=kind)))

    assert (found.kind, [item.type for item in found.entries]) == (
        FileKind.FHIR_BUNDLE,
        ["Patient"],
    )


def test_contents_opens_bundles_in_bundles_but_not_for_ever():
    nested = bundle(bundle(patient()))
    result = read_json(nested)
    deep = bundle(bundle(bundle(bundle(patient()))))

    assert outcomes(result) == [("Patient", "USED", "")]
    assert result.fates[0].path == "Bundle.entry[0].resource.entry[0].resource"
    assert [item.reason for item in read_json(deep).rejected] == ["BAD_SHAPE"]


def test_contents_lists_entries_without_a_resource():
    result = read_json(
        {
            "resourceType": "Bundle",
            "entry": [
                {"request": {"method": "DELETE", "url": "Patient/p1"}},
                {"resource": patient()},
            ],
        }
    )

    assert [(item.path, item.reason, item.detail) for item in result.remainder] == [
        ("Bundle.entry[0]", "NO_RESOURCE", "DELETE Patient/p1")
    ]
    assert len(result.patients) == 1


@pytest.mark.parametrize(
    "resource, path",
    [
        (3, "Bundle.entry[0].resource"),
        ({"id": "x"}, "Bundle.entry[0].resource"),
        ({"resourceType": "no type"}, "Bundle.entry[0].resource"),
        (patient(id=3), "Bundle.entry[0].resource.id"),
        (patient(contained=[3]), "Bundle.entry[0].resource.contained[0]"),
    ],
)
def test_contents_rejects_an_entry_alone(resource, path):
    result = read_all(resource, patient("p2"))

    assert [item.path for item in result.rejected] == [path]
    assert [group.patient.source_key[-6:] for group in result.patients] == ["MRN-p2"]
    assert len(result.fates) == 2


def test_a_resource_twice_is_read_once():
    result = read_all(patient(), patient(), clinical("Condition", "c"), clinical("Condition", "c"))

    assert sorted(outcomes(result)) == [
        ("Condition", "REMAINDER", "DUPLICATE"),
        ("Condition", "USED", ""),
        ("Patient", "REMAINDER", "DUPLICATE"),
        ("Patient", "USED", ""),
    ]
    assert [item.detail for item in result.remainder] == [
        "Bundle.entry[0].resource",
        "Bundle.entry[2].resource",
    ]


def test_one_identity_for_two_resources_is_refused():
    result = read_all(patient(), patient(gender="male"))

    assert rejections(result) == [("Bundle.entry[1].resource.id", "DUPLICATE_ID")]


def test_one_record_number_for_two_patients_is_refused():
    second = patient("p2", identifier=patient()["identifier"])

    result = read_all(patient(), second)

    assert rejections(result) == [("Bundle.entry[1].resource.identifier", "DUPLICATE_ID")]


def test_one_identifier_for_two_encounters_names_neither_twice():
    visits = [
        {
            "resourceType": "Encounter",
            "id": name,
            "status": "finished",
            "identifier": [{"system": "urn:account", "value": "A1"}],
            "subject": {"reference": "Patient/p1"},
        }
        for name in ("e1", "e2")
    ]

    (group,) = read_all(patient(), *visits).patients

    assert [value.source_key for value in group.encounters] == [
        "Encounter|urn:account|A1",
        "Encounter|Encounter/e2",
    ]
