"""Emergency access: broken, closed, reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import fresh_sign_in_required, person
from accounts.models import User
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access import directory
from records.access.enums import ReviewOutcome
from records.access.errors import GlassNotNeeded
from records.access.forms.glass import BreakGlassForm, ReviewForm
from records.access.models import BrokenGlass
from records.access.permissions import (
    BREAK_GLASS,
    OPEN_CHART,
    REVIEW_BROKEN_GLASS,
    VIEW_BROKEN_GLASS,
)
from records.access.presenters import glass as presenter
from records.access.selectors import glass as selectors
from records.access.selectors import told
from records.access.services import glass

MOST_WAITING = 100
MOST_REVIEWED = 50


def _unless_needed(request: HttpRequest, patient_id: int) -> HttpResponse | None:
    """Lead who has a ground straight to the chart; refuse who may not break the glass now.

    A ground comes from care or work, or from the same form sent twice.
    """
    try:
        glass.check_break(actor=person(request), patient_id=patient_id)
    except GlassNotNeeded:
        return redirect("charts:chart_detail", patient_id=patient_id)
    return None


@requires(OPEN_CHART, BREAK_GLASS, methods=("GET", "POST"))
@fresh_sign_in_required(first=_unless_needed)
def glass_break(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Ask why, then open the chart for a limited time; the person has just signed in again."""
    answer = _unless_needed(request, patient_id)
    if answer is not None:
        return answer
    actor = person(request)
    form = BreakGlassForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, patient_id, form)
    glass.break_glass(actor=actor, patient_id=patient_id, reason=form.cleaned_data["reason"])
    messages.info(request, _say_told(actor, patient_id))
    return redirect("charts:chart_detail", patient_id=patient_id)


def _ask(request: HttpRequest, patient_id: int, form: BreakGlassForm) -> HttpResponse:
    """Show whose chart it is, as the directory does, and the form."""
    events.record(
        action=Action.PATIENTS_LISTED,
        basis=Basis.DIRECTORY,
        patients=[patient_id],
        durable=True,
    )
    values = {
        "form": form,
        "patient": directory.get_line(patient_id),
        "told": _say_told(person(request), patient_id),
    }
    status = 422 if form.errors else 200
    return render(request, "access/glass_break.html", values, status=status)


def _say_told(actor: User, patient_id: int) -> str:
    return presenter.say_told(told.find_told(actor=actor, chart_id=patient_id))


@requires(OPEN_CHART, methods=("POST",))
def glass_close(request: HttpRequest, glass_id: int) -> HttpResponse:
    """End one's own emergency access before its time."""
    row = get_object_or_404(BrokenGlass, pk=glass_id, user=person(request))
    glass.close(actor=person(request), glass_id=row.pk)
    messages.success(request, "The emergency access is closed.")
    return redirect("home")


@requires(VIEW_BROKEN_GLASS)
def glass_list(request: HttpRequest) -> HttpResponse:
    """List what waits for review and what was reviewed, naming the patients in the event."""
    user = person(request)
    found = selectors.seen_by(user, selectors.list_unreviewed())[: MOST_WAITING + 1]
    done = selectors.seen_by(user, selectors.list_reviewed())[: MOST_REVIEWED + 1]
    waiting, reviewed = list(found)[:MOST_WAITING], list(done)[:MOST_REVIEWED]
    patients = [row.chart_id for row in (*waiting, *reviewed)]
    events.record(action=Action.GLASS_VIEWED, patients=patients, durable=True)
    glass.note_seen(actor=user, glass_ids=[row.pk for row in (*waiting, *reviewed)])
    values = {
        "waiting": presenter.present(waiting),
        "reviewed": presenter.present(reviewed),
        "can_review": user.has_perm(REVIEW_BROKEN_GLASS),
        "is_waiting_cut": len(found) > MOST_WAITING,
        "is_reviewed_cut": len(done) > MOST_REVIEWED,
    }
    return render(request, "access/glass_list.html", values)


@requires(REVIEW_BROKEN_GLASS, methods=("GET", "POST"))
def glass_review(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Judge one emergency access."""
    rows = BrokenGlass.objects.select_related("user", "reviewed_by", "chart__unit")
    row = get_object_or_404(rows, pk=glass_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        glass.review(
            actor=person(request),
            glass_id=glass_id,
            outcome=ReviewOutcome(form.cleaned_data["outcome"]),
            note=form.cleaned_data["note"],
        )
        messages.success(request, "The judgement is saved.")
        return redirect("access:glass_list")
    events.record(action=Action.GLASS_VIEWED, patient_id=row.chart_id, durable=True)
    glass.note_seen(actor=person(request), glass_ids=[glass_id])
    values = presenter.present_review(row, person(request)) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "access/glass_review.html", values, status=status)
