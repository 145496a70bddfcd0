"""Every sample file read, against counts taken from the JSON itself."""

from __future__ import annotations

import json
import time
from collections import Counter
from functools import cache

import pytest

from records.interchange.enums import FileKind
from records.interchange.reading import read
from records.interchange.values import ReadResult
from tests.records.interchange.builders import EXAMPLES, SYNTHEA, files, loaded, needs_samples

pytestmark = needs_samples
PEOPLE = [path for path in files(SYNTHEA) if "Information" not in path.name]
INFORMATION = [path for path in files(SYNTHEA) if "Information" in path.name]
CLINICAL = {
    "AllergyIntolerance": 1,
    "CarePlan": 29,
    "Condition": 92,
    "DiagnosticReport": 91,
    "Goal": 5,
    "ImagingStudy": 3,
    "Immunization": 240,
    "MedicationRequest": 63,
    "Observation": 1610,
    "Procedure": 91,
}
LEFT = {"Claim": 319, "ExplanationOfBenefit": 256}


@cache
def result_of(name: str) -> ReadResult:
    return read((SYNTHEA / name).read_bytes(), name)


def resources(path) -> list[dict]:
    return [entry["resource"] for entry in loaded(path)["entry"]]


def test_all_people_are_read_with_exact_totals():
    results = [result_of(path.name) for path in PEOPLE]
    fates = Counter((fate.type, fate.outcome.value) for one in results for fate in one.fates)

    assert len(PEOPLE) == 30
    assert {kind: fates[kind, "USED"] for kind in CLINICAL} == CLINICAL
    assert {kind: fates[kind, "REMAINDER"] for kind in LEFT} == LEFT
    assert (fates["Patient", "USED"], fates["Encounter", "USED"]) == (30, 256)
    assert sum(len(group.encounters) for one in results for group in one.patients) == 256
    assert sum(len(group.documents) for one in results for group in one.patients) == 254
    assert [item for one in results for item in one.rejected] == []
    assert [item for one in results for item in one.remainder] == []


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem.rsplit("_", 1)[0])
def test_a_person_is_read_whole(path):
    found = resources(path)
    by_type = Counter(item["resourceType"] for item in found)
    result = result_of(path.name)

    (group,) = result.patients
    assert result.kind == FileKind.FHIR_BUNDLE
    assert Counter(fate.type for fate in result.fates) == by_type
    assert len({fate.path for fate in result.fates}) == len(found)
    assert len(group.encounters) == by_type["Encounter"]
    assert len(result.providers) == by_type["Practitioner"]
    assert len(result.organizations) == by_type["Organization"]
    assert sum(document.resources for document in group.documents) == sum(
        by_type[kind] for kind in CLINICAL
    )
    assert Counter(item.type for item in group.remainder) == {
        kind: count for kind in LEFT if (count := by_type[kind])
    }


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem.rsplit("_", 1)[0])
def test_a_person_is_who_the_file_says(path):
    (source,) = [item for item in resources(path) if item["resourceType"] == "Patient"]

    value = result_of(path.name).patients[0].patient

    numbers = {item["value"] for item in source["identifier"]}
    assert {item.value for item in value.identifiers} == numbers
    assert {item.type for item in value.identifiers} <= {"", "MR", "SS", "DL", "PPN"}
    assert value.source_key == f"Patient|http://hospital.smarthealthit.org|{path.stem[-36:]}"
    assert [name.family for name in value.names] == [item["family"] for item in source["name"]]
    assert (value.sex.lower(), value.birth.text) == (source["gender"], source["birthDate"])
    assert (value.died.text if value.died else None) == source.get("deceasedDateTime")
    order = 0 if source.get("multipleBirthBoolean") else None
    assert value.multiple_birth == source.get("multipleBirthInteger", order)
    assert value.addresses[0].lines == tuple(source["address"][0]["line"])
    assert value.mothers_maiden_name != ""
    assert value.race != ""


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem.rsplit("_", 1)[0])
def test_each_document_holds_what_belongs_to_its_encounter(path):
    expected: dict[str, set[str]] = {}
    for item in resources(path):
        if item["resourceType"] in CLINICAL:
            place = item.get("encounter", {}).get("reference", "summary")
            expected.setdefault(place, set()).add(item["id"])

    (group,) = result_of(path.name).patients

    found = {}
    for document in group.documents:
        kept = [entry["resource"] for entry in json.loads(document.source_json)["entry"]]
        place = document.encounter.text if document.encounter else "summary"
        found[place] = {item["id"] for item in kept if item["resourceType"] in CLINICAL}
    assert {place: expected[place] <= ids for place, ids in found.items()} == dict.fromkeys(
        expected, True
    )
    assert sum(document.resources for document in group.documents) == sum(
        map(len, expected.values())
    )


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem.rsplit("_", 1)[0])
def test_encounters_lead_to_their_providers(path):
    result = result_of(path.name)

    (group,) = result.patients
    named = [value.provider for value in group.encounters if value.provider]
    sources = [item for item in resources(path) if item["resourceType"] == "Encounter"]
    assert len(named) == sum("participant" in item for item in sources)
    assert {item.key for item in named} == {value.source_key for value in group.providers}
    assert all(item.display for item in named)
    assert {value.organization.key for value in group.encounters} == {
        value.source_key for value in group.organizations
    }


