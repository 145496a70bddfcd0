"""Runs of importing as pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.enums import OPEN_STATES
from jobs.selectors import jobs
from records.interchange.models import ImportRejection, ImportRun
from records.interchange.services.uploads import IMPORT


@dataclass(frozen=True)
class RunLine:
    """One run in the list."""

    run: ImportRun
    state: str  # RUNNING, FINISHED, CUT_OFF

    @property
    def brought(self) -> str:
        """What came in, in words."""
        run = self.run
        parts = (
            (run.patients, "patient"),
            (run.encounters, "encounter"),
            (run.documents, "document"),
            (run.unfiled, "loose file"),
        )
        words = [f"{count:,} {name}{'' if count == 1 else 's'}" for count, name in parts if count]
        return ", ".join(words) or "nothing new"


@dataclass(frozen=True)
class Progress:
    """How far a run under way is."""

    done: int
    total: int
    brought: str

    @property
    def most(self) -> int:
        """The whole, for the bar; a bar of nothing cannot be drawn."""
        return max(self.total, 1)

    @property
    def text(self) -> str:
        """The files dealt with, in words."""
        return f"{self.done} of {self.total} files" if self.total else "waits for its turn"

    @property
    def etag(self) -> str:
        """A word that changes when anything shown does."""
        return f'"{self.done}-{self.total}-{self.brought.replace(" ", "")}"'


@dataclass(frozen=True)
class RunPage:
    """One run with what it rejected."""

    line: RunLine
    progress: Progress | None  # None where it is over
    figures: list[tuple[str, int]]
    rejections: list[ImportRejection]
    is_cut: bool  # more was rejected than is listed


def line_of(run: ImportRun) -> RunLine:
    """Return a run with its state; one that neither ended nor has a job was cut off."""
    if run.finished_at is not None:
        return RunLine(run, "FINISHED")
    job = jobs.get_latest(kind=IMPORT, subject_id=run.pk)
    is_open = job is not None and job.state in OPEN_STATES
    return RunLine(run, "RUNNING" if is_open else "CUT_OFF")


def progress_of(run: ImportRun) -> Progress | None:
    """Return how far a run is, None where it is over."""
    line = line_of(run)
    if line.state != "RUNNING":
        return None
    job = jobs.get_latest(kind=IMPORT, subject_id=run.pk)
    done, total = (job.done_count, job.total_count) if job else (0, 0)
    return Progress(done, total, line.brought)


def page_of(run: ImportRun, rejections: list[ImportRejection], most: int) -> RunPage:
    """Return what the page of a run shows."""
    figures = [
        ("Files read", run.files_read),
        ("Imported", run.files_imported),
        ("Unchanged", run.files_unchanged),
        ("Hold nothing for a chart", run.files_without),
        ("Patients", run.patients),
        ("Encounters", run.encounters),
        ("Documents", run.documents),
        ("Loose files", run.unfiled),
        ("Files or parts rejected", run.rejections),
    ]
    is_cut = len(rejections) > most
    return RunPage(line_of(run), progress_of(run), figures, rejections[:most], is_cut)
