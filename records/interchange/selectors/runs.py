"""Runs of importing, as pages read them: those into units that the reader works in."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from printing.words import moment
from records.access.selectors import rights
from records.interchange.models import ImportRejection, ImportRun

PAGE = 50


def list_runs(user: User) -> QuerySet[ImportRun]:
    """Return the runs into the units whose charts `user` may open, newest first."""
    held = rights.get_unit_rights(user)
    return (
        ImportRun.objects.filter(unit_id__in=held.open_units)
        .select_related("unit", "asked_by")
        .order_by("-started_at", "-pk")
    )


def get_run(user: User, run_id: int) -> ImportRun:
    """Return one run.

    Raises:
        ImportRun.DoesNotExist: it is not one that `user` may see.
    """
    return list_runs(user).get(pk=run_id)


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return what the access log calls runs, by their ids as text."""
    rows = ImportRun.objects.filter(pk__in=[int(value) for value in ids if value.isdecimal()])
    begun = rows.values_list("pk", "started_at")
    return {str(run_id): f"import of {moment(started_at)}" for run_id, started_at in begun}


def url(run_id: str) -> str:
    """Return the page of a run."""
    return reverse("interchange:import_detail", args=[int(run_id)])


def list_rejections(run: ImportRun) -> QuerySet[ImportRejection]:
    """Return what a run rejected, in order."""
    return ImportRejection.objects.filter(run=run).order_by("pk")
