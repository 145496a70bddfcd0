"""Emergency access: broken, closed, reviewed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import fresh_sign_in_required, person
from audit.enums import Action
from audit.http import requires
from audit.services import events
from records.access.enums import ReviewOutcome
from records.access.forms.glass import BreakGlassForm, ReviewForm
from records.access.models import BrokenGlass
from records.access.permissions import BREAK_GLASS, OPEN_CHART, REVIEW_BROKEN_GLASS
from records.access.presenters import glass as presenter
from records.access.selectors import glass as selectors
from records.access.services import glass


@requires(BREAK_GLASS, methods=("GET", "POST"))
@fresh_sign_in_required
def glass_break(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Ask why, then open the chart for a limited time; the person has just signed in again."""
    form = BreakGlassForm(request.POST or None)
    if request.method != "POST":
        return render(request, "access/glass_break.html", {"form": form})
    if not form.is_valid():
        return render(request, "access/glass_break.html", {"form": form}, status=422)
    glass.break_glass(
        actor=person(request), patient_id=patient_id, reason=form.cleaned_data["reason"]
    )
    return redirect("charts:chart_detail", patient_id=patient_id)


@requires(OPEN_CHART, methods=("POST",))
def glass_close(request: HttpRequest, glass_id: int) -> HttpResponse:
    """End one's own emergency access before its time."""
    get_object_or_404(BrokenGlass, pk=glass_id, user=person(request))
    glass.close(actor=person(request), glass_id=glass_id)
    return redirect("home")


@requires(REVIEW_BROKEN_GLASS)
def glass_list(request: HttpRequest) -> HttpResponse:
    """List what waits for review and what was reviewed, naming the patients in the event."""
    waiting = list(selectors.list_unreviewed()[:100])
    reviewed = list(selectors.list_reviewed()[:50])
    patients = [row.chart_id for row in (*waiting, *reviewed)]
    events.record(action=Action.LOG_VIEWED, patients=patients, durable=True)
    values = {"waiting": presenter.present(waiting), "reviewed": presenter.present(reviewed)}
    return render(request, "access/glass_list.html", values)


@requires(REVIEW_BROKEN_GLASS, methods=("GET", "POST"))
def glass_review(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Judge one emergency access."""
    row = get_object_or_404(BrokenGlass.objects.select_related("user", "chart__unit"), pk=glass_id)
    events.record(action=Action.LOG_VIEWED, patient_id=row.chart_id, durable=True)
    form = ReviewForm(request.POST or None)
    values = {"form": form, "row": presenter.present([row])[0]}
    if request.method != "POST":
        return render(request, "access/glass_review.html", values)
    if not form.is_valid():
        return render(request, "access/glass_review.html", values, status=422)
    glass.review(
        actor=person(request),
        glass_id=glass_id,
        outcome=ReviewOutcome(form.cleaned_data["outcome"]),
        note=form.cleaned_data["note"],
    )
    return redirect("access:glass_list")
