"""Small files that come through the browser: kept encrypted until a worker has imported them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from accounts import crypto
from accounts.models import User
from audit.writes import attributed, attributing
from jobs.errors import JobFailed
from jobs.models import Job
from jobs.services import jobs
from records.access.models import CustodyUnit
from records.interchange.models import ImportRun, ImportUpload
from records.interchange.permissions import NEEDED_TO_IMPORT
from records.interchange.services import importing, runs
from records.interchange.services.orders import Order, Summary
from records.interchange.services.sources import SourceFile

IMPORT = "import"
FEED = "FILES"
MOST_BYTES = 20 * 1024 * 1024  # of all files of one form; folders are for the command
TABLE, COLUMN = "interchange_importupload", "content"


@dataclass(frozen=True)
class Received:
    """A file as a form brought it."""

    name: str
    content: bytes


@attributed
def receive(*, actor: User, unit: CustodyUnit, files: Sequence[Received]) -> ImportRun:
    """Keep files for a worker and ask for their import into a unit."""
    run = runs.begin(actor=actor, unit=unit, feed=FEED)
    for file in files:
        token = uuid4()
        text = base64.b64encode(file.content).decode("ascii")
        ImportUpload.objects.create(
            run=run,
            file_name=file.name[:200],
            token=token,
            content=crypto.encrypt_field(TABLE, COLUMN, token, text),
        )
    jobs.enqueue(kind=IMPORT, subject_id=run.pk, actor=actor)
    return run


def step(job: Job) -> bool:
    """Import one file of a run; return whether more are to do.

    The person who asked is checked anew. Files that wait for others come up once more at the
    end; then what they still lack is rejected.

    Raises:
        JobFailed: the person may no longer import.
    """
    run = ImportRun.objects.select_related("unit__facility", "asked_by").get(pk=job.subject_id)
    check_person(job.requested_by)
    uploads = list(ImportUpload.objects.filter(run=run).order_by("pk"))
    job.total_count = len(uploads)
    fresh = [upload for upload in uploads[job.done_count :] if upload.done_at is None]
    upload = next((each for each in fresh or uploads if each.done_at is None), None)
    if upload is None:
        finish(job.requested_by, run)
        return False
    take(run, job.requested_by, upload, may_wait=bool(fresh))
    if fresh:
        job.done_count = uploads.index(upload) + 1
    return True


def check_person(person: User) -> None:
    """Check that a person may still import.

    Raises:
        JobFailed: they were disabled, or their roles have changed.
    """
    if not person.is_active or not all(map(person.has_perm, NEEDED_TO_IMPORT)):
        raise JobFailed("NOT_ALLOWED")


def take(run: ImportRun, actor: User, upload: ImportUpload, *, may_wait: bool) -> bool:
    """Import one file and erase what was kept of it; return whether it waits for others."""
    order = Order(
        actor=actor,
        unit=run.unit,
        run=run,
        feed=run.feed,
        own_system=settings.RECORD_NUMBER_SYSTEM,
    )
    content = content_of(upload)
    file = SourceFile(upload.file_name, lambda: content)
    summary, is_waiting = importing.take_single(order, file, may_wait=may_wait)
    with attributing(actor):
        note(run, summary)
        if not is_waiting:
            erase(upload)
    return is_waiting


def content_of(upload: ImportUpload) -> bytes:
    """Return the bytes of a file that waits."""
    text = crypto.decrypt_field(TABLE, COLUMN, upload.token, bytes(upload.content or b""))
    return base64.b64decode(text)


def note(run: ImportRun, summary: Summary) -> None:
    runs.add(run, summary)
    run.save()


def erase(upload: ImportUpload) -> None:
    upload.content, upload.done_at = None, timezone.now()
    upload.save(update_fields=["content", "done_at"])


@attributed
def close(*, actor: User, run: ImportRun) -> ImportRun:
    """Erase what is left of a run's files, and say that it came to its end."""
    for upload in ImportUpload.objects.filter(run=run, done_at__isnull=True):
        erase(upload)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    return run


def finish(actor: User, run: ImportRun) -> None:
    if run.finished_at is None:
        close(actor=actor, run=run)


def give_up(job: Job) -> None:
    """Close a run whose job has failed for good; nothing of its files is kept."""
    run = ImportRun.objects.get(pk=job.subject_id)
    finish(job.requested_by, run)
