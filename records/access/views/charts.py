"""Rights on one chart: whom a supervisor lets in, until when, and which unit keeps it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render

from accounts.http import fresh_sign_in_required, fresh_sign_in_to_post, person
from audit.errors import Refused
from audit.http import requires
from audit.services import events
from records.access import directory
from records.access.enums import Use
from records.access.errors import ChartMovedMeanwhile
from records.access.forms.charts import ChartGrantForm, ChartMoveForm, ChartRevokeForm
from records.access.models import Chart
from records.access.permissions import GRANT_CHART, MOVE_CHART, OPEN_CHART
from records.access.selectors import holders, moves
from records.access.services import charts, opening, rights


def _before_grant(request: HttpRequest, patient_id: int) -> HttpResponse | None:
    return _unless_grantable(request, patient_id, ChartGrantForm(request.POST))


def _unless_grantable(
    request: HttpRequest, patient_id: int, form: ChartGrantForm
) -> HttpResponse | None:
    """Show again a form that is not complete, and say where the very same right stands.

    Raises:
        OwnRights: the person would let themselves in.
        ChartUnknown, ChartDestroyed, ChartRefused: they may not open the chart themselves.
    """
    rights.check_grant(actor=person(request), chart_id=patient_id)
    if not form.is_valid():
        return _show(request, patient_id, form)
    data = form.cleaned_data
    rights.check_grant(actor=person(request), user=data["user"], chart_id=patient_id)
    held = holders.find_chart_holder(patient_id, data["user"])
    if held is None or not held.is_same(reason=data["reason"], expires_at=data["expires_on"]):
        return None
    messages.info(request, f"{held.name} has this right already: nothing was changed.")
    return redirect("access:chart_rights", patient_id=patient_id)


@requires(OPEN_CHART, GRANT_CHART, methods=("GET", "POST"))
@fresh_sign_in_to_post(first=_before_grant)
def chart_rights(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show who was let into the chart beside its units, and let somebody in."""
    if request.method != "POST":
        return _show(request, patient_id, ChartGrantForm())
    form = ChartGrantForm(request.POST)
    answer = _unless_grantable(request, patient_id, form)
    if answer is not None:
        return answer
    data = form.cleaned_data
    rights.grant_chart(
        actor=person(request),
        chart_id=patient_id,
        user=data["user"],
        reason=data["reason"],
        expires_at=data["expires_on"],
    )
    messages.success(request, f"{data['user'].display_name} may open this chart now.")
    return redirect("access:chart_rights", patient_id=patient_id)


def _show(
    request: HttpRequest,
    patient_id: int,
    form: ChartGrantForm,
    *,
    move: ChartMoveForm | None = None,
    status: int | None = None,
) -> HttpResponse:
    opening.open_chart(actor=person(request), patient_id=patient_id, use=Use.WORK)
    values = {
        "form": form,
        "patient_id": patient_id,
        "patient": directory.get_line(patient_id),
        "holders": holders.list_chart_holders(patient_id),
        **_custody(request, moves.get_chart(patient_id), move),
    }
    status = status or (422 if form.errors else 200)
    return render(request, "access/chart_rights.html", values, status=status)


def _custody(request: HttpRequest, chart: Chart, move: ChartMoveForm | None) -> dict[str, Any]:
    """Return which unit keeps the chart, which did before, and how the person may move it."""
    known = moves.list_moves(chart.pk)
    why_not = ""
    try:
        charts.check_movable(actor=person(request), chart=chart)
    except Refused as refused:
        why_not = refused.message
    seen = known[0].pk if known else 0
    return {
        "unit": chart.unit,
        "moves": known,
        "may_move": person(request).has_perm(MOVE_CHART),
        "why_not": why_not,
        "move": move
        or ChartMoveForm(user=person(request), unit=chart.unit, initial={"seen": seen}),
    }


