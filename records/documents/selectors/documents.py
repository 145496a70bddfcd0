"""Documents as pages read them, through an opened scope that hides what it must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from records.access.services.opening import ChartScope
from records.documents.enums import DocumentStatus
from records.documents.models import Document, DocumentType, DocumentVersion

PAGE = 50


@dataclass(frozen=True)
class Shelf:
    """One page of a chart's documents; `next_key` is empty on the last."""

    documents: list[Document]
    next_key: str


def list_documents(scope: ChartScope, *, include_voided: bool = False) -> QuerySet[Document]:
    """Return the documents that the scope shows, newest service first."""
    documents = Document.objects.filter(
        patient_id=scope.patient_id, sensitivity__in=scope.classes
    ).exclude(status=DocumentStatus.DESTROYED)
    if not include_voided:
        documents = documents.filter(status=DocumentStatus.CURRENT)
    return documents.select_related("type").order_by("-service_on", "-pk")


def get_shelf(
    scope: ChartScope, *, type_id: int | None = None, after: str = "", include_voided: bool = False
) -> Shelf:
    """Return one page of the documents, in one query, wherever in the chart it is."""
    documents = list_documents(scope, include_voided=include_voided)
    if type_id:
        documents = documents.filter(type_id=type_id)
    place = _read_key(after)
    if place:
        day, key = place
        documents = documents.filter(Q(service_on__lt=day) | Q(service_on=day, pk__lt=key))
    rows = list(documents[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Shelf(rows[:PAGE], f"{last.service_on:%Y-%m-%d}.{last.pk}" if last else "")


def count_by_type(scope: ChartScope) -> list[dict[str, Any]]:
    """Return how many documents of each type the scope shows, in the order of the dividers."""
    return list(
        list_documents(scope)
        .order_by()
        .values("type_id", "type__name", "type__section", "type__position")
        .annotate(number=Count("pk"))
        .order_by("type__position", "type__name")
    )


def get_document(scope: ChartScope, document_id: int) -> Document:
    """Return one document of an opened chart.

    Raises:
        Document.DoesNotExist: it is not of this chart, or its class is hidden.
    """
    return (
        list_documents(scope, include_voided=True)
        .select_related("encounter", "unit")
        .get(pk=document_id)
    )


def get_version(document: Document, number: int | None = None) -> DocumentVersion:
    """Return a version of a document, the newest by default.

    Raises:
        DocumentVersion.DoesNotExist: there is no such version.
    """
    return document.versions.get(number=number or document.version_number)


def get_patient_id(document_id: int) -> int | None:
    """Return in whose chart a document lies; the only thing asked before the chart is opened."""
    return Document.objects.filter(pk=document_id).values_list("patient_id", flat=True).first()


def list_types() -> QuerySet[DocumentType]:
    """Return the types in use, in the order of the dividers."""
    return DocumentType.objects.filter(is_active=True).order_by("position", "name")


def _read_key(text: str) -> tuple[str, int] | None:
    day, _, key = text.partition(".")
    is_day = len(day) == 10 and day.replace("-", "").isdigit()
    return (day, int(key)) if is_day and key.isdigit() else None
