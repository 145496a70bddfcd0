"""Puts chosen pages of many files into one PDF that holds nothing else; in the sandboxed child.

Each page becomes a drawing on a fresh page: its links, scripts, forms, notes, metadata and
attachments stay behind, after what they show has been drawn into the page. Pictures and fonts
that the page does not use stay behind too, since files often list those of all pages with each.
A page that hides something behind what it shows (a layer that is off, a cropped margin, a
redaction only marked) is drawn as a picture, so that what is not seen is not there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream

from records.documents.errors import PageNotInFile
from records.documents.pdf import pictures as picture_pages
from records.documents.pdf import stamps
from records.documents.pdf.pieces import Piece, PlacedPage, Stamp
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import pdfs

PICTURE_DPI = 200
# The share of a page that a crop may cut off before the cut part counts as hidden.
CROPPED_SHARE = 0.02
LEFT_BEHIND = (
    "/Metadata",
    "/PieceInfo",
    "/AA",
    "/OC",
    "/AF",
    "/Thumb",
    "/StructParent",
    "/StructParents",
    "/LastModified",
    "/OPI",
    "/Ref",
    "/Alternates",
    "/Annots",
    "/Names",
    "/JS",
    "/F",
    "/FFilter",
    "/FDecodeParms",
)
OTHER_BOXES = ("/TrimBox", "/ArtBox", "/BleedBox")
RESOURCE_KINDS = (
    "/XObject",
    "/Font",
    "/ExtGState",
    "/ColorSpace",
    "/Pattern",
    "/Shading",
    "/Properties",
)
STRINGS = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)
NAMES = re.compile(rb"/([^\x00\s<>\[\](){}/%]*)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
DEEPEST = 12


class Source:
    """One file to take pages from, opened once, its forms and notes drawn into its pages."""

    def __init__(self, data: bytes, kind: FileKind) -> None:
        self.data, self.kind = data, kind
        with pdfs.reading():
            self.pdf = self._opened()
            self.has_layers = "/OCProperties" in self.pdf.Root
            _draw_forms(self.pdf)
        self._drawn: pypdfium2.PdfDocument | None = None

    def _opened(self) -> Pdf:
        if self.kind is FileKind.PDF:
            return pikepdf.open(io.BytesIO(self.data))
        return picture_pages.to_pdf(self.data, self.kind)

    def page(self, number: int) -> Page:
        """Return page `number`, counted from 1.

        Raises:
            PageNotInFile: there is none.
        """
        if not 1 <= number <= len(self.pdf.pages):
            raise PageNotInFile(f"page {number}")
        return self.pdf.pages[number - 1]

    def drawn(self) -> pypdfium2.PdfDocument:
        """Return the file as the viewer opens it."""
        if self._drawn is None:
            self._drawn = pdfs.open_for_drawing(self.data)
        return self._drawn

    def close(self) -> None:
        """Give the opened files back."""
        self.pdf.close()
        if self._drawn is not None:
            self._drawn.close()


def assemble(
    files: Sequence[tuple[bytes, FileKind]],
    pieces: Sequence[Piece],
    stamp: Stamp | None = None,
    title: str = "",
) -> tuple[bytes, list[PlacedPage]]:
    """Return the PDF of the chosen pages, and where each one went.

    The same files, pieces and stamp give the same bytes.

    Raises:
        PageNotInFile: a piece names a page that its file has not.
        FileRefused: a file cannot be read.
    """
    sources = [Source(data, kind) for data, kind in files]
    with pdfs.reading(), pikepdf.new() as result:
        drawings = [_drawing(result, sources[piece.source], piece) for piece in pieces]
        sizes = [
            _size(form, piece.rotate) for (form, _), piece in zip(drawings, pieces, strict=True)
        ]
        _lay_out(result, drawings, pieces, sizes, stamp)
        _leave_behind(result)
        content = _saved(result, title)
    for source in sources:
        source.close()
    placed = [
        PlacedPage(position, piece.source, piece.page, *size, is_picture)
        for position, (piece, size, (_, is_picture)) in enumerate(
            zip(pieces, sizes, drawings, strict=True), start=1
        )
    ]
    return content, placed


def _draw_forms(pdf: Pdf) -> None:
    """Draw filled fields and notes into the pages, where they cannot be changed or run."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        if "/XFA" in form:
            del form["/XFA"]
        if bool(form.get("/NeedAppearances", False)):
            pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")


def _drawing(result: Pdf, source: Source, piece: Piece) -> tuple[Stream, bool]:
    """Return the page as a drawing inside `result`, and whether it had to become a picture."""
    page = source.page(piece.page)
    if hides_something(page, source.has_layers):
        return _as_picture(result, source, piece.page), True
    for box in OTHER_BOXES:
        if box in page.obj:
            del page.obj[box]
    form = result.copy_foreign(page.as_form_xobject())
    keep_what_is_used(form)
    return form, False


def hides_something(page: Page, has_layers: bool) -> bool:
    """Tell whether the page's file holds more of the page than it shows."""
    if has_layers or any(
        note.get("/Subtype") == Name.Redact for note in page.obj.get("/Annots", [])
    ):
        return True
    crop, media = _area(page.cropbox), _area(page.mediabox)
    return crop < media * (1 - CROPPED_SHARE)


def _area(box: Object) -> float:
    left, bottom, right, top = (float(value) for value in box)  # type: ignore[attr-defined]
    return abs((right - left) * (top - bottom))


