"""Turns a drawn page into a small picture file for the browser; runs in the sandboxed child."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

AUTO, PNG, JPEG, WEBP = "auto", "png", "jpeg", "webp"
MEDIA_TYPES = {PNG: "image/png", JPEG: "image/jpeg", WEBP: "image/webp"}
GREYS = 16
STEP = 255 // (GREYS - 1)
PALETTE = [level * STEP for level in range(GREYS) for _ in range(3)]
# Channels that differ by less than this are the noise of a grey page scanned in colour.
NOISE = 10
# A page whose middle greys exceed this share is a photograph, which 16 greys would spoil.
PHOTOGRAPH_SHARE = 0.35
QUALITY = 80


def encode(picture: Image.Image, form: str) -> tuple[bytes, str]:
    """Return the picture's bytes and media type in `form`.

    `auto` keeps text sharp and small: grey pages become PNG with 16 greys (a third of 256 and
    faster to make), photographs and coloured pages WebP.
    """
    grey = as_grey(picture)
    if form == AUTO:
        form = PNG if grey is not None and not _is_photograph(grey) else WEBP
    elif form == PNG and grey is not None and _is_photograph(grey):
        return _saved(grey, "PNG", compress_level=6), MEDIA_TYPES[PNG]
    if form == PNG and grey is not None:
        return _saved(_few_greys(grey), "PNG", bits=4, compress_level=6), MEDIA_TYPES[PNG]
    best = picture if grey is None else grey
    if form == WEBP:
        return _saved(best, "WEBP", quality=QUALITY, method=2), MEDIA_TYPES[WEBP]
    if form == JPEG:
        return _saved(best, "JPEG", quality=QUALITY), MEDIA_TYPES[JPEG]
    return _saved(best, "PNG", compress_level=6), MEDIA_TYPES[PNG]


def as_grey(picture: Image.Image) -> Image.Image | None:
    """Return the page as grey if it has no colour worth keeping, else None."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    red, green, blue = picture.convert("RGB").split()
    for other in (red, blue):
        if ImageChops.difference(other, green).getextrema()[1] > NOISE:  # type: ignore[operator]
            return None
    return picture.convert("L")


def _is_photograph(grey: Image.Image) -> bool:
    counts = grey.histogram()
    return sum(counts[64:192]) > PHOTOGRAPH_SHARE * sum(counts)


def _few_greys(grey: Image.Image) -> Image.Image:
    levels = grey.point([(value + STEP // 2) // STEP for value in range(256)])
    indexed = Image.frombytes("P", levels.size, levels.tobytes())
    indexed.putpalette(PALETTE)
    return indexed


def _saved(picture: Image.Image, form: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
