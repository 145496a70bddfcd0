"""Opens and draws TIFF, JPEG and PNG; runs in the sandboxed child only."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from records.documents.faults import (
    DocumentError,
    FileHasPixelFlood,
    FileNeedsTooMuchMemory,
    FileTruncated,
    FileUnreadable,
    PageNotInFile,
)
from records.documents.rules import limits, page_sizes
from records.documents.rules.limits import FileLimits
from records.documents.rules.signatures import FileKind

# What Pillow, libtiff and libjpeg raise on bytes that are not what they should be.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    EOFError,
    ZeroDivisionError,
    RuntimeError,
    struct.error,
    zlib.error,
)
FORMATS = {FileKind.TIFF: "TIFF", FileKind.JPEG: "JPEG", FileKind.PNG: "PNG"}
WHITE = 255
SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
PNG_END, PNG_END_WITHIN = b"IEND\xaeB`\x82", 1024
# How Pillow says that a table of a TIFF lies beyond the end of the file.
CUT_SHORT = ("Truncated File Read", "Corrupt EXIF data")
ORIENTATION_TAG = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Orientations that lay the picture on its side, so width and height change places.
ON_ITS_SIDE = (5, 6, 7, 8)

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
PngImagePlugin.MAX_TEXT_MEMORY = 4 * limits.MEGABYTE


@contextmanager
def opened(data: bytes, kind: FileKind) -> Iterator[Image.Image]:
    """Open the picture file with the one plug-in for its kind.

    Raises:
        FileTruncated: the picture's bytes end early.
        FileUnreadable: not a readable picture of this kind.
        FileHasPixelFlood: a part of it unpacks to far more than it should.
        FileNeedsTooMuchMemory: it does not fit into the memory a job has.
    """
    if kind is FileKind.PNG and PNG_END not in data[-PNG_END_WITHIN:]:
        raise FileTruncated("no end of picture")
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as image:
                yield image
    except DocumentError:
        raise
    except MemoryError as error:
        raise FileNeedsTooMuchMemory from error
    except Image.DecompressionBombError as error:
        raise FileHasPixelFlood from error
    except BROKEN as error:
        if "truncated" in str(error).lower():
            raise FileTruncated(str(error)) from error
        raise FileUnreadable(f"{type(error).__name__}: {error}") from error
    if any(str(warning.message).startswith(CUT_SHORT) for warning in warned):
        raise FileTruncated(str(warned[0].message))


def count_pages(image: Image.Image, kind: FileKind) -> int:
    """Return how many pages the file has; only TIFF has more than one.

    A camera's second picture in a JPEG (depth, preview) is no page.
    """
    return int(getattr(image, "n_frames", 1)) if kind is FileKind.TIFF else 1


def check_every_page(
    data: bytes, kind: FileKind, file_limits: FileLimits
) -> list[tuple[float, float]]:
    """Decode every page whole and return the pages' sizes in points.

    Raises:
        FileTooManyPages, FileHasPixelFlood: over the limits, checked before decoding.
        FileTruncated, FileUnreadable: a page does not decode to its last line.
    """
    sizes = []
    with opened(data, kind) as image:
        count = count_pages(image, kind)
        limits.check_page_count(count, file_limits)
        for number in range(count):
            if count > 1:
                image.seek(number)
            limits.check_pixels(image.width, image.height, file_limits)
            sizes.append(size_of(image))
            image.load()
    return sizes


@contextmanager
def page_of(data: bytes, kind: FileKind, number: int) -> Iterator[Image.Image]:
    """Open the file at page `number`, counted from 1, not yet decoded.

    Raises:
        PageNotInFile: no such page.
        FileHasPixelFlood: the page would fill the memory.
    """
    with opened(data, kind) as image:
        if not 1 <= number <= count_pages(image, kind):
            raise PageNotInFile(f"page {number}")
        if number > 1:
            image.seek(number - 1)
        limits.check_pixels(image.width, image.height, FileLimits())
        yield image


def size_of(image: Image.Image) -> tuple[float, float]:
    """Return the page's size in points, the way up that it is to be seen.

    To be asked before the picture is decoded: Pillow turns a TIFF upright then, and forgets.
    """
    dpi, turn = resolution(image), orientation(image)
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        on_side = image.tag_v2.get(ORIENTATION_TAG) in ON_ITS_SIDE
        return page_sizes.page_size(image.width, image.height, _swapped(dpi) if on_side else dpi)
    width, height = page_sizes.page_size(image.width, image.height, dpi)
    return (height, width) if turn in ON_ITS_SIDE else (width, height)


def resolution(image: Image.Image) -> tuple[float, float] | None:
    """Return the dots an inch across and down that the file states, if it does."""
    stated = image.info.get("dpi")
    if not stated or len(stated) != 2:
        return None
    return float(stated[0]), float(stated[1])


def _swapped(dpi: tuple[float, float] | None) -> tuple[float, float] | None:
    return dpi and (dpi[1], dpi[0])


def orientation(image: Image.Image) -> int:
    """Return how the camera was held, 1 for upright; a TIFF is turned upright by Pillow."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1
    stated = image.getexif().get(ORIENTATION_TAG, 1)
    return int(stated) if stated in TURNS else 1


def draw(image: Image.Image, dpi: float, rotate: int) -> Image.Image:
    """Return the page drawn at `dpi`, upright, on white, turned clockwise by `rotate` degrees."""
    (width, height), turn = size_of(image), orientation(image)
    scale = limits.fit_scale(width, height, dpi / 72, limits.MAX_RENDERED_PIXELS)
    size = math.ceil(width * scale), math.ceil(height * scale)
    stored = size[::-1] if turn in ON_ITS_SIDE else size
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, stored)
    drawn = _shrunk(plain(image), stored)
    drawn = drawn.transpose(TURNS[turn]) if turn in TURNS else drawn
    return drawn.rotate(-rotate, expand=True) if rotate else drawn


def plain(image: Image.Image) -> Image.Image:
    """Return the picture as grey or colour of eight bits, anything transparent laid on white."""
    image.load()
    if image.mode in SIXTEEN_BIT:
        return _from_deep(image)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, (WHITE, WHITE, WHITE, WHITE))
        paper.alpha_composite(coloured)
        return paper.convert("L" if image.mode in ("LA", "La") else "RGB")
    return image if image.mode in ("1", "L", "RGB") else image.convert("RGB")


def _from_deep(image: Image.Image) -> Image.Image:
    """Bring pictures of sixteen bits and more to eight: Pillow's own conversion only clips."""
    deep = image.convert("F")
    highest = float(deep.getextrema()[1])  # type: ignore[arg-type]
    top = 65535.0 if image.mode.startswith("I") and highest > WHITE else max(highest, 1.0)
    return deep.point(lambda value: value * (WHITE / top) + 0.0).convert("L")


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    picture = picture.convert("L") if picture.mode == "1" else picture
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
