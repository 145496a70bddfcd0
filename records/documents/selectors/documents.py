"""Documents as pages read them, through an opened scope that hides what it must."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from auditlog.models import LogEntry
from django.db import connection
from django.db.models import F, QuerySet

from records.access.enums import SensitivityClass
from records.access.services.opening import ChartScope
from records.documents import tracking
from records.documents.enums import DocumentStatus
from records.documents.models import (
    Document,
    DocumentMove,
    DocumentStatusChange,
    DocumentType,
    DocumentVersion,
)

PAGE = 25
# The conditions of `list_documents`, for the two statements of every chart page.
SHOWN = """
 document.patient_id = %(patient)s AND document.sensitivity = ANY(%(classes)s)
   AND (document.status = 'CURRENT' OR (%(voided)s AND document.status = 'VOIDED'))
"""
SHELF = f"""
SELECT document.id, document.title, document.sensitivity, document.status,
       document.version_number, type.name, document.page_count, document.service_on
  FROM documents_document document JOIN documents_documenttype type ON type.id = document.type_id
 WHERE {SHOWN} AND (%(type)s::bigint IS NULL OR document.type_id = %(type)s)
   AND (%(day)s::date IS NULL
        OR (document.service_on, document.id) < (%(day)s::date, %(key)s::bigint))
 ORDER BY document.service_on DESC, document.id DESC LIMIT %(many)s
"""
COUNTS = f"""
SELECT type.id, type.name, found.number
  FROM (SELECT document.type_id, count(*) AS number FROM documents_document document
         WHERE {SHOWN} GROUP BY document.type_id) found
  JOIN documents_documenttype type ON type.id = found.type_id
 ORDER BY type.position, type.name
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A document as the chart's shelf lists it."""

    pk: int
    title: str
    sensitivity: str
    status: str
    version_number: int
    type_name: str
    page_count: int
    service_on: date

    @property
    def sensitivity_label(self) -> str:
        """The class in words."""
        return SensitivityClass(self.sensitivity).label

    @property
    def type_beside(self) -> str:
        """The type's name, where the title does not say it already."""
        return "" if self.type_name == self.title else self.type_name


@dataclass(frozen=True)
class Shelf:
    """One page of a chart's documents; `next_key` is empty on the last."""

    documents: list[Line]
    next_key: str


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many documents of a type a chart shows."""

    type_id: int
    name: str
    number: int


@dataclass(frozen=True)
class Whereabouts:
    """What is asked of a document before its chart is opened: whose it is, and how protected."""

    patient_id: int
    sensitivity: str
    number: int
    page_count: int


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
    day, key = _read_key(after) or (None, None)
    values = {"type": type_id, "day": day, "key": key, "many": PAGE + 1}
    rows = [Line(*row) for row in _ask(SHELF, scope, voided=include_voided, **values)]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Shelf(rows[:PAGE], f"{last.service_on:%Y-%m-%d}.{last.pk}" if last else "")


def count_by_type(scope: ChartScope) -> list[TypeCount]:
    """Return how many documents of each type the scope shows, in the order of the dividers."""
    return [TypeCount(*row) for row in _ask(COUNTS, scope, voided=False)]


def _ask(statement: str, scope: ChartScope, **values: Any) -> list[tuple[Any, ...]]:
    values |= {"patient": scope.patient_id, "classes": sorted(scope.classes)}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


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


def find_whereabouts(document_id: int, number: int | None = None) -> Whereabouts | None:
    """Return where a version of a document lies, the newest by default; None if nowhere."""
    found = (
        DocumentVersion.objects.filter(
            document_id=document_id, number=number or F("document__version_number")
        )
        .exclude(document__status=DocumentStatus.DESTROYED)
        .values_list("document__patient_id", "document__sensitivity", "number", "page_count")
        .first()
    )
    return Whereabouts(*found) if found else None


def get_version(document: Document, number: int | None = None) -> DocumentVersion:
    """Return a version of a document, the newest by default.

    Raises:
        DocumentVersion.DoesNotExist: there is no such version.
    """
    return document.versions.get(number=number or document.version_number)


def get_patient_id(document_id: int) -> int | None:
    """Return in whose chart a document lies; the only thing asked before the chart is opened."""
    return Document.objects.filter(pk=document_id).values_list("patient_id", flat=True).first()


def list_versions(document: Document) -> list[DocumentVersion]:
    """Return the versions of a document, newest first."""
    return list(document.versions.select_related("created_by").order_by("-number"))


def list_status_changes(document: Document) -> list[DocumentStatusChange]:
    """Return the steps of a document's life in order."""
    return list(document.status_changes.select_related("changed_by").order_by("changed_at", "pk"))


def list_moves(document: Document) -> list[DocumentMove]:
    """Return when the document was moved between charts, in order."""
    return list(document.moves.select_related("moved_by").order_by("moved_at", "pk"))


def list_changes(document: Document) -> list[LogEntry]:
    """Return how what is said of the document was changed, newest first."""
    return list(tracking.list_entries(document))


def map_types() -> dict[str, DocumentType]:
    """Return all types, in use or not, by their key as histories keep it; one query."""
    return {str(kind.pk): kind for kind in DocumentType.objects.all()}


def find_same_bytes(scope: ChartScope, sha256: str) -> Document | None:
    """Return a document of the chart that holds the very same file, if the scope shows one."""
    same = DocumentVersion.objects.filter(
        sha256=sha256,
        document__patient_id=scope.patient_id,
        document__sensitivity__in=scope.classes,
        document__status=DocumentStatus.CURRENT,
    )
    found = same.select_related("document__type").order_by("pk").first()
    return found.document if found else None


def map_labels(document_ids: list[int]) -> dict[int, tuple[str, str, Any]]:
    """Return (sensitivity, name of the type, date of service) of each, for the access log."""
    rows = Document.objects.filter(pk__in=document_ids).values_list(
        "pk", "sensitivity", "type__name", "service_on"
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def list_types() -> QuerySet[DocumentType]:
    """Return the types in use, in the order of the dividers."""
    return DocumentType.objects.filter(is_active=True).order_by("position", "name")


def _read_key(text: str) -> tuple[date, int] | None:
    day, _, key = text.partition(".")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return (on, int(key)) if key.isdecimal() and len(key) < 19 else None
