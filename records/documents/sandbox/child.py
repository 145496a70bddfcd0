"""The sandboxed child: `python -m records.documents.sandbox.child`, its socket as standard input.

Everything is imported and used once before the process shuts itself in, because afterwards it
can open next to nothing. Then it does one job at a time until its parent goes.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pypdfium2
from PIL import Image

from records.documents.faults import DocumentError, FileNeedsTooMuchMemory, FileUnreadable
from records.documents.pdf import assembly
from records.documents.pdf import pictures as picture_pages
from records.documents.pdf.pieces import Piece, Stamp
from records.documents.rules.limits import FileLimits
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import encoding, layers, pdfs, pictures
from records.documents.sandbox.frames import Channel, Closed, FrameError

# A document that nobody asked a page of for so long is forgotten.
FORGET_AFTER = 30.0
MOST_INPUT = 8 * layers.GIGABYTE
NOT_HELD = "NotHeld"

Answer = tuple[dict[str, Any], list[bytes]]


@dataclass
class Held:
    """The document that the last job was about, opened."""

    key: str
    data: bytes
    kind: FileKind
    opened: pypdfium2.PdfDocument | None = None

    def document(self) -> pypdfium2.PdfDocument:
        """Return the PDF as pdfium has it open, opening it the first time."""
        if self.opened is None:
            self.opened = pdfs.open_for_drawing(self.data)
        return self.opened

    def close(self) -> None:
        """Give the open file back."""
        if self.opened is not None:
            self.opened.close()


def inspect(held: Held, arguments: dict[str, Any]) -> Answer:
    """Open every page: sizes in points, and notes on what else is in the file."""
    file_limits = FileLimits(**arguments["limits"])
    notes: list[str] = []
    if held.kind is FileKind.PDF:
        sizes, notes = pdfs.check_every_page(held.data, file_limits)
    else:
        sizes = pictures.check_every_page(held.data, held.kind, file_limits)
    return {"pages": sizes, "notes": notes}, []


def render(held: Held, arguments: dict[str, Any]) -> Answer:
    """Draw one page and encode it."""
    picture = _drawn(held, arguments["page"], arguments["dpi"], arguments["rotate"])
    content, media_type = encoding.encode(picture, arguments["form"])
    return {"media_type": media_type, "width": picture.width, "height": picture.height}, [content]


def thumbnails(held: Held, arguments: dict[str, Any]) -> Answer:
    """Draw several pages so many pixels wide."""
    described, contents = [], []
    for number in arguments["pages"]:
        dpi = 72 * arguments["width"] / max(_width(held, number), 1.0)
        picture = _drawn(held, number, dpi, 0)
        content, media_type = encoding.encode(picture, arguments["form"])
        described.append(
            {"media_type": media_type, "width": picture.width, "height": picture.height}
        )
        contents.append(content)
    return {"pictures": described}, contents


def texts(held: Held, arguments: dict[str, Any]) -> Answer:
    """Read the text that pages of a PDF carry; pictures carry none."""
    numbers = arguments["pages"]
    if held.kind is not FileKind.PDF:
        return {"texts": [""] * len(numbers)}, []
    return {"texts": [pdfs.text_of(held.document(), number) for number in numbers]}, []


def to_pdf(held: Held, arguments: dict[str, Any]) -> Answer:
    """Lay the pages of a picture file on PDF pages."""
    with pdfs.reading(), picture_pages.to_pdf(held.data, held.kind) as pdf:
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True)
    return {}, [buffer.getvalue()]


def assemble(files: list[Held], arguments: dict[str, Any]) -> Answer:
    """Put chosen pages of the files into one stamped PDF."""
    stamp = Stamp(**arguments["stamp"]) if arguments["stamp"] else None
    content, placed = assembly.assemble(
        [(held.data, held.kind) for held in files],
        [Piece(*piece) for piece in arguments["pieces"]],
        stamp,
        arguments["title"],
    )
    return {"placed": [asdict(page) for page in placed]}, [content]


def _drawn(held: Held, number: int, dpi: float, rotate: int) -> Image.Image:
    if held.kind is FileKind.PDF:
        return pdfs.draw(held.document(), number, dpi, rotate)[0]
    with pictures.page_of(held.data, held.kind, number) as image:
        return pictures.draw(image, dpi, rotate)


def _width(held: Held, number: int) -> float:
    if held.kind is FileKind.PDF:
        return pdfs.width_of(held.document(), number)
    with pictures.page_of(held.data, held.kind, number) as image:
        return pictures.size_of(image)[0]


ONE_FILE: dict[str, Callable[[Held, dict[str, Any]], Answer]] = {
    "inspect": inspect,
    "render": render,
    "thumbnails": thumbnails,
    "texts": texts,
    "to_pdf": to_pdf,
}


class Child:
    """Does one job at a time, and remembers the last document for the next."""

    def __init__(self, channel: Channel, base_memory: int) -> None:
        self.channel = channel
        self.base_memory = base_memory
        self.held: Held | None = None

    def serve(self) -> None:
        """Answer until the parent closes the socket."""
        while True:
            if self.held is not None and not self.channel.has_input(FORGET_AFTER):
                self._forget()
            header, parts = self.channel.receive(MOST_INPUT)
            self.channel.send(*self._answer(header, parts))

    def _answer(self, header: dict[str, Any], parts: list[bytes]) -> Answer:
        try:
            return self._do(header, parts)
        except DocumentError as error:
            return {"error": type(error).__name__, "detail": str(error)[:200]}, []
        except MemoryError:
            return {"error": FileNeedsTooMuchMemory.__name__, "detail": "", "worn": True}, []
        except Exception as error:
            # Any other failure was brought about by the file; the process is not used again.
            detail = f"{type(error).__name__}: {error}"[:200]
            return {"error": FileUnreadable.__name__, "detail": detail, "worn": True}, []

    def _do(self, header: dict[str, Any], parts: list[bytes]) -> Answer:
        kinds = [FileKind(kind) for kind in header["kinds"]]
        memory = header["memory"] + 4 * sum(map(len, parts))
        layers.limit_job(self.base_memory + memory, header["seconds"])
        if header["operation"] == "assemble":
            self._forget()
            files = [Held("", data, kind) for data, kind in zip(parts, kinds, strict=True)]
            return assemble(files, header["arguments"])
        if parts:
            self._forget()
            self.held = Held(header["key"], parts[0], kinds[0])
        if self.held is None or self.held.key != header["key"]:
            return {"error": NOT_HELD, "detail": ""}, []
        return ONE_FILE[header["operation"]](self.held, header["arguments"])

    def _forget(self) -> None:
        if self.held is not None:
            self.held.close()
            self.held = None


def rehearse() -> None:
    """Do each kind of work once, so that the libraries load what they load late."""
    for mode, form in (("RGB", "JPEG"), ("RGB", "PNG"), ("1", "TIFF"), ("L", "TIFF")):
        buffer = io.BytesIO()
        Image.new(mode, (120, 160), 1).save(buffer, form)
        held = Held("", buffer.getvalue(), FileKind(form))
        inspect(held, {"limits": {}})
        for wanted in (encoding.AUTO, encoding.PNG, encoding.JPEG, encoding.WEBP):
            render(held, {"page": 1, "dpi": 20, "rotate": 0, "form": wanted})
        stamp = {"reference": "R", "notice": "N", "reader": "P"}
        arguments = {"stamp": stamp, "pieces": [[0, 1, 0]], "title": "T"}
        _, (content,) = assemble([held], arguments)
    pdf = Held("", content, FileKind.PDF)
    inspect(pdf, {"limits": {}})
    texts(pdf, {"pages": [1]})
    thumbnails(pdf, {"pages": [1], "width": 20, "form": encoding.AUTO})
    pdf.close()


def main() -> None:
    """Take the socket from standard input, shut this process in, and serve."""
    channel = Channel(os.dup(0))
    parent = int(sys.argv[1])
    empty = os.open(os.devnull, os.O_RDWR)
    os.dup2(empty, 0)
    os.dup2(empty, 1)
    started = time.monotonic()
    rehearse()
    base_memory = layers.memory_in_use()
    report = layers.shut_in(parent)
    os.dup2(empty, 2)
    channel.send(asdict(report) | {"pid": os.getpid(), "seconds": time.monotonic() - started})
    try:
        Child(channel, base_memory).serve()
    except (Closed, FrameError):
        sys.exit(0)


if __name__ == "__main__":
    main()
