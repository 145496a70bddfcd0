"""Pictures of pages: drawn in the sandbox when first asked for, kept encrypted beside the original.

They lie under the key of the bytes they come from, and go when these are erased.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from records.documents.errors import VaultDamaged, VaultMissing, VaultUnavailable
from records.documents.models import DocumentVersion, UnfiledFile
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import operations
from records.documents.sandbox.operations import PICTURE_STARTS, THUMBNAIL_WIDTH, VIEW_DPI
from records.documents.sandbox.pool import Source
from records.documents.services import storing
from records.documents.vault import files
from records.documents.vault.files import Place

log = structlog.get_logger(__name__)

SHARP_DPI = 220


@dataclass(frozen=True)
class Picture:
    """A picture of a page, ready to be sent."""

    content: bytes
    media_type: str


def page_picture(
    row: DocumentVersion | UnfiledFile, page: int, *, is_sharp: bool = False
) -> Picture:
    """Return a page at reading size, or twice as fine for a close look.

    Raises:
        PageNotInFile, FileRefused: the page cannot be drawn.
        SandboxUnavailable: not just now.
        VaultError: the bytes cannot be read.
    """
    dpi = SHARP_DPI if is_sharp else VIEW_DPI
    place, label = storing.place_of(row), f"p{page:04d}-{dpi}"
    kept = _find(place, label)
    if kept is None:
        kept = operations.render(source_of(row), page, dpi=dpi).content
        _keep(place, label, kept)
    return _as_picture(kept)


def thumbnail(row: DocumentVersion | UnfiledFile, page: int) -> Picture:
    """Return a page too small to be read.

    Raises:
        As `page_picture`.
    """
    place, label = storing.place_of(row), f"t{page:04d}-{THUMBNAIL_WIDTH}"
    kept = _find(place, label)
    if kept is None:
        kept = operations.thumbnails(source_of(row), [page])[0].content
        _keep(place, label, kept)
    return _as_picture(kept)


def source_of(row: DocumentVersion | UnfiledFile) -> Source:
    """Return stored bytes as the sandbox takes them: read only if no child holds them yet."""
    place = storing.place_of(row)
    return Source(row.sha256, FileKind(row.kind), lambda: files.read(place))


def _find(place: Place, label: str) -> bytes | None:
    try:
        return files.read(place, label)
    except VaultMissing:
        return None
    except VaultDamaged:
        log.warning("derived_damaged", name=place.name, label=label)
        return None


def _keep(place: Place, label: str, content: bytes) -> None:
    """Keep a picture for the next reader; a store that is full must not hinder this one."""
    try:
        files.keep_derived(place, label, content)
    except VaultUnavailable:
        log.warning("derived_not_kept", name=place.name, label=label)


def _as_picture(content: bytes) -> Picture:
    kinds = (kind for kind, start in PICTURE_STARTS.items() if content.startswith(start))
    return Picture(content, next(kinds))
