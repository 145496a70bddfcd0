"""Destruction batches: proposed, judged, started, followed; and their certificates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person, polling
from audit.enums import Action, Purpose
from audit.http import key_asked, narrowed_by, requires
from audit.services import events
from jobs.selectors import jobs
from records.access.selectors import scopes
from records.access.selectors.scopes import ListScope
from records.patients.selectors import lines as directory
from records.retention.enums import BatchStatus
from records.retention.forms.lists import BATCHES
from records.retention.models import Batch
from records.retention.permissions import VIEW_RETENTION
from records.retention.presenters import batches as presenter
from records.retention.presenters import due as due_presenter
from records.retention.selectors import batches as selectors
from records.retention.selectors import charts, due, holds
from records.retention.services import proposals
from records.retention.services.batches import DESTRUCTION
from records.retention.services.proposals import MOST_CHARTS

# How many charts that were left out of a proposal an address names; the rest are counted.
SHOWN_LEFT_OUT = 100
OVER = 286


@requires(VIEW_RETENTION)
@narrowed_by(BATCHES)
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
    """Answer how far the worker is: 204 when that has not changed, 286 when it has stopped.

    When the batch is done, all of its page says something else: it is loaded anew.
    """
    batch = selectors.get_batch(batch_id)
    if batch.status == BatchStatus.DONE:
        return HttpResponse(status=OVER, headers={"HX-Refresh": "true"})
    progress = presenter.progress(jobs.get_latest(kind=DESTRUCTION, subject_id=batch_id))
    tag = f'"{batch.status}-{progress.get("version", "")}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=204, headers={"ETag": tag})
    status = OVER if progress.get("failure") else 200
    values = {"batch": batch, "progress": progress}
    response = render(request, "retention/batch_detail.html#progress", values, status=status)
    response.headers["ETag"] = tag
    return response


def show(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """Return the values of a batch's page, after the event that names its patients."""
    user, today = person(request), timezone.localdate()
    after = request.GET.get("after", "")
    scope = scopes.list_scope(user)
    page = selectors.list_items(scope, batch.pk, after=key_asked(after) or 0)
    ids = [item.patient_id for item in page.items]
    left_out = _list_left_out(request, batch, scope)
    events.record(
        action=Action.BATCH_VIEWED,
        purpose=Purpose.RETENTION,
        subject_type="batch",
        subject_id=batch.pk,
        patients=[*ids, *left_out],
        durable=True,
    )
    standing = proposals.map_obstacles(selectors.list_waiting(batch.pk))
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
        **presenter.left_out(standing),
        "page": page,
        "is_first": not after,
        **_show_left_out(request, left_out),
        "lines": presenter.item_lines(page.items, people, names, standing),
        "history": presenter.events(selectors.list_history(batch.pk)),
        "progress": presenter.progress(job),
        "may_resume": presenter.may_resume(batch, job, user),
        "is_running": batch.status == BatchStatus.EXECUTING,
        "today": today,
    }


def _list_left_out(request: HttpRequest, batch: Batch, scope: ListScope) -> list[int]:
    """Return the charts that were chosen and left out of the batch, as far as the person sees."""
    keys = [key_asked(value) for value in request.GET.getlist("left_out")[:SHOWN_LEFT_OUT]]
    wanted = list(dict.fromkeys(key for key in keys if key is not None))
    if not wanted:
        return []
    taken = selectors.list_patient_ids(batch.pk)
    return [key for key in due.only_visible(scope, wanted) if key not in taken]


def _show_left_out(request: HttpRequest, left_out: list[int]) -> dict[str, Any]:
    """Return what the page says of the charts left out: those it names, and how many more."""
    count = min(key_asked(request.GET.get("left_out_count", "")) or 0, MOST_CHARTS)
    if not left_out:
        return {"left_out": [], "left_out_count": count, "left_out_unnamed": count}
    people, known = directory.get_lines(left_out), charts.map_facts(left_out)
    return {
        "left_out": due_presenter.lines(people, known, timezone.localdate()),
        "left_out_count": max(count, len(left_out)),
        "left_out_unnamed": max(count - len(left_out), 0),
    }
