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


@requires(OPEN_CHART, GRANT_CHART, methods=("GET", "POST"))
@fresh_sign_in_to_post
def chart_rights(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Show who was let into the chart beside its units, and let somebody in."""
    scope = opening.open_chart(actor=person(request), patient_id=patient_id, use=Use.WORK)
    form = ChartGrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        rights.grant_chart(
            actor=person(request),
            chart_id=scope.patient_id,
            user=data["user"],
            reason=data["reason"],
            expires_at=data["expires_on"],
        )
        messages.success(request, f"{data['user'].display_name} may open this chart now.")
        return redirect("access:chart_rights", patient_id=patient_id)
    values = {
        "form": form,
        "patient_id": patient_id,
        "patient": directory.get_line(patient_id),
        "holders": holders.list_chart_holders(patient_id),
    }
    status = 422 if form.errors else 200
    return render(request, "access/chart_rights.html", values, status=status)


@requires(OPEN_CHART, GRANT_CHART, methods=("POST",))
@fresh_sign_in_to_post
def chart_revoke(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Take somebody's right on the chart; gone on their next request."""
    form = ChartRevokeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    rights.revoke_chart(actor=person(request), chart_id=patient_id, user=form.cleaned_data["user"])
    return redirect("access:chart_rights", patient_id=patient_id)
