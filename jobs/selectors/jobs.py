"""Background work as pages show it."""

from __future__ import annotations

from jobs.models import Job


def get_latest(*, kind: str, subject_id: int) -> Job | None:
    """Return the newest job of `kind` on a subject."""
    return Job.objects.filter(kind=kind, subject_id=subject_id).order_by("-pk").first()
