"""Rights on one chart: whom a supervisor lets in, for a reason and until a day."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render

from accounts.http import fresh_sign_in_to_post, person
from audit.http import requires
from records.access import directory
from records.access.enums import Use
from records.access.forms.charts import ChartGrantForm, ChartRevokeForm
from records.access.permissions import GRANT_CHART, OPEN_CHART
from records.access.selectors import holders
from records.access.services import opening, rights


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


def _show(request: HttpRequest, patient_id: int, form: ChartGrantForm) -> HttpResponse:
    opening.open_chart(actor=person(request), patient_id=patient_id, use=Use.WORK)
    values = {
        "form": form,
        "patient_id": patient_id,
        "patient": directory.get_line(patient_id),
        "holders": holders.list_chart_holders(patient_id),
    }
    status = 422 if form.errors else 200
    return render(request, "access/chart_rights.html", values, status=status)


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
