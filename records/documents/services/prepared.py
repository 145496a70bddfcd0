"""Files kept before the transaction that writes their rows, together with all else of a chart.

An import writes a chart's patient, encounters and documents in one transaction, or nothing. What
takes time (opening the file, encrypting, waiting for the disk) is done before it, file by file;
what no row followed is taken back at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentSource
from records.documents.models import Document, DocumentVersion
from records.documents.sandbox.operations import Inspection
from records.documents.services import filing, rows, storing
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.documents.vault import files
from records.documents.vault.files import Place, StoredFile

NEW = 1


@dataclass
class Prepared:
    """A version that is kept in the vault and waits for its rows."""

    document_id: int
    number: int
    inspection: Inspection
    stored: StoredFile
    is_written: bool = field(default=False)


@contextmanager
def prepare(
    upload: Upload,
    *,
    beside: Mapping[str, bytes],
    document_id: int | None = None,
    number: int = NEW,
) -> Iterator[Prepared]:
    """Open and keep a file as a new document, or as version `number` of a document.

    `beside` are further objects by label (the source that a readable page was made from): they
    lie under the version's own key and go with it. Bytes are taken back where no row was written.

    Raises:
        FileRefused, SandboxUnavailable, VaultUnavailable: nothing was kept.
    """
    inspection = storing.inspect(upload)
    if document_id is None:
        document_id = storing.next_id("documents_document")
    identity = storing.version_identity(document_id, number)
    with storing.kept(upload.content, identity) as stored:
        place = Place(stored.name, stored.wrapped_key, identity)
        for label, content in beside.items():
            files.keep_derived(place, label, content)
        prepared = Prepared(document_id, number, inspection, stored)
        yield prepared
        if not prepared.is_written:
            files.erase(stored.name)


@attributed
def file_prepared(
    *,
    actor: User,
    scope: ChartScope,
    prepared: Prepared,
    facts: DocumentFacts,
    source: DocumentSource,
) -> Document:
    """Write the rows of a new document whose bytes are kept.

    Raises:
        FilingRefused: type, encounter, class or date of service cannot be.
    """
    filing.check_facts(scope, facts)
    document = filing.insert(
        actor=actor,
        scope=scope,
        document_id=prepared.document_id,
        facts=facts,
        stored=storing.columns(prepared.inspection, prepared.stored),
        source=source,
    )
    prepared.is_written = True
    return document


@attributed
def put_over(*, actor: User, prepared: Prepared, lock_version: int, reason: str) -> Document:
    """Write the row of a newer version whose bytes are kept.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since it was prepared.
        ChartRefused, ChartUnknown, ClassHidden: the document is not for the actor.
    """
    document, scope = rows.lock_current(
        actor, prepared.document_id, lock_version, Action.DOCUMENT_REPLACED
    )
    if document.version_number + 1 != prepared.number:
        raise rows.stale(document, Action.DOCUMENT_REPLACED)
    DocumentVersion.objects.create(
        document=document,
        number=prepared.number,
        reason=reason,
        created_by=actor,
        **storing.columns(prepared.inspection, prepared.stored),
    )
    document.version_number = prepared.number
    document.page_count = prepared.inspection.page_count
    rows.save(document, ["version_number", "page_count"])
    rows.record(actor, scope, document, Action.DOCUMENT_REPLACED, {"version": prepared.number})
    prepared.is_written = True
    return document


def read_beside(document: Document, label: str) -> bytes | None:
    """Return an object kept beside a document's newest version; None where there is none.

    Raises:
        VaultDamaged, VaultKeyRefused, VaultUnavailable: it cannot be read.
    """
    version = DocumentVersion.objects.get(document=document, number=document.version_number)
    place = storing.place_of(version)
    return files.read(place, label) if files.has(place, label) else None
