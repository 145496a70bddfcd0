"""Clinical resources read as a document, whose one section tests look at."""

from __future__ import annotations

from records.interchange.values import (
    ClinicalDocumentValue,
    Table,
)
from tests.records.interchange.builders import patient, read_all, rejections

AT = "2020-01-02T10:30:00Z"


SHOWN_AT = "Jan 2, 2020, 05:30 EST"


def document(*resources: dict) -> ClinicalDocumentValue:
    result = read_all(patient(), *resources)
    assert rejections(result) == []
    (found,) = result.patients[0].documents
    return found


def only_section(*resources: dict):
    (section,) = document(*resources).sections
    return section


def table(*resources: dict) -> tuple[list[str], list[tuple[str, ...]]]:
    section = only_section(*resources)
    (found,) = [block for block in section.blocks if isinstance(block, Table)]
    return [column.label for column in found.columns], list(found.rows)
