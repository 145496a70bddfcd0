"""Bytes on their way into the vault: looked at first, kept, and taken back if no row follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from records.documents.models import DocumentVersion, UnfiledFile
from records.documents.models.stored import StoredBytes
from records.documents.sandbox import operations
from records.documents.sandbox.operations import Inspection
from records.documents.vault import files
from records.documents.vault.files import Place, StoredFile


@dataclass(frozen=True)
class Upload:
    """A file as it came: its bytes, and what it claims to be."""

    content: bytes
    file_name: str
    media_type: str = ""


def inspect(upload: Upload) -> Inspection:
    """Open the file in the sandbox and return what it is.

    Raises:
        FileRefused: by its subclass, why not.
        SandboxUnavailable: it could not be checked just now.
    """
    return operations.inspect(
        upload.content, file_name=upload.file_name, media_type=upload.media_type
    )


@contextmanager
def kept(content: bytes, identity: str) -> Iterator[StoredFile]:
    """Keep bytes in the vault for the rows written inside; an error inside takes them back.

    A crash between the two leaves a file without a row, which the sweeper removes. So does an
    error by which nobody can tell whether the rows were committed (the connection was lost): to
    take the bytes back then could leave a row without its bytes.

    Raises:
        VaultUnavailable: nothing was kept.
    """
    stored = files.keep(content, identity=identity)
    try:
        yield stored
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        files.erase(stored.name)
        raise


def columns(inspection: Inspection, stored: StoredFile) -> dict[str, Any]:
    """Return the columns that say what the bytes are and where they lie."""
    return {
        "kind": inspection.kind,
        "media_type": inspection.media_type,
        "byte_size": stored.size,
        "page_count": inspection.page_count,
        "page_sizes": [list(size) for size in inspection.pages],
        "sha256": stored.sha256,
        "storage_name": stored.name,
        "wrapped_key": stored.wrapped_key,
        "key_id": stored.key_id,
    }


def copied_columns(source: StoredBytes, stored: StoredFile) -> dict[str, Any]:
    """Return the columns of bytes that are the same as another row's, kept anew."""
    same = ("kind", "media_type", "page_count", "page_sizes")
    new = asdict(stored)
    return {name: getattr(source, name) for name in same} | {
        "byte_size": new["size"],
        "sha256": new["sha256"],
        "storage_name": new["name"],
        "wrapped_key": new["wrapped_key"],
        "key_id": new["key_id"],
    }


def version_identity(document_id: int, number: int) -> str:
    """Return what binds key and bytes to one version of one document, for good."""
    return f"documents_documentversion:{document_id}:{number}"


def unfiled_identity(unfiled_id: int) -> str:
    """Return what binds key and bytes to one file that waits."""
    return f"documents_unfiledfile:{unfiled_id}"


def place_of(row: DocumentVersion | UnfiledFile) -> Place:
    """Return where a row's bytes lie and how they open."""
    if isinstance(row, DocumentVersion):
        identity = version_identity(row.document_id, row.number)
    else:
        identity = unfiled_identity(row.pk)
    return Place(row.storage_name, bytes(row.wrapped_key or b""), identity)


def next_id(table: str) -> int:
    """Return the key that the next row of a table of this room will have.

    The bytes are bound to it before the row exists; a key that no row follows is never used.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
