"""How the access log names documents and loose files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import dateformat

from audit import owners, subjects
from records.access.enums import SensitivityClass
from records.documents.models import Document
from records.documents.selectors import documents


def _label_documents(ids: Sequence[str]) -> Mapping[str, str]:
    """Name type and date; of a protected document neither, since its type tells its class."""
    known = documents.map_labels([int(value) for value in ids if value.isdecimal()])
    return {
        str(pk): f"{name}, {dateformat.format(day, 'M j, Y')}"
        if sensitivity == SensitivityClass.NORMAL
        else f"Protected document {pk}"
        for pk, (sensitivity, name, day) in known.items()
    }


def _label_unfiled(ids: Sequence[str]) -> Mapping[str, str]:
    return {value: f"Unfiled file {value}" for value in ids}


def register() -> None:
    """Tell the access log what its subjects are called and where they are."""
    subjects.register(
        "document", _label_documents, lambda pk: reverse("documents:document_view", args=[pk])
    )
    # No link: who reads the log has no place at the desk where it waited.
    subjects.register("unfiled", _label_unfiled)
    owners.register("document_id", Document, "patient_id")
