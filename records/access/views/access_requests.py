"""Access requests: asked for on a refusal, decided by who gives rights on the chart."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import fresh_sign_in_required, person
from audit.enums import Action, Basis, Purpose
from audit.errors import StaleState
from audit.http import requires
from audit.services import events
from records.access import directory
from records.access.enums import AccessRequestStatus
from records.access.errors import AccessNotNeeded, AccessRequestUnknown
from records.access.forms.access_requests import AccessRequestForm, DeclineForm
from records.access.models import AccessRequest
from records.access.permissions import GRANT_CHART, OPEN_CHART
from records.access.presenters import access_requests as presenter
from records.access.selectors import access_requests as selectors
from records.access.selectors import holders
from records.access.services import access_decisions, access_requests

MOST_WAITING = 100
MOST_OWN = 50


@requires(OPEN_CHART, methods=("GET", "POST"))
def access_request_ask(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Ask those who give rights on the chart for access to it."""
    answer = _unless_askable(request, patient_id)
    if answer is not None:
        return answer
    form = AccessRequestForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(request, patient_id, form)
    data = form.cleaned_data
    access_requests.ask(
        actor=person(request),
        patient_id=patient_id,
        wanted=access_requests.Wanted(
            purpose=Purpose(data["purpose"]),
            reason=data["reason"],
            expires_at=data["expires_on"],
        ),
    )
    messages.success(request, f"Access is asked for. {_say_deciders(request, patient_id)}")
    return redirect("access:access_request_own")


def _unless_askable(request: HttpRequest, patient_id: int) -> HttpResponse | None:
    """Lead who has a ground to the chart, and who asked already to what they asked for.

    A ground comes from care or work, or from a decision meanwhile.
    """
    user = person(request)
    try:
        access_requests.check_ask(actor=user, patient_id=patient_id)
    except AccessNotNeeded:
        return redirect("charts:chart_detail", patient_id=patient_id)
    if selectors.get_open(user=user, chart_id=patient_id) is None:
        return None
    messages.info(request, "You have asked for access to this chart already. It waits here.")
    return redirect("access:access_request_own")


def _ask(request: HttpRequest, patient_id: int, form: AccessRequestForm) -> HttpResponse:
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
        "deciders": _say_deciders(request, patient_id),
    }
    status = 422 if form.errors else 200
    return render(request, "access/access_request_ask.html", values, status=status)


def _say_deciders(request: HttpRequest, patient_id: int) -> str:
    found = selectors.list_deciders(actor=person(request), chart_id=patient_id)
    return presenter.say_deciders(found)


@requires(OPEN_CHART)
def access_request_own(request: HttpRequest) -> HttpResponse:
    """List what the person asked for, and how it ended, naming the patients in the event."""
    user = person(request)
    found = list(selectors.list_own(user)[: MOST_OWN + 1])
    rows = found[:MOST_OWN]
    events.record(
        action=Action.ACCESS_VIEWED,
        basis=Basis.DIRECTORY,
        patients=[row.chart_id for row in rows],
        durable=True,
    )
    access_requests.note_seen(actor=user, access_request_ids=[row.pk for row in rows])
    values = {"rows": presenter.present(rows), "is_cut": len(found) > MOST_OWN}
    return render(request, "access/access_request_own.html", values)


@requires(OPEN_CHART, methods=("POST",))
def access_request_withdraw(request: HttpRequest, access_request_id: int) -> HttpResponse:
    """Take one's own access request back."""
    access_requests.withdraw(actor=person(request), access_request_id=access_request_id)
    messages.success(request, "The access request is withdrawn.")
    return redirect("access:access_request_own")


@requires(OPEN_CHART, GRANT_CHART)
def access_request_list(request: HttpRequest) -> HttpResponse:
    """List what waits for a decision of the person, naming the patients in the event."""
    found = list(selectors.list_waiting_for(person(request))[: MOST_WAITING + 1])
    rows = found[:MOST_WAITING]
    events.record(
        action=Action.ACCESS_VIEWED, patients=[row.chart_id for row in rows], durable=True
    )
    values = {"rows": presenter.present(rows), "is_cut": len(found) > MOST_WAITING}
    return render(request, "access/access_request_list.html", values)


