"""Filed documents put right: moved to another chart, described anew, voided, restored."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents import tracking
from records.documents.enums import DocumentStatus
from records.documents.errors import FilingRefused
from records.documents.models import Document, DocumentMove
from records.documents.services import filing, rows
from records.documents.services.filing import DocumentFacts
from records.patients.selectors import patients


@attributed
def move(
    *,
    actor: User,
    document_id: int,
    lock_version: int,
    to_patient_id: int,
    to_encounter_id: int | None,
    reason: str,
    is_undoing: bool = False,
) -> DocumentMove:
    """Take a misfiled document to the chart where it belongs; both charts' logs say so.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FilingRefused: the encounter is not of that chart, the chart is the same, that patient was
            born later, or the actor may not see the document's class there.
        ChartRefused, ChartUnknown: the actor has no ground for one of the charts.
    """
    document, scope = rows.lock_current(actor, document_id, lock_version, Action.DOCUMENT_MOVED)
    target = opening.peek_scope(actor=actor, patient_id=to_patient_id)
    _check_target(document, target)
    filing.check_encounter(target, to_encounter_id)
    made = DocumentMove.objects.create(
        document=document,
        from_patient_id=document.patient_id,
        from_encounter_id=document.encounter_id,
        to_patient_id=to_patient_id,
        lock_version=lock_version + 1,
        is_undoing=is_undoing,
        reason=reason,
        moved_at=timezone.now(),
        moved_by=actor,
    )
    # The server says when; from then on the minutes of an undoing count.
    made.refresh_from_db(fields=["moved_at"])
    document.patient_id, document.encounter_id = to_patient_id, to_encounter_id
    document.unit_id = filing.unit_id_of(target)
    rows.save(document, ["patient_id", "encounter_id", "unit_id"])
    rows.record(actor, scope, document, Action.DOCUMENT_MOVED, {"to_patient": to_patient_id})
    rows.record(actor, target, document, Action.DOCUMENT_MOVED, {"from_patient": scope.patient_id})
    return made


@attributed
def change(*, actor: User, document_id: int, lock_version: int, facts: DocumentFacts) -> Document:
    """Correct type, title, date of service, encounter or sensitivity of a document.

    Its history keeps what each field held before.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FilingRefused: type, encounter or date cannot be.
    """
    document, scope = rows.lock_current(actor, document_id, lock_version, Action.DOCUMENT_CHANGED)
    filing.check_facts(scope, facts)
    kind = filing.find_type(facts.type_code)
    wanted: dict[str, Any] = {
        "type_id": kind.pk,
        "title": facts.title.strip() or kind.name,
        "service_on": facts.service_on,
        "encounter_id": facts.encounter_id,
        "sensitivity": facts.sensitivity or document.sensitivity,
    }
    changed = [name for name, value in wanted.items() if getattr(document, name) != value]
    pairs = {name: (getattr(document, name), wanted[name]) for name in changed}
    for name in changed:
        setattr(document, name, wanted[name])
    if changed:
        rows.save(document, changed)
        tracking.note(document, {name.removesuffix("_id"): pairs[name] for name in changed})
        is_class = "sensitivity" in changed
        action = Action.DOCUMENT_RECLASSIFIED if is_class else Action.DOCUMENT_CHANGED
        rows.record(actor, scope, document, action, {"fields": changed})
    return document


@attributed
def void(*, actor: User, document_id: int, lock_version: int, reason: str) -> Document:
    """Take a document out of use; it stays in the chart, struck through, and can be restored.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
    """
    action = Action.DOCUMENT_VOIDED
    document, scope = rows.lock(actor, document_id, lock_version, action)
    rows.take(
        actor,
        document,
        action,
        reason,
        status=DocumentStatus.VOIDED,
        voided_at=timezone.now(),
        voided_by=actor,
        void_reason=reason,
    )
    rows.record(actor, scope, document, action)
    return document


@attributed
def restore(*, actor: User, document_id: int, lock_version: int, reason: str) -> Document:
    """Take a voided document back into use.

    Raises:
        DocumentChangedMeanwhile: it is not voided any more.
    """
    action = Action.DOCUMENT_RESTORED
    document, scope = rows.lock(actor, document_id, lock_version, action)
    rows.take(
        actor,
        document,
        action,
        reason,
        status=DocumentStatus.CURRENT,
        voided_at=None,
        voided_by=None,
        void_reason="",
    )
    rows.record(actor, scope, document, action)
    return document


def _check_target(document: Document, target: ChartScope) -> None:
    if target.patient_id == document.patient_id:
        raise FilingRefused("to_patient", "The document lies in this chart already.")
    if document.sensitivity not in target.classes:
        raise FilingRefused(
            "to_patient", "You hold no right to documents of this class in that chart."
        )
    born = patients.get_patient(target).birth_on
    if born and document.service_on < born:
        raise FilingRefused("to_patient", "This patient was born after the date of service.")
