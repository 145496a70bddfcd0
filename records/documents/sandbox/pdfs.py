"""Checks, draws and reads PDF files; runs in the sandboxed child only.

pikepdf checks structure, pdfium draws. Both must agree on the number of pages: a file that
shows one reader other pages than another is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name, Object, Stream
from PIL import Image

from records.documents.faults import (
    DocumentError,
    FileEncrypted,
    FileIsDynamicForm,
    FileNeedsTooMuchMemory,
    FileTruncated,
    FileUnreadable,
    PageNotInFile,
)
from records.documents.rules import limits
from records.documents.rules.limits import FileLimits

END_MARK, END_WITHIN = b"%%EOF", 1024
PADDING = b"\x00\r\n\t \x1a"
MOST_TEXT = 200_000
BROKEN = (
    pikepdf.PdfError,
    pikepdf.DataDecodingError,
    pypdfium2.PdfiumError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
    OverflowError,
    NotImplementedError,
    OSError,
)
# What the file carries besides its pages: none of it runs or opens here, but people should know.
SCRIPTS, ATTACHMENTS, FORM, SIGNATURE = "SCRIPTS", "ATTACHMENTS", "FORM", "SIGNATURE"
LAYERS, RESTRICTED, REPAIRED = "LAYERS", "RESTRICTED", "REPAIRED"
ACTIVE_ACTIONS = (Name.JavaScript, Name.Launch, Name.SubmitForm, Name.ImportData, Name.GoToR)


@contextmanager
def reading() -> Iterator[None]:
    """Turn what the libraries raise on bad files into the project's own errors.

    Raises:
        FileEncrypted: a password is needed.
        FileNeedsTooMuchMemory: the job's memory was not enough.
        FileUnreadable: anything else.
    """
    try:
        yield
    except DocumentError:
        raise
    except pikepdf.PasswordError as error:
        raise FileEncrypted from error
    except MemoryError as error:
        raise FileNeedsTooMuchMemory from error
    except BROKEN as error:
        if "memory" in str(error).lower() or "bad_alloc" in str(error):
            raise FileNeedsTooMuchMemory(str(error)) from error
        raise FileUnreadable(f"{type(error).__name__}: {error}") from error


def check_every_page(
    data: bytes, file_limits: FileLimits
) -> tuple[list[tuple[float, float]], list[str]]:
    """Open every page and return the sizes in points, and notes on what else the file carries.

    A file that opens without a password but forbids printing or copying is taken: the hospital
    must be able to release its own records. It is noted as restricted.

    Raises:
        FileTruncated, FileEncrypted, FileIsDynamicForm, FileTooManyPages, FileHasPixelFlood,
        FileNeedsTooMuchMemory, FileUnreadable: as their names say.
    """
    if END_MARK not in data.rstrip(PADDING)[-END_WITHIN:]:
        raise FileTruncated("no end of file mark")
    with reading():
        with pikepdf.open(io.BytesIO(data)) as pdf:
            count = len(pdf.pages)
            limits.check_page_count(count, file_limits)
            notes = _notes(pdf, file_limits)
        document = open_for_drawing(data)
        try:
            sizes = _sizes(document, count)
        finally:
            document.close()
    return sizes, notes


def _sizes(document: pypdfium2.PdfDocument, count: int) -> list[tuple[float, float]]:
    if len(document) != count:
        raise FileUnreadable(f"{count} or {len(document)} pages, as one reads it")
    sizes = []
    for number in range(count):
        page = document[number]
        width, height = page.get_size()
        page.close()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise FileUnreadable(f"page {number + 1} has no size")
        sizes.append((round(width, 2), round(height, 2)))
    return sizes


def _notes(pdf: pikepdf.Pdf, file_limits: FileLimits) -> list[str]:
    found = set()
    if pdf.is_encrypted:
        found.add(RESTRICTED)
    root = pdf.Root
    if "/OCProperties" in root:
        found.add(LAYERS)
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        found.add(FORM)
        if "/XFA" in form and bool(root.get("/NeedsRendering", False)):
            raise FileIsDynamicForm
    for item in pdf.objects:
        if isinstance(item, (Dictionary, Stream)):
            found |= _notes_on(item, file_limits)
    if pdf.get_warnings():
        found.add(REPAIRED)
    return sorted(found)


def _notes_on(item: Object, file_limits: FileLimits) -> set[str]:
    if isinstance(item, Stream) and item.get("/Subtype") == Name.Image:
        limits.check_pixels(int(item.Width), int(item.Height), file_limits)
        return set()
    found = set()
    if {"/JS", "/AA"} & set(item.keys()) or any(
        _is_action(action) for action in (item, item.get("/A"), item.get("/OpenAction"))
    ):
        found.add(SCRIPTS)
    if "/EF" in item or item.get("/Type") == Name.EmbeddedFile:
        found.add(ATTACHMENTS)
    if "/ByteRange" in item:
        found.add(SIGNATURE)
    return found


def _is_action(action: Object | None) -> bool:
    return isinstance(action, Dictionary) and action.get("/S") in ACTIVE_ACTIONS


def open_for_drawing(data: bytes) -> pypdfium2.PdfDocument:
    """Open the file in pdfium, with its forms, so that filled fields are drawn.

    Raises:
        FileEncrypted: a password is needed.
        FileUnreadable: pdfium cannot open it.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileEncrypted from error
        raise FileUnreadable(str(error)) from error
    if document.get_formtype():
        document.init_forms()
    return document


def draw(
    document: pypdfium2.PdfDocument, number: int, dpi: float, rotate: int
) -> tuple[Image.Image, tuple[float, float]]:
    """Return page `number` (from 1) drawn at `dpi`, turned clockwise, and its size in points.

    Raises:
        PageNotInFile: no such page.
        FileUnreadable: pdfium cannot draw it.
    """
    with reading():
        if not 1 <= number <= len(document):
            raise PageNotInFile(f"page {number}")
        page = document[number - 1]
        try:
            width, height = page.get_size()
            scale = limits.fit_scale(width, height, dpi / 72, limits.MAX_RENDERED_PIXELS)
            bitmap = page.render(scale=scale, rotation=rotate, rev_byteorder=True)
            picture = bitmap.to_pil().convert("RGB")
            bitmap.close()
        finally:
            page.close()
    return picture, (width, height)


def text_of(document: pypdfium2.PdfDocument, number: int) -> str:
    """Return the text that page `number` (from 1) carries, for finding, cut at a sane length.

    Raises:
        PageNotInFile: no such page.
    """
    with reading():
        if not 1 <= number <= len(document):
            raise PageNotInFile(f"page {number}")
        page = document[number - 1]
        reader = page.get_textpage()
        try:
            text = str(reader.get_text_bounded())
        finally:
            reader.close()
            page.close()
    return text.replace("\x00", "")[:MOST_TEXT]


def width_of(document: pypdfium2.PdfDocument, number: int) -> float:
    """Return the width in points of page `number` (from 1).

    Raises:
        PageNotInFile: no such page.
    """
    with reading():
        if not 1 <= number <= len(document):
            raise PageNotInFile(f"page {number}")
        return float(document.get_page_size(number - 1)[0])
