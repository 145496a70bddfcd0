"""What was changed about a patient, by whom, before and after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person
from audit.http import requires
from records.access.permissions import OPEN_CHART
from records.access.services import opening
from records.patients.presenters import banner, history


@requires(OPEN_CHART)
def patient_history(request: HttpRequest, patient_id: int) -> HttpResponse:
    """List the changes of a patient, newest first."""
    scope = opening.open_chart(
        actor=person(request), patient_id=patient_id, subject_type="page", subject_id="history"
    )
    values = {"banner": banner.get_banner(scope), "changes": history.list_changes(scope)}
    return render(request, "patients/history.html", values)
