"""Clinical content and attached files of a source: readable documents with their source beside."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from audit.errors import Refused, StaleState
from printing.errors import PrintingError
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentSource, DocumentStatus
from records.documents.errors import FileRefused
from records.documents.models import Document
from records.documents.selectors import documents as document_selectors
from records.documents.services import corrections, prepared
from records.documents.services.filing import DocumentFacts
from records.documents.services.prepared import Prepared
from records.interchange.enums import ItemKind, Reason
from records.interchange.errors import InterchangeError
from records.interchange.fhir import joining
from records.interchange.models import ImportedItem
from records.interchange.rules import document_types, moments, sensitivity, titles
from records.interchange.rules.visits import clipped
from records.interchange.services import items, pages
from records.interchange.services.orders import Chart, Order, PartRejected, Rejected, Taken
from records.interchange.services.places import Places
from records.interchange.values import (
    AttachmentValue,
    ClinicalDocumentValue,
    Moment,
    PatientBundleValue,
)

SOURCE = "source"
LONGEST_TITLE = 160
NEW_SOURCE = "Changed at its source"
GONE = (
    "The document made of this was voided, destroyed, or moved to another chart, "
    "so what changed in it was not filed."
)
ELSEWHERE = "This was imported into the chart of somebody else before; move it by hand."
Value = ClinicalDocumentValue | AttachmentValue


@dataclass
class Paper:
    """One document on its way: what it is made from, what is known of it, its kept bytes."""

    value: Value
    key: str
    item: ImportedItem | None
    document: Document | None = None  # the one it changes
    source: bytes = b""  # kept beside the pages
    ready: Prepared | None = None
    is_unchanged: bool = False

    @property
    def digest(self) -> str:
        """What changes when, and only when, its content changes."""
        value = self.value
        if isinstance(value, ClinicalDocumentValue):
            return value.content_hash
        return value.source_hash


def plan(group: PatientBundleValue, places: Places, patient_id: int | None) -> list[Paper]:
    """Return the documents of a part, each once, with what is known of it."""
    found: dict[str, Paper] = {}
    values: list[Value] = [*group.documents, *group.attachments]
    for value in values:
        key, item = places.paper(value)
        first = found.get(key)
        if first is not None:
            first.value = together(first, value, places)
        else:
            found[key] = Paper(value, key, item)
    for paper in found.values():
        paper.is_unchanged = (
            paper.item is not None
            and paper.item.patient_id == patient_id
            and paper.item.source_hash == paper.digest
        )
    return list(found.values())


def together(first: Paper, value: Value, places: Places) -> Value:
    """Return two contents of one encounter as one: a file may refer to it in two ways."""
    earlier = first.value
    if isinstance(earlier, AttachmentValue) or isinstance(value, AttachmentValue):
        return value
    return united(earlier.source_json, value, first.key, places) or value


def prepare(
    order: Order, papers: list[Paper], chart: Chart, places: Places, stack: ExitStack
) -> list[Rejected]:
    """Make the pages of what is new or changed and keep them in the vault; return what cannot be.

    Nothing is written; what no row follows is taken back when `stack` closes.

    Raises:
        SandboxUnavailable, VaultError: not just now.
    """
    rejected = []
    for paper in papers:
        if paper.is_unchanged:
            continue
        try:
            prepare_one(order, paper, chart, places, stack)
        except (FileRefused, PartRejected, InterchangeError, PrintingError) as error:
            paper.ready = None
            reason = getattr(error, "reason", None) or reason_of(error)
            message = getattr(error, "message", str(error))
            rejected.append(Rejected("", message, str(reason), paper.value.source_key))
    return rejected


def reason_of(error: Exception) -> str:
    """Return the code of an error that carries none of ours."""
    return str(getattr(error, "code", "")) or Reason.UNPRINTABLE


def prepare_one(order: Order, paper: Paper, chart: Chart, places: Places, stack: ExitStack) -> None:
    if paper.item is not None:
        paper.document = current(order, paper.item, chart)
        if isinstance(paper.value, ClinicalDocumentValue):
            join(paper, places)
            if paper.is_unchanged:
                return
    upload, paper.source = pages.made(order, paper.value, chart)
    document = paper.document
    paper.ready = stack.enter_context(
        prepared.prepare(
            upload,
            beside={SOURCE: pages.packed(paper.source)} if paper.source else {},
            document_id=document.pk if document else None,
            number=document.version_number + 1 if document else prepared.NEW,
        )
    )


def current(order: Order, item: ImportedItem, chart: Chart) -> Document:
    """Return the document that was made before, if it is still in use in this chart.

    Raises:
        PartRejected: it is not, so the change is for a person to place.
    """
    if item.patient_id != chart.patient_id:
        raise PartRejected(ELSEWHERE, Reason.PATIENT_MISMATCH)
    scope = opening.peek_scope(actor=order.actor, patient_id=chart.patient_id)
    try:
        document = document_selectors.get_document(scope, item.object_id or 0)
    except Document.DoesNotExist as error:
        raise PartRejected(GONE, Reason.MOVED_HERE) from error
    if document.status != DocumentStatus.CURRENT:
        raise PartRejected(GONE, Reason.MOVED_HERE)
    return document


def join(paper: Paper, places: Places) -> None:
    """Add what is new to what the document was made of before; nothing is taken out of it."""
    value, document, item = paper.value, paper.document, paper.item
    if not isinstance(value, ClinicalDocumentValue) or document is None or item is None:
        return
    kept = prepared.read_beside(document, SOURCE)
    if kept is None:
        return
    whole = united(gzip.decompress(kept), value, paper.key, places)
    if whole is not None:
        paper.value = whole
        paper.is_unchanged = item.source_hash == paper.digest


def united(
    old: bytes, value: ClinicalDocumentValue, key: str, places: Places
) -> ClinicalDocumentValue | None:
    whole = joining.joined(
        old,
        value,
        key=key,
        encounter_names=places.names_of(value.encounter),
        encounter=places.value_of(value.encounter),
    )
    return replace(whole, encounter=value.encounter) if whole else None


def write(order: Order, papers: list[Paper], chart: Chart, places: Places) -> Taken:
    """Write the rows of the documents that are prepared; inside the transaction of the part.

    Raises:
        DocumentChangedMeanwhile, IntegrityError: somebody was faster.
    """
    scope = opening.peek_scope(actor=order.actor, patient_id=chart.patient_id)
    taken = Taken()
    for paper in papers:
        if paper.is_unchanged:
            taken.unchanged += 1
        if paper.ready is None:
            continue
        try:
            write_one(order, paper, paper.ready, scope, places)
        except StaleState:
            raise
        except (Refused, PartRejected) as error:
            taken.rejected.append(
                Rejected("", error.message, str(error.reason), paper.value.source_key)
            )
        else:
            taken.documents += 1
    return taken


def write_one(
    order: Order, paper: Paper, ready: Prepared, scope: ChartScope, places: Places
) -> None:
    facts = facts_of(paper.value, places.encounter_id(paper.value.encounter))
    kept = hashlib.sha256(paper.source).hexdigest() if paper.source else ""
    told = {"source_hash": paper.digest, "source_sha256": kept}
    if paper.item is None:
        document = prepared.file_prepared(
            actor=order.actor,
            scope=scope,
            prepared=ready,
            facts=facts,
            source=DocumentSource.IMPORT,
        )
        items.add(
            order,
            source_key=paper.key,
            kind=ItemKind.DOCUMENT,
            patient_id=scope.patient_id,
            object_id=document.pk,
            **told,
        )
        return
    put_over(order, paper, ready, facts)
    items.change(order, paper.item, source_key=paper.key, **told)


def put_over(order: Order, paper: Paper, ready: Prepared, facts: DocumentFacts) -> None:
    """File the newer version; what people said of the document here stays, unless it hid less."""
    before = paper.document
    if before is None:
        raise PartRejected(GONE, Reason.MOVED_HERE)
    document = prepared.put_over(
        actor=order.actor, prepared=ready, lock_version=before.lock_version, reason=NEW_SOURCE
    )
    stricter = sensitivity.strictest((document.sensitivity, facts.sensitivity))
    corrections.change(
        actor=order.actor,
        document_id=document.pk,
        lock_version=document.lock_version,
        facts=DocumentFacts(
            type_code=document.type.code,
            title=facts.title,
            service_on=facts.service_on,
            encounter_id=facts.encounter_id or document.encounter_id,
            sensitivity=stricter,
        ),
    )


def facts_of(value: Value, encounter_id: int | None) -> DocumentFacts:
    """Return what the index of the chart says of a document."""
    if isinstance(value, ClinicalDocumentValue):
        type_code, moment = document_types.CLINICAL_SUMMARY, value.on
    else:
        type_code, moment = document_types.type_of(value.type), value.created
    return DocumentFacts(
        type_code=type_code,
        title=clipped(titles.without_tag(value.title), LONGEST_TITLE),
        service_on=service_day(moment),
        encounter_id=encounter_id,
        sensitivity=marked(value),
    )


def marked(value: Value) -> str:
    """Return the class that the labels ask for; blank leaves it to the type of document."""
    found = sensitivity.class_of(value.labels)
    return "" if found == sensitivity.Class.NORMAL else found


def service_day(moment: Moment | None) -> date:
    """Return the day of a document: its own, but never one that is still to come."""
    today = timezone.localdate()
    if moment is None:
        return today
    return min(moments.day_of(moment, timezone.get_current_timezone()), today)
