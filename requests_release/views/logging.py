"""Logging a request: find the patient, then the form; correcting it later."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person
from audit.enums import Purpose
from audit.errors import Refused
from audit.http import key_asked, requires
from audit.services import events
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.http import find_patients, redirect_of
from records.patients.presenters import banner
from records.patients.selectors import patients
from requests_release.errors import FormUsed
from requests_release.forms.requests import EditForm, LogForm, initial_of
from requests_release.permissions import PREPARE_REQUEST
from requests_release.presenters import changes
from requests_release.services import requests as services
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_log(request: HttpRequest) -> HttpResponse:
    """Find the patient of a request (`?q=`), or fill in its form (`?patient=`)."""
    patient_id = key_asked(request.GET.get("patient", ""))
    if patient_id is None:
        return redirect_of(request) or _find(request)
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        purpose=Purpose.RELEASE,
        use=Use.WORK,
    )
    form = LogForm(
        request.POST or None,
        initial={"key": uuid.uuid4()},
        born_on=patients.get_earliest_birth(scope),
    )
    if request.method == "POST" and form.is_valid():
        return _log(request, scope, form)
    return _show(request, scope, form, {}, status=422 if form.errors else 200)


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_edit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Correct what was logged."""
    opened = frames.open_request(request, request_id)
    form = EditForm(
        request.POST or None,
        initial=initial_of(opened.request),
        born_on=patients.get_earliest_birth(opened.scope),
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempts.attempt_work(opened, form, lambda: _change(opened, form))
        if refused is None:
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(
        opened,
        form,
        refused,
        why_not=attempts.unless_editable,
        differences=lambda fresh: changes.list_differences(form, fresh.request),
    )
    values = frames.values(shown.opened, "request_edit") | shown.values
    return _show(request, opened.scope, form, values, status=shown.status)


def _log(request: HttpRequest, scope: ChartScope, form: LogForm) -> HttpResponse:
    """Log what the form says; one that is refused is shown again and may be sent anew."""
    try:
        logged = services.log(
            actor=scope.actor,
            patient_id=scope.patient_id,
            requester=form.requester_facts(),
            facts=form.facts(),
            idempotency_key=form.cleaned_data["key"],
        )
    except FormUsed as refused:
        events.record_refusal(refused)
        form.add_error(None, refused.message)
        form.type_over("key", str(uuid.uuid4()))
        return _show(request, scope, form, {}, status=refused.status)
    messages.success(request, f"Request {logged.number} is logged.")
    return redirect("requests_release:request_detail", request_id=logged.pk)


def _change(opened: Opened, form: EditForm) -> None:
    services.change(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        requester=form.requester_facts(),
        facts=form.facts(),
    )


def _show(
    request: HttpRequest,
    scope: ChartScope,
    form: LogForm | EditForm,
    more: dict[str, object],
    status: int,
) -> HttpResponse:
    values = {"banner": banner.get_banner(scope), "form": form, **more}
    return render(request, "requests_release/log.html", values, status=status)


def _find(request: HttpRequest) -> HttpResponse:
    text, found = find_patients(request, purpose=Purpose.RELEASE)
    values = {"text": text, "is_asked": found is not None, "found": found}
    return render(request, "requests_release/find.html", values)
