"""How large a file, a page and the work on it may be."""

from __future__ import annotations

from dataclasses import dataclass

from records.documents.faults import (
    FileEmpty,
    FileHasNoPages,
    FileHasPixelFlood,
    FileTooLarge,
    FileTooManyPages,
)

MEGABYTE = 1024 * 1024
# A page of 11 x 17 inches at 600 dots an inch has 67 million pixels; a 50 megapixel camera is
# the largest in use.
MAX_PIXELS = 100_000_000
# pdfium draws no page larger than this anyway; a request for more is drawn at a lower scale.
MAX_RENDERED_PIXELS = 50_000_000
MAX_FILE_BYTES = 100 * MEGABYTE
MAX_PAGES = 5000
WALL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What an incoming file may measure; the settings give the hospital's own figures."""

    max_bytes: int = MAX_FILE_BYTES
    max_pages: int = MAX_PAGES
    max_pixels: int = MAX_PIXELS


def check_size(size: int, limits: FileLimits) -> None:
    """Refuse a file of `size` bytes that is empty or over the limit.

    Raises:
        FileEmpty: no bytes at all.
        FileTooLarge: more than `limits.max_bytes`.
    """
    if size == 0:
        raise FileEmpty
    if size > limits.max_bytes:
        raise FileTooLarge(f"{size} bytes, limit {limits.max_bytes}")


def check_page_count(count: int, limits: FileLimits) -> None:
    """Refuse a file of `count` pages that has none or too many.

    Raises:
        FileHasNoPages: zero pages.
        FileTooManyPages: more than `limits.max_pages`.
    """
    if count < 1:
        raise FileHasNoPages
    if count > limits.max_pages:
        raise FileTooManyPages(f"{count} pages, limit {limits.max_pages}")


def check_pixels(width: int, height: int, limits: FileLimits) -> None:
    """Refuse a picture that would fill the memory when decoded.

    Raises:
        FileHasPixelFlood: more than `limits.max_pixels`, or a side below one.
    """
    if width < 1 or height < 1 or width * height > limits.max_pixels:
        raise FileHasPixelFlood(f"{width} x {height} pixels, limit {limits.max_pixels}")


def fit_scale(width: float, height: float, scale: float, max_pixels: int) -> float:
    """Return `scale`, or the largest smaller one at which the drawn page has `max_pixels`."""
    pixels = width * scale * height * scale
    if pixels <= max_pixels:
        return scale
    return float(scale * (max_pixels / pixels) ** 0.5)


def wall_seconds(size: int, base: float = WALL_SECONDS) -> float:
    """Return how long a job on `size` bytes may take: the base, and a second for every 2 MB.

    A small hostile file is stopped at the base; an honest scan of 100 MB has time to be read.
    """
    return base + size / (2 * MEGABYTE)
