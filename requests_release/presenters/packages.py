"""How far a package is."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jobs import failures
from printing import words
from requests_release.enums import PackageState
from requests_release.models import Package
from requests_release.rules import pages as page_rules
from requests_release.selectors.sources import SourceItem

# Each step's share of the whole, as a person sees it.
DONE_BEFORE = {"": 0, "PAGES": 10, "COVER": 40, "ASSEMBLE": 50, "STORE": 80, "READY": 95}
STEP_LABELS = {
    "": "Waiting for a worker",
    "PAGES": "Reading the chosen pages",
    "COVER": "Setting letter and index",
    "ASSEMBLE": "Binding and stamping",
    "STORE": "Reading back and listing every page",
    "READY": "Handing over",
}
FAILURES = {
    "VaultMissing": "The bytes of a chosen document are missing from the store.",
    "VaultDamaged": "The bytes of a chosen document are damaged.",
    "VaultKeyRefused": "The key of a chosen document does not open it.",
}


@dataclass(frozen=True)
class Progress:
    """What the page shows of a package, with a mark that changes when it does."""

    state: str
    label: str
    percent: int
    text: str
    error_code: str
    etag: str

    @property
    def is_building(self) -> bool:
        """Tell whether a worker still has something to do."""
        return self.state == PackageState.BUILDING


@dataclass(frozen=True)
class ManifestRow:
    """Pages of the finished file that lie behind one another in one source."""

    pages: str
    source: str
    source_pages: str
    sha256: str


def present(package: Package | None) -> Progress | None:
    """Return how far a package is, or None where there is none."""
    if package is None:
        return None
    job = package.job
    step = job.step if job and job.step in DONE_BEFORE else ""
    done, total = (job.done_count, job.total_count) if job else (0, 0)
    percent = DONE_BEFORE[step]
    if package.state == PackageState.READY:
        percent = 100
    text = f"{done:,} of {total:,}" if total and step in ("PAGES", "ASSEMBLE") else ""
    return Progress(
        state=package.state,
        label=_words(package, step),
        percent=percent,
        text=text,
        error_code=package.error_code,
        etag=f'"{package.pk}-{package.state}-{step}-{done}"',
    )


def present_manifest(
    package: Package | None, items: Iterable[SourceItem], classes: Set[str]
) -> list[ManifestRow]:
    """Return where the pages of a finished package come from, a row for each run of one source.

    Titles of documents whose class the person may not see are left out.
    """
    if package is None or not package.manifest or package.state != PackageState.READY:
        return []
    titles = {one.document_id: one.title for one in items if one.sensitivity in classes}
    runs = groupby(package.manifest["pages"], key=lambda page: page.get("document"))
    return [_manifest_row(document, list(pages), titles) for document, pages in runs]


def _manifest_row(
    document: int | None, pages: list[dict[str, Any]], titles: dict[int, str]
) -> ManifestRow:
    source = "Letter, index and notices"
    if document is not None:
        title = titles.get(document, "A document of a class that you may not see")
        source = f"{title}, version {pages[0]['version']}"
    return ManifestRow(
        pages=page_rules.shown(page["page"] for page in pages),
        source=source,
        source_pages=page_rules.shown(page["source_page"] for page in pages),
        sha256=pages[0]["sha256"],
    )


def failure(code: str) -> str:
    """Say why the worker gave up."""
    return failures.say(code, FAILURES)


def _words(package: Package, step: str) -> str:
    if package.state == PackageState.BUILDING:
        return STEP_LABELS[step]
    if package.state == PackageState.READY:
        return f"{words.counted(package.page_count, 'page')} in one file"
    if package.state == PackageState.FAILED:
        return f"The package could not be built. {failure(package.error_code)}"
    return "The package is void: the request changed after its approval."
