"""The certificate of destruction: one a batch, written when all of it is carried out.

rules 4.6 (AHIMA content): date, method, records with numbers and dates, quantity, the statement
of normal course of business with its authority, place, and the people.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed
from printing.words import counted
from records.patients.rules import names
from records.patients.rules.names import PersonName
from records.patients.selectors import patients
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.models import Batch, BatchItem, Certificate
from records.retention.services import moves

STATEMENT = (
    "The records listed here had served the terms of the retention schedule. They were destroyed "
    "in the normal course of business, in the batch named above, after two people who did not "
    "propose it had approved it, and no hold stood on any of them at that moment."
)
MEDIUM = "Encrypted document store: the wrapped key of every document version was erased"


@attributed
def issue_and_close(*, actor: User, batch_id: int) -> Certificate | None:
    """Issue the certificate and close the batch, both or neither; asked again it is the same one.

    A batch of which nothing was destroyed is closed without a certificate.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.status == BatchStatus.DONE:
        return Certificate.objects.filter(batch=batch).first()
    items = list(batch.items.filter(outcome=ItemOutcome.DESTROYED).order_by("pk"))
    certificate = _issue(actor, batch, items) if items else None
    moves.move(actor, batch, BatchStatus.DONE, closed_at=timezone.now())
    _record(Action.BATCH_EXECUTED, actor, batch, destroyed=len(items))
    return certificate


def canonical_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a certificate's content in its canonical form."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _issue(actor: User, batch: Batch, items: list[BatchItem]) -> Certificate:
    content = _content(batch, items)
    certificate = Certificate.objects.create(
        batch=batch,
        number=batch.number.replace("B-", "C-", 1),
        content=content,
        sha256=canonical_hash(content),
        issued_at=timezone.now(),
        issued_by=actor,
    )
    _record(Action.CERTIFICATE_ISSUED, actor, batch, certificate=certificate.number)
    return certificate


def _content(batch: Batch, items: list[BatchItem]) -> dict[str, Any]:
    """Return everything the printed certificate says, but for the reader's own stamp."""
    names_of = patients.map_names([item.patient_id for item in items])
    documents = sum(item.document_count for item in items)
    pages = sum(item.page_count for item in items)
    cites = sorted({item.governing_cite for item in items})
    first = [item.first_service_on for item in items if item.first_service_on]
    last = [item.last_service_on for item in items if item.last_service_on]
    return {
        "facility": settings.FACILITY_NAME,
        "number": batch.number.replace("B-", "C-", 1),
        "date": str(max(timezone.localdate(item.decided_at) for item in items)),
        "batch": batch.number,
        "batch_digest": batch.digest,
        "method": f"{batch.get_method_display()} (cryptographic erase), then removal of the bytes",
        "location": batch.location,
        "records_series": batch.get_series_display(),
        "dates_from": str(min(first)) if first else "not known",
        "dates_to": str(max(last)) if last else "not known",
        "quantity": ", ".join(
            [counted(len(items), "chart"), counted(documents, "document"), counted(pages, "page")]
        ),
        "media": [{"label": "Medium", "value": MEDIUM}],
        "statement": STATEMENT,
        "authority": "; ".join(cites),
        "records": [_record_line(item, *names_of[item.patient_id]) for item in items],
        "approvals": [
            _signature("First approval", batch.first_approved_by, batch.first_approved_at),
            _signature("Second approval", batch.second_approved_by, batch.second_approved_at),
        ],
        "destroyed_by": _signature("Destruction started by", batch.started_by, batch.started_at),
        "witness": {"role": "Witness", "name": ""},
        "supervisor": {"role": "Supervisor", "name": ""},
    }


def _record_line(item: BatchItem, name: PersonName, number: str) -> dict[str, str]:
    return {
        "number": number,
        "name": names.display_name(name),
        "description": f"Whole chart, destroyed {timezone.localdate(item.decided_at)}",
        "dates_from": str(item.first_service_on or ""),
        "dates_to": str(item.last_service_on or ""),
        "quantity": ", ".join(
            [counted(item.document_count, "document"), counted(item.page_count, "page")]
        ),
        "rule": f"{item.governing_code}: due {item.eligible_on}",
    }


def _signature(role: str, person: Any, at: Any) -> dict[str, str]:
    return {
        "role": role,
        "name": person.display_name,
        "signed_at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M %Z"),
    }


def _record(action: Action, actor: User, batch: Batch, **detail: Any) -> None:
    events.record(
        action=action,
        actor=actor,
        subject_type="batch",
        subject_id=batch.pk,
        purpose=Purpose.RETENTION,
        detail=detail,
    )