@requires(OPEN_CHART, GRANT_CHART)
def access_request_decide(request: HttpRequest, access_request_id: int) -> HttpResponse:
    """Show one access request to whoever may decide on it."""
    row = _get(request, access_request_id)
    if row.asked_by_id == person(request).pk:
        return redirect("access:access_request_own")
    return _show(request, row, DeclineForm())


def _get(request: HttpRequest, access_request_id: int) -> AccessRequest:
    """Return an access request on which the person may decide.

    Raises:
        AccessRequestUnknown: there is none, or they may not know of it.
    """
    row = selectors.get_full(access_request_id)
    if row is None:
        raise AccessRequestUnknown(
            action=Action.ACCESS_VIEWED,
            subject_type=access_requests.SUBJECT,
            subject_id=access_request_id,
        )
    access_decisions.check_decider(actor=person(request), row=row, action=Action.ACCESS_VIEWED)
    return row


def _show(
    request: HttpRequest, row: AccessRequest, form: DeclineForm, *, status: int | None = None
) -> HttpResponse:
    events.record(
        action=Action.ACCESS_VIEWED,
        patient_id=row.chart_id,
        subject_type=access_requests.SUBJECT,
        subject_id=row.pk,
        durable=True,
    )
    values = {
        "row": presenter.present([row])[0],
        "form": form,
        "ended": "" if row.status == AccessRequestStatus.ASKED else presenter.say_ended(row),
        "held": holders.find_chart_holder(row.chart_id, row.asked_by),
        "unit": row.unit,
    }
    status = status or (422 if form.errors else 200)
    return render(request, "access/access_request_decide.html", values, status=status)


def _unless_decidable(
    request: HttpRequest, access_request_id: int, target: AccessRequestStatus
) -> HttpResponse | None:
    """Show again what somebody else closed meanwhile, with what was typed.

    Who decided so already is led on: they sent the form twice.

    Raises:
        AccessRequestUnknown, OwnAccessRequest, AskerGone: as the services.
    """
    row = _get(request, access_request_id)
    if (row.status, row.decided_by_id) == (target, person(request).pk):  # a form sent twice
        messages.info(request, f"{presenter.say_ended(row)} Nothing was changed.")
        return redirect("access:access_request_list")
    try:
        access_decisions.check_decision(actor=person(request), row=row, target=target)
    except StaleState as stale:
        return _show_overtaken(request, row, stale)
    return None


def _show_overtaken(request: HttpRequest, row: AccessRequest, stale: StaleState) -> HttpResponse:
    events.record_refusal(stale)
    form = DeclineForm(request.POST or None)
    form.is_valid()
    return _show(request, row, form, status=stale.status)


def _before_grant(request: HttpRequest, access_request_id: int) -> HttpResponse | None:
    return _unless_decidable(request, access_request_id, AccessRequestStatus.GRANTED)


@requires(OPEN_CHART, GRANT_CHART, methods=("POST",))
@fresh_sign_in_required(first=_before_grant)
def access_request_grant(request: HttpRequest, access_request_id: int) -> HttpResponse:
    """Give the right that was asked for."""
    answer = _before_grant(request, access_request_id)
    if answer is not None:
        return answer
    try:
        row = access_decisions.grant(actor=person(request), access_request_id=access_request_id)
    except StaleState as stale:
        return _show_overtaken(request, _get(request, access_request_id), stale)
    messages.success(request, f"{row.asked_by.display_name} may open this chart now.")
    return redirect("access:access_request_list")


@requires(OPEN_CHART, GRANT_CHART, methods=("POST",))
def access_request_decline(request: HttpRequest, access_request_id: int) -> HttpResponse:
    """Decline the access that was asked for, and say why."""
    answer = _unless_decidable(request, access_request_id, AccessRequestStatus.DECLINED)
    if answer is not None:
        return answer
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _show(request, _get(request, access_request_id), form)
    try:
        row = access_decisions.decline(
            actor=person(request),
            access_request_id=access_request_id,
            comment=form.cleaned_data["comment"],
        )
    except StaleState as stale:
        return _show_overtaken(request, _get(request, access_request_id), stale)
    messages.success(request, f"Declined; {row.asked_by.display_name} is told.")
    return redirect("access:access_request_list")
