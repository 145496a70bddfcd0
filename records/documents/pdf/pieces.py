"""The values of assembling: which pages, stamped with what, and where each one went."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One page to take: the source's place in the list (from 0), its page (from 1), its turn."""

    source: int
    page: int
    rotate: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written in the margins of every page.

    The page is drawn a little smaller inside them, so a stamp never covers what it marks; a small
    page is laid on a larger sheet, so that the lines stand whole.
    `first_number` and `page_count` let one numbering run through several files.
    """

    reference: str = ""
    notice: str = ""
    reader: str = ""
    is_numbered: bool = True
    first_number: int = 1
    page_count: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """Where a piece went: its place in the result (from 1), its source, and its size in points.

    `is_picture` says that the page was drawn as a picture because the source hides something
    behind what it shows.
    """

    position: int
    source: int
    page: int
    width: float
    height: float
    is_picture: bool