def _before_move(request: HttpRequest, patient_id: int) -> HttpResponse | None:
    opening.peek_scope(actor=person(request), patient_id=patient_id)
    chart = moves.get_chart(patient_id)
    form = ChartMoveForm(request.POST, user=person(request), unit=chart.unit)
    return _unless_movable(request, chart, form)


def _unless_movable(request: HttpRequest, chart: Chart, form: ChartMoveForm) -> HttpResponse | None:
    """Say where the chart is there already; show again a form that cannot be carried out.

    Raises:
        MoveRefused: the person may not move this chart.
        ChartUnknown, ChartDestroyed, ChartRefused: they may not open it.
    """
    if form.asks_for(chart.unit_id):
        messages.info(request, f"{chart.unit.name} keeps this chart already.")
        return redirect("access:chart_rights", patient_id=chart.pk)
    charts.check_movable(actor=person(request), chart=chart)
    if not form.is_valid():
        return _show(request, chart.pk, ChartGrantForm(), move=form, status=422)
    data = form.cleaned_data
    try:
        charts.check_move(
            actor=person(request), chart=chart, unit_id=data["unit"].pk, seen=data["seen"]
        )
    except ChartMovedMeanwhile as stale:
        return _show_overtaken(request, chart.pk, form, stale)
    return None


@requires(OPEN_CHART, GRANT_CHART, MOVE_CHART, methods=("POST",))
@fresh_sign_in_required(first=_before_move)
def chart_move(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Give the chart into the custody of another unit; the old one's people lose it at once."""
    opening.peek_scope(actor=person(request), patient_id=patient_id)
    chart = moves.get_chart(patient_id)
    form = ChartMoveForm(request.POST, user=person(request), unit=chart.unit)
    answer = _unless_movable(request, chart, form)
    if answer is not None:
        return answer
    data = form.cleaned_data
    try:
        charts.move(
            actor=person(request),
            chart_id=patient_id,
            unit_id=data["unit"].pk,
            reason=data["reason"],
            seen=data["seen"],
        )
    except ChartMovedMeanwhile as stale:
        return _show_overtaken(request, patient_id, form, stale)
    messages.success(request, f"{data['unit'].name} keeps this chart now.")
    return redirect("access:chart_rights", patient_id=patient_id)


def _show_overtaken(
    request: HttpRequest, patient_id: int, form: ChartMoveForm, stale: ChartMovedMeanwhile
) -> HttpResponse:
    """Show what was entered beside where the chart is now; sent again, it goes from there."""
    events.record_refusal(stale)
    form.add_error(None, stale.message)
    form.renew(moves.get_last_key(patient_id))
    return _show(request, patient_id, ChartGrantForm(), move=form, status=stale.status)


def _before_revoke(request: HttpRequest, patient_id: int) -> HttpResponse | None:
    return _unless_held(request, patient_id, ChartRevokeForm(request.POST))


def _unless_held(
    request: HttpRequest, patient_id: int, form: ChartRevokeForm
) -> HttpResponse | None:
    """Say where the right is gone already.

    Raises:
        ChartUnknown, ChartDestroyed, ChartRefused: the person may not open the chart themselves.
    """
    rights.check_grant(actor=person(request), chart_id=patient_id)
    if not form.is_valid():
        return HttpResponseBadRequest()
    user = form.cleaned_data["user"]
    if holders.find_chart_holder(patient_id, user) is not None:
        return None
    messages.info(request, f"{user.display_name} has no right on this chart any more.")
    return redirect("access:chart_rights", patient_id=patient_id)


@requires(OPEN_CHART, GRANT_CHART, methods=("POST",))
@fresh_sign_in_to_post(first=_before_revoke)
def chart_revoke(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Take somebody's right on the chart; gone on their next request."""
    form = ChartRevokeForm(request.POST)
    answer = _unless_held(request, patient_id, form)
    if answer is not None:
        return answer
    rights.revoke_chart(actor=person(request), chart_id=patient_id, user=form.cleaned_data["user"])
    return redirect("access:chart_rights", patient_id=patient_id)
