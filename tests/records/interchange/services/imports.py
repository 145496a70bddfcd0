"""Bundles that tests import, and what an import left behind."""

from __future__ import annotations

import gzip
import json

from records.documents.models import DocumentVersion
from records.documents.services import prepared
from records.documents.vault import checks
from tests.records.interchange.builders import (
    bundle,
    clinical,
    encounter,
    loaded,
    observation,
    patient,
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
    if hasattr(user, "_unit_rights"):
        del user._unit_rights  # as they were read before


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
