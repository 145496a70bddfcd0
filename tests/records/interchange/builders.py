"""Small FHIR resources and bundles for tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from records.interchange.reading import read
from records.interchange.values import ReadResult

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(os.environ.get("CHARTROOM_SAMPLE_DATA", ROOT.parent / "shared" / "data"))
SYNTHEA = SAMPLES / "fhir" / "synthea-r4"
EXAMPLES = SAMPLES / "fhir" / "r4-spec-examples"
needs_samples = pytest.mark.skipif(
    not SYNTHEA.is_dir(), reason="the sample data folder (CHARTROOM_SAMPLE_DATA) is absent"
)
MRN = "http://hospital.example/mrn"


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def loaded(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes())


def patient(name: str = "p1", /, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": name,
        "identifier": [
            {"type": {"coding": [{"code": "MR"}]}, "system": MRN, "value": f"MRN-{name}"}
        ],
        "name": [{"use": "official", "family": "Doe", "given": ["Jo"]}],
        "gender": "female",
        "birthDate": "1980-02-29",
    } | more


def encounter(name: str = "e1", /, about: str = "Patient/p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"code": "IMP"},
        "type": [{"text": "Admission"}],
        "subject": {"reference": about},
        "period": {"start": "2020-01-02T10:00:00Z", "end": "2020-01-04T11:30:00Z"},
    } | more


def clinical(kind: str, name: str, /, about: str = "Patient/p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": name,
        "subject": {"reference": about},
        "code": {"text": f"{kind} {name}"},
    } | more


def observation(name: str, value: str = "1.5", /, **more: Any) -> dict[str, Any]:
    return clinical(
        "Observation",
        name,
        status="final",
        effectiveDateTime="2020-01-02T10:30:00Z",
        valueQuantity={"value": float(value), "unit": "mg/dL"},
        **more,
    )


def bundle(*resources: Any, kind: str = "collection") -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": resource} for resource in resources],
    }


def read_json(value: Any, name: str = "file.json") -> ReadResult:
    return read(json.dumps(value).encode("utf-8"), name)


def read_all(*resources: Any) -> ReadResult:
    return read_json(bundle(*resources))


def outcomes(result: ReadResult) -> list[tuple[str, str, str]]:
    """Return type, outcome and reason of every resource."""
    return [(fate.type, fate.outcome.value, str(fate.reason)) for fate in result.fates]


def rejections(result: ReadResult) -> list[tuple[str, str]]:
    return [(item.path, item.reason.value) for item in result.rejected]
