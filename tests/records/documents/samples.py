"""Files that the tests of documents make for themselves, and where the real ones are."""

import io
import os
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(os.environ.get("CHARTROOM_SAMPLE_DATA") or ROOT.parent / "shared" / "data")


def sample(name):
    """Return the bytes of a real file, or skip the test by name."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"sample file {name} is not on this machine")
    return path.read_bytes()


def written_pdf(*pages, size=(612, 792)):
    """Return a PDF with one page a text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    for text in pages:
        canvas.setFont("Helvetica", 14)
        canvas.drawString(72, size[1] - 100, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def changed_pdf(change, *pages, **options):
    """Return `written_pdf` after `change(pdf)`."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(written_pdf(*(pages or ("One",))))) as pdf:
        change(pdf)
        pdf.save(buffer, **options)
    return buffer.getvalue()


def drawn(width=400, height=300, mode="L"):
    """Return a picture with a black block in its upper left quarter, on white."""
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((10, 10, width // 2, height // 2), fill="black")
    return picture.convert(mode)


def photograph(width=400, height=300):
    """Return a picture in full colour, as a camera makes it."""
    across = Image.linear_gradient("L").resize((width, height))
    down = across.transpose(Image.Transpose.ROTATE_90).resize((width, height))
    return Image.merge("RGB", (across, down, across.point(lambda value: 255 - value)))


def saved(picture, form, **options):
    """Return the picture's file."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def fax(pages=3):
    """Return a fax as machines send it: black and white, 204 x 98 dots an inch."""
    page = drawn(1728, 1078, "1")
    rest = [page] * (pages - 1)
    return saved(
        page, "TIFF", compression="group4", dpi=(204, 98), save_all=True, append_images=rest
    )


def turned_jpeg(orientation):
    """Return a JPEG whose camera was held in one of the eight ways."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(drawn(), "JPEG", exif=exif.tobytes(), dpi=(100, 100))


def png_of_size(width, height):
    """Return a tiny PNG that says it is huge."""

    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(name, content)
        for name, content in ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    )


def with_script(pdf):
    """Put a script that runs on opening into the PDF."""
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_launch(pdf):
    """Put a link that starts a program on the first page."""
    action = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 100, 100]), A=action)
    pdf.pages[0].obj.Annots = pdf.make_indirect(Array([pdf.make_indirect(note)]))


def with_attachment(pdf):
    """Attach a program to the PDF."""
    pdf.attachments["tool.exe"] = b"MZ program"


def with_xfa(needs_rendering):
    """Return a change that makes the PDF a form of Adobe's."""

    def change(pdf):
        pdf.Root.AcroForm = Dictionary(
            XFA=pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"),
            Fields=Array([]),
        )
        if needs_rendering:
            pdf.Root.NeedsRendering = True

    return change


def with_hidden_layer(pdf, text="SECRET LAYER"):
    """Write text on a layer that is switched off."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Draft")))
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer]))
    )
    page = pdf.pages[0]
    page.obj.Resources.Properties = Dictionary(Layer=layer)
    font = next(iter(page.obj.Resources.Font.keys()))
    hidden = f"/OC /Layer BDC BT {font} 20 Tf 72 400 Td ({text}) Tj ET EMC"
    page.contents_add(pdf.make_stream(hidden.encode()))
