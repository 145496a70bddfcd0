"""Puts chosen pages of many files into one PDF that holds nothing else; in the sandboxed child.

Each page becomes a drawing on a fresh page: its links, scripts, forms, notes, metadata and
attachments stay behind, after what they show has been drawn into the page. Pictures and fonts
that the page does not use stay behind too, since files often list those of all pages with each.
A page that hides something behind what it shows (a layer that is off, a cropped margin, a
redaction only marked) is drawn as a picture, so that what is not seen is not there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import cast

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream

from records.documents.faults import PageNotInFile
from records.documents.pdf import pictures as picture_pages
from records.documents.pdf import pruning, stamps
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
# The viewer goes by the crop box and knows no user unit; the released page looks like it.
UNSEEN_SIZES = ("/TrimBox", "/ArtBox", "/BleedBox", "/UserUnit")


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
            stamps.sheet(stamp, _size(form, piece.rotate))
            for (form, _), piece in zip(drawings, pieces, strict=True)
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
    for size in UNSEEN_SIZES:
        if size in page.obj:
            del page.obj[size]
    form = cast(Stream, result.copy_foreign(page.as_form_xobject()))
    pruning.keep_what_is_used(form)
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
    left, bottom, right, top = (float(value) for value in box)
    return abs((right - left) * (top - bottom))


def _as_picture(result: Pdf, source: Source, number: int) -> Stream:
    picture, size = pdfs.draw(source.drawn(), number, PICTURE_DPI, 0)
    with pikepdf.new() as single:
        stream = picture_pages.drawn_stream(single, picture)
        picture_pages.add_picture_page(single, stream, size)
        return cast(Stream, result.copy_foreign(single.pages[0].as_form_xobject()))


def _size(form: Stream, rotate: int) -> tuple[float, float]:
    left, bottom, right, top = _bounds(form)
    width, height = round(right - left, 2), round(top - bottom, 2)
    return (height, width) if rotate % 180 else (width, height)


def _bounds(form: Stream) -> tuple[float, float, float, float]:
    """Return the box that the drawing fills once its own matrix has turned it."""
    left, bottom, right, top = (float(value) for value in form.BBox)
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
    """Return the instructions that draw the form, turned, between the margins, in the middle.

    It becomes smaller where it must, never larger.
    """
    left, bottom, right, top = _bounds(form)
    own_width, own_height = _size(form, rotate)
    width, height = size[0], size[1] - sum(margins)
    scale = min(1.0, width / own_width, height / own_height)
    matrix = (
        pikepdf.Matrix()
        .translated(width / 2, margins[1] + height / 2)
        .scaled(scale, scale)
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