def _as_picture(result: Pdf, source: Source, number: int) -> Stream:
    picture, size = pdfs.draw(source.drawn(), number, PICTURE_DPI, 0)
    with pikepdf.new() as single:
        stream = picture_pages.drawn_stream(single, picture)
        picture_pages.add_picture_page(single, stream, size)
        return result.copy_foreign(single.pages[0].as_form_xobject())


def keep_what_is_used(drawing: Stream, depth: int = 0) -> set[bytes]:
    """Drop every picture, font and pattern that the drawing lists but does not name.

    Returns the names that the drawing uses; one inside it without a list of its own uses the
    outer one's.
    """
    used = names_in(drawing.read_bytes())
    resources = drawing.get("/Resources")
    if isinstance(resources, Dictionary) and depth <= DEEPEST:
        for inner in _inner_drawings(resources, used):
            borrowed = keep_what_is_used(inner, depth + 1)
            used |= borrowed if "/Resources" not in inner else set()
        drawing.Resources = _only(resources, used)
    return used


def _inner_drawings(resources: Dictionary, used: set[bytes]) -> list[Stream]:
    """Return what is drawn by name: forms, patterns, and the masks of graphics states."""
    named = [
        value
        for kind in ("/XObject", "/Pattern", "/ExtGState")
        for name, value in _listed(resources, kind)
        if name[1:].encode() in used
    ]
    masks = [item["/SMask"].get("/G") for item in named if _is_dictionary(item.get("/SMask"))]
    return [
        item
        for item in [*named, *masks]
        if isinstance(item, Stream) and item.get("/Subtype") != Name.Image
    ]


def _only(resources: Dictionary, used: set[bytes]) -> Dictionary:
    kept = Dictionary(resources)
    for kind in RESOURCE_KINDS:
        if kind in kept:
            kept[kind] = Dictionary(
                {
                    name: value
                    for name, value in _listed(resources, kind)
                    if name[1:].encode() in used or name.startswith("/Default")
                }
            )
    return kept


def _listed(resources: Dictionary, kind: str) -> list[tuple[str, Object]]:
    listed = resources.get(kind)
    return list(listed.items()) if isinstance(listed, Dictionary) else []


def _is_dictionary(item: Object | None) -> bool:
    return isinstance(item, Dictionary)


def names_in(content: bytes) -> set[bytes]:
    """Return every name that a page's drawing instructions mention."""
    bare = STRINGS.sub(b"()", content)
    return {
        ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), name) for name in NAMES.findall(bare)
    }


def _size(form: Stream, rotate: int) -> tuple[float, float]:
    left, bottom, right, top = _bounds(form)
    width, height = round(right - left, 2), round(top - bottom, 2)
    return (height, width) if rotate % 180 else (width, height)


def _bounds(form: Stream) -> tuple[float, float, float, float]:
    """Return the box that the drawing fills once its own matrix has turned it."""
    left, bottom, right, top = (float(value) for value in form.BBox)  # type: ignore[attr-defined]
    matrix = pikepdf.Matrix(form.get("/Matrix", pikepdf.Array([1, 0, 0, 1, 0, 0])))
    corners = [
        matrix.transform(corner)
        for corner in ((left, bottom), (left, top), (right, bottom), (right, top))
    ]
    across, up = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(across), min(up), max(across), max(up)


def _lay_out(
    result: Pdf,
    drawings: Sequence[tuple[Stream, bool]],
    pieces: Sequence[Piece],
    sizes: Sequence[tuple[float, float]],
    stamp: Stamp | None,
) -> None:
    overlay = stamps.overlay(stamp, sizes) if stamp is not None else None
    for at, ((form, _), piece, size) in enumerate(zip(drawings, pieces, sizes, strict=True)):
        page = result.add_blank_page(page_size=size)
        resources = Dictionary(XObject=Dictionary(Page=form))
        content = _placing(form, piece.rotate, size, stamps.bands(stamp, size[0]))
        if overlay is not None:
            lines = overlay.pages[at]
            resources.Font = result.copy_foreign(overlay.make_indirect(lines.resources.Font))
            content += b"\nq\n" + lines.obj.Contents.read_bytes() + b"\nQ"
        page.obj.Resources = resources
        page.obj.Contents = result.make_stream(content)


def _placing(
    form: Stream, rotate: int, size: tuple[float, float], margins: tuple[float, float]
) -> bytes:
    """Return the instructions that draw the form, turned, between the margins, in the middle."""
    left, bottom, right, top = _bounds(form)
    width, height = size
    scale = (height - sum(margins)) / height
    matrix = (
        pikepdf.Matrix()
        .translated((width - width * scale) / 2, margins[1])
        .scaled(scale, scale)
        .translated(width / 2, height / 2)
        .rotated(-rotate)
        .translated(-(left + right) / 2, -(bottom + top) / 2)
    )
    numbers = " ".join(f"{value:.5f}" for value in matrix.shorthand)
    return f"q {numbers} cm /Page Do Q".encode()


def _leave_behind(pdf: Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, (Dictionary, Stream)):
            for key in LEFT_BEHIND:
                if key in item:
                    del item[key]


def _saved(pdf: Pdf, title: str) -> bytes:
    if title:
        pdf.docinfo["/Title"] = title
    pdf.docinfo["/Producer"] = "Chartroom"
    buffer = io.BytesIO()
    pdf.save(
        buffer,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
    )
    return buffer.getvalue()
