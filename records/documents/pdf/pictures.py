"""Lays pictures on PDF pages without losing a pixel; runs in the sandboxed child."""

from __future__ import annotations

import io
import re
import struct

import pikepdf
from pikepdf import Dictionary, Name, Object
from PIL import Image, ImageChops, JpegImagePlugin, TiffImagePlugin

from records.documents.faults import FileTruncated
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import encoding, pictures

# Where each orientation puts the unit square that a picture fills: the matrix before scaling.
MATRICES = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
GROUP4, STRIP_OFFSETS, STRIP_BYTES, ROWS_PER_STRIP, FILL_ORDER = 4, 273, 279, 278, 266
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# What a picture file says besides its pixels: place, camera, previews, comments. JFIF (E0) and
# Adobe's colour note (EE) say how to decode, and stay.
SPOKEN = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
NEXT_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
JPEG_COLOURS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}


def to_pdf(data: bytes, kind: FileKind) -> pikepdf.Pdf:
    """Return the picture file as PDF, one page a page.

    Raises:
        FileRefused: the picture cannot be decoded.
    """
    pdf = pikepdf.new()
    with pictures.opened(data, kind) as image:
        count = pictures.count_pages(image, kind)
    for number in range(1, count + 1):
        with pictures.page_of(data, kind, number) as image:
            add_page(pdf, image, data)
    return pdf


def add_page(pdf: pikepdf.Pdf, image: Image.Image, data: bytes) -> None:
    """Append a page that shows the undecoded `image`, whose file is `data`."""
    size, turn = pictures.size_of(image), pictures.orientation(image)
    if isinstance(image, JpegImagePlugin.JpegImageFile) and image.mode in JPEG_COLOURS:
        stream = _from_jpeg(pdf, image, data)
    else:
        stream = picture_stream(pdf, leanest(pictures.plain(image)))
    add_picture_page(pdf, stream, size, turn)


def add_picture_page(
    pdf: pikepdf.Pdf, stream: pikepdf.Stream, size: tuple[float, float], turn: int = 1
) -> None:
    """Append a page of `size` that the picture fills, turned by its orientation."""
    width, height = size
    a, b, c, d, e, f = MATRICES.get(turn, MATRICES[1])
    matrix = (a * width, b * height, c * width, d * height, e * width, f * height)
    page = pdf.add_blank_page(page_size=size)
    page.obj.Resources = Dictionary(XObject=Dictionary(Im0=stream))
    numbers = " ".join(f"{value:.4f}" for value in matrix)
    page.obj.Contents = pdf.make_stream(f"q {numbers} cm /Im0 Do Q".encode())


def leanest(picture: Image.Image) -> Image.Image:
    """Return the same pixels as grey if none is coloured, as black and white if none is grey."""
    if picture.mode == "RGB":
        red, green, blue = picture.split()
        if any(ImageChops.difference(green, other).getbbox() for other in (red, blue)):
            return picture
        picture = green
    if picture.mode == "L" and not any(picture.histogram()[1:-1]):
        return picture.point([0] * 255 + [255], "1")
    return picture


def picture_stream(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Stream:
    """Return decoded pixels as a picture of the PDF: fax coding for black and white, else Flate."""
    return _from_bilevel(pdf, picture) if picture.mode == "1" else _from_pixels(pdf, picture)


def drawn_stream(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Stream:
    """Return a page drawn by the program as a picture: grey lossless, colour as JPEG."""
    grey = encoding.as_grey(picture)
    if grey is not None:
        return _from_pixels(pdf, grey)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    entries = _entries(picture, Name.DeviceRGB, 8, Name.DCTDecode, None)
    return pdf.make_stream(buffer.getvalue(), entries)


def _entries(
    picture: Image.Image, colours: Object, bits: int, coding: Object, parameters: Dictionary | None
) -> Dictionary:
    entries = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=colours,
        BitsPerComponent=bits,
        Filter=coding,
    )
    if parameters is not None:
        entries.DecodeParms = parameters
    return entries


def _from_jpeg(pdf: pikepdf.Pdf, image: Image.Image, data: bytes) -> pikepdf.Stream:
    entries = _entries(image, JPEG_COLOURS[image.mode], 8, Name.DCTDecode, None)
    return pdf.make_stream(silent_jpeg(data), entries)


def _from_bilevel(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Stream:
    buffer = io.BytesIO()
    tags = {ROWS_PER_STRIP: picture.height, FILL_ORDER: 1}
    picture.save(buffer, "TIFF", compression="group4", tiffinfo=tags)
    coded = buffer.getvalue()
    with TiffImagePlugin.TiffImageFile(io.BytesIO(coded)) as saved:
        (start,), (size,) = saved.tag_v2[STRIP_OFFSETS], saved.tag_v2[STRIP_BYTES]
    parameters = Dictionary(K=-1, Columns=picture.width, Rows=picture.height, BlackIs1=True)
    entries = _entries(picture, Name.DeviceGray, 1, Name.CCITTFaxDecode, parameters)
    return pdf.make_stream(coded[start : start + size], entries)


def _from_pixels(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Stream:
    """Take over the coded pixels of a PNG, whose coding PDF shares."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    is_grey = picture.mode == "L"
    parameters = Dictionary(
        Predictor=15, Colors=1 if is_grey else 3, Columns=picture.width, BitsPerComponent=8
    )
    colours = Name.DeviceGray if is_grey else Name.DeviceRGB
    entries = _entries(picture, colours, 8, Name.FlateDecode, parameters)
    return pdf.make_stream(_png_pixels(buffer.getvalue()), entries)


def _png_pixels(data: bytes) -> bytes:
    pixels, at = [], 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if name == b"IDAT":
            pixels.append(data[at + 8 : at + 8 + size])
        at += 12 + size
    return b"".join(pixels)


def silent_jpeg(data: bytes) -> bytes:
    """Return the first picture of a JPEG file without anything that does not draw it.

    Raises:
        FileTruncated: the picture has no end.
    """
    kept, at = [data[:2]], 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == END_OF_IMAGE:
            break
        if marker == START_OF_SCAN:
            end = _end_of_scan(data, end)
        if marker not in SPOKEN:
            kept.append(data[at:end])
        at = end
    if data[at + 1 : at + 2] != bytes([END_OF_IMAGE]):
        raise FileTruncated("no end of picture")
    return b"".join([*kept, b"\xff\xd9"])


def _end_of_scan(data: bytes, start: int) -> int:
    found = NEXT_MARKER.search(data, start)
    if found is None:
        raise FileTruncated("no end of scan")
    return found.start(1) - 1