def test_the_two_information_files_are_only_providers_and_organizations():
    results = [result_of(path.name) for path in INFORMATION]

    assert [(len(one.organizations), len(one.providers), one.patients) for one in results] == [
        (102, 0, ()),
        (0, 102, ()),
    ]


def test_providers_of_person_files_are_those_of_the_information_files():
    known = {
        value.source_key: value.source_hash
        for path in INFORMATION
        for value in (*result_of(path.name).providers, *result_of(path.name).organizations)
    }
    met = {
        value.source_key: value.source_hash
        for path in PEOPLE
        for value in (*result_of(path.name).providers, *result_of(path.name).organizations)
    }

    assert len(known) == 204
    assert {key: known[key] for key in met} == met


def test_reading_twice_gives_the_same_keys_and_hashes():
    path = PEOPLE[0]

    assert read(path.read_bytes(), path.name) == result_of(path.name)


def test_source_keys_are_unique_in_all_files():
    keys = Counter(
        value.source_key
        for path in PEOPLE
        for group in result_of(path.name).patients
        for value in (group.patient, *group.encounters, *group.documents)
    )

    assert [key for key, count in keys.items() if count > 1] == []


def test_reading_twelve_megabytes_takes_seconds_at_most():
    started = time.perf_counter()
    for path in files(SYNTHEA):
        read(path.read_bytes(), path.name)

    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("path", files(EXAMPLES), ids=lambda path: path.stem)
def test_each_example_of_the_specification_is_read_and_accounted_for(path):
    source = loaded(path)
    listed = [item["resource"] for item in source.get("entry", [])]
    whole = listed if source["resourceType"] == "Bundle" else [source]

    result = read(path.read_bytes(), path.name)

    assert result.rejected == ()
    assert Counter(fate.type for fate in result.fates) == Counter(
        item["resourceType"] for item in whole
    )


def test_examples_of_the_specification_in_figures():
    results = {path.stem: read(path.read_bytes(), path.name) for path in files(EXAMPLES)}
    fates = Counter(
        (fate.type, fate.outcome.value, str(fate.reason))
        for result in results.values()
        for fate in result.fates
    )

    assert len(results) == 83
    assert {key: count for key, count in fates.items() if key[1] != "USED"} == {
        ("Account", "REMAINDER", "BILLING"): 1,
        ("AuditEvent", "REMAINDER", "NO_PATIENT"): 9,
        ("DocumentManifest", "REMAINDER", "NO_PATIENT"): 1,
        ("DocumentReference", "REMAINDER", "CONTENT_ELSEWHERE"): 1,
        ("Location", "REMAINDER", "NO_PATIENT"): 6,
        ("Medication", "SUPPORTING", ""): 1,
        ("Person", "REMAINDER", "NO_PATIENT"): 5,
        ("Provenance", "REMAINDER", "NO_PATIENT"): 5,
        ("QuestionnaireResponse", "REMAINDER", "NO_PATIENT"): 1,
        ("RelatedPerson", "REMAINDER", "PATIENT_ELSEWHERE"): 3,
    }
    assert [value.kind for value in results["Binary-example"].unassigned] == [FileKind.PDF]
    assert [value.kind for value in results["Binary-f006"].unassigned] == [FileKind.JPEG]
    (xds,) = results["Bundle-xds"].patients
    assert [(value.title, value.content) for value in xds.attachments] == [
        ("Physical", b"asdasdasdasdasd")
    ]
