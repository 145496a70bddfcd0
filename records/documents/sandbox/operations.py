"""What the sandbox can do, typed: open and check, draw, read text, lay out, assemble.

Nothing that a child answers is believed further than its shape: it has read the file, and may
have been taken over by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any

from django.conf import settings

from records.documents import faults
from records.documents.faults import DocumentError, FileHasNoPages, FileUnreadable
from records.documents.pdf.pieces import Piece, PlacedPage, Stamp
from records.documents.rules import limits, signatures
from records.documents.rules.limits import FileLimits
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import pool
from records.documents.sandbox.pool import Job, Source

AUTO, PNG, JPEG, WEBP = "auto", "png", "jpeg", "webp"
PICTURE_STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
}
QUARTER_TURNS = (0, 90, 180, 270)
VIEW_DPI = 110
THUMBNAIL_WIDTH = 160
SECONDS_PER_PAGE = 0.25
ASSEMBLY_MEMORY = 1536 * limits.MEGABYTE


@dataclass(frozen=True, slots=True)
class Inspection:
    """What opening a file told: its kind, its pages' sizes in points, and what else it carries.

    Notes are SCRIPTS, ATTACHMENTS, FORM, SIGNATURE, LAYERS, RESTRICTED and REPAIRED.
    """

    kind: FileKind
    media_type: str
    pages: tuple[tuple[float, float], ...]
    notes: tuple[str, ...]

    @property
    def page_count(self) -> int:
        """Return the number of pages."""
        return len(self.pages)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn page: a picture file, its media type and its size in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def source(data: bytes, kind: FileKind | None = None) -> Source:
    """Return the file as a source for the other functions, its kind told by its first bytes.

    Raises:
        FileKindUnknown, FileIsTwoKinds: the first bytes say so.
    """
    kind = kind or signatures.kind_of(data)
    return Source(hashlib.sha256(data).hexdigest(), kind, lambda: data)


def inspect(data: bytes, *, file_name: str = "", media_type: str = "") -> Inspection:
    """Check that a file may be filed: allowed kind, true to its name, every page opens.

    Raises:
        FileRefused: by its subclass, why not; the message is for the screen.
        SandboxUnavailable: it could not be checked just now.
    """
    allowed = _file_limits()
    limits.check_size(len(data), allowed)
    kind = signatures.kind_of(data)
    signatures.check_claim(kind, file_name, media_type)
    answer, _ = _run("inspect", {"limits": asdict(allowed)}, [source(data, kind)])
    pages = tuple((float(width), float(height)) for width, height in answer["pages"])
    limits.check_page_count(len(pages), allowed)
    notes = tuple(str(note) for note in answer["notes"])
    return Inspection(kind, signatures.MEDIA_TYPES[kind], pages, notes)


def render(
    file: Source, page: int, *, dpi: float = VIEW_DPI, rotate: int = 0, form: str = AUTO
) -> Picture:
    """Draw one page, counted from 1, turned clockwise by `rotate`.

    `auto` chooses PNG with few greys for text and WebP for colour; `png`, `jpeg` and `webp` are
    kept to.

    Raises:
        PageNotInFile: no such page.
        FileRefused: the page cannot be drawn.
        SandboxUnavailable: not just now.
    """
    arguments = {"page": page, "dpi": dpi, "rotate": _turn(rotate), "form": form}
    answer, parts = _run("render", arguments, [file])
    return _picture(answer, parts[0])


def thumbnails(
    file: Source, pages: Sequence[int], *, width: int = THUMBNAIL_WIDTH, form: str = AUTO
) -> list[Picture]:
    """Draw several pages, each `width` pixels wide.

    Raises:
        As `render`.
    """
    arguments = {"pages": list(pages), "width": width, "form": form}
    answer, parts = _run("thumbnails", arguments, [file], len(pages))
    return [_picture(one, part) for one, part in zip(answer["pictures"], parts, strict=True)]


def texts(file: Source, pages: Sequence[int]) -> list[str]:
    """Return the text that each page of a PDF carries; pages that are pictures carry none.

    Raises:
        As `render`.
    """
    answer, _ = _run("texts", {"pages": list(pages)}, [file], len(pages))
    found = [str(text) for text in answer["texts"]]
    if len(found) != len(pages):
        raise FileUnreadable("pages are missing from the answer")
    return found


def to_pdf(file: Source) -> bytes:
    """Return a picture file as PDF, without loss and without what it says besides its pixels.

    Raises:
        As `render`.
    """
    _, parts = _run("to_pdf", {}, [file])
    return _checked_pdf(parts[0])


def assemble(
    files: Sequence[Source],
    pieces: Sequence[Piece],
    *,
    stamp: Stamp | None = None,
    title: str = "",
) -> tuple[bytes, list[PlacedPage]]:
    """Return one PDF of the chosen pages and nothing else of their files, stamped, and where
    each page went. The same input gives the same bytes.

    Raises:
        FileHasNoPages: no piece was chosen.
        PageNotInFile: a piece names a page that its file has not.
        FileRefused: a file cannot be read.
        SandboxUnavailable: not just now.
    """
    if not pieces:
        raise FileHasNoPages
    used = sorted({piece.source for piece in pieces})
    places = {place: at for at, place in enumerate(used)}
    arguments = {
        "pieces": [astuple(_at(piece, places[piece.source])) for piece in pieces],
        "stamp": asdict(stamp) if stamp else None,
        "title": title,
    }
    job = Job("assemble", arguments, _seconds(len(pieces)), ASSEMBLY_MEMORY, is_on_one_file=False)
    answer, parts = _answered(job, [files[place] for place in used])
    placed = [_placed(one, used) for one in answer["placed"]]
    if [(one.source, one.page) for one in placed] != [(one.source, one.page) for one in pieces]:
        raise FileUnreadable("the assembled pages are not those asked for")
    return _checked_pdf(parts[0]), placed


def report() -> dict[str, Any]:
    """Return which layers of the sandbox are in force, and why the others are missing.

    Raises:
        SandboxUnavailable: no child can be started.
    """
    with _pool().child() as child:
        return {"layers": dict(child.report["layers"]), "missing": dict(child.report["missing"])}


def _pool() -> pool.Pool:
    return pool.current(settings.SANDBOX_CHILDREN)


def _run(
    operation: str, arguments: dict[str, Any], files: Sequence[Source], pages: int = 1
) -> pool.Answer:
    return _answered(Job(operation, arguments, _seconds(pages)), files)


def _answered(job: Job, files: Sequence[Source]) -> pool.Answer:
    answer, parts = _pool().run(job, files)
    if "error" not in answer:
        return answer, parts
    kind = getattr(faults, str(answer["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, DocumentError)):
        raise FileUnreadable(str(answer["error"]))
    raise kind(str(answer.get("detail", "")))


def _seconds(pages: int) -> float:
    return limits.WALL_SECONDS + SECONDS_PER_PAGE * (pages - 1)


def _file_limits() -> FileLimits:
    return FileLimits(
        max_bytes=settings.UPLOAD_MAX_BYTES,
        max_pages=settings.UPLOAD_MAX_PAGES,
    )


def _turn(rotate: int) -> int:
    turn = rotate % 360
    if turn not in QUARTER_TURNS:
        raise ValueError(f"a page turns by quarters, not by {rotate} degrees")
    return turn


def _at(piece: Piece, place: int) -> Piece:
    return Piece(place, piece.page, _turn(piece.rotate))


def _placed(one: dict[str, Any], used: Sequence[int]) -> PlacedPage:
    return PlacedPage(
        position=int(one["position"]),
        source=used[int(one["source"])],
        page=int(one["page"]),
        width=float(one["width"]),
        height=float(one["height"]),
        is_picture=bool(one["is_picture"]),
    )


def _picture(answer: dict[str, Any], content: bytes) -> Picture:
    media_type = str(answer["media_type"])
    if not content.startswith(PICTURE_STARTS.get(media_type, b"\x00never")):
        raise FileUnreadable("the answer is not a picture")
    return Picture(content, media_type, int(answer["width"]), int(answer["height"]))


def _checked_pdf(content: bytes) -> bytes:
    if not content.startswith(signatures.PDF_HEADER):
        raise FileUnreadable("the answer is not a PDF")
    return content
