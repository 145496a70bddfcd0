"""How far a package is."""

from __future__ import annotations

from dataclasses import dataclass

from requests_release.enums import PackageState
from requests_release.models import Package

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
    text = f"{done} of {total}" if total and step in ("PAGES", "ASSEMBLE") else ""
    return Progress(
        state=package.state,
        label=_words(package, step),
        percent=percent,
        text=text,
        error_code=package.error_code,
        etag=f'"{package.pk}-{package.state}-{step}-{done}"',
    )


def _words(package: Package, step: str) -> str:
    if package.state == PackageState.BUILDING:
        return STEP_LABELS[step]
    if package.state == PackageState.READY:
        return f"{package.page_count} pages in one file"
    if package.state == PackageState.FAILED:
        return f"The package could not be built ({package.error_code})."
    return "The package is void: the request changed after its approval."
