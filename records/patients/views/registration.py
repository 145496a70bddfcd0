"""Registering a person and changing who they are."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts.http import person
from accounts.selectors import changes
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.errors import (
    CandidatesNotJudged,
    FactsRefused,
    PatientChangedMeanwhile,
)
from records.patients.forms.person import EditForm, PersonForm, RegisterForm
from records.patients.forms.reach import Reach
from records.patients.models import Patient
from records.patients.permissions import CHANGE_PATIENT, REGISTER_PATIENT
from records.patients.presenters import banner, differences, directory
from records.patients.selectors import candidates
from records.patients.selectors import patients as patient_selectors
from records.patients.services import patients

TYPED = ("family", "given", "middle", "birth_on")


@sensitive_post_parameters("ssn", "ssn_kept")
@requires(REGISTER_PATIENT, methods=("GET", "POST"))
def patient_register(request: HttpRequest) -> HttpResponse:
    """Register a person; people like them are shown first, and a reason asked for."""
    user = person(request)
    if request.method != "POST":
        initial = {name: request.GET[name] for name in TYPED if name in request.GET}
        phone = request.GET.get("phone")
        reach = Reach(typed={"phones": [{"number": phone}]} if phone else None)
        return _register_page(request, RegisterForm(user=user, initial=initial), reach)
    form, reach = RegisterForm(request.POST, user=user), Reach(request.POST)
    if not (form.is_valid() & reach.is_valid()):
        return _register_page(request, form, reach, status=422)
    try:
        patient = _register(request, form, reach)
    except CandidatesNotJudged as found:
        return _candidates_page(request, form, reach, found.candidates)
    except FactsRefused as refusal:
        _show_refusal(form, reach, refusal)
        return _register_page(request, form, reach, status=422)
    messages.success(request, "The patient is registered.")
    return redirect("charts:chart_detail", patient_id=patient.pk)


@sensitive_post_parameters("ssn", "ssn_kept")
@requires(CHANGE_PATIENT, methods=("GET", "POST"))
def patient_edit(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Change who a patient is; nobody's work is overwritten silently."""
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        use=Use.WORK,
        subject_type="page",
        subject_id="edit",
    )
    patient = patient_selectors.get_patient_whole(scope)
    form = _edit_form(scope, patient, request)
    if request.method != "POST":
        return _edit_page(request, scope, form, Reach(patient=patient))
    reach = Reach(request.POST, patient=patient)
    if not (form.is_valid() & reach.is_valid()):
        return _edit_page(request, scope, form, reach, status=422)
    try:
        _change(scope, form, reach)
    except FactsRefused as refusal:
        _show_refusal(form, reach, refusal)
        return _edit_page(request, scope, form, reach, status=422)
    except PatientChangedMeanwhile as stale:
        events.record_refusal(stale)
        return _stale_page(request, scope, form, reach, stale)
    messages.success(request, "The changes are saved.")
    return redirect("charts:chart_detail", patient_id=patient_id)


def _register(request: HttpRequest, form: RegisterForm, reach: Reach) -> Patient:
    return patients.register(
        actor=person(request),
        unit_id=form.cleaned_data["unit"],
        facts=form.facts(),
        reach_facts=reach.facts(),
        ssn=form.cleaned_data["ssn"],
        override_reason=form.cleaned_data["override_reason"].strip(),
        judged=form.cleaned_data["judged"],
        submission_key=form.cleaned_data["submission_key"],
    )


def _change(scope: ChartScope, form: EditForm, reach: Reach) -> None:
    patients.change(
        actor=scope.actor,
        patient_id=scope.patient_id,
        version=form.cleaned_data["version"],
        facts=form.facts(),
        reach_facts=reach.facts(),
        ssn=form.cleaned_data["ssn"],
        is_ssn_withdrawn=form.cleaned_data["is_ssn_withdrawn"],
    )


def _edit_form(scope: ChartScope, patient: Patient, request: HttpRequest) -> EditForm:
    last_four = patient_selectors.get_last_four(patient)
    known: dict[str, Any] = {"user": scope.actor, "patient": patient, "last_four": last_four}
    if request.method == "POST":
        return EditForm(request.POST, **known)
    return EditForm(initial=EditForm.initial_of(patient), **known)


def _register_page(
    request: HttpRequest, form: RegisterForm, reach: Reach, status: int = 200, **values: Any
) -> HttpResponse:
    values |= {"form": form, "reach": reach}
    return render(request, "patients/register.html", values, status=status)


def _candidates_page(
    request: HttpRequest, form: RegisterForm, reach: Reach, found: dict[int, str]
) -> HttpResponse:
    """Show the people who may be this one, after the event that says they were shown."""
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=found,
        detail={"kinds": ["CANDIDATES"]},
        durable=True,
    )
    lines = candidates.get_candidate_lines(person(request), found)
    form.show(list(found))
    form.add_error("override_reason", CandidatesNotJudged.message)
    return _register_page(request, form, reach, status=422, candidates=directory.present(lines))


def _stale_page(
    request: HttpRequest,
    scope: ChartScope,
    form: EditForm,
    reach: Reach,
    stale: PatientChangedMeanwhile,
) -> HttpResponse:
    """Show what was entered beside what is stored by now; saving again saves over it."""
    patient = patient_selectors.get_patient_whole(scope)
    form.last_four = patient_selectors.get_last_four(patient)
    found = differences.list_differences(form, reach, patient)
    who = changes.describe_last_change("patients_patient", patient.pk, "this patient")
    form.add_error(None, f"{who} Your entries are below; compare them with what is stored now.")
    form.renew(patient.version)
    return _edit_page(request, scope, form, reach, status=409, differences=found, is_stale=True)


def _edit_page(
    request: HttpRequest,
    scope: ChartScope,
    form: EditForm,
    reach: Reach,
    status: int = 200,
    **values: Any,
) -> HttpResponse:
    values |= {"form": form, "reach": reach, "banner": banner.get_banner(scope)}
    return render(request, "patients/edit.html", values, status=status)


def _show_refusal(form: PersonForm, reach: Reach, refusal: FactsRefused) -> None:
    """Say beside the field what the service refused, or above the form where it has no field."""
    if refusal.field in form.fields:
        form.add_error(refusal.field, refusal.message)
    elif not reach.refuse(refusal.field, refusal.message):
        form.add_error(None, refusal.message)
