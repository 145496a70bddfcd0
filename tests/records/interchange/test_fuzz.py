"""Nothing that is sent makes reading raise, and no resource is lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.interchange import narrative
from records.interchange.reading import read
from records.interchange.values import ReadResult
from tests.records.interchange.builders import (
    EXAMPLES,
    bundle,
    clinical,
    encounter,
    files,
    needs_samples,
    observation,
    patient,
)
from tests.records.interchange.test_narrative import HOUSE, PATIENT

CALM = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Patient/p1", "urn:uuid:1", "#x", "2020-02-30", "2020", "Encounter/e1", ""])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "id",
                    "code",
                    "text",
                    "coding",
                    "value",
                    "reference",
                    "period",
                    "entry",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
TYPES = [
    "AllergyIntolerance",
    "Basic",
    "Binary",
    "CarePlan",
    "Claim",
    "Composition",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "Media",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "Procedure",
    "QuestionnaireResponse",
    "RelatedPerson",
]
FIELDS = [
    *("identifier", "name", "telecom", "address", "contact", "birthDate", "gender", "extension"),
    *("period", "class", "type", "status", "participant", "hospitalization", "location"),
    *("code", "valueQuantity", "valueString", "component", "effectiveDateTime", "category"),
    *("subject", "patient", "encounter", "context", "contained", "meta", "text", "content"),
    *("series", "section", "item", "activity", "result", "dosageInstruction", "data", "photo"),
]


def whole(result: ReadResult, count: int) -> None:
    """Check that each resource has one fate, and that what was read can be printed as text."""
    assert len(result.fates) == count
    for group in result.patients:
        for document in group.documents:
            narrative.to_values(document, house=HOUSE, patient=PATIENT)
            narrative.to_text(document).encode("utf-8")
            json.loads(document.source_json)


@pytest.mark.goal("G-49")
@CALM
@given(st.binary(max_size=400))
def test_any_bytes(data):
    assert isinstance(read(data, "f"), ReadResult)


@pytest.mark.goal("G-49")
@CALM
@given(JSON)
def test_any_json(value):
    assert isinstance(read(json.dumps(value).encode(), "f"), ReadResult)


@pytest.mark.goal("G-49")
@CALM
@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_any_fields_of_a_resource(kind, fields):
    odd = {"resourceType": kind, "subject": {"reference": "Patient/p1"}} | fields

    result = read(json.dumps(bundle(patient(), encounter(), odd)).encode(), "f")

    if not any(item.reason == "BAD_JSON" for item in result.rejected):
        whole(result, 3)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Return the path of every value inside `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in items:
        found.append((*path, key))
        if isinstance(item, dict | list):
            found.extend(places(item, (*path, key)))
    return found


def put(value: Any, path: tuple, new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


RICH = bundle(
    patient(telecom=[{"value": "1"}], contact=[{"name": {"family": "A"}}], deceasedBoolean=False),
    encounter(participant=[{"individual": {"reference": "Practitioner/d1"}}]),
    {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "May"}]},
    observation("o1", encounter={"reference": "Encounter/e1"}, component=[{"code": {"text": "x"}}]),
    clinical("DiagnosticReport", "r1", result=[{"reference": "Observation/o1"}]),
    clinical(
        "MedicationRequest", "m1", dosageInstruction=[{"timing": {"repeat": {"frequency": 1}}}]
    ),
    clinical("Composition", "c1", section=[{"text": {"div": "<p>x</p>"}}]),
    clinical("CarePlan", "p1", activity=[{"detail": {"code": {"text": "x"}}}]),
    clinical(
        "DocumentReference", "dr", content=[{"attachment": {"data": "QQ==", "contentType": "a"}}]
    ),
)
RICH_PLACES = [
    path for path in places(RICH["entry"]) if len(path) > 2 and path[2:] != ("resourceType",)
]


@pytest.mark.goal("G-49")
@CALM
@given(st.sampled_from(RICH_PLACES), JSON)
def test_one_wrong_value_anywhere(path, new):
    changed = copy.deepcopy(RICH)
    put(changed["entry"], path, new)

    result = read(json.dumps(changed).encode(), "f")

    if not any(item.reason == "BAD_JSON" for item in result.rejected):
        whole(result, len(RICH["entry"]))


@pytest.mark.goal("G-49")
@needs_samples
@pytest.mark.parametrize("path", files(EXAMPLES), ids=lambda path: path.stem)
def test_each_example_with_each_value_spoiled(path):
    source = json.loads(path.read_bytes())
    source.pop("text", None)
    for place in places(source)[:80]:
        for new in ("2020-02-30", 7, [], {}, None, [None], [{"a": "\x00"}]):
            changed = copy.deepcopy(source)
            put(changed, place, new)

            result = read(json.dumps(changed).encode(), "f")

            for group in result.patients:
                for document in group.documents:
                    narrative.to_text(document).encode("utf-8")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_printed(words, unit):
    odd = observation("o1") | {"code": {"text": words}, "valueQuantity": {"value": 1, "unit": unit}}

    result = read(json.dumps(bundle(patient(), odd)).encode(), "f")

    for group in result.patients:
        for document in group.documents:
            assert narrative.to_pdf(document, house=HOUSE, patient=PATIENT).startswith(b"%PDF")
