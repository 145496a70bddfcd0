"""Destruction batches: proposed, judged, started, followed; and their certificates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person, polling
from audit.enums import Action, Purpose
from audit.http import key_asked, requires
from audit.services import events
from jobs.selectors import jobs
from records.access.selectors import scopes
from records.patients.selectors import lines as directory
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.models import Batch
from records.retention.permissions import VIEW_RETENTION
from records.retention.presenters import batches as presenter
from records.retention.selectors import batches as selectors
from records.retention.selectors import charts, holds
from records.retention.services.batches import DESTRUCTION


@requires(VIEW_RETENTION)
def batch_list(request: HttpRequest) -> HttpResponse:
    """List batches, newest first; shows numbers and people, no patients."""
    status, before = request.GET.get("status", ""), request.GET.get("before", "")
    status = status if status in BatchStatus.values else ""
    rows = selectors.list_batches(status=status, before=key_asked(before))
    events.record(
        action=Action.RETENTION_LISTED, subject_type="page", subject_id="batches", durable=True
    )
    shown = rows[: selectors.PAGE]
    values = {
        "batches": shown,
        "status": status,
        "statuses": BatchStatus.choices,
        "next_key": shown[-1].pk if len(rows) > selectors.PAGE else None,
    }
    return render(request, "retention/batch_list.html", values)


@requires(VIEW_RETENTION)
def batch_detail(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show a batch: who proposed and approved, what blocks, how each chart ended."""
    batch = selectors.get_batch(batch_id)
    values = show(request, batch)
    return render(request, "retention/batch_detail.html", values)


@polling
@requires(VIEW_RETENTION)
def batch_progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Answer how far the worker is; 204 when that has not changed, 286 when it has ended."""
    batch = selectors.get_batch(batch_id)
    progress = presenter.progress(jobs.get_latest(kind=DESTRUCTION, subject_id=batch_id))
    tag = f'"{batch.status}-{progress.get("version", "")}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=204, headers={"ETag": tag})
    is_over = batch.status == BatchStatus.DONE or progress.get("failure")
    values = {"batch": batch, "progress": progress, "is_over": is_over}
    response = render(
        request, "retention/batch_detail.html#progress", values, status=286 if is_over else 200
    )
    response.headers["ETag"] = tag
    return response


def show(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Return the values of a batch's page, after the event that names its patients."""
    user, today = person(request), timezone.localdate()
    after = request.GET.get("after", "")
    scope = scopes.list_scope(user)
    page = selectors.list_items(scope, batch.pk, after=key_asked(after) or 0)
    ids = [item.patient_id for item in page.items]
    events.record(
        action=Action.BATCH_VIEWED,
        purpose=Purpose.RETENTION,
        subject_type="batch",
        subject_id=batch.pk,
        patients=ids,
        durable=True,
    )
    waiting = [item.patient_id for item in page.items if item.outcome == ItemOutcome.WAITING]
    known = charts.map_facts(waiting)
    people = {line.patient_id: line for line in directory.get_lines(ids)}
    names = holds.map_names({item.held_by_id for item in page.items if item.held_by_id})
    job = jobs.get_latest(kind=DESTRUCTION, subject_id=batch.pk)
    counts = selectors.count_outcomes(batch.pk)
    return {
        "batch": batch,
        "steps": presenter.steps(batch),
        "buttons": presenter.buttons(batch, user, today),
        "summary": presenter.summary(batch, counts),
        "outcomes": presenter.outcomes(counts),
        "held": selectors.count_held(batch.pk),
        "page": page,
        "is_first": not after,
        "lines": presenter.item_lines(
            page.items, people, names, {key: known[key].obstacle(today) for key in known}
        ),
        "history": presenter.events(selectors.list_history(batch.pk)),
        "progress": presenter.progress(job),
        "may_resume": presenter.may_resume(batch, job, user),
        "is_running": batch.status == BatchStatus.EXECUTING,
        "today": today,
    }
