"""Which pages of a document are released, and the running numbers they get in a package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

_PART = re.compile(r"([0-9]{1,6})(?:\s*[-–—]\s*([0-9]{1,6})?)?")
_ALL_WORDS = frozenset({"", "all", "*"})


class PageRangeUnreadable(ValueError):
    """A text is no range of pages, or names pages that the document lacks; fit for the screen."""


@dataclass(frozen=True)
class NumberedPage:
    """One page of a package: its running number, and where it comes from."""

    number: int
    item: int
    page: int


def parse(text: str, page_count: int) -> list[int]:
    """Return the pages that "1-3, 7" means, rising and each once; empty text means all pages.

    "5-" goes on to the last page.

    Raises:
        PageRangeUnreadable: the text is not of this form, runs backwards, or leaves the document.
    """
    if page_count < 1:
        raise PageRangeUnreadable("The document has no pages.")
    if text.strip().lower() in _ALL_WORDS:
        return list(range(1, page_count + 1))
    pages: set[int] = set()
    for part in re.split(r"[,;]", text):
        pages.update(_part_pages(part.strip(), page_count))
    return sorted(pages)


def _part_pages(part: str, page_count: int) -> range:
    written = _PART.fullmatch(part)
    if written is None:
        raise PageRangeUnreadable(f"“{part}” is no page or range of pages, such as 1-3, 7.")
    first = int(written.group(1))
    is_open = part[len(written.group(1)) :].strip() != "" and written.group(2) is None
    last = page_count if is_open else int(written.group(2) or first)
    if first < 1 or last > page_count or first > page_count:
        raise PageRangeUnreadable(f"The document has pages 1 to {page_count}, not “{part}”.")
    if last < first:
        raise PageRangeUnreadable(f"“{part}” runs backwards.")
    return range(first, last + 1)


def check_pages(pages: Sequence[int], page_count: int) -> None:
    """Check a stored choice of pages against the document.

    Raises:
        PageRangeUnreadable: it is empty, not rising, or leaves the document.
    """
    if not pages or list(pages) != sorted(set(pages)):
        raise PageRangeUnreadable("Choose at least one page, each once and in order.")
    if pages[0] < 1 or pages[-1] > page_count:
        raise PageRangeUnreadable(f"The document has pages 1 to {page_count}.")


def shown(pages: Iterable[int]) -> str:
    """Return pages as people write them: 1-3, 7."""
    runs = groupby(enumerate(sorted(set(pages))), key=lambda pair: pair[1] - pair[0])
    found = [[page for _, page in run] for _, run in runs]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in found)


def number_pages(
    items: Iterable[tuple[int, Sequence[int]]], *, start: int = 1
) -> list[NumberedPage]:
    """Number the chosen pages of all items through, in packet order.

    Each item is its key and its pages.
    """
    chosen = [(item, page) for item, pages in items for page in pages]
    return [NumberedPage(number, item, page) for number, (item, page) in enumerate(chosen, start)]
