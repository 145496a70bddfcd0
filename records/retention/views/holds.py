"""Holds: listed, placed, extended, lifted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person
from audit.enums import Action, Purpose
from audit.errors import Refused
from audit.http import key_asked, narrowed_by, requires
from audit.services import events
from records.access.enums import Use
from records.access.selectors import scopes
from records.access.services import opening
from records.patients.presenters import banner
from records.patients.selectors import lines as directory
from records.retention.errors import HoldLifted, HoldOfRequest, HoldTooLate, PatientNotFound
from records.retention.forms.holds import CoverForm, HoldForm, LiftForm
from records.retention.forms.lists import HOLDS, LIFTED, STANDING
from records.retention.models import Hold
from records.retention.permissions import PLACE_HOLD, VIEW_RETENTION
from records.retention.selectors import holds as selectors
from records.retention.services import holds

# What the person can mend in the form; every other refusal gets its own page.
MENDABLE = (HoldTooLate, PatientNotFound)


@requires(VIEW_RETENTION)
@narrowed_by(HOLDS)
def hold_list(request: HttpRequest) -> HttpResponse:
    """List standing holds, or those that were lifted; shows matters, no patients."""
    is_lifted = request.GET.get("show") == LIFTED
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    rows = selectors.list_holds(is_lifted=is_lifted, kind=kind, before=key_asked(before))
    shown, more = rows[: selectors.PAGE], rows[selectors.PAGE :]
    events.record(
        action=Action.RETENTION_LISTED,
        purpose=Purpose.RETENTION,
        subject_type="page",
        subject_id="holds",
        durable=True,
    )
    tabs = [
        {
            "label": "Standing",
            "url": f"?show={STANDING}",
            "is_current": not is_lifted,
            "count": None,
        },
        {"label": "Lifted", "url": f"?show={LIFTED}", "is_current": is_lifted, "count": None},
    ]
    values = {"holds": shown, "tabs": tabs, "is_lifted": is_lifted, "kind": kind}
    values |= {"next_key": shown[-1].pk if more else None}
    return render(request, "retention/hold_list.html", values)


@requires(VIEW_RETENTION)
def hold_detail(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Show a hold and those of its patients whose charts the person may open."""
    hold = selectors.get_hold(hold_id)
    after = request.GET.get("after", "")
    scope = scopes.list_scope(person(request))
    page = selectors.list_covered(scope, hold, after=key_asked(after) or 0)
    events.record(
        action=Action.RETENTION_LISTED,
        purpose=Purpose.RETENTION,
        subject_type="hold",
        subject_id=hold_id,
        patients=page.patient_ids,
        durable=True,
    )
    people = directory.get_lines(page.patient_ids)
    values = {"hold": hold, "page": page, "people": people, "is_first": not after}
    return render(request, "retention/hold_detail.html", values)


@requires(PLACE_HOLD, methods=("GET", "POST"))
def hold_place(request: HttpRequest) -> HttpResponse:
    """Place a hold on the patients whose numbers are entered."""
    form = HoldForm(request.POST or None, initial={"patient_ids": _chosen_number(request)})
    if request.method == "POST" and form.is_valid():
        try:
            hold = holds.place(
                actor=person(request),
                matter=form.matter(),
                patient_ids=form.cleaned_data["patient_ids"],
                submission_key=form.cleaned_data["submission_key"],
            )
        except MENDABLE as refused:
            return _again(request, "retention/hold_form.html", form, refused)
        return redirect("retention:hold_detail", hold_id=hold.pk)
    return _show(request, "retention/hold_form.html", {"form": form})


@requires(PLACE_HOLD, methods=("GET", "POST"))
def hold_cover(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Bring further patients under a standing hold."""
    hold = _get_standing(hold_id, Action.HOLD_CHANGED)
    form = CoverForm(request.POST or None)
    values = {"form": form, "hold": hold}
    if request.method == "POST" and form.is_valid():
        try:
            holds.add_patients(
                actor=person(request),
                hold_id=hold_id,
                patient_ids=form.cleaned_data["patient_ids"],
            )
        except MENDABLE as refused:
            return _again(request, "retention/hold_cover.html", form, refused, hold=hold)
        return redirect("retention:hold_detail", hold_id=hold_id)
    return _show(request, "retention/hold_cover.html", values)


@requires(PLACE_HOLD, methods=("GET", "POST"))
def hold_lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Say what lifting does, then lift."""
    hold = _get_standing(hold_id, Action.HOLD_LIFTED)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        holds.lift(actor=person(request), hold_id=hold_id, reason=form.cleaned_data["reason"])
        return redirect("retention:hold_detail", hold_id=hold_id)
    return _show(request, "retention/hold_lift.html", {"form": form, "hold": hold})


def _chosen_number(request: HttpRequest) -> str:
    """Return the record number of the chart that the address names by its key, opening it."""
    key = key_asked(request.GET.get("patient", ""))
    if request.method != "GET" or key is None:
        return ""
    scope = opening.open_chart(
        actor=person(request),
        patient_id=key,
        purpose=Purpose.RETENTION,
        use=Use.WORK,
        subject_type="page",
        subject_id="hold",
    )
    return banner.get_banner(scope).mrn


def _get_standing(hold_id: int, action: Action) -> Hold:
    hold = selectors.get_hold(hold_id)
    facts: dict[str, Any] = {"action": action, "subject_type": "hold", "subject_id": hold_id}
    if hold.lifted_at:
        raise HoldLifted(**facts)
    if hold.request_id:
        raise HoldOfRequest(**facts)
    events.record(
        action=Action.RETENTION_LISTED,
        purpose=Purpose.RETENTION,
        subject_type="hold",
        subject_id=hold_id,
        durable=True,
    )
    return hold


def _show(request: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    status = 422 if values["form"].is_bound else 200
    return render(request, template, values, status=status)


def _again(
    request: HttpRequest, template: str, form: Any, refused: Refused, **values: Any
) -> HttpResponse:
    """Show the form with what was refused beside it, and record the refusal."""
    events.record_refusal(refused)
    form.add_error("patient_ids", refused.message)
    return render(request, template, {"form": form, **values}, status=422)
