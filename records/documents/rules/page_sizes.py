"""How large the page is that a picture becomes, in points of 1/72 inch."""

from __future__ import annotations

POINTS_PER_INCH = 72
LETTER = (612.0, 792.0)
# A little over A3 and ledger paper, the largest that a ward scans (12 x 18 inches); anything
# larger is a camera's made-up resolution.
LARGEST = (864.0, 1296.0)
SMALLEST_SIDE = 36.0
LOWEST_DPI, HIGHEST_DPI = 50.0, 2400.0


def page_size(width: int, height: int, dpi: tuple[float, float] | None) -> tuple[float, float]:
    """Return width and height in points of the page for a picture of so many pixels.

    The picture's own resolution counts where it is believable, each way by itself: a fax has
    204 x 98 dots an inch, so its pixels are not square. Otherwise the picture fills a letter
    page as far as its shape allows.
    """
    if dpi is not None and all(LOWEST_DPI <= value <= HIGHEST_DPI for value in dpi):
        sized = (width * POINTS_PER_INCH / dpi[0], height * POINTS_PER_INCH / dpi[1])
        if _is_paper(sized):
            return round(sized[0], 2), round(sized[1], 2)
    return fit_letter(width, height)


def fit_letter(width: float, height: float) -> tuple[float, float]:
    """Return the largest size of this shape that fits on letter paper, turned as it is turned."""
    across, down = LETTER if height >= width else (LETTER[1], LETTER[0])
    scale = min(across / width, down / height)
    return round(width * scale, 2), round(height * scale, 2)


def _is_paper(sized: tuple[float, float]) -> bool:
    short, long = sorted(sized)
    return short >= SMALLEST_SIDE and short <= LARGEST[0] and long <= LARGEST[1]
