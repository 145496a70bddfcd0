from __future__ import annotations

from datetime import UTC, datetime

import pytest

from records.encounters.enums import EncounterKind, EncounterStatus
from records.interchange.fhir.encounters import KINDS, STATUSES
from records.interchange.values import Reference
from tests.records.interchange.builders import (
    EXAMPLES,
    clinical,
    encounter,
    loaded,
    needs_samples,
    patient,
    read_all,
    read_json,
    rejections,
)


def one(*others: dict, **more):
    result = read_all(patient(), *others, encounter(**more))
    assert rejections(result) == []
    return result.patients[0].encounters[0]


def test_encounter_reads_a_stay():
    value = one(
        identifier=[{"system": "urn:visit", "value": "V1"}],
        hospitalization={
            "admitSource": {"text": "From emergency"},
            "dischargeDisposition": {"coding": [{"code": "01", "display": "Home"}]},
        },
        location=[
            {"location": {"display": "Ward 1"}},
            {"location": {"display": "ICU"}},
            {"location": {"display": "Ward 1"}},
        ],
        reasonCode=[{"text": "Fall"}, {"text": "Fall"}],
    )

    assert value.source_key == "Encounter|urn:visit|V1"
    assert (value.kind, value.status, value.source_status) == (
        "INPATIENT",
        "DISCHARGED",
        "finished",
    )
    assert value.start.at == datetime(2020, 1, 2, 10, tzinfo=UTC)
    assert value.end.at == datetime(2020, 1, 4, 11, 30, tzinfo=UTC)
    assert (value.type, value.reason) == ("Admission", "Fall")
    assert (value.admit_source, value.disposition, value.disposition_code) == (
        "From emergency",
        "Home",
        "01",
    )
    assert value.locations == ("Ward 1", "ICU")


@pytest.mark.parametrize(
    "code, kind",
    [
        *((code, kind.value) for code, kind in KINDS.items()),
        ("AMB", "OUTPATIENT"),
        ("", "OUTPATIENT"),
        ("FLD", "OUTPATIENT"),
    ],
)
def test_encounter_kind(code, kind):
    value = one(**{"class": {"code": code}})

    assert (value.kind, value.class_code) == (kind, code)
    assert value.kind in EncounterKind.values


@pytest.mark.parametrize(
    "code, status", [(code, status.value) for code, status in STATUSES.items()]
)
def test_encounter_status(code, status):
    value = one(status=code)

    assert (value.status, value.source_status) == (status, code)
    assert value.status in EncounterStatus.values


@pytest.mark.parametrize(
    "period, status",
    [({"start": "2020-01-01"}, "IN_PROGRESS"), ({"start": "2020", "end": "2020"}, "DISCHARGED")],
)
def test_encounter_status_unknown_is_told_by_its_end(period, status):
    assert one(status="unknown", period=period).status == status


@pytest.mark.parametrize(
    "more, path, reason",
    [
        ({"status": "done"}, "status", "BAD_CODE"),
        ({"status": None}, "status", "BAD_CODE"),
        ({"period": {"start": "2020-01-02", "end": "2020-01-01"}}, "period", "DATES_REVERSED"),
        ({"period": {"start": "2020-02-31"}}, "period.start", "IMPOSSIBLE_DATE"),
        ({"class": "IMP"}, "class", "BAD_SHAPE"),
        ({"participant": [3]}, "participant[0]", "BAD_SHAPE"),
    ],
)
def test_encounter_that_cannot_be_read_is_rejected_alone(more, path, reason):
    result = read_all(patient(), encounter(**more), clinical("Condition", "c1"))

    assert rejections(result) == [(f"Bundle.entry[1].resource.{path}", reason)]
    assert result.patients[0].encounters == ()
    assert [document.title for document in result.patients[0].documents] == ["Health summary"]


def test_encounter_names_its_leading_provider_and_organization():
    value = one(
        {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "First"}]},
        {"resourceType": "Practitioner", "id": "d2", "name": [{"family": "Attending"}]},
        {"resourceType": "Organization", "id": "o1", "name": "MORTON"},
        participant=[
            {"individual": {"reference": "RelatedPerson/r1"}},
            {"individual": {"reference": "Practitioner/d1"}},
            {
                "type": [{"coding": [{"code": "ATND"}]}],
                "individual": {"reference": "Practitioner/d2"},
            },
        ],
        serviceProvider={"reference": "Organization/o1"},
    )

    assert value.provider == Reference(
        "Practitioner/d2", "Attending", "Practitioner|Practitioner/d2"
    )
    assert value.organization == Reference(
        "Organization/o1", "MORTON", "Organization|Organization/o1"
    )


def test_encounter_keeps_references_to_other_files():
    value = one(
        participant=[{"individual": {"reference": "Practitioner?identifier=urn:npi|1234567893"}}],
        serviceProvider={"identifier": {"system": "urn:o", "value": "9"}, "type": "Organization"},
    )

    assert value.provider == Reference("Practitioner?identifier=urn:npi|1234567893")
    assert value.organization == Reference("Organization?identifier=urn:o|9")


def test_encounter_reason_may_be_a_condition():
    value = one(
        clinical("Condition", "c1"),
        reasonReference=[{"reference": "Condition/c1"}, {"display": "X"}],
    )

    assert value.reason == "Condition c1; X"


def test_encounter_place_may_be_a_resource():
    value = one(
        {"resourceType": "Location", "id": "l1", "name": "South Wing"},
        location=[
            {"location": {"reference": "Location/l1"}},
            {"location": {"reference": "Location/l2"}},
        ],
    )

    assert value.locations == ("South Wing", "Location/l2")


def test_encounter_without_a_patient_is_left():
    resource = encounter()
    del resource["subject"]

    result = read_all(resource)

    assert [(item.type, item.reason) for item in result.remainder] == [("Encounter", "NO_PATIENT")]


@needs_samples
def test_encounter_of_the_specification_whose_patient_is_elsewhere():
    (group,) = read_json(loaded(EXAMPLES / "Encounter-emerg.json")).patients

    assert (group.patient, group.reference) == (None, Reference("Patient/example"))
    (value,) = group.encounters
    assert (value.kind, value.status, value.end) == ("INPATIENT", "IN_PROGRESS", None)
    assert value.locations == ("Emergency Waiting Room", "Emergency", "Ward 1, Room 42, Bed 1")
    assert value.start.at.isoformat() == "2017-02-01T07:15:00+10:00"
