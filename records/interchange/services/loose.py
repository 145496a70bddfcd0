"""Files that name no patient: they wait for a clerk, or go at once into a chart that was named."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from django.utils import timezone

from audit.writes import attributing
from records.access.services import opening
from records.documents.enums import DocumentSource, UnfiledStatus
from records.documents.models import Document, UnfiledFile
from records.documents.selectors import unfiled as unfiled_selectors
from records.documents.services import prepared, unfiled
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.interchange.enums import ItemKind, Reason
from records.interchange.models import ImportedItem
from records.interchange.rules import document_types
from records.interchange.rules.visits import clipped
from records.interchange.selectors import items as selectors
from records.interchange.services import items, pages, papers
from records.interchange.services.orders import Order, PartRejected, Taken
from records.interchange.values import AttachmentValue


def take(order: Order, value: AttachmentValue) -> Taken:
    """Take in one loose file; the same bytes are taken in once, and filed once in each chart.

    Raises:
        PartRejected: it is no file of pages.
        FileRefused, SandboxUnavailable, VaultError, FilingRefused: nothing was kept.
    """
    if value.kind not in pages.ENDINGS:
        raise PartRejected("A file of this kind cannot be shown as pages.", Reason.NO_PAGES)
    if order.patient_id is None:
        return wait(order, value)
    key = f"{value.source_key}|chart:{order.patient_id}"
    known = selectors.get_items(order.feed, [key, value.source_key])
    filed = known.get(key)
    if filed is not None:
        return met_again(order, filed)
    received = received_before(known.get(selectors.key_of(value.source_key)))
    if received is not None and received.status == UnfiledStatus.WAITING:
        return file_waiting(order, value, received, key)
    filed_here = received.document if received else None
    if filed_here is not None and filed_here.patient_id == order.patient_id:
        remember(order, value, key, filed_here)
        return Taken(unchanged=1)
    return file_new(order, value, key)


def met_again(order: Order, item: ImportedItem) -> Taken:
    return Taken(unchanged=items.touch(actor=order.actor, items=[item]))


def received_before(item: ImportedItem | None) -> UnfiledFile | None:
    return unfiled_selectors.find(item.object_id or 0) if item else None


def wait(order: Order, value: AttachmentValue) -> Taken:
    """Put the file into the unit's list of files that wait.

    A file that a run cut off had put there already is found by its bytes.
    """
    known = selectors.get_items(order.feed, [value.source_key])
    if known:
        return met_again(order, next(iter(known.values())))
    sha256 = hashlib.sha256(value.content).hexdigest()
    row = unfiled_selectors.find_same_waiting(order.unit.pk, sha256) or unfiled.receive(
        actor=order.actor,
        unit_id=order.unit.pk,
        upload=upload_of(value),
        source=DocumentSource.IMPORT,
    )
    with attributing(order.actor):
        items.add(
            order,
            source_key=value.source_key,
            kind=ItemKind.UNFILED,
            object_id=row.pk,
            source_hash=value.source_hash,
        )
    return Taken(unfiled=1)


def file_waiting(order: Order, value: AttachmentValue, received: UnfiledFile, key: str) -> Taken:
    """File a file that waits already; nobody has to do it by hand any more."""
    document = unfiled.file_unfiled(
        actor=order.actor,
        unfiled_id=received.pk,
        patient_id=order.patient_id or 0,
        facts=facts_of(value),
    )
    remember(order, value, key, document)
    return Taken(documents=1)


def file_new(order: Order, value: AttachmentValue, key: str) -> Taken:
    """File a file into the chart that was named: bytes first, then its rows in one transaction."""
    scope = opening.peek_scope(actor=order.actor, patient_id=order.patient_id or 0)
    with prepared.prepare(upload_of(value), beside={}) as ready, attributing(order.actor):
        document = prepared.file_prepared(
            actor=order.actor,
            scope=scope,
            prepared=ready,
            facts=facts_of(value),
            source=DocumentSource.IMPORT,
        )
        remember(order, value, key, document)
    return Taken(documents=1)


def remember(order: Order, value: AttachmentValue, key: str, document: Document) -> None:
    with attributing(order.actor):
        items.add(
            order,
            source_key=key,
            kind=ItemKind.DOCUMENT,
            patient_id=order.patient_id,
            object_id=document.pk,
            source_hash=value.source_hash,
        )


def upload_of(value: AttachmentValue) -> Upload:
    name = PurePath(value.title.replace("\\", "/")).name or "file"
    return Upload(value.content, pages.file_name(name, value.kind))


def facts_of(value: AttachmentValue) -> DocumentFacts:
    """Return what is known of a loose file: its name, and the day on which it came."""
    stem = PurePath(value.title.replace("\\", "/")).stem
    return DocumentFacts(
        type_code=document_types.type_of(value.type),
        title=clipped(stem, papers.LONGEST_TITLE),
        service_on=timezone.localdate(),
    )
