"""Pages of stays and visits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action
from audit.errors import Refused
from audit.http import requires
from records.access.errors import ChartUnknown
from records.access.permissions import OPEN_CHART
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.encounters.enums import Disposition, EncounterStatus
from records.encounters.errors import AccountTaken, DatesRefused, StayOpen
from records.encounters.forms.encounters import (
    BeginForm,
    DischargeForm,
    ReasonForm,
    StepForm,
    TransferForm,
    VisitForm,
)
from records.encounters.models import Encounter
from records.encounters.permissions import RECORD_ENCOUNTER
from records.encounters.selectors import encounters as selectors
from records.encounters.services import encounters
from records.patients.presenters import banner

# What the person can mend in the form; every other refusal gets its own page.
MENDABLE = (DatesRefused, AccountTaken, StayOpen)
Save = Callable[[forms.Form], Encounter]


@requires(OPEN_CHART)
def encounter_detail(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Show one stay or visit with its transfers and history."""
    scope = _open(request, encounter_id, Action.ENCOUNTER_VIEWED)
    encounter = selectors.get_encounter(scope, encounter_id)
    values = {
        "banner": banner.get_banner(scope),
        "encounter": encounter,
        "moves": selectors.list_moves(encounter),
        "steps": selectors.list_steps(encounter),
    }
    return render(request, "encounters/detail.html", values)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_admit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Admit a patient, or plan a visit."""
    scope = _open_patient(request, patient_id)
    form = BeginForm(request.POST or None, user=person(request), initial=_initial(scope))
    is_planned = request.POST.get("plan") == "1"
    status = EncounterStatus.PLANNED if is_planned else EncounterStatus.IN_PROGRESS

    def save(valid: Any) -> Encounter:
        return encounters.begin(
            actor=scope.actor, patient_id=patient_id, facts=valid.facts(), status=status
        )

    return _step(request, scope, form, save, title="Admit", confirm="Admit", may_plan=True)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def visit_record(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Record a visit or stay that is over."""
    scope = _open_patient(request, patient_id)
    form = VisitForm(request.POST or None, user=person(request), initial=_initial(scope))

    def save(valid: Any) -> Encounter:
        return encounters.record_visit(
            actor=scope.actor,
            patient_id=patient_id,
            facts=valid.facts(),
            ended_at=valid.cleaned_data["ended_at"],
        )

    return _step(request, scope, form, save, title="Record a visit", confirm="Save")


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_transfer(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Move a patient within a stay."""
    scope, encounter = _open_encounter(request, encounter_id)
    form = TransferForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        data = valid.cleaned_data
        return encounters.transfer(
            actor=scope.actor,
            encounter_id=encounter_id,
            version=data["version"],
            to_location=data["to_location"],
            to_service=data["to_service"],
            at=data["moved_at"],
        )

    return _step(request, scope, form, save, title="Transfer", confirm="Transfer")


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_discharge(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """End a stay."""
    scope, encounter = _open_encounter(request, encounter_id)
    form = DischargeForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        data = valid.cleaned_data
        return encounters.discharge(
            actor=scope.actor,
            encounter_id=encounter_id,
            version=data["version"],
            at=data["ended_at"],
            disposition=Disposition(data["disposition"]),
        )

    return _step(request, scope, form, save, title="Discharge", confirm="Discharge")


@requires(RECORD_ENCOUNTER, methods=("POST",))
def encounter_arrive(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Let a planned visit begin now."""
    form = StepForm(request.POST)
    if form.is_valid():
        encounters.arrive(
            actor=person(request),
            encounter_id=encounter_id,
            version=form.cleaned_data["version"],
            at=timezone.now(),
        )
    return redirect("encounters:encounter_detail", encounter_id=encounter_id)


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_cancel(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Cancel an encounter opened in error."""
    return _with_reason(request, encounter_id, encounters.cancel, "Cancel this encounter")


@requires(RECORD_ENCOUNTER, methods=("GET", "POST"))
def encounter_reopen(request: HttpRequest, encounter_id: int) -> HttpResponse:
    """Take a discharge back."""
    return _with_reason(request, encounter_id, encounters.reopen, "Take back the discharge")


def _with_reason(
    request: HttpRequest, encounter_id: int, service: Callable[..., Encounter], title: str
) -> HttpResponse:
    scope, encounter = _open_encounter(request, encounter_id)
    form = ReasonForm(request.POST or None, initial={"version": encounter.version})

    def save(valid: forms.Form) -> Encounter:
        return service(actor=scope.actor, encounter_id=encounter_id, **valid.cleaned_data)

    return _step(request, scope, form, save, title=title, confirm=title)


def _step(
    request: HttpRequest,
    scope: ChartScope,
    form: forms.Form,
    save: Save,
    **words: Any,
) -> HttpResponse:
    """Show the form, or save it; what can be mended is said beside the field."""
    values = {"form": form, "banner": banner.get_banner(scope), **words}
    if request.method != "POST":
        return render(request, "encounters/step.html", values)
    if form.is_valid():
        try:
            encounter = save(form)
        except MENDABLE as refusal:
            _show(form, refusal)
        else:
            return redirect("encounters:encounter_detail", encounter_id=encounter.pk)
    return render(request, "encounters/step.html", values, status=422)


def _show(form: forms.Form, refusal: Refused) -> None:
    field = getattr(refusal, "field", None)
    if isinstance(refusal, AccountTaken):
        field = "account_number"
    form.add_error(field if field in form.fields else None, refusal.message)


def _initial(scope: ChartScope) -> dict[str, Any]:
    return {"unit": banner.get_banner(scope).unit_id}


def _open_patient(request: HttpRequest, patient_id: int) -> ChartScope:
    return opening.open_chart(
        actor=person(request), patient_id=patient_id, subject_type="page", subject_id="encounter"
    )


def _open_encounter(request: HttpRequest, encounter_id: int) -> tuple[ChartScope, Encounter]:
    scope = _open(request, encounter_id, Action.ENCOUNTER_VIEWED)
    return scope, selectors.get_encounter(scope, encounter_id)


def _open(request: HttpRequest, encounter_id: int, action: Action) -> ChartScope:
    patient_id = selectors.get_patient_id(encounter_id)
    if patient_id is None:
        raise ChartUnknown(action=action, subject_type="encounter", subject_id=encounter_id)
    return opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        action=action,
        subject_type="encounter",
        subject_id=encounter_id,
    )
