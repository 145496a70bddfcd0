"""How every page of a document gets to it: decide, write the event, then read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from audit.enums import Action
from records.access.enums import SensitivityClass, Use
from records.access.errors import ClassHidden
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents.errors import DocumentUnknown
from records.documents.models import Document, DocumentVersion
from records.documents.selectors import documents
from records.documents.selectors.documents import Whereabouts

SUBJECT = "document"


@dataclass(frozen=True)
class Opened:
    """A document in an opened chart, and the version asked for."""

    scope: ChartScope
    document: Document
    version: DocumentVersion


def open_document(
    user: User,
    document_id: int,
    action: Action,
    *,
    use: Use = Use.READING,
    number: int | None = None,
    page: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Opened:
    """Open the chart of a document for `action`; the event is committed when this returns.

    Raises:
        DocumentUnknown, ClassHidden: there is no such document, version or page, or the reader
            may not know of it; to the reader it is the same.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground for the chart.
        GlassReadsOnly: only an emergency access leads to the chart, and `use` is work.
    """
    found = _find(user, document_id, action, number, page)
    told = {"version": found.number} | ({"page": page} if page else {}) | (detail or {})
    scope = opening.open_chart(
        actor=user,
        patient_id=found.patient_id,
        action=action,
        use=use,
        subject_type=SUBJECT,
        subject_id=document_id,
        detail=told,
    )
    return _read(scope, document_id, found.number, action)


def peek_document(
    user: User, document_id: int, action: Action, *, number: int, page: int
) -> Opened:
    """Open the document as `open_document`, where an event covers it already.

    Raises:
        As `open_document`.
    """
    found = _find(user, document_id, action, number, page)
    scope = opening.peek_scope(actor=user, patient_id=found.patient_id, use=Use.READING)
    return _read(scope, document_id, found.number, action)


def _find(
    user: User, document_id: int, action: Action, number: int | None, page: int | None
) -> Whereabouts:
    found = documents.find_whereabouts(document_id, number)
    if found is None or (page is not None and not 1 <= page <= found.page_count):
        raise DocumentUnknown(action=action, subject_type=SUBJECT, subject_id=document_id)
    if found.sensitivity != SensitivityClass.NORMAL:
        # Before the event, which would otherwise claim a reading that did not happen.
        scope = opening.peek_scope(actor=user, patient_id=found.patient_id, use=Use.READING)
        if found.sensitivity not in scope.classes:
            raise ClassHidden(
                action=action,
                patient_id=found.patient_id,
                subject_type=SUBJECT,
                subject_id=document_id,
            )
    return found


def _read(scope: ChartScope, document_id: int, number: int, action: Action) -> Opened:
    try:
        document = documents.get_document(scope, document_id)
    except Document.DoesNotExist as error:
        # Moved or reclassified since it was looked for.
        raise DocumentUnknown(
            action=action, subject_type=SUBJECT, subject_id=document_id
        ) from error
    return Opened(scope, document, documents.get_version(document, number))
