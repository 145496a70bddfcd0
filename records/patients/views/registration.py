"""Registering a person and changing who they are."""

from __future__ import annotations

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access.services import opening
from records.patients.errors import (
    CandidatesNotJudged,
    FactsRefused,
    PatientChangedMeanwhile,
)
from records.patients.forms.person import EditForm, Reach, RegisterForm
from records.patients.permissions import CHANGE_PATIENT, REGISTER_PATIENT
from records.patients.presenters import banner
from records.patients.selectors import patients as patient_selectors
from records.patients.selectors.search import DirectoryLine, get_lines
from records.patients.services import patients

TYPED = ("family", "given", "birth_on")


@requires(REGISTER_PATIENT, methods=("GET", "POST"))
def patient_register(request: HttpRequest) -> HttpResponse:
    """Register a person; people like them are shown first, and a reason asked for."""
    if request.method != "POST":
        initial = {name: request.GET[name] for name in TYPED if name in request.GET}
        form = RegisterForm(user=person(request), initial=initial)
        return _register_page(request, form, Reach(), [])
    form, reach = RegisterForm(request.POST, user=person(request)), Reach(request.POST)
    if not (form.is_valid() & reach.is_valid()):
        return _register_page(request, form, reach, [], status=422)
    try:
        patient = patients.register(
            actor=person(request),
            unit_id=form.cleaned_data["unit"],
            facts=form.facts(),
            reach_facts=reach.facts(),
            ssn=form.cleaned_data["ssn"],
            override_reason=form.cleaned_data["override_reason"],
        )
    except CandidatesNotJudged as found:
        form.add_error("override_reason", found.message)
        shown = _show_candidates(found.candidate_ids)
        return _register_page(request, form, reach, shown, status=422)
    except FactsRefused as refusal:
        _show_refusal(form, refusal)
        return _register_page(request, form, reach, [], status=422)
    return redirect("charts:chart_detail", patient_id=patient.pk)


@requires(CHANGE_PATIENT, methods=("GET", "POST"))
def patient_edit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Change who a patient is; nobody's work is overwritten silently."""
    scope = opening.open_chart(
        actor=person(request), patient_id=patient_id, subject_type="page", subject_id="edit"
    )
    patient = patient_selectors.get_patient_whole(scope)
    shown = banner.present(patient, scope)
    if request.method != "POST":
        form, reach = EditForm(initial=EditForm.initial_of(patient)), Reach(patient=patient)
        return render(request, "patients/edit.html", _edit_values(form, reach, shown, patient))
    form, reach = EditForm(request.POST), Reach(request.POST)
    values = _edit_values(form, reach, shown, patient)
    if not (form.is_valid() & reach.is_valid()):
        return render(request, "patients/edit.html", values, status=422)
    try:
        patients.change(
            actor=person(request),
            patient_id=patient_id,
            version=form.cleaned_data["version"],
            facts=form.facts(),
            reach_facts=reach.facts(),
            ssn=form.cleaned_data["ssn"],
        )
    except FactsRefused as refusal:
        _show_refusal(form, refusal)
        return render(request, "patients/edit.html", values, status=422)
    except PatientChangedMeanwhile as stale:
        events.record_refusal(stale)
        form.add_error(None, stale.message)
        values |= {"stored": EditForm.initial_of(patient), "is_stale": True}
        return render(request, "patients/edit.html", values, status=409)
    return redirect("charts:chart_detail", patient_id=patient_id)


def _register_page(
    request: HttpRequest,
    form: RegisterForm,
    reach: Reach,
    candidates: list[DirectoryLine],
    status: int = 200,
) -> HttpResponse:
    values = {"form": form, "reach": reach, "candidates": candidates}
    return render(request, "patients/register.html", values, status=status)


def _show_candidates(patient_ids: list[int]) -> list[DirectoryLine]:
    """Return the directory lines, after the event that says they were shown."""
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=patient_ids,
        detail={"kinds": ["CANDIDATES"]},
        durable=True,
    )
    return get_lines(patient_ids, ())


def _show_refusal(form: Form, refusal: FactsRefused) -> None:
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.message)


def _edit_values(
    form: EditForm, reach: Reach, shown: banner.Banner, patient: object
) -> dict[str, object]:
    return {"form": form, "reach": reach, "banner": shown, "patient": patient}
